threshold: v > 1
reset: v = 0; u += 1
---
dv/dt = -v/ms : 1
