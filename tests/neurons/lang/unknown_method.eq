method: eular
---
dv/dt = -v/ms : 1
