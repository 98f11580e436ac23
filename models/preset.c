/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/preset.h"

#include "core/text.h"

#include <string.h>

/* Made from models/presets by cmake/embed_all.cmake: name, title and text of each,
 * ended by NULL. */
extern const char *const bh_preset_texts[][3];

enum { NAME, TITLE, TEXT };

size_t
bh_preset_count(void)
{
    size_t count = 0;
    while (bh_preset_texts[count][NAME])
        count++;
    return count;
}

const char *
bh_preset_name(size_t i)
{
    return i < bh_preset_count() ? bh_preset_texts[i][NAME] : NULL;
}

const char *
bh_preset_title(size_t i)
{
    return i < bh_preset_count() ? bh_preset_texts[i][TITLE] : NULL;
}

const char *
bh_preset_text(size_t i)
{
    return i < bh_preset_count() ? bh_preset_texts[i][TEXT] : NULL;
}

bh_status
bh_preset_find(const char *name, size_t *i, bh_diag *diag)
{
    enum { MOST = 64 };
    const char *names[MOST];
    const size_t count = bh_preset_count() < MOST ? bh_preset_count() : MOST;
    for (size_t p = 0; p < count; p++) {
        names[p] = bh_preset_name(p);
        if (strcmp(names[p], name) == 0) {
            *i = p;
            return BH_OK;
        }
    }
    const char *near = bh_text_nearest(name, names, count);
    if (near)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "there is no model '%.60s'; did you mean '%s'?", name, near);
    return bh_diag_set(diag, BH_ERR_ARGUMENT,
                       "there is no model '%.60s'; 'bhears models' lists them", name);
}
