/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/filterbank.h"

#include "core/denormal_kernel.h"
#include "filterbank/filterbank_ops.h"

#include <math.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK = 32,             /* frames that go through the stack at a time */
    CONVERT_MIN = 16 * 1024 /* elements of the buffer for input to be converted */
};

struct bh_filterbank {
    struct bh_filterbank_config config;
    size_t tiles;
    uint64_t heard;  /* frames since the beginning */
    void *converted; /* input in the bank's precision */
    size_t converted_size;
};

bh_status
bh_filterbank_check_cf(double samplerate_hz, const double *cf_hz, size_t channels,
                       bh_diag *diag)
{
    if (!(samplerate_hz > 0) || !isfinite(samplerate_hz))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the sample rate is %g Hz; it must be above 0",
                           samplerate_hz);
    if (channels == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the filterbank has 0 channels; it needs at least 1");
    if (channels > SIZE_MAX / 4096)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    for (size_t ch = 0; cf_hz && ch < channels; ch++) {
        if (cf_hz[ch] >= samplerate_hz / 2)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "channel %zu has cf %g Hz, at or above half the sample "
                               "rate (%g Hz)",
                               ch, cf_hz[ch], samplerate_hz / 2);
        if (!(cf_hz[ch] > 0))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "channel %zu has cf %g Hz; it must be above 0 Hz", ch,
                               cf_hz[ch]);
    }
    return BH_OK;
}

bh_status
bh_filterbank_new(const struct bh_filterbank_config *config, bh_filterbank **out,
                  bh_diag *diag)
{
    size_t channels = config->channels;
    bh_filterbank *fb = calloc(1, sizeof *fb);
    double *cf_hz = malloc(channels * sizeof *cf_hz);
    size_t widest = channels > config->in_channels ? channels : config->in_channels;
    size_t elements = widest > CONVERT_MIN ? widest : CONVERT_MIN;
    void *converted = malloc(elements * bh_precision_size(config->precision));
    if (!fb || !cf_hz || !converted) {
        free(converted);
        free(cf_hz);
        free(fb);
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels", channels);
    }
    for (size_t ch = 0; ch < channels; ch++)
        cf_hz[ch] = config->cf_hz ? config->cf_hz[ch] : NAN;
    fb->config = *config;
    fb->config.cf_hz = cf_hz;
    fb->tiles = (channels + config->tile_channels - 1) / config->tile_channels;
    fb->converted = converted;
    fb->converted_size = elements;
    *out = fb;
    return BH_OK;
}

void
bh_filterbank_free(bh_filterbank *fb)
{
    if (!fb)
        return;
    fb->config.ops->free(fb->config.self);
    free(fb->converted);
    free((double *)fb->config.cf_hz);
    free(fb);
}

size_t
bh_filterbank_channels(const bh_filterbank *fb)
{
    return fb->config.channels;
}

double
bh_filterbank_samplerate(const bh_filterbank *fb)
{
    return fb->config.samplerate_hz;
}

bh_precision
bh_filterbank_precision(const bh_filterbank *fb)
{
    return fb->config.precision;
}

const double *
bh_filterbank_cf(const bh_filterbank *fb)
{
    return fb->config.cf_hz;
}

void
bh_filterbank_reset(bh_filterbank *fb)
{
    fb->heard = 0;
    fb->config.ops->reset(fb->config.self);
}

static void
convert_frame(const char *from, bh_precision from_precision, char *to,
              bh_precision to_precision, size_t n)
{
    if (from_precision == to_precision) {
        memcpy(to, from, n * bh_precision_size(to_precision));
    } else if (to_precision == BH_SINGLE) {
        for (size_t i = 0; i < n; i++)
            ((float *)to)[i] = (float)((const double *)from)[i];
    } else {
        for (size_t i = 0; i < n; i++)
            ((double *)to)[i] = ((const float *)from)[i];
    }
}

/* Copies the channels and frames of `from`; `to` may have more channels. */
static void
copy_block(bh_block from, bh_block to)
{
    for (size_t t = 0; t < from.frames; t++)
        convert_frame(bh_block_frames(from, t, 1).data, from.precision,
                      bh_block_frames(to, t, 1).data, to.precision, from.channels);
}

/* A tile whose channels do not fill its rows, or whose output has the other precision,
 * goes through buffers that have what the kernel wants. */
static void
run_tile_buffered(bh_filterbank *fb, size_t channel, size_t frame, bh_block in,
                  bh_block out)
{
    alignas(64) double out_buffer[CHUNK * BH_TILE_MAX], in_buffer[CHUNK * BH_TILE_MAX];
    size_t width = bh_lanes_round(out.channels);
    /* A device has heard the sound already, and it may lie there. */
    bool as_is = in.channels == 1 || fb->config.in_channels || fb->config.device;
    bh_block whole = {out_buffer, 0, width, width, fb->config.precision};
    bh_block padded = {in_buffer, 0, width, width, fb->config.precision};
    if (!as_is)
        memset(in_buffer, 0, sizeof in_buffer);
    for (size_t t = 0; t < out.frames; t += CHUNK) {
        size_t frames = out.frames - t < CHUNK ? out.frames - t : CHUNK;
        bh_block part = bh_block_frames(in, t, frames);
        whole.frames = padded.frames = frames;
        if (!as_is)
            copy_block(part, padded);
        fb->config.ops->tile(fb->config.self, channel, frame + t, as_is ? part : padded,
                             whole);
        copy_block(bh_block_channels(whole, 0, out.channels),
                   bh_block_frames(out, t, frames));
    }
}

