/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/ear.h"

#include "cli/backend.h"
#include "cli/console.h"
#include "core/pool.h"

#include <math.h>
#include <stdlib.h>

#define SOUND_OFFSET(member) .offset = offsetof(struct sound_settings, member)
#define PLACE_OFFSET(member) .offset = offsetof(struct place_settings, member)

/* Where the places end unless the user says where. */
#define TOP_HZ      20000.0
#define TOP_OF_BAND 0.9

const struct setting sound_table[6] = {
    {"level", 'l', "LEVEL",
     "set the sound to this level, as '60 dB SPL'; what is heard "
     "of it (--channel, --start, --duration) has it then",
     .preset = "file", .shown = "as the file has it", .parse = parse_level,
     .word = "file", .meaning = NAN, SOUND_OFFSET(level_db)},
    {"full-scale-db", 0, "LEVEL",
     "level of a square wave that fills the file's range, "
     "dB SPL (RMS 1.0)",
     .preset = "pascal", .shown = "93.979, so 1.0 is 1 Pa", .parse = parse_level,
     .word = "pascal", .meaning = BH_FULL_SCALE_PASCAL, SOUND_OFFSET(full_scale_db)},
    {"channel", 'c', "mix|N",
     "the mean of all channels, or one of them; the first is 0", .preset = "mix",
     .parse = parse_whole, .least = 0, .most = 1023, .word = "mix",
     .meaning = BH_CHANNEL_MIX, SOUND_OFFSET(channel)},
    {"samplerate", 0, "FREQUENCY",
     "resample what is heard to this rate, as 100kHz, after --level",
     .shown = "as the file has it", .parse = parse_samplerate,
     SOUND_OFFSET(samplerate_hz)},
    {"start", 's', "TIME", "where to begin, as 1.5s or 200ms", .preset = "0s",
     .parse = parse_seconds, SOUND_OFFSET(start_s)},
    {"duration", 'd', "TIME", "how long to listen at most, as 2s", .preset = "all",
     .shown = "to the end", .parse = parse_seconds, .word = "all", .meaning = INFINITY,
     SOUND_OFFSET(duration_s)},
};

const struct setting place_table[2] = {
    {"places", 'n', "N", "how many filters, equally spaced on the ERB scale",
     .preset = "300", .parse = parse_whole, .least = 1, .most = 1000000,
     PLACE_OFFSET(places)},
    {"cf-range", 'r', "LOW:HIGH",
     "their lowest and highest characteristic frequency, as 20Hz:8kHz; HIGH may be "
     "auto: "
     "20 kHz, or 0.9 of half the sample rate where that is lower",
     .preset = "20Hz:auto", .parse = parse_range, .word = "auto", PLACE_OFFSET(cf)},
};

static bh_status
range_ends(const struct range *range, double samplerate_hz, double *high_hz,
           bh_diag *diag)
{
    const double half_hz = samplerate_hz / 2, top_hz = TOP_OF_BAND * half_hz;
    double high = range->high_hz;
    if (isnan(high))
        high = top_hz < TOP_HZ ? top_hz : TOP_HZ;
    if (high >= half_hz)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "--cf-range: %.10g Hz is not below half the sample rate of the "
            "sound, %.10g Hz",
            high, half_hz);
    if (range->low_hz >= high)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "--cf-range: %.10g Hz is too high to begin with; the places of "
            "this sound end at %.10g Hz",
            range->low_hz, high);
    *high_hz = high;
    return BH_OK;
}

bh_status
ear_places(const struct ear *ear, const struct range *range, size_t count,
           double **cf_hz, bh_diag *diag)
{
    double high_hz = 0;
    BH_TRY(range_ends(range, ear->samplerate_hz, &high_hz, diag));
    double *places_hz = malloc(count * sizeof *places_hz);
    if (!places_hz)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu places", count);
    const bh_status status = bh_erbspace(range->low_hz, high_hz, count,
                                         bh_erb_params_default(), places_hz, diag);
    if (status == BH_OK)
        *cf_hz = places_hz;
    else
        free(places_hz);
    return status;
}

/* With "auto" a bank that the device does not know stays where it is. */
static bh_status
place(bh_filterbank *bank, bh_diag *diag)
{
    struct bh_device *device = NULL;
    bh_diag why = {0};
    BH_TRY(backend_device(&device, diag));
    if (!device)
        return BH_OK;
    const bh_status status = bh_filterbank_place(bank, device, BH_PLACE_PARALLEL, &why);
    if (status == BH_OK || backend_give_up(&why))
        return BH_OK;
    return bh_diag_set(diag, status, "%s", why.text);
}

bh_status
ear_put_bank(struct ear *ear, bh_filterbank *bank, bh_diag *diag)
{
    ear->bank = bank;
    ear->places = bh_filterbank_channels(bank);
    ear->cf_hz = bh_filterbank_cf(bank);
    BH_TRY(place(bank, diag));
    return bh_filterbank_source(bank, ear->sound, &ear->out, diag);
}

static void
note_sound(struct ear *ear)
{
    const uint64_t length = bh_source_length(ear->sound);
    ear->samplerate_hz = bh_source_samplerate(ear->sound);
    ear->duration_s = length == BH_LENGTH_UNKNOWN ? NAN
                                                  : (double)length / ear->samplerate_hz;
}

