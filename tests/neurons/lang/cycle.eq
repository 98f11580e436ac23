---
dv/dt = a/second : 1
a = b : 1
b = c + 1 : 1
c = a : 1
