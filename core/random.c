/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"

#include "core/cpu.h"
#include "core/random_kernel.h"

/* What Philox makes of (object, term, use, i) under the seed: use counts blocks, and
 * its last value is for the key of the portable mode. */
static bh_philox_words
words_of_key(bh_random_key key, uint32_t use, uint32_t i)
{
    const bh_philox_words counter = {{key.object, key.term, use, i}};
    return bh_philox(counter, (uint32_t)key.seed, (uint32_t)(key.seed >> 32));
}

bh_random_stream
bh_random_stream_start(bh_random_key key, uint32_t block)
{
    bh_random_stream stream;
    for (uint32_t lane = 0; lane < BH_RANDOM_LANES; lane++) {
        const bh_philox_words state = words_of_key(key, block, lane);
        for (int k = 0; k < 4; k++)
            stream.s[k][lane] = state.w[k];
        // The one state that xoshiro never leaves.
        if (!(state.w[0] | state.w[1] | state.w[2] | state.w[3]))
            stream.s[0][lane] = 1;
    }
    return stream;
}

bh_random_counter
bh_random_counter_start(bh_random_key key)
{
    const bh_philox_words words = words_of_key(key, BH_RANDOM_KEY_USE, 0);
    return (bh_random_counter){{words.w[0], words.w[1]}};
}

BH_ISA_DECLARE(bh_random_ops, bh_random_ops_table);

const bh_random_ops *
bh_random_ops_get(void)
{
    return BH_ISA_PICK(bh_random_ops_table);
}
