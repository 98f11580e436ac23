---
dv/dt = (Current - v)/(10*ms) : 1
Curent : 1
