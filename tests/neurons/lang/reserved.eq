---
dxi/dt = -xi/ms : 1
