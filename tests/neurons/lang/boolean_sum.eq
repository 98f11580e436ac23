---
dv/dt = (v > 1)/ms : 1
