threshold: rand() < 0.5
reset: n += poisson(3)
---
arrivals = poisson(rate*dt) : 1 (constant over dt)
rate : Hz
n : 1
dx/dt = arrivals/ms : 1
