/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/hrtf_bank.h"

#include "filterbank/fir.h"

#include <stdlib.h>
#include <string.h>

bh_status
bh_hrtf_filterbank(const bh_hrtf_set *set, bh_hrtf_order order, bh_precision precision,
                   bh_filterbank **out, bh_diag *diag)
{
    const size_t count = bh_hrtf_count(set), frames = bh_hrtf_frames(set);
    double *taps = malloc(count * BH_EARS * frames * sizeof *taps);
    if (!taps)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu pairs of responses",
                           count);
    for (size_t i = 0; i < count; i++)
        for (size_t ear = 0; ear < BH_EARS; ear++) {
            const size_t ch = order == BH_HRTF_SERIAL ? ear * count + i
                                                      : BH_EARS * i + ear;
            memcpy(taps + ch * frames, bh_hrtf_taps(set, i) + ear * frames,
                   frames * sizeof *taps);
        }
    const bh_fir_params params = {.taps = taps, .length = frames};
    const bh_status status = bh_fir_new(bh_hrtf_samplerate(set), BH_EARS * count,
                                        &params, precision, out, diag);
    free(taps);
    return status;
}

static bh_status
hear(bh_filterbank *bank, const bh_sound *sound, bh_sound **out, bh_diag *diag)
{
    const size_t frames = bh_sound_frames(sound);
    bh_sound *heard = NULL;
    BH_TRY(bh_sound_new(frames, BH_EARS, bh_sound_samplerate(sound), &heard, diag));
    const bh_block to = {bh_sound_data(heard), frames, BH_EARS, BH_EARS, BH_DOUBLE};
    /* A block of the bank's input is only read. */
    const bh_block from = {(double *)bh_sound_samples(sound), frames, 1, 1, BH_DOUBLE};
    const bh_status status = bh_filterbank_process(bank, from, to, diag);
    if (status == BH_OK)
        *out = heard;
    else
        bh_sound_free(heard);
    return status;
}

bh_status
bh_hrtf_apply(const bh_hrtf_set *set, size_t pair, const bh_sound *sound,
              bh_sound **out, bh_diag *diag)
{
    bh_hrtf_set *one = NULL;
    bh_filterbank *bank = NULL;
    if (bh_sound_channels(sound) != 1)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a sound that comes from one place has one channel, not %zu",
                           bh_sound_channels(sound));
    if (bh_sound_samplerate(sound) != bh_hrtf_samplerate(set))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the sound has %.10g Hz and the responses have %.10g Hz; "
                           "resample one of them",
                           bh_sound_samplerate(sound), bh_hrtf_samplerate(set));
    BH_TRY(bh_hrtf_subset(set, &pair, 1, &one, diag));
    bh_status status = bh_hrtf_filterbank(one, BH_HRTF_SERIAL, BH_DOUBLE, &bank, diag);
    if (status == BH_OK)
        status = hear(bank, sound, out, diag);
    bh_filterbank_free(bank);
    bh_hrtf_set_free(one);
    return status;
}
