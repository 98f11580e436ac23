---
dv/dt = -v*expp(v)/ms : 1
