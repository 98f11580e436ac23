---
dv/dt = -v/(10*ms)
I : 1
