---
dv/dt = -v/ms + xi**2 : 1
