/* SPDX-License-Identifier: GPL-3.0-or-later */
/* make_sound FILE SECONDS RATE CHANNELS [nan|inf|silence]: a float WAV with a tone of
 * 500 Hz at 70 dB SPL (1.0 is 1 Pa), one octave higher in each further channel; its
 * sample 1000 may be no number. Written byte by byte, since the library writes no sound
 * that is not finite. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
put(FILE *file, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        fputc((int)(value >> (8 * i) & 255), file);
}

static void
put_float(FILE *file, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(file, bits, 4);
}

static void
put_header(FILE *file, uint32_t frames, uint32_t rate, uint32_t channels)
{
    fputs("RIFF", file);
    put(file, 36 + 4 * frames * channels, 4);
    fputs("WAVEfmt ", file);
    put(file, 16, 4);
    put(file, 3, 2); /* IEEE float */
    put(file, channels, 2);
    put(file, rate, 4);
    put(file, 4 * rate * channels, 4);
    put(file, 4 * channels, 2);
    put(file, 32, 2);
    fputs("data", file);
    put(file, 4 * frames * channels, 4);
}

int
main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    FILE *file = fopen(argv[1], "wb");
    const uint32_t rate = (uint32_t)atol(argv[3]), channels = (uint32_t)atol(argv[4]);
    const uint32_t frames = (uint32_t)lrint(atof(argv[2]) * rate);
    const char *odd = argc > 5 ? argv[5] : "";
    const double peak_pa = strcmp(odd, "silence") ? 20e-6 * sqrt(2) * pow(10, 3.5) : 0;
    if (!file)
        return 1;
    put_header(file, frames, rate, channels);
    for (uint32_t t = 0; t < frames; t++)
        for (uint32_t ch = 0; ch < channels; ch++) {
            const double cycle = 500.0 * (1 << ch) * t / rate;
            float value = (float)(peak_pa * sin(2 * 3.14159265358979 * cycle));
            if (t == 1000 && strcmp(odd, "nan") == 0)
                value = NAN;
            if (t == 1000 && strcmp(odd, "inf") == 0)
                value = INFINITY;
            put_float(file, value);
        }
    return fclose(file) != 0;
}
