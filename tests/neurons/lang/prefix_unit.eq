---
dv/dt = -v/(10*ms) : mV
