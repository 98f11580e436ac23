/* SPDX-License-Identifier: GPL-3.0-or-later */
/* align SOUND HEARD OUT: finds where in SOUND, said over and over, HEARD begins, and
 * that every one of its samples is the same from there on; writes that part of SOUND to
 * OUT. HEARD may begin with silence, from before the sound system had connected it; OUT
 * has that too. */
#include <brianhears.h>
#include <stdio.h>
#include <stdlib.h>

static bh_diag diag;

static void
must(bh_status status)
{
    if (status == BH_OK)
        return;
    fprintf(stderr, "align: %s\n", diag.text);
    exit(1);
}

/* How many samples of `heard` from `silence` on are those of `said` from `begin` on. */
static size_t
match(const bh_sound *said, size_t begin, const bh_sound *heard, size_t silence)
{
    const double *s = bh_sound_samples(said), *h = bh_sound_samples(heard) + silence;
    const size_t frames = bh_sound_frames(heard) - silence;
    const size_t period = bh_sound_frames(said);
    size_t t = 0;
    while (t < frames && h[t] == s[(begin + t) % period])
        t++;
    return t;
}

static size_t
find(const bh_sound *said, const bh_sound *heard, size_t silence)
{
    const size_t frames = bh_sound_frames(heard) - silence;
    const size_t period = bh_sound_frames(said);
    size_t begin = 0, best = 0;
    for (size_t k = 0; k < period && best < frames; k++) {
        const size_t same = match(said, k, heard, silence);
        if (same > best) {
            best = same;
            begin = k;
        }
    }
    if (best == frames && frames > 0)
        return begin;
    fprintf(stderr,
            "align: after %zu samples of silence only %zu of %zu are the sound's (from "
            "%zu on)\n",
            silence, best, frames, begin);
    exit(1);
}

int
main(int argc, char **argv)
{
    bh_sound *said = NULL, *heard = NULL, *part = NULL;
    size_t silence = 0;
    if (argc != 4)
        return 2;
    must(bh_sound_read(argv[1], NULL, &said, &diag));
    must(bh_sound_read(argv[2], NULL, &heard, &diag));
    const size_t frames = bh_sound_frames(heard), period = bh_sound_frames(said);
    while (silence < frames && bh_sound_samples(heard)[silence] == 0)
        silence++;
    const size_t begin = find(said, heard, silence);
    must(bh_sound_new(frames, 1, bh_sound_samplerate(heard), &part, &diag));
    for (size_t t = silence; t < frames; t++)
        bh_sound_data(part)[t] = bh_sound_samples(said)[(begin + t - silence) % period];
    must(bh_sound_write(argv[3], part, BH_ENCODING_FLOAT, BH_FULL_SCALE_PASCAL, &diag));
    printf("%zu samples, after %zu of silence all those of the sound from %zu on\n",
           frames, silence, begin);
    bh_sound_free(part);
    bh_sound_free(heard);
    bh_sound_free(said);
    return 0;
}
