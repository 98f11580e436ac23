---
dv/dt = -v/ms : 1
dw/dt = (v -)/ms : 1
