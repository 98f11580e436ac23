/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/spikes_internal.h"

#include "io/output_internal.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct spike {
    double time_s;
    uint32_t index;
};

static int
compare(const void *left, const void *right)
{
    const struct spike *a = left, *b = right;
    if (a->time_s != b->time_s)
        return a->time_s < b->time_s ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static bool
in_order(const bh_spikes *spikes)
{
    for (size_t i = 1; i < spikes->count; i++) {
        const double before = spikes->time_s[i - 1], now = spikes->time_s[i];
        if (now < before || (now == before && spikes->index[i] < spikes->index[i - 1]))
            return false;
    }
    return true;
}

static bh_status
sort(bh_spikes *spikes, const char *path, bh_diag *diag)
{
    if (in_order(spikes))
        return BH_OK;
    struct spike *all = malloc(spikes->count * sizeof *all);
    if (!all)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to sort the spikes of '%s'",
                           path);
    for (size_t i = 0; i < spikes->count; i++)
        all[i] = (struct spike){spikes->time_s[i], spikes->index[i]};
    qsort(all, spikes->count, sizeof *all, compare);
    for (size_t i = 0; i < spikes->count; i++) {
        spikes->time_s[i] = all[i].time_s;
        spikes->index[i] = all[i].index;
    }
    free(all);
    return BH_OK;
}

static bh_status
check_readable(const char *path, bh_diag *diag)
{
    char byte;
    FILE *file = fopen(path, "rb");
    if (!file)
        return bh_file_error(diag, "read", path, errno);
    errno = 0;
    const size_t got = fread(&byte, 1, 1, file);
    const int error = ferror(file) ? errno : 0;
    fclose(file);
    if (error)
        return bh_file_error(diag, "read", path, error);
    if (got == 0)
        return bh_diag_set(diag, BH_ERR_FORMAT,
                           "'%s' is empty (0 bytes); a file of spikes is needed", path);
    return BH_OK;
}

bh_status
bh_spikes_read(const char *path, const char *population, bh_spikes **out, bh_diag *diag)
{
    BH_TRY(check_readable(path, diag));
    bh_spikes *spikes = calloc(1, sizeof *spikes);
    if (!spikes)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to read '%s'", path);
    spikes->duration_s = spikes->dt_s = NAN;
    bh_status status = bh_spikes_is_hdf5(path)
                           ? bh_spikes_hdf5_read(path, population, spikes, diag)
                           : bh_spikes_csv_read(path, spikes, diag);
    if (status == BH_OK)
        status = sort(spikes, path, diag);
    if (status != BH_OK) {
        bh_spikes_free(spikes);
        return status;
    }
    *out = spikes;
    return BH_OK;
}

void
bh_spikes_free(bh_spikes *spikes)
{
    if (!spikes)
        return;
    free(spikes->time_s);
    free(spikes->index);
    free(spikes->cf_hz);
    free(spikes);
}

bh_events
bh_spikes_events(const bh_spikes *spikes)
{
    return (bh_events){spikes->time_s, spikes->index, spikes->count};
}

size_t
bh_spikes_neurons(const bh_spikes *spikes)
{
    return spikes->neurons;
}

const double *
bh_spikes_cf(const bh_spikes *spikes)
{
    return spikes->cf_hz;
}

double
bh_spikes_duration(const bh_spikes *spikes)
{
    return spikes->duration_s;
}

const char *
bh_spikes_partial(const bh_spikes *spikes)
{
    return *spikes->partial ? spikes->partial : NULL;
}

double
bh_spikes_dt(const bh_spikes *spikes)
{
    return spikes->dt_s;
}
