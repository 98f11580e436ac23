threshold: v > vt
reset: v = El; w += 0.08*nA; vt += 3*mV
refractory: v > -40*mV
method: rk2
set El: -70.6*mV
set gL: 30*nS
set C: 281*pF
---
# adaptive exponential integrate and fire (Brette & Gerstner 2005)
dv/dt = (gL*(El-v) + gL*(2*mV)*exp(clip((v-vt)/(2*mV), -inf, 10)) - w + I)/C
      : volt
dw/dt = (4*nS*(v-El) - w)/(144*ms) : amp
dvt/dt = (-50*mV - vt)/(50*ms) : volt
I : amp (constant)
