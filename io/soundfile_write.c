/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/output_internal.h"
#include "io/soundfile.h"
#include "io/soundfile_internal.h"
#include "sounds/level.h"

#include <errno.h>
#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS_MAX = 1024 }; /* what libsndfile writes */

/* Beyond this many bytes of samples a WAV header has no room for their number. */
#define WAV_BYTES_MAX 0xffff0000u

/* How samples are stored. */
struct storage {
    int subtype; /* of libsndfile */
    int bits;    /* of an integer, or 0 */
    int bytes;   /* of a sample */
};

static const struct storage storages[] = {
    [BH_ENCODING_PCM8] = {SF_FORMAT_PCM_U8, 8, 1},
    [BH_ENCODING_PCM16] = {SF_FORMAT_PCM_16, 16, 2},
    [BH_ENCODING_PCM24] = {SF_FORMAT_PCM_24, 24, 3},
    [BH_ENCODING_PCM32] = {SF_FORMAT_PCM_32, 32, 4},
    [BH_ENCODING_FLOAT] = {SF_FORMAT_FLOAT, 0, 4},
    [BH_ENCODING_DOUBLE] = {SF_FORMAT_DOUBLE, 0, 8}};

/* A source on its way into a file. */
struct writing {
    bh_source *source;
    struct storage storage;
    double factor;   /* full-scale fractions of a pascal */
    uint64_t frames; /* written so far */
    SNDFILE *file;
    const struct bh_output *output;
    /* Samples beyond full scale: how many, how far, in which frame. */
    uint64_t clipped, peak_frame;
    double peak;
    double *samples; /* [BH_WINDOW_MAX][channels] */
    int *steps;
};

static bh_status
choose_format(const char *path, bh_soundfile_encoding encoding, bool pipe, int *format,
              struct storage *storage, bh_diag *diag)
{
    const bool flac = bh_path_ends(path, ".flac");
    if (!flac && !pipe && !bh_path_ends(path, ".wav"))
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "cannot tell the format of '%s'; sounds are written to names "
            "that end in .wav or .flac",
            path);
    if (flac && pipe)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "'%s' is not a regular file, which FLAC needs; WAV does not",
                           path);
    if (encoding < BH_ENCODING_AUTO || encoding > BH_ENCODING_DOUBLE)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "there is no encoding %d",
                           (int)encoding);
    if (flac && (encoding == BH_ENCODING_FLOAT || encoding == BH_ENCODING_DOUBLE))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "FLAC has no floating-point samples, so '%s' needs 16 or 24 "
                           "bit, or a name that ends in .wav",
                           path);
    if (flac && encoding == BH_ENCODING_PCM32)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "FLAC has 8, 16 or 24 bit, so '%s' needs one of these, or a "
                           "name that ends in .wav",
                           path);
    if (encoding == BH_ENCODING_AUTO)
        encoding = flac ? BH_ENCODING_PCM24 : BH_ENCODING_FLOAT;
    *storage = storages[encoding];
    if (flac && encoding == BH_ENCODING_PCM8)
        storage->subtype = SF_FORMAT_PCM_S8;
    *format = (flac ? SF_FORMAT_FLAC : SF_FORMAT_WAV) | storage->subtype;
    return BH_OK;
}

static bh_status
check_source(const bh_source *source, double factor, double full_scale_db,
             bh_diag *diag)
{
    const double rate = bh_source_samplerate(source);
    if (rate != floor(rate) || rate > 1e9)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "sound files have whole sample rates in Hz; %.9g Hz needs "
                           "resampling first",
                           rate);
    if (bh_source_channels(source) > CHANNELS_MAX)
        return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                           "a sound file holds at most %d channels; this sound has %zu",
                           CHANNELS_MAX, bh_source_channels(source));
    if (!isnormal(factor))
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "a full scale of %g dB SPL is not possible; 93.98 makes 1 Pa "
            "1.0 of the file",
            full_scale_db);
    return BH_OK;
}

