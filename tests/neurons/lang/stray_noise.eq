threshold: v + xi*second**.5 > 1
---
dv/dt = -v/ms : 1
