---
dv/dt = -(v/(10*ms) : 1
