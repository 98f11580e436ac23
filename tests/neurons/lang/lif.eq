threshold: v > 1
reset: v = 0
refractory: 5*ms
---
dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless refractory)
I : 1
