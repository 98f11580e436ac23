method: exponential_euler
---
dv/dt = -v**2/ms : 1