bh_status
ear_open_sound(const char *path, const struct sound_settings *sound, struct ear *out,
               bh_diag *diag)
{
    struct ear ear = {0};
    const bh_soundfile_options options = {.full_scale_db = sound->full_scale_db,
                                          .level_db = sound->level_db,
                                          .channel = (int)sound->channel,
                                          .start_s = sound->start_s,
                                          .duration_s = sound->duration_s};
    BH_TRY(bh_soundfile_open(path, &options, &ear.sound, diag));
    if (sound->samplerate_hz > 0 &&
        sound->samplerate_hz != bh_source_samplerate(ear.sound)) {
        ear.file = ear.sound;
        ear.sound = NULL;
        const bh_status status = bh_resample_source(ear.file, sound->samplerate_hz,
                                                    BH_RESAMPLE_BEST, &ear.sound, diag);
        if (status != BH_OK) {
            ear_close(&ear);
            return status;
        }
    }
    note_sound(&ear);
    *out = ear;
    return BH_OK;
}

/* Gammatones behind the sound; where that fails the ear is closed. */
static bh_status
put_gammatones(struct ear *ear, const struct place_settings *places,
               bh_precision precision, struct watch *watch, bh_diag *diag)
{
    double *cf_hz = NULL;
    bh_filterbank *bank = NULL;
    const size_t count = (size_t)places->places;
    bh_status status = ear_places(ear, &places->cf, count, &cf_hz, diag);
    if (status == BH_OK && watch) {
        bh_source *sound = ear->sound;
        ear->sound = NULL;
        status = watch_tap(watch, sound, &ear->sound, diag);
    }
    if (status == BH_OK)
        status = bh_gammatone_new(ear->samplerate_hz, cf_hz, count, NULL, precision,
                                  &bank, diag);
    if (status == BH_OK)
        status = ear_put_bank(ear, bank, diag);
    free(cf_hz);
    if (status != BH_OK)
        ear_close(ear);
    return status;
}

bh_status
ear_open(const char *path, const struct sound_settings *sound,
         const struct place_settings *places, bh_precision precision,
         struct watch *watch, struct ear *out, bh_diag *diag)
{
    struct ear ear;
    BH_TRY(ear_open_sound(path, sound, &ear, diag));
    BH_TRY(put_gammatones(&ear, places, precision, watch, diag));
    *out = ear;
    return BH_OK;
}

bh_status
ear_open_source(bh_source *sound, const struct place_settings *places,
                bh_precision precision, struct watch *watch, struct ear *out,
                bh_diag *diag)
{
    struct ear ear = {.sound = sound};
    note_sound(&ear);
    BH_TRY(put_gammatones(&ear, places, precision, watch, diag));
    *out = ear;
    return BH_OK;
}

struct window {
    bh_source *source;
    bh_block block;
};

static void
run_tile(void *context, size_t tile, int thread)
{
    const struct window *window = context;
    (void)thread;
    bh_source_tile(window->source, tile, window->block);
}

/* What a sample of a channel costs, as a cheap filter has it. */
static const double NS_A_SAMPLE = 0.3;

static bh_status
hear_blocks(const struct ear *ear, bh_pool *pool, bh_block block, ear_taker *take,
            void *user, struct meter *meter, double *heard_s, bh_diag *diag)
{
    size_t got = block.frames;
    for (uint64_t heard = 0; got == block.frames;) {
        BH_TRY(bh_source_begin(ear->out, block.frames, &got, diag));
        struct window window = {ear->out, bh_block_frames(block, 0, got)};
        if (got > 0)
            bh_pool_run(pool, bh_source_tiles(ear->out),
                        NS_A_SAMPLE * (double)(got * block.channels), run_tile,
                        &window);
        BH_TRY(take(user, window.block, diag));
        BH_TRY(signals_check(diag));
        heard += got;
        *heard_s = (double)heard / ear->samplerate_hz;
        meter_show(meter, *heard_s);
    }
    return BH_OK;
}

bh_status
ear_listen(const struct ear *ear, ear_taker *take, void *user, double *heard_s,
           bh_diag *diag)
{
    enum { FRAMES = 256 };
    struct meter meter;
    const bh_precision precision = bh_filterbank_precision(ear->bank);
    bh_block block = {NULL, FRAMES, ear->places, ear->places, precision};
    bh_pool *pool = NULL;
    BH_TRY(bh_pool_new(ear->threads, &pool, diag));
    block.data = malloc(FRAMES * ear->places * bh_precision_size(precision));
    bh_status status = BH_OK;
    if (!block.data)
        status =
            bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu places", ear->places);
    if (status == BH_OK)
        status = meter_start(&meter, ear->duration_s, false, diag);
    if (status == BH_OK) {
        status = hear_blocks(ear, pool, block, take, user, &meter, heard_s, diag);
        meter_end(&meter);
    }
    free(block.data);
    bh_pool_free(pool);
    return status;
}

void
ear_close(struct ear *ear)
{
    bh_source_free(ear->out);
    bh_filterbank_free(ear->bank);
    bh_source_free(ear->sound);
    bh_source_free(ear->file);
    *ear = (struct ear){0};
}
