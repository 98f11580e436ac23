---
dv/dt = -v/(10*mss) : 1
