/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/frames_internal.h"

#include <errno.h>
#include <math.h>
#include <sndfile.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
    /* An ordinary WAV unless it becomes too large for one. */
    sf_command(wav->sound, SFC_RF64_AUTO_DOWNGRADE, NULL, SF_TRUE);
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

/* The chunk PEAK holds the time of writing, and the same samples must give the same
 * bytes: 0 instead. (What leaves the chunk away does not work for RF64.) A chunk is a
 * name of 4 bytes, a size, little-endian, and that many bytes, of which PEAK's first
 * are a version and then the time. */
static bh_status
forget_time(const struct bh_output *output, bh_diag *diag)
{
    static const char zero[4] = {0};
    uint8_t head[8];
    off_t at = 12; /* behind RIFF, the size and WAVE */
    while (pread(output->fd, head, sizeof head, at) == (ssize_t)sizeof head &&
           memcmp(head, "data", 4) != 0) {
        if (memcmp(head, "PEAK", 4) == 0 &&
            pwrite(output->fd, zero, sizeof zero, at + 12) != (ssize_t)sizeof zero)
            return bh_file_error(diag, "write", output->path, errno);
        const uint32_t size = head[4] | (uint32_t)head[5] << 8 |
                              (uint32_t)head[6] << 16 | (uint32_t)head[7] << 24;
        at += 8 + (off_t)size + (size & 1);
    }
    return BH_OK;
}

static bh_status
wav_mark(void *self, const char *why, bh_diag *diag)
{
    struct wav *wav = self;
    char comment[256];
    snprintf(comment, sizeof comment, "partial: %s", why);
    if (sf_set_string(wav->sound, SF_STR_COMMENT, comment) == 0)
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
    if (sf_close(sound) != 0)
        return bh_diag_set(diag, BH_ERR_FILE, "cannot write '%s' to its end",
                           wav->file.output.path);
    return forget_time(&wav->file.output, diag);
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
    .mark = wav_mark,
    .end = wav_end,
    .release = wav_release,
};
