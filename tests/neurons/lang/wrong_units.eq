---
dv/dt = -v/tau : volt
tau : volt
