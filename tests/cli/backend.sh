# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# The option --backend, with libraries that stand in for a GPU's, with broken ones, and
# with none; tests/cli/cli reads it.

gpu() { # machine arguments: runs bhears where the fake GPU is such (tests/gpu/fake_cuda.c)
    export BH_FAKE_CUDA=$1 LD_LIBRARY_PATH=$FAKE_GPU_DIR
    run "${@:2}"
    unset BH_FAKE_CUDA LD_LIBRARY_PATH
}

# No driver is found there, whatever the machine has.
nothing() {
    mkdir -p none
    echo "no library" >none/libcuda.so.1
    export LD_LIBRARY_PATH=$PWD/none
    run "$@"
    unset LD_LIBRARY_PATH
}

group_backend() {
    local spikes=(spikes "$speech" "${short[@]}")
    works "${spikes[@]}" --random portable -o cpu.csv
    some cpu.csv
    gpu 1,0 "${spikes[@]}" --backend cuda -o gpu.csv
    ends 0
    same gpu.csv cpu.csv
    gpu 1,0 "${spikes[@]}" --backend auto --json -f -o gpu.csv
    ends 0
    prints '"backend": "cuda"'
    same gpu.csv cpu.csv
    works "${spikes[@]}" -o fast.csv
    # no driver, no device, one that fails, one whose memory is full
    nothing "${spikes[@]}" --backend cuda -o none.csv
    ends 1
    says "the CUDA driver does not load"
    lines 1
    nothing "${spikes[@]}" --backend auto -o none.csv
    ends 0
    says "on the processor: the CUDA driver does not load"
    same none.csv fast.csv
    gpu 0,0 "${spikes[@]}" --backend cuda -o none.csv -f
    ends 1
    says "the CUDA driver sees no device"
    gpu 1,0,cuDevicePrimaryCtxRetain "${spikes[@]}" --backend auto -o none.csv -f
    ends 0
    says "on the processor: the CUDA driver fails in cuDevicePrimaryCtxRetain"
    same none.csv fast.csv
    gpu 1,0,cuMemAlloc,2 "${spikes[@]}" --backend cuda -o broken.csv
    ends 1
    says "the GPU has no room for"
    lines 1
    [ ! -e broken.csv ] || fault "$last: broken.csv is there"
    gpu 1,0,cuMemAlloc,2 "${spikes[@]}" --backend auto -o none.csv -f
    ends 0
    says "on the processor: the GPU has no room for"
    same none.csv fast.csv
    # filterbanks: the same bits but for the gammatone in parallel over time
    local filter=(filter "$speech" -s 600ms -d 100ms -l 60 --cf 300,1kHz,4kHz)
    works filter "$speech" -d 100ms --bank middle_ear -o cpu.npy
    gpu 1,0 filter "$speech" -d 100ms --bank middle_ear --backend cuda -o gpu.npy
    ends 0
    same gpu.npy cpu.npy
    works "${filter[@]}" --bank middle_ear,dcgc -o cpu.npy -f
    gpu 1,0 "${filter[@]}" --bank middle_ear,dcgc --backend cuda -o gpu.npy -f
    ends 0
    same gpu.npy cpu.npy
    local long=("${filter[@]}" --bank lowpass --set repeats=64)
    gpu 1,0 "${long[@]}" --backend cuda -o none.npy
    ends 1
    lines 1
    works "${long[@]}" -o cpu.npy -f
    gpu 1,0 "${long[@]}" --backend auto -o gpu.npy -f
    ends 0
    says "on the processor: "
    same gpu.npy cpu.npy
    gpu 1,0 cochleagram "$speech" -n 20 -d 200ms --backend cuda -o gpu.png
    ends 0
    # model files
    printf '%s\n' 'run: {duration: 50 ms, random: portable}' \
        'groups: {cells: {N: 30, equations: "dv/dt = (2 - v)/(10*ms) + xi*(1*ms)**-0.5 : 1",' \
        '  threshold: v > 1, reset: v = 0}}' \
        'monitors: {out: {spikes: cells, file: out.csv}}' >model.yaml
    works run model.yaml
    mv out.csv cpu.csv
    gpu 1,0 run model.yaml -f --backend cuda
    ends 0
    same out.csv cpu.csv
    # with filters, which in double precision move no spike
    local nerve=(run nerve --set run.random=portable --set run.precision=double
        --set constants.places=12 --set sound.duration='30 ms' --set pictures=
        --set monitors.spikes.file=nerve.csv -f)
    works "${nerve[@]}"
    some nerve.csv
    mv nerve.csv cpu.csv
    gpu 1,0 "${nerve[@]}" --backend cuda
    ends 0
    same nerve.csv cpu.csv
    # what cannot run there, in a model
    printf '%s\n' 'run: {duration: 20 ms, random: portable}' \
        'inputs: {noise: {N: 20, rates: 300*Hz}}' \
        'groups: {cells: {N: 9, equations: "v : 1", threshold: v > 1, reset: v = 0}}' \
        'synapses: {all: {from: noise, to: cells, procedural: yes, on_pre: v += 0.3,' \
        '  connect: {probability: 0.5}}}' \
        'monitors: {out: {spikes: cells, file: out.csv}}' >wires.yaml
    works run wires.yaml -f
    mv out.csv cpu.csv
    gpu 1,0 run wires.yaml -f --backend cuda
    ends 1
    says "all is procedural"
    gpu 1,0 run wires.yaml -f --backend auto
    ends 0
    says "on the processor: the network: all is procedural"
    same out.csv cpu.csv
    fails 2 "--backend: " "${spikes[@]}" --backend opencl
}
