---
dv/dt = -clip(v, 0)/ms : 1