void
bh_filterbank_run(bh_filterbank *fb, size_t channel, size_t frame, bh_block in,
                  bh_block out)
{
    const struct bh_filterbank_config *config = &fb->config;
    const size_t most = config->tile_channels;
    for (size_t ch = 0; ch < out.channels; ch += most) {
        const size_t left = out.channels - ch, width = left < most ? left : most;
        bh_block heard = in, said = bh_block_channels(out, ch, width);
        if (in.channels != 1 && !config->in_channels)
            heard = bh_block_channels(in, channel + ch, width);
        if (out.precision == config->precision && width % BH_LANES == 0)
            config->ops->tile(config->self, channel + ch, frame, heard, said);
        else
            run_tile_buffered(fb, channel + ch, frame, heard, said);
    }
}

/* `in` is in the bank's precision, `out` has all channels. */
static void
run_tile(bh_filterbank *fb, size_t tile, bh_block in, bh_block out)
{
    size_t channel = tile * fb->config.tile_channels;
    size_t left = fb->config.channels - channel, width = fb->config.tile_channels;
    width = left < width ? left : width;
    bh_filterbank_run(fb, channel, 0, in, bh_block_channels(out, channel, width));
}

bh_status
bh_filterbank_begin(bh_filterbank *fb, bh_block in, bh_diag *diag)
{
    const struct bh_filterbank_ops *ops = fb->config.ops;
    fb->heard += in.frames;
    if (ops->try_begin)
        return ops->try_begin(fb->config.self, in, diag);
    if (ops->begin)
        ops->begin(fb->config.self, in);
    return BH_OK;
}

bool
bh_filterbank_hears_first(const bh_filterbank *fb)
{
    return fb->config.ops->begin || fb->config.ops->try_begin;
}

void *
bh_filterbank_self(const bh_filterbank *fb, const struct bh_filterbank_ops *ops)
{
    return fb->config.ops == ops ? fb->config.self : NULL;
}

const struct bh_filterbank_config *
bh_filterbank_parts(const bh_filterbank *fb)
{
    return &fb->config;
}

void
bh_filterbank_replace(bh_filterbank *fb, const struct bh_filterbank_ops *ops,
                      void *self, size_t in_channels, struct bh_device *device)
{
    fb->config.device = device;
    fb->config.ops = ops;
    fb->config.self = self;
    fb->config.in_channels = in_channels;
}

static bh_status
process_window(bh_filterbank *fb, bh_block in, bh_block out, bh_diag *diag)
{
    if (in.precision != fb->config.precision) {
        bh_block converted = {fb->converted, in.frames, in.channels, in.channels,
                              fb->config.precision};
        copy_block(in, converted);
        in = converted;
    }
    BH_TRY(bh_filterbank_begin(fb, in, diag));
    bh_filterbank_run(fb, 0, 0, in, out);
    return BH_OK;
}

bh_status
bh_filterbank_check_input(const bh_filterbank *fb, size_t channels, bh_diag *diag)
{
    size_t must = fb->config.in_channels;
    if (must && channels != must)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the input has %zu channels; this filterbank hears %zu",
                           channels, must);
    if (must || channels == 1 || channels == fb->config.channels)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "the input has %zu channels and the filterbank %zu; the input "
                       "must have 1 channel, which all filters hear, or one for each "
                       "filter",
                       channels, fb->config.channels);
}

static bh_status
check_blocks(const bh_filterbank *fb, bh_block in, bh_block out, bh_diag *diag)
{
    BH_TRY(bh_filterbank_check_input(fb, in.channels, diag));
    if (out.channels != fb->config.channels)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the output block has %zu channels, the filterbank %zu",
                           out.channels, fb->config.channels);
    if (in.frames != out.frames)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the input block has %zu frames, the output block %zu",
                           in.frames, out.frames);
    if (in.stride < in.channels || out.stride < out.channels)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a block's stride is less than its number of channels");
    return BH_OK;
}

bh_status
bh_filterbank_process(bh_filterbank *fb, bh_block in, bh_block out, bh_diag *diag)
{
    BH_TRY(check_blocks(fb, in, out, diag));
    BH_TRY(bh_block_check(in, fb->heard, diag));
    size_t window = BH_WINDOW_MAX;
    if (in.precision != fb->config.precision &&
        window > fb->converted_size / in.channels)
        window = fb->converted_size / in.channels;
    bh_status status = BH_OK;
    unsigned control = bh_denormal_flush();
    for (size_t t = 0; status == BH_OK && t < in.frames; t += window) {
        size_t frames = in.frames - t < window ? in.frames - t : window;
        status = process_window(fb, bh_block_frames(in, t, frames),
                                bh_block_frames(out, t, frames), diag);
    }
    bh_denormal_restore(control);
    return status;
}

