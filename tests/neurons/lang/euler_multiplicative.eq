method: euler
---
dv/dt = -v/ms + v*xi/ms**.5 : 1
