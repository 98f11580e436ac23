/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700

/* Another reader's view of the HDF5 files: read_sonata.py. Skipped where no Python with
 * h5py is found. */

#include "io/spikes.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SPIKES 150000

static bh_status
write_file(const char *path, bh_diag *diag)
{
    static double time_s[SPIKES], cf_hz[100];
    static uint32_t index[SPIKES];
    for (uint32_t i = 0; i < SPIKES; i++) {
        time_s[i] = i * 1e-5;
        index[i] = i * 7 % 100;
    }
    for (int i = 0; i < 100; i++)
        cf_hz[i] = 100 + i;
    const bh_spike_metadata metadata[] = {
        {"model", "gammatone \xce\xb3", 0}, {"seed", NULL, 42}, {"note", "", 0}};
    bh_spike_writer_config config = bh_spike_writer_config_default();
    config.path = path;
    config.neurons = 100;
    config.cf_hz = cf_hz;
    config.dt_s = 1e-5;
    config.metadata = metadata;
    config.metadata_count = 3;
    bh_spike_writer *writer = NULL;
    BH_TRY(bh_spike_writer_open(&config, &writer, diag));
    bh_events events = {time_s, index, SPIKES};
    bh_status status = bh_spike_writer_write(writer, events, diag);
    if (status == BH_OK)
        return bh_spike_writer_close(writer, 2.5, diag);
    bh_spike_writer_abort(writer);
    return status;
}

int
main(void)
{
    /* The first may be one of a virtual environment that lacks h5py. */
    static const char *const pythons[] = {"python3", "/usr/bin/python3"};
    char directory[] = "/tmp/bh-test-XXXXXX", path[64], command[1024];
    bh_diag diag = {0};
    if (!mkdtemp(directory))
        return 1;
    snprintf(path, sizeof path, "%s/spikes.h5", directory);
    int result = 1;
    if (write_file(path, &diag) != BH_OK)
        fprintf(stderr, "%s\n", diag.text);
    else
        result = 77;
    for (int i = 0; i < 2 && result == 77; i++) {
        snprintf(command, sizeof command, "%s '%s/io/read_sonata.py' '%s'", pythons[i],
                 BH_TESTS_DIR, path);
        int status = system(command);
        result = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
        if (result == 127) /* no such program */
            result = 77;
    }
    unlink(path);
    rmdir(directory);
    if (result == 77)
        printf("skipped: there is no python3 with h5py\n");
    return result;
}
