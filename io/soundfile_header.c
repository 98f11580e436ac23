/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

/* libsndfile shortens a sound without a word where the file ends before its header
 * says, and sees no sound where a stream writer left the data size at 0. Both can be
 * told from a few bytes of the header: RIFF chunks (Microsoft, Multimedia Programming
 * Interface 1.0, 1991), AIFF chunks (Apple, AIFF 1.3, 1989), the AU header (Sun,
 * au(4)). */

#include "io/soundfile_internal.h"

#include <string.h>
#include <unistd.h>

/* Sizes from here on are what sox, ffmpeg and others write when they cannot know. */
#define SIZE_UNKNOWN 0x7f000000u

static bool
read_at(const struct bh_soundfile *file, int64_t offset, unsigned char *bytes,
        size_t size)
{
    return pread(file->fd, bytes, size, offset) == (ssize_t)size;
}

static uint32_t
word(const unsigned char *b, bool big)
{
    return big ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 |
                     b[3]
               : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 |
                     b[0];
}

/* Whether chunks follow one another from `offset` exactly to the end of the file. */
static bool
chunks_to_end(const struct bh_soundfile *file, int64_t offset, bool big)
{
    unsigned char head[8];
    while (offset < file->size) {
        if (!read_at(file, offset, head, sizeof head))
            return false;
        for (int i = 0; i < 4; i++)
            if (head[i] < ' ' || head[i] > '~')
                return false;
        uint32_t size = word(head + 4, big);
        offset += 8 + (int64_t)size + (size & 1);
    }
    return offset == file->size || offset == file->size + 1;
}

static void
patch_size(struct bh_soundfile *file, int64_t offset, uint64_t size, bool big)
{
    uint32_t value = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
    file->patch_offset = offset;
    for (int i = 0; i < 4; i++)
        file->patch[i] = (unsigned char)(value >> (big ? 24 - 8 * i : 8 * i));
}

/* The chunk of samples: its size field at `offset`, `head` bytes of its own before
 * them. */
static uint64_t
missing_from(struct bh_soundfile *file, int64_t offset, uint64_t size, bool big,
             uint32_t head, uint64_t *present)
{
    const int64_t first = offset + 4;
    const uint64_t there = file->size > first ? (uint64_t)(file->size - first) : 0;
    if (size <= head && there > head &&
        !chunks_to_end(file, first + (int64_t)size, big)) {
        patch_size(file, offset, there, big);
        return 0;
    }
    if (size <= there)
        return 0;
    *present = there > head ? there - head : 0;
    return size - there;
}

/* Bytes of a frame from a WAV format chunk, for the formats where that is fixed. */
static unsigned
wav_align(const unsigned char *format)
{
    unsigned tag = format[0] | (unsigned)format[1] << 8;
    bool fixed = tag == 1 || tag == 3 || tag == 6 || tag == 7 || tag == 0xfffe;
    return fixed ? format[12] | (unsigned)format[13] << 8 : 0;
}

static uint64_t
missing_from_chunks(struct bh_soundfile *file, bool big, uint64_t *present,
                    unsigned *align)
{
    const char *samples = big ? "SSND" : "data";
    const uint32_t head = big ? 8 : 0;
    unsigned char bytes[8], more[18];
    uint64_t wide = 0; /* the size that RF64 keeps in a chunk of its own */
    int64_t offset = 12;
    while (read_at(file, offset, bytes, sizeof bytes)) {
        uint32_t size = word(bytes + 4, big);
        if (memcmp(bytes, samples, 4) == 0) {
            bool unknown = size >= SIZE_UNKNOWN;
            return missing_from(file, offset + 4, unknown ? wide : size, big, head,
                                present);
        }
        bool read = read_at(file, offset + 8, more, sizeof more);
        if (read && !big && memcmp(bytes, "ds64", 4) == 0)
            wide = word(more + 8, big) | (uint64_t)word(more + 12, big) << 32;
        if (read && !big && memcmp(bytes, "fmt ", 4) == 0)
            *align = wav_align(more);
        if (read && big && size == 18 && memcmp(bytes, "COMM", 4) == 0)
            *align = more[1] * ((more[7] + 7u) / 8);
        offset += 8 + (int64_t)size + (size & 1);
    }
    return 0;
}

static uint64_t
missing_from_au(const struct bh_soundfile *file, bool big, uint64_t *present,
                unsigned *align)
{
    /* Bytes of a sample for encodings 0 to 7. */
    static const unsigned char width[] = {0, 1, 1, 2, 3, 4, 4, 8};
    unsigned char bytes[24];
    if (!read_at(file, 0, bytes, sizeof bytes))
        return 0;
    const uint32_t first = word(bytes + 4, big), size = word(bytes + 8, big);
    const uint32_t encoding = word(bytes + 12, big), channels = word(bytes + 20, big);
    const uint64_t there = file->size > first ? (uint64_t)file->size - first : 0;
    if (size >= SIZE_UNKNOWN || size <= there)
        return 0;
    *present = there;
    *align = encoding < sizeof width ? width[encoding] * channels : 0;
    return size - there;
}

uint64_t
bh_soundfile_missing(struct bh_soundfile *file, uint64_t *present, unsigned *align)
{
    unsigned char bytes[12];
    *present = 0;
    *align = 0;
    if (!read_at(file, 0, bytes, sizeof bytes))
        return 0;
    /* RF64 keeps its sizes elsewhere, and 0xffffffff here, unless it did not need to.
     */
    bool wav = memcmp(bytes, "RIFF", 4) == 0 || memcmp(bytes, "RF64", 4) == 0;
    if (wav && memcmp(bytes + 8, "WAVE", 4) == 0)
        return missing_from_chunks(file, false, present, align);
    if (memcmp(bytes, "FORM", 4) == 0 && memcmp(bytes + 8, "AIF", 3) == 0)
        return missing_from_chunks(file, true, present, align);
    if (memcmp(bytes, ".snd", 4) == 0 || memcmp(bytes, "dns.", 4) == 0)
        return missing_from_au(file, bytes[0] == '.', present, align);
    return 0;
}
