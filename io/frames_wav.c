/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/frames_internal.h"

#include <math.h>
#include <sndfile.h>

enum { CHANNELS_MAX = 1024 }; /* what libsndfile writes */

struct wav {
    struct bh_frames_file file;
    SNDFILE *sound;
};

static bh_status
wav_open(void *self, const bh_frames_writer_config *config, bh_diag *diag)
{
    struct wav *wav = self;
    const double rate = config->samplerate_hz;
    if (config->channels > CHANNELS_MAX)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "a WAV file holds at most %d channels and this has %zu; "
                           ".npy and .h5 hold any number",
                           CHANNELS_MAX, config->channels);
    if (rate != floor(rate) || rate > 1e9)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "WAV files have whole sample rates in Hz, and this is %.9g "
                           "Hz; .npy, .h5 and .csv take it",
                           rate);
    const int sample = config->precision == BH_SINGLE ? SF_FORMAT_FLOAT
                                                      : SF_FORMAT_DOUBLE;
    SF_INFO info = {.samplerate = (int)rate,
                    .channels = (int)config->channels,
                    .format = SF_FORMAT_RF64 | sample};
    wav->sound = sf_open_fd(wav->file.output.fd, SFM_WRITE, &info, 0);
    if (!wav->sound)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "cannot write %zu channels at %g Hz to '%s': %s",
                           config->channels, rate, config->path, sf_strerror(NULL));
    /* An ordinary WAV unless it becomes too large for one; and without the chunk that
     * holds the time of writing: the same samples must give the same bytes. */
    sf_command(wav->sound, SFC_RF64_AUTO_DOWNGRADE, NULL, SF_TRUE);
    sf_command(wav->sound, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    return BH_OK;
}

static bh_status
wav_write(void *self, const void *samples, size_t frames, bh_diag *diag)
{
    struct wav *wav = self;
    const sf_count_t count = (sf_count_t)frames;
    const sf_count_t done = wav->file.precision == BH_SINGLE
                                ? sf_writef_float(wav->sound, samples, count)
                                : sf_writef_double(wav->sound, samples, count);
    if (done == count)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_FILE, "cannot write '%s': %s",
                       wav->file.output.path, sf_strerror(wav->sound));
}

static bh_status
wav_end(void *self, bh_diag *diag)
{
    struct wav *wav = self;
    SNDFILE *sound = wav->sound;
    wav->sound = NULL;
    if (sf_close(sound) == 0)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_FILE, "cannot write '%s' to its end",
                       wav->file.output.path);
}

static void
wav_release(void *self)
{
    struct wav *wav = self;
    if (wav->sound)
        sf_close(wav->sound);
}

const struct bh_frames_sink bh_frames_wav = {
    .size = sizeof(struct wav),
    .open = wav_open,
    .write = wav_write,
    .end = wav_end,
    .release = wav_release,
};
