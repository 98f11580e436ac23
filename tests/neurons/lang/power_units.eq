---
dv/dt = v**n/second : volt
n : 1
