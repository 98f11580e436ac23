/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_NEURONS_NETWORK_H
#define BH_NEURONS_NETWORK_H

#include "core/block.h"
#include "core/comm.h"
#include "core/random.h"
#include "core/source.h"
#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

BH_BEGIN_DECLS

struct bh_device;

/// A network owns groups of neurons, the links that drive them and the monitors that
/// listen, and runs them together. One thread at a time may use it; it works on many.
typedef struct bh_network bh_network;

/// How equations run: as machine code made by the system's C compiler, or interpreted.
/// Both give the same bits. BH_CODE_AUTO compiles where there is a compiler.
typedef enum bh_code_mode {
    BH_CODE_AUTO,
    BH_CODE_COMPILED,
    BH_CODE_INTERPRETED
} bh_code_mode;

typedef struct bh_network_config {
    double dt_s;           ///< time step, s
    uint64_t seed;         ///< all random numbers follow from it
    bh_random_mode random; ///< fast, or portable between machines and GPUs
    int threads;           ///< 0: one for each processor; several processes on a
                           ///< machine share them out
    size_t window; ///< steps that run together, 1 to BH_WINDOW_MAX, or 0 for 256
                   ///< (on a device BH_WINDOW_MAX, up to 1e5 neurons); no result
                   ///< depends on it
    bh_code_mode code;
    /// Processes that share the network out; must outlive it. NULL: this one alone. All
    /// build the same network with the same calls, and run it together: docs/scaling.md
    /// says what that means for the functions below.
    bh_comm *comm;
    /// Where it runs: a device of bh_backend_device (gpu/backend.h), which must outlive
    /// the network and all that asks for its state; NULL: the processor. What is there
    /// stays from run to run. The same spikes on both with
    /// BH_RANDOM_PORTABLE, which a device always uses. docs/gpu-networks.md tells what
    /// cannot run there.
    struct bh_device *device;
} bh_network_config;

/// dt 0.1 ms (as in Brian), seed 0, fast random numbers, all processors.
BH_API bh_network_config bh_network_config_default(void);

/// Makes an empty network. `config` is copied; NULL means the default.
BH_API BH_NODISCARD bh_status bh_network_new(const bh_network_config *config,
                                             bh_network **out, bh_diag *diag);
/// Frees the network and all its groups, links and monitors. NULL is allowed.
BH_API void bh_network_free(bh_network *net);

/// Run until every linked source has ended.
#define BH_UNTIL_END (-1.0)

/// Runs for `duration_s` seconds, or BH_UNTIL_END; runs again from where it stopped.
///
/// A source that ends before is followed by silence. The first run turns the equations
/// into machine code. Errors: those of the sources, of the callbacks (whose status
/// comes back as it is), BH_ERR_ARGUMENT where there is nothing to run.
BH_API BH_NODISCARD bh_status bh_network_run(bh_network *net, double duration_s,
                                             bh_diag *diag);

/// Time reached, s.
BH_API double bh_network_time(const bh_network *net);
BH_API double bh_network_dt(const bh_network *net);
/// Threads that work.
BH_API int bh_network_threads(const bh_network *net);

/// What has passed between this process and the others.
typedef struct bh_network_traffic {
    uint64_t exchanges;
    uint64_t bytes; ///< that this process has sent, headers among them
    double wait_s;  ///< in exchanges: for slower processes, and for the messages
} bh_network_traffic;
/// All zero where there is one process.
BH_API bh_network_traffic bh_network_traffic_get(const bh_network *net);

/// Readies all code, as the first run does by itself.
BH_API BH_NODISCARD bh_status bh_network_prepare(bh_network *net, bh_diag *diag);
/// Something the user should know that is no error, as why equations are interpreted;
/// NULL where there is nothing. Set by the first run or bh_network_prepare.
BH_API const char *bh_network_notice(const bh_network *net);
/// The C text of all groups and links, as it is compiled. The network's; valid until it
/// is freed. After this nothing can be added to the network, as after a run.
BH_API BH_NODISCARD bh_status bh_network_code(bh_network *net, const char **text,
                                              bh_diag *diag);

/// The same as CUDA C for NVRTC: a kernel for each group and link, in which a thread is
/// a neuron, and one for each piece of code of synapses. It draws the random numbers of
/// BH_RANDOM_PORTABLE and computes the bits that the processor computes. What it is
/// called with: neurons/device_frames_kernel.h.
BH_API BH_NODISCARD bh_status bh_network_cuda(bh_network *net, const char **text,
                                              bh_diag *diag);

/// Calls `report` after each window, on the thread that runs, with the time reached. A
/// status other than BH_OK ends the run with that status, and with what was written
/// into `diag`. One at a time; NULL ends it.
BH_API void bh_network_report(bh_network *net,
                              bh_status (*report)(void *user, double time_s,
                                                  bh_diag *diag),
                              void *user);
/// Reads a source in step with the linked ones, whether something is linked to it or
/// not, so that it can be watched: `source` stays the caller's and must outlive the
/// network. Before the first step.
BH_API BH_NODISCARD bh_status bh_network_hear(bh_network *net, bh_source *source,
                                              bh_diag *diag);
/// Shows `watch` each window of a linked source, or of one that is heard
/// (bh_network_hear), shape [frames][channels], in time order, on the thread that runs.
BH_API BH_NODISCARD bh_status bh_network_watch(bh_network *net, const bh_source *source,
                                               bh_status (*watch)(void *user,
                                                                  bh_block block,
                                                                  bh_diag *diag),
                                               void *user, bh_diag *diag);

BH_END_DECLS

#endif