static bh_status
say_clipped(const struct writing *writing, bh_diag *diag)
{
    /* Rounded up to the next tenth, so that the advice works. */
    const double enough = bh_level_from_rms(writing->peak / writing->factor);
    return bh_diag_set(
        diag, BH_ERR_DATA,
        "%llu samples do not fit into '%s': the peak is %.3g times full scale "
        "at %.6f s; write a floating-point WAV, or use a full scale of %.1f "
        "dB SPL",
        (unsigned long long)writing->clipped, writing->output->path, writing->peak,
        (double)writing->peak_frame / bh_source_samplerate(writing->source),
        ceil(enough * 10 + 1e-6) / 10);
}

static bh_status
say_not_finite(const struct writing *writing, size_t t, size_t ch, double sample,
               bh_diag *diag)
{
    const uint64_t frame = writing->frames + t;
    return bh_diag_set(diag, BH_ERR_DATA,
                       "sample %llu of channel %zu (at %.6f s) is %s; samples must be "
                       "finite numbers",
                       (unsigned long long)frame, ch,
                       (double)frame / bh_source_samplerate(writing->source),
                       isnan(sample) ? "not a number" : "infinite");
}

/* Rounds to the nearest step; a step is exact in what reads the file, which
 * libsndfile's own scaling by 2^n - 1 would not be. Exactly full scale becomes the
 * largest number. */
static int
to_integer(double value, int bits)
{
    const double half = ldexp(1, bits - 1);
    const double step = fmax(-half, fmin(rint(value * half), half - 1));
    return (int)((long)step * (1L << (32 - bits)));
}

/* Scales and checks a window, and makes integers of it where they are needed. */
static bh_status
convert(struct writing *writing, size_t frames, bh_diag *diag)
{
    const size_t channels = bh_source_channels(writing->source);
    const int bits = writing->storage.bits;
    for (size_t i = 0; i < frames * channels; i++) {
        const double sample = writing->samples[i] * writing->factor;
        const double size = fabs(sample);
        if (!isfinite(sample))
            return say_not_finite(writing, i / channels, i % channels,
                                  writing->samples[i], diag);
        writing->samples[i] = sample;
        if (bits == 0)
            continue;
        /* What rounding of a normalised sound adds is not clipped. */
        writing->clipped += size > 1 + 1e-12;
        if (size > writing->peak) {
            writing->peak = size;
            writing->peak_frame = writing->frames + i / channels;
        }
        writing->steps[i] = to_integer(sample, bits);
    }
    return BH_OK;
}

static bh_status
write_windows(struct writing *writing, bh_diag *diag)
{
    const size_t channels = bh_source_channels(writing->source);
    const bh_block block = {writing->samples, BH_WINDOW_MAX, channels, channels,
                            BH_DOUBLE};
    for (size_t got = BH_WINDOW_MAX; got == BH_WINDOW_MAX;) {
        BH_TRY(bh_source_read(writing->source, block, &got, diag));
        BH_TRY(convert(writing, got, diag));
        /* What has gone into a pipe cannot be taken back, so it ends at once. */
        if (writing->clipped > 0 && !writing->output->temporary)
            return say_clipped(writing, diag);
        const sf_count_t all = (sf_count_t)got;
        errno = 0; /* which the library keeps for itself */
        const sf_count_t done =
            writing->storage.bits > 0
                ? sf_writef_int(writing->file, writing->steps, all)
                : sf_writef_double(writing->file, writing->samples, all);
        if (done != all && errno == ENOSPC)
            return bh_file_error(diag, "write", writing->output->path, errno);
        if (done != all)
            return bh_diag_set(diag, BH_ERR_FILE, "cannot write '%s': %s",
                               writing->output->path, sf_strerror(writing->file));
        writing->frames += got;
    }
    if (writing->clipped > 0)
        return say_clipped(writing, diag);
    if (writing->frames == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "there is no sound to write");
    return BH_OK;
}

/* The number of bytes that the samples will take, where that is known. */
static double
bytes_of(const struct writing *writing)
{
    const uint64_t length = bh_source_length(writing->source);
    if (length == BH_LENGTH_UNKNOWN)
        return INFINITY;
    return (double)length * (double)bh_source_channels(writing->source) *
           writing->storage.bytes;
}

