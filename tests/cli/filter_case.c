/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter_case sound INPUT.f64 RATE OUT.wav: doubles (Pa) as a floating-point WAV in
 * which 1.0 is 1 Pa.
 * filter_case compare GOT.npy WANT.f64 TOLERANCE: whether the doubles of an array are
 * those of the other file, within so much of its largest. */
#include <brianhears.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All of a file; its size in bytes. */
static char *
read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        return NULL;
    *size = (size_t)ftell(file);
    char *bytes = malloc(*size + 1);
    rewind(file);
    if (bytes)
        *size = fread(bytes, 1, *size, file);
    fclose(file);
    return bytes;
}

static int
write_sound(const char *from, double samplerate_hz, const char *to)
{
    size_t size = 0;
    bh_diag diag = {0};
    bh_frames_writer *writer = NULL;
    bh_frames_writer_config config = bh_frames_writer_config_default();
    config.path = to;
    config.samplerate_hz = samplerate_hz;
    config.channels = 1;
    char *bytes = read_all(from, &size);
    const bh_block block = {bytes, size / sizeof(double), 1, 1, BH_DOUBLE};
    bh_status status = bytes ? bh_frames_writer_open(&config, &writer, &diag)
                             : BH_ERR_FILE;
    if (status == BH_OK)
        status = bh_frames_writer_write(writer, block, &diag);
    if (status == BH_OK)
        status = bh_frames_writer_close(writer, &diag);
    free(bytes);
    fputs(diag.text, stderr);
    return status != BH_OK;
}

static int
compare(const char *got_path, const char *want_path, double tolerance)
{
    enum { HEADER = 128 };
    size_t got_size = 0, want_size = 0;
    char *got = read_all(got_path, &got_size), *want = read_all(want_path, &want_size);
    if (!got || !want || want_size == 0 || got_size != HEADER + want_size ||
        memcmp(got + 10, "{'descr': '<f8'", 15) != 0) {
        fprintf(stderr, "%s and %s do not hold as many doubles\n", got_path, want_path);
        return 1;
    }
    double worst = 0, largest = 0;
    bool finite = true;
    for (size_t i = 0; i < want_size; i += sizeof(double)) {
        double a, b;
        memcpy(&a, got + HEADER + i, sizeof a);
        memcpy(&b, want + i, sizeof b);
        finite = finite && isfinite(a);
        worst = fmax(worst, fabs(a - b));
        largest = fmax(largest, fabs(b));
    }
    free(got);
    free(want);
    printf("%s: off by %.2g of the largest\n", want_path, worst / largest);
    return !(finite && worst <= tolerance * largest);
}

int
main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "sound") == 0)
        return write_sound(argv[2], atof(argv[3]), argv[4]);
    if (argc == 5 && strcmp(argv[1], "compare") == 0)
        return compare(argv[2], argv[3], atof(argv[4]));
    return 2;
}
