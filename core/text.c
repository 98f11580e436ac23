/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* newlocale, uselocale, strncasecmp */
#include "core/text.h"

#include <ctype.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LONGEST = 63 };

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters must be changed, added, dropped or swapped with their neighbour (the
 * restricted Damerau-Levenshtein distance), whatever their case. */
static size_t
distance(const char *a, const char *b)
{
    const size_t n = strlen(a), m = strlen(b);
    size_t rows[3][LONGEST + 1];
    if (n > LONGEST || m > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3];
        const size_t *twice = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            const int x = tolower((unsigned char)a[i - 1]);
            const int y = tolower((unsigned char)b[j - 1]);
            row[j] = least(above[j - 1] + (x != y), 1 + least(above[j], row[j - 1]));
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                y == tolower((unsigned char)a[i - 2]))
                row[j] = least(row[j], twice[j - 2] + 1);
        }
    }
    return rows[n % 3][m];
}

const char *
bh_text_nearest(const char *word, const char *const *words, size_t count)
{
    const char *best = NULL;
    const size_t length = strlen(word);
    size_t limit = length > 1 ? 1 + length / 3 : 0; /* a letter: in another case */
    for (size_t i = 0; i < count; i++) {
        const size_t other = strlen(words[i]);
        size_t far = distance(word, words[i]);
        if (far >= other)
            far = LONGEST; /* nothing of it is left */
        if (length > 1 && strncasecmp(word, words[i], least(length, other)) == 0)
            far = least(far, 1);
        if (far > limit || (best && far == limit))
            continue;
        best = words[i];
        limit = far;
    }
    return best;
}

double
bh_text_number(const char *text, char **end)
{
    locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    locale_t before = plain ? uselocale(plain) : (locale_t)0;
    double value = strtod(text, end);
    if (plain) {
        uselocale(before);
        freelocale(plain);
    }
    return value;
}
