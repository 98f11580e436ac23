---
dx/dt = sin(2*pi*f*t)*a/second - x/tau : 1
f : Hz (constant)
a = int(i % 2 == 0) : 1
drive = cos(2*pi*(5*Hz)*t) : 1
dy/dt = (drive - y)/tau + rate0 : 1
rate0 = noise/tau : Hz
noise = rand() : 1 (constant over dt)
tau : second
