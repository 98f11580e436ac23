# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# For bench/gpu/measure and bench/gpu/stage: the tests that run on a GPU too, and how
# they and bench_gpu are built into `build`. BUILD names a folder where they are already.
# shellcheck disable=SC2034
programs=(filterbank_test_place_device filterbank_test_place_parallel_device
    filterbank_test_place_dcgc_device filterbank_test_graph_place_device
    filterbank_test_place_fourier_device gpu_test_transforms
    neurons_test_network_device neurons_test_run_device neurons_test_synapses_device
    neurons_test_feed_device neurons_test_fused_device gpu_test_numbers gpu_test_device gpu_test_backend
    gpu_test_live_loop)
root=$(dirname "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")")
build=${BUILD:-$root/build/gpu}

# build_programs LOG
build_programs() {
    [ -z "${BUILD:-}" ] || return 0
    cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release >"$1"
    cmake --build "$build" -j"$(nproc)" --target gpu_bench "${programs[@]}" >>"$1"
}
