---
dv/dt = -v/ms : 1 (unles refractory)
