threshold: v > 1
refractory: 5
---
dv/dt = -v/ms : 1
