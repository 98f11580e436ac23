/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/sofa.h"

#include "io/output_internal.h"
#include "sounds/edit.h"

#include <errno.h>
#include <math.h>
#include <mysofa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bh_status
load(const char *path, struct MYSOFA_HRTF **out, bh_diag *diag)
{
    int error = MYSOFA_OK;
    /* libmysofa does not say why a file cannot be opened. */
    FILE *file = fopen(path, "rb");
    if (!file)
        return bh_file_error(diag, "read", path, errno);
    fclose(file);
    struct MYSOFA_HRTF *hrtf = mysofa_load(path, &error);
    if (!hrtf)
        return bh_diag_set(diag,
                           error == MYSOFA_NO_MEMORY ? BH_ERR_MEMORY : BH_ERR_FORMAT,
                           "'%s' cannot be read as a SOFA file of head-related impulse "
                           "responses (libmysofa's error %d)",
                           path, error);
    error = mysofa_check(hrtf);
    if (error != MYSOFA_OK || hrtf->R != BH_EARS) {
        const unsigned receivers = hrtf->R;
        mysofa_free(hrtf);
        return bh_diag_set(diag, BH_ERR_FORMAT,
                           "'%s' is not a SOFA file of the convention "
                           "SimpleFreeFieldHRIR for two ears (%u receivers, "
                           "libmysofa's error %d)",
                           path, receivers, error);
    }
    mysofa_tospherical(hrtf);
    *out = hrtf;
    return BH_OK;
}

/* How late a response is beside what it says itself, in samples. */
static double
delay_of(const struct MYSOFA_HRTF *hrtf, size_t response)
{
    const size_t count = hrtf->DataDelay.elements;
    if (count == 0)
        return 0;
    return (double)
        hrtf->DataDelay.values[count > BH_EARS ? response : response % count];
}

static bh_status
longest_delay(const struct MYSOFA_HRTF *hrtf, const char *path, size_t *longest,
              bh_diag *diag)
{
    double most = 0;
    for (size_t i = 0; i < (size_t)hrtf->M * BH_EARS; i++) {
        const double delay = delay_of(hrtf, i);
        if (!(delay >= 0 && delay < 1e6))
            return bh_diag_set(diag, BH_ERR_FORMAT,
                               "'%s': response %zu has a delay of %g samples", path, i,
                               delay);
        most = fmax(most, delay);
    }
    *longest = (size_t)ceil(most);
    return BH_OK;
}

/* One response, with its delay, into `frames` samples. */
static bh_status
place(const struct MYSOFA_HRTF *hrtf, size_t response, double *taps, size_t frames,
      bh_diag *diag)
{
    const double rate_hz = (double)hrtf->DataSamplingRate.values[0];
    bh_sound *bare = NULL, *late = NULL;
    BH_TRY(bh_sound_new(hrtf->N, 1, rate_hz, &bare, diag));
    for (size_t t = 0; t < hrtf->N; t++)
        bh_sound_data(bare)[t] = (double)hrtf->DataIR.values[response * hrtf->N + t];
    const bh_status status =
        bh_sound_shift_exactly(bare, delay_of(hrtf, response) / rate_hz, &late, diag);
    if (status == BH_OK) {
        const size_t there = bh_sound_frames(late);
        memcpy(taps, bh_sound_samples(late),
               (there < frames ? there : frames) * sizeof *taps);
    }
    bh_sound_free(late);
    bh_sound_free(bare);
    return status;
}

static bh_status
convert(const struct MYSOFA_HRTF *hrtf, const char *path, double *taps,
        bh_direction *direction, size_t frames, bh_diag *diag)
{
    if (hrtf->DataSamplingRate.elements < 1 || !(hrtf->DataSamplingRate.values[0] > 0))
        return bh_diag_set(diag, BH_ERR_FORMAT, "'%s' does not say its sample rate",
                           path);
    for (size_t i = 0; i < (size_t)hrtf->M * BH_EARS; i++)
        BH_TRY(place(hrtf, i, taps + i * frames, frames, diag));
    for (size_t i = 0; i < hrtf->M; i++) {
        const float *where = hrtf->SourcePosition.values + 3 * i;
        direction[i] =
            (bh_direction){(double)where[0], (double)where[1], (double)where[2]};
    }
    return BH_OK;
}

bh_status
bh_sofa_read(const char *path, bh_hrtf_set **out, bh_diag *diag)
{
    struct MYSOFA_HRTF *hrtf = NULL;
    size_t longest = 0;
    BH_TRY(load(path, &hrtf, diag));
    bh_status status = longest_delay(hrtf, path, &longest, diag);
    const size_t frames = hrtf->N + longest;
    double *taps = calloc((size_t)hrtf->M * BH_EARS, frames * sizeof *taps);
    bh_direction *direction = calloc(hrtf->M, sizeof *direction);
    if (status == BH_OK && (!taps || !direction))
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory for the responses of '%s'",
                             path);
    if (status == BH_OK)
        status = convert(hrtf, path, taps, direction, frames, diag);
    if (status == BH_OK) {
        const bh_hrtf_config config = {(double)hrtf->DataSamplingRate.values[0],
                                       hrtf->M, frames, taps, direction};
        status = bh_hrtf_set_new(&config, out, diag);
    }
    free(direction);
    free(taps);
    mysofa_free(hrtf);
    return status;
}