/* A bank behind a source. */

struct filtered {
    bh_filterbank *fb;
    bh_source *input;
    bh_block window; /* room for BH_WINDOW_MAX frames of input, */
    void *memory;    /* of its own; NULL where the input's lie on the bank's device */
};

/* From device to device without the host; what a bank says there is not tested. */
static bh_status
begin_kept(struct filtered *filtered, size_t frames, size_t *got, bh_diag *diag)
{
    BH_TRY(bh_source_begin(filtered->input, frames, got, diag));
    filtered->window.frames = *got;
    filtered->fb->heard += *got;
    if (*got == 0)
        return BH_OK;
    const struct bh_filterbank_config *config = &filtered->fb->config;
    return config->ops->begin_kept(config->self, filtered->window, diag);
}

static bh_status
filtered_begin(void *self, size_t frames, size_t *got, bh_diag *diag)
{
    struct filtered *filtered = self;
    if (!filtered->memory)
        return begin_kept(filtered, frames, got, diag);
    filtered->window.frames = frames;
    BH_TRY(bh_source_read(filtered->input, filtered->window, got, diag));
    filtered->window.frames = *got;
    BH_TRY(bh_block_check(filtered->window, filtered->fb->heard, diag));
    bh_status status = BH_OK;
    unsigned control = bh_denormal_flush();
    if (*got > 0)
        status = bh_filterbank_begin(filtered->fb, filtered->window, diag);
    bh_denormal_restore(control);
    return status;
}

static void
filtered_tile(void *self, size_t tile, bh_block out)
{
    struct filtered *filtered = self;
    unsigned control = bh_denormal_flush();
    run_tile(filtered->fb, tile, filtered->window, out);
    bh_denormal_restore(control);
}

static bh_status
filtered_rewind(void *self, bh_diag *diag)
{
    struct filtered *filtered = self;
    BH_TRY(bh_source_rewind(filtered->input, diag));
    bh_filterbank_reset(filtered->fb);
    return BH_OK;
}

static void
filtered_free(void *self)
{
    struct filtered *filtered = self;
    free(filtered->memory);
    free(filtered);
}

static bool
filtered_keep(void *self, struct bh_device *device, bh_block *window)
{
    const struct filtered *filtered = self;
    const struct bh_filterbank_config *config = &filtered->fb->config;
    return config->ops->keep && config->ops->keep(config->self, device, window);
}

static bool
filtered_lend(void *self, struct bh_device *device, bh_source_part *part)
{
    const struct filtered *filtered = self;
    const struct bh_filterbank_config *config = &filtered->fb->config;
    return config->ops->lend &&
           config->ops->lend(config->self, device, filtered->window.channels, part);
}

/* Whether the input's windows lie on the bank's device. */
static bool
input_stays(const bh_filterbank *fb, bh_source *input, bh_block *window)
{
    return fb->config.device && bh_source_keep(input, fb->config.device, window);
}

static bh_status
check_source(const bh_filterbank *fb, const bh_source *input, bh_diag *diag)
{
    BH_TRY(bh_filterbank_check_input(fb, bh_source_channels(input), diag));
    if (bh_source_samplerate(input) != fb->config.samplerate_hz)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the input has a sample rate of %g Hz, the filterbank was "
                           "made for %g Hz",
                           bh_source_samplerate(input), fb->config.samplerate_hz);
    return BH_OK;
}

bh_status
bh_filterbank_source(bh_filterbank *fb, bh_source *input, bh_source **out,
                     bh_diag *diag)
{
    BH_TRY(check_source(fb, input, diag));
    size_t channels = bh_source_channels(input);
    bh_precision precision = fb->config.precision;
    struct filtered *filtered = malloc(sizeof *filtered);
    bh_block window = {NULL, 0, channels, channels, precision};
    const bool stays = input_stays(fb, input, &window);
    void *memory =
        stays ? NULL : malloc(BH_WINDOW_MAX * channels * bh_precision_size(precision));
    bh_status status = BH_ERR_MEMORY;
    if (!filtered || (!memory && !stays)) {
        bh_diag_set(diag, status, "no memory for a filterbank behind a source");
        goto fail;
    }
    if (memory)
        window.data = memory;
    *filtered = (struct filtered){fb, input, window, memory};
    bh_source_config config = {
        .samplerate_hz = fb->config.samplerate_hz,
        .channels = fb->config.channels,
        .length = bh_source_length(input),
        .tiles = fb->tiles,
        .window = bh_source_window(input),
        .self = filtered,
        .begin = filtered_begin,
        .tile = filtered_tile,
        .rewind = filtered_rewind,
        .free = filtered_free,
        .keep = filtered_keep,
        .lend = filtered_lend,
    };
    status = bh_source_new(&config, out, diag);
    if (status == BH_OK)
        return BH_OK;
fail:
    free(memory);
    free(filtered);
    return status;
}
