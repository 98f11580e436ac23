/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

#include "io/spikes.h"

#include "io/output_internal.h"
#include "io/spikes_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The last time that CSV can hold in nanoseconds with an exact double, s (104 days). */
#define TIME_MAX_S 9e6

struct bh_spike_writer {
    struct bh_spike_sink sink;
    size_t neurons;
    double last_s;
};

bh_spike_writer_config
bh_spike_writer_config_default(void)
{
    return (bh_spike_writer_config){.format = BH_SPIKES_AUTO, .population = "nerve"};
}

static bool
is_special(const char *path)
{
    struct stat info;
    return strcmp(path, "-") == 0 ||
           (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode));
}

static bh_status
choose_format(const bh_spike_writer_config *config, bh_spike_format *format,
              bh_diag *diag)
{
    const char *path = config->path;
    *format = config->format;
    if (*format == BH_SPIKES_AUTO) {
        if (bh_path_ends(path, ".csv") || is_special(path))
            *format = BH_SPIKES_CSV;
        else if (bh_path_ends(path, ".h5") || bh_path_ends(path, ".hdf5"))
            *format = BH_SPIKES_HDF5;
        else
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "cannot tell the format of '%s'; spikes are written to "
                               "names that end in .h5, .hdf5 or .csv",
                               path);
    }
    if (*format == BH_SPIKES_HDF5 && strcmp(path, "/dev/null") != 0 && is_special(path))
        return bh_diag_set(
            diag, BH_ERR_FILE,
            "HDF5 needs a regular file, and %s is none; CSV can be written "
            "there",
            strcmp(path, "-") == 0 ? "standard output" : path);
    return BH_OK;
}

static bh_status
check_config(const bh_spike_writer_config *config, bh_diag *diag)
{
    const char *name = config->population;
    if (!name || !*name || strchr(name, '/') || strcmp(name, ".") == 0)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "'%s' cannot name a population: it needs a name without '/'",
                           name ? name : "");
    if (config->neurons == 0 || config->neurons > UINT32_MAX)
        return bh_diag_set(
            diag, BH_ERR_ARGUMENT,
            "spikes of %zu neurons cannot be written; there must be 1 to "
            "4294967295",
            config->neurons);
    if (!(config->dt_s > 0) || isinf(config->dt_s))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the time step of the spikes is %g s; it must be above 0",
                           config->dt_s);
    if (config->deflate < 0 || config->deflate > 9)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "there is no compression level %d; levels are 0 (none) to 9",
                           config->deflate);
    for (size_t i = 0; config->cf_hz && i < config->neurons; i++)
        if (!(config->cf_hz[i] >= 0 && config->cf_hz[i] <= 1e9))
            return bh_diag_set(
                diag, BH_ERR_ARGUMENT,
                "the characteristic frequency of neuron %zu is %g Hz; it "
                "must be between 0 and 1e9",
                i, config->cf_hz[i]);
    return BH_OK;
}

/* What /dev/null is for HDF5: nothing is written, and that works. */

static bh_status
nothing_write(void *self, bh_events events, bh_diag *diag)
{
    (void)self, (void)events, (void)diag;
    return BH_OK;
}

static bh_status
nothing_flush(void *self, bh_diag *diag)
{
    (void)self, (void)diag;
    return BH_OK;
}

static bh_status
nothing_mark(void *self, const char *why, bh_diag *diag)
{
    (void)self, (void)why, (void)diag;
    return BH_OK;
}

static bh_status
nothing_close(void *self, double duration_s, bh_diag *diag)
{
    (void)self, (void)duration_s, (void)diag;
    return BH_OK;
}

static void
nothing_abort(void *self)
{
    (void)self;
}

static bh_status
open_sink(const bh_spike_writer_config *config, struct bh_spike_sink *sink,
          bh_diag *diag)
{
    bh_spike_format format = BH_SPIKES_AUTO;
    BH_TRY(choose_format(config, &format, diag));
    if (format == BH_SPIKES_CSV)
        return bh_spikes_csv_open(config, sink, diag);
    if (!is_special(config->path))
        return bh_spikes_hdf5_open(config, sink, diag);
    *sink = (struct bh_spike_sink){NULL,         nothing_write, nothing_flush,
                                   nothing_mark, nothing_close, nothing_abort};
    return BH_OK;
}

bh_status
bh_spike_writer_open(const bh_spike_writer_config *config, bh_spike_writer **out,
                     bh_diag *diag)
{
    if (!config->path)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "spikes need a file to be written to");
    BH_TRY(check_config(config, diag));
    bh_spike_writer *writer = malloc(sizeof *writer);
    if (!writer)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to write '%s'",
                           config->path);
    *writer = (bh_spike_writer){.neurons = config->neurons, .last_s = 0};
    bh_status status = open_sink(config, &writer->sink, diag);
    if (status != BH_OK) {
        free(writer);
        return status;
    }
    *out = writer;
    return BH_OK;
}

static bh_status
check_events(const bh_spike_writer *writer, bh_events events, bh_diag *diag)
{
    double last = writer->last_s;
    for (size_t i = 0; i < events.count; i++) {
        const double time = events.time_s[i];
        if (!(time >= last && time <= TIME_MAX_S))
            return bh_diag_set(
                diag, BH_ERR_ARGUMENT,
                "a spike at %.9g s cannot be written after one at %.9g s: "
                "times go up, from 0 to %g s",
                time, last, TIME_MAX_S);
        if (events.index[i] >= writer->neurons)
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "a spike at %.9g s is of neuron %lu, but there are %zu, "
                               "counted from 0",
                               time, (unsigned long)events.index[i], writer->neurons);
        last = time;
    }
    return BH_OK;
}

bh_status
bh_spike_writer_write(bh_spike_writer *writer, bh_events events, bh_diag *diag)
{
    if (events.count == 0)
        return BH_OK;
    BH_TRY(check_events(writer, events, diag));
    writer->last_s = events.time_s[events.count - 1];
    return writer->sink.write(writer->sink.self, events, diag);
}

bh_status
bh_spike_writer_flush(bh_spike_writer *writer, bh_diag *diag)
{
    return writer->sink.flush(writer->sink.self, diag);
}

bh_status
bh_spike_writer_partial(bh_spike_writer *writer, const char *why, bh_diag *diag)
{
    return writer->sink.mark(writer->sink.self, why, diag);
}

bh_status
bh_spike_writer_close(bh_spike_writer *writer, double duration_s, bh_diag *diag)
{
    bh_status status = writer->sink.close(writer->sink.self, duration_s, diag);
    free(writer);
    return status;
}

void
bh_spike_writer_abort(bh_spike_writer *writer)
{
    if (!writer)
        return;
    writer->sink.abort(writer->sink.self);
    free(writer);
}
