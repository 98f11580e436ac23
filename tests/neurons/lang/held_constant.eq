threshold: rand() < arrivals
---
arrivals = (rate*dt) : 1 (constant over dt)
rate : Hz
