threshold: v - 1
---
dv/dt = -v/ms : 1
