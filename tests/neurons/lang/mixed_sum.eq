---
dv/dt = (10*mV - v + 3*nA)/(10*ms) : volt