static bh_status
open_file(struct writing *writing, int format, struct bh_soundpipe *pipe, bh_diag *diag)
{
    const struct bh_output *output = writing->output;
    SF_INFO info = {.samplerate = (int)bh_source_samplerate(writing->source),
                    .channels = (int)bh_source_channels(writing->source),
                    .format = format};
    const double bytes = bytes_of(writing);
    const bool large = (format & SF_FORMAT_TYPEMASK) == SF_FORMAT_WAV &&
                       !(bytes <= WAV_BYTES_MAX);
    if (large)
        info.format = SF_FORMAT_RF64 | (format & SF_FORMAT_SUBMASK);
    pipe->sample_bytes = writing->storage.bytes;
    if (!output->temporary)
        return bh_soundpipe_open(pipe, output, &info, bytes, &writing->file, diag);
    writing->file = sf_open_fd(output->fd, SFM_WRITE, &info, 0);
    if (!writing->file)
        return bh_diag_set(
            diag, BH_ERR_UNSUPPORTED, "cannot write %zu channels at %g Hz to '%s': %s",
            bh_source_channels(writing->source), bh_source_samplerate(writing->source),
            output->path, sf_strerror(NULL));
    /* That chunk holds the time of writing: the same sound must give the same bytes. */
    sf_command(writing->file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    if (large && isinf(bytes))
        sf_command(writing->file, SFC_RF64_AUTO_DOWNGRADE, NULL, SF_TRUE);
    return BH_OK;
}

static bh_status
write_file(struct writing *writing, int format, bh_diag *diag)
{
    const size_t channels = bh_source_channels(writing->source);
    struct bh_soundpipe pipe = {0};
    writing->samples = calloc(channels, BH_WINDOW_MAX * sizeof *writing->samples);
    writing->steps = calloc(channels, BH_WINDOW_MAX * sizeof *writing->steps);
    bh_status status = BH_OK;
    if (!writing->samples || !writing->steps)
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory to write '%s'",
                             writing->output->path);
    if (status == BH_OK)
        status = open_file(writing, format, &pipe, diag);
    if (status == BH_OK)
        status = write_windows(writing, diag);
    if (writing->file && sf_close(writing->file) != 0 && status == BH_OK)
        status = bh_diag_set(diag, BH_ERR_FILE, "cannot write '%s' to its end",
                             writing->output->path);
    if (pipe.error && status != BH_ERR_DATA)
        status = bh_file_error(diag, "write", writing->output->path, pipe.error);
    free(writing->samples);
    free(writing->steps);
    return status;
}

bh_status
bh_soundfile_write(const char *path, bh_source *source, bh_soundfile_encoding encoding,
                   double full_scale_db, bh_diag *diag)
{
    int format = 0;
    struct bh_output output;
    struct writing writing = {
        .source = source,
        .output = &output,
        .factor = pow(10, (BH_FULL_SCALE_PASCAL - full_scale_db) / 20)};
    BH_TRY(check_source(source, writing.factor, full_scale_db, diag));
    /* What is wrong with the name is said before anything is opened. */
    BH_TRY(choose_format(path, encoding, strcmp(path, "-") == 0 || !bh_path_plain(path),
                         &format, &writing.storage, diag));
    BH_TRY(bh_output_open(path, &output, diag));
    const bh_status status = write_file(&writing, format, diag);
    if (status == BH_OK)
        return bh_output_commit(&output, diag);
    bh_output_abort(&output);
    return status;
}

bh_status
bh_sound_write(const char *path, const bh_sound *sound, bh_soundfile_encoding encoding,
               double full_scale_db, bh_diag *diag)
{
    bh_source *source = NULL;
    BH_TRY(bh_sound_source(sound, &source, diag));
    const bh_status status =
        bh_soundfile_write(path, source, encoding, full_scale_db, diag);
    bh_source_free(source);
    return status;
}
