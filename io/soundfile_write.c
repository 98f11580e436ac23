/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/output_internal.h"
#include "io/soundfile.h"
#include "sounds/level.h"

#include <math.h>
#include <sndfile.h>
#include <string.h>

/* Samples that are scaled and written at a time. */
#define CHUNK_SAMPLES 4096

static bh_status
choose_format(const char *path, bh_soundfile_encoding encoding, int *format,
              bh_diag *diag)
{
    const bool flac = bh_path_ends(path, ".flac");
    if (!flac && !bh_path_ends(path, ".wav"))
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "cannot tell the format of '%s'; sounds are written to names "
            "that end in .wav or .flac",
            path);
    if (flac && encoding == BH_ENCODING_FLOAT)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "FLAC has no floating-point samples, so '%s' needs 16 or 24 "
                           "bit, or a name that ends in .wav",
                           path);
    if (encoding == BH_ENCODING_AUTO)
        encoding = flac ? BH_ENCODING_PCM24 : BH_ENCODING_FLOAT;
    int subtype = encoding == BH_ENCODING_PCM16   ? SF_FORMAT_PCM_16
                  : encoding == BH_ENCODING_PCM24 ? SF_FORMAT_PCM_24
                                                  : SF_FORMAT_FLOAT;
    *format = (flac ? SF_FORMAT_FLAC : SF_FORMAT_WAV) | subtype;
    return BH_OK;
}

static bh_status
check_clipping(const char *path, const bh_sound *sound, double factor, bh_diag *diag)
{
    const size_t channels = bh_sound_channels(sound);
    const size_t count = bh_sound_frames(sound) * channels;
    const double *samples = bh_sound_samples(sound);
    size_t clipped = 0, where = 0;
    double peak = 0;
    for (size_t i = 0; i < count; i++) {
        double size = fabs(samples[i]) * factor;
        clipped += size > 1;
        if (size > peak) {
            peak = size;
            where = i;
        }
    }
    if (clipped == 0)
        return BH_OK;
    /* Rounded up to the next tenth, so that the advice works. */
    double enough = bh_level_from_rms(peak / factor);
    return bh_diag_set(
        diag, BH_ERR_DATA,
        "%zu samples do not fit into '%s': the peak is %.3g times full scale "
        "at %.6f s; write a floating-point WAV, or use a full scale of %.1f "
        "dB SPL",
        clipped, path, peak, (double)(where / channels) / bh_sound_samplerate(sound),
        ceil(enough * 10 + 1e-6) / 10);
}

/* Rounds to the nearest step; a step is exact in what reads the file, which
 * libsndfile's own scaling by 2^n - 1 would not be. Exactly full scale becomes the
 * largest number. */
static int
to_integer(double value, int bits)
{
    const long largest = (1L << (bits - 1)) - 1;
    long step = lrint(ldexp(value, bits - 1));
    step = step > largest ? largest : step;
    return (int)(step * (1L << (32 - bits)));
}

static bh_status
write_samples(SNDFILE *file, int bits, const char *path, const bh_sound *sound,
              double factor, bh_diag *diag)
{
    double chunk[CHUNK_SAMPLES];
    int steps[CHUNK_SAMPLES];
    const double *at = bh_sound_samples(sound);
    size_t left = bh_sound_frames(sound) * bh_sound_channels(sound);
    const size_t most = CHUNK_SAMPLES - CHUNK_SAMPLES % bh_sound_channels(sound);
    while (left > 0) {
        const size_t count = left < most ? left : most;
        for (size_t i = 0; i < count; i++) {
            chunk[i] = at[i] * factor;
            steps[i] = bits > 0 ? to_integer(chunk[i], bits) : 0;
        }
        sf_count_t done = bits > 0 ? sf_write_int(file, steps, (sf_count_t)count)
                                   : sf_write_double(file, chunk, (sf_count_t)count);
        if (done != (sf_count_t)count)
            return bh_diag_set(diag, BH_ERR_FILE, "cannot write '%s': %s", path,
                               sf_strerror(file));
        at += count;
        left -= count;
    }
    return BH_OK;
}

static bh_status
write_file(const struct bh_output *output, int format, const bh_sound *sound,
           double factor, bh_diag *diag)
{
    SF_INFO info = {.samplerate = (int)bh_sound_samplerate(sound),
                    .channels = (int)bh_sound_channels(sound),
                    .format = format};
    SNDFILE *file = sf_open_fd(output->fd, SFM_WRITE, &info, 0);
    if (!file)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "cannot write %zu channels at %g Hz to '%s': %s",
                           bh_sound_channels(sound), bh_sound_samplerate(sound),
                           output->path, sf_strerror(NULL));
    /* That chunk holds the time of writing: the same sound must give the same bytes. */
    sf_command(file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    const int subtype = format & SF_FORMAT_SUBMASK;
    const int bits = subtype == SF_FORMAT_PCM_16   ? 16
                     : subtype == SF_FORMAT_PCM_24 ? 24
                                                   : 0;
    bh_status status = write_samples(file, bits, output->path, sound, factor, diag);
    if (sf_close(file) != 0 && status == BH_OK)
        status = bh_diag_set(diag, BH_ERR_FILE, "cannot write '%s' to its end",
                             output->path);
    return status;
}

bh_status
bh_sound_write(const char *path, const bh_sound *sound, bh_soundfile_encoding encoding,
               double full_scale_db, bh_diag *diag)
{
    int format = 0;
    BH_TRY(choose_format(path, encoding, &format, diag));
    BH_TRY(bh_sound_check(sound, diag));
    const double rate = bh_sound_samplerate(sound);
    if (rate != floor(rate) || rate > 1e9)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "sound files have whole sample rates in Hz; %.9g Hz needs "
                           "resampling first",
                           rate);
    if (bh_sound_channels(sound) > 1024)
        return bh_diag_set(
            diag, BH_ERR_UNSUPPORTED,
            "a sound file holds at most 1024 channels; this sound has %zu",
            bh_sound_channels(sound));
    const double factor = pow(10, (BH_FULL_SCALE_PASCAL - full_scale_db) / 20);
    if (!isnormal(factor))
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a full scale of %g dB SPL is not possible; 93.98 makes 1 Pa "
            "1.0 of the file",
            full_scale_db);
    if ((format & SF_FORMAT_SUBMASK) != SF_FORMAT_FLOAT)
        BH_TRY(check_clipping(path, sound, factor, diag));

    struct bh_output output;
    BH_TRY(bh_output_open(path, &output, diag));
    bh_status status = BH_OK;
    if (!output.temporary)
        status = bh_diag_set(diag, BH_ERR_FILE,
                             "'%s' is not a regular file, which a sound file must be",
                             path);
    if (status == BH_OK)
        status = write_file(&output, format, sound, factor, diag);
    if (status == BH_OK)
        return bh_output_commit(&output, diag);
    bh_output_abort(&output);
    return status;
}
