---
dv/dt = -v/10ms : 1
