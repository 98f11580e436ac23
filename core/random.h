/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CORE_RANDOM_H
#define BH_CORE_RANDOM_H

/* Random numbers that belong to the model, never to the schedule: which numbers a
 * neuron gets follows from the seed, the object, the noise term and the neuron's place
 * alone, so a run gives the same spikes for any number of threads and any window. All
 * instruction sets give the same bits (FMA is used where there is one and done by fmaf
 * where not).
 *
 * Sources: xoshiro128+ (Blackman and Vigna, 2021, ACM Trans. Math. Softw. 47:36);
 * Philox4x32-10 (Salmon et al., 2011, SC'11, doi 10.1145/2063384.2063405). The normal
 * transform is ours: docs/decisions/0002-random.md. */

#include "core/api.h"

#include <stddef.h>
#include <stdint.h>

BH_BEGIN_DECLS

/// Fast: one vector stream for each block of neurons. Portable: counters, one for each
/// neuron and step; about twice the cost, and the same bits on a GPU.
typedef enum bh_random_mode { BH_RANDOM_FAST, BH_RANDOM_PORTABLE } bh_random_mode;

/// Neurons that share one stream in fast mode: a constant of the model.
#define BH_RANDOM_BLOCK 512
/// Numbers come in multiples of this.
#define BH_RANDOM_LANES 16

/// Whose numbers these are.
typedef struct bh_random_key {
    uint64_t seed;   ///< of the run
    uint32_t object; ///< which group or other object of the model
    uint32_t term;   ///< which noise term or call of rand() within it
} bh_random_key;

/// State of the fast mode: 16 generators side by side, for one thread at a time.
typedef struct bh_random_stream {
    uint32_t s[4][BH_RANDOM_LANES];
} __attribute__((aligned(64))) bh_random_stream;

/// State of the portable mode: none but a key.
typedef struct bh_random_counter {
    uint32_t key[2];
} bh_random_counter;

/// The stream of one block of neurons (`block` counts blocks of BH_RANDOM_BLOCK), at
/// its beginning.
BH_API BH_REALTIME bh_random_stream bh_random_stream_start(bh_random_key key,
                                                           uint32_t block);
/// The key of the portable mode.
BH_API BH_REALTIME bh_random_counter bh_random_counter_start(bh_random_key key);

/// The generators of this machine. In every function `count` is rounded up to a
/// multiple of BH_RANDOM_LANES and that many numbers are written to `out`, which needs
/// no special alignment but is fastest at 64 bytes.
///
/// Stream functions use up ceil(count / 16) steps of the stream (twice as many for
/// doubles): call them once for each block and time step, always with the same `count`,
/// and the results depend on nothing else. Counter functions give neurons `first`,
/// `first + 1` ... (`first` a multiple of 4) their numbers of time step `step`; they
/// depend on neuron and step alone. Any thread; nothing is shared.
typedef struct bh_random_ops {
    /// Normal numbers, mean 0 and standard deviation 1, from -6.3 to 6.3. Each is
    /// within 1.5e-5 of the exact normal quantile of 32 random bits.
    void (*normals)(bh_random_stream *stream, float *out, size_t count);
    /// Uniform numbers in [0, 1), multiples of 2^-24.
    void (*uniforms)(bh_random_stream *stream, float *out, size_t count);
    /// Uniform numbers in [0, 1), multiples of 2^-53.
    void (*uniforms_double)(bh_random_stream *stream, double *out, size_t count);

    void (*counter_normals)(bh_random_counter counter, uint32_t first, uint64_t step,
                            float *out, size_t count);
    void (*counter_uniforms)(bh_random_counter counter, uint32_t first, uint64_t step,
                             float *out, size_t count);
    void (*counter_uniforms_double)(bh_random_counter counter, uint32_t first,
                                    uint64_t step, double *out, size_t count);

    /// One Poisson number: whole, 0 or above, exact in distribution up to the rounding
    /// of doubles (the methods: core/poisson_kernel.h). NaN where the mean is below 0.
    double (*counter_poisson)(bh_random_counter counter, uint32_t neuron, uint64_t step,
                              double mean);
} bh_random_ops;

/// The functions for this machine (see bh_cpu). Never NULL; lives for ever.
BH_API const bh_random_ops *bh_random_ops_get(void);

BH_END_DECLS

#endif
