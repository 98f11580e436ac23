---
dv/dt = -v/ms : 1
v : 1
