threshold: v > 1
reset: tau = 2*ms
---
dv/dt = -v/tau : 1
tau : second (constant)
