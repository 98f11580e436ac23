threshold: v > 1
reset: v = 0
refractory: R
method: exponential_euler
---
# time constants and refractory periods of each neuron: computed once a run
dv/dt = (I-v)/tau : 1 (unless refractory)
I : 1 (linked)
tau : second
R : second
