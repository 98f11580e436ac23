---
dv/dt = -v/ms + xi : 1
