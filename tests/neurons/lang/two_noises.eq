method: heun
precision: double
---
dx/dt = -x/(10*ms) + x*0.1*(1/second)**.5*xi_a + 0.1*(1/second)**.5*xi_b : 1
dy/dt = -y/(10*ms) + 0.1*(1/second)**.5*xi_a : 1
