method: exponential_euler
precision: double
---
dm/dt = alpha*(1-m) - beta*m : 1
alpha = 0.1*exp(-v/(10*mV))/ms : Hz
beta = 4/ms*exp(-(v/(18*mV))**2) : Hz
dv/dt = I/(1*uF) : volt
I : amp
