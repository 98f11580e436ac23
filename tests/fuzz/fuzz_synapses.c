/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer's way into synapses: any bytes as their texts. What is accepted is
 * connected, given values and run for some steps. tests/fuzz/run starts it. */
#include "brianhears.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Texts are separated by '|', in the order in which they are used below. */
enum { TEXTS = 12 };

static bh_group *
cells(bh_network *net, const char *name, size_t count, bh_precision precision)
{
    bh_diag diag;
    bh_group *group;
    const bh_group_config config = {.name = name,
                                    .count = count,
                                    .equations = "dv/dt = (1-v)/(1*ms) : 1\n"
                                                 "x : 1\n y = v + i : 1\n g : volt",
                                    .threshold = "v > 0.1",
                                    .reset = "v = 0",
                                    .precision = precision};
    if (bh_group_new(net, &config, &group, &diag) != BH_OK)
        abort();
    return group;
}

static void
use(bh_network *net, bh_synapses *synapses, char **text)
{
    bh_diag diag;
    const bh_connect_config pairs = {.condition = text[3],
                                     .probability = text[4],
                                     .copies = text[7]},
                            targets = {.targets = text[5], .skip_if_invalid = true},
                            sources = {.sources = text[6]},
                            total = {.total = 5, .no_multapses = true};
    (void)!bh_synapses_connect(synapses, &pairs, &diag);
    if (text[5])
        (void)!bh_synapses_connect(synapses, &targets, &diag);
    if (text[6])
        (void)!bh_synapses_connect(synapses, &sources, &diag);
    (void)!bh_synapses_connect(synapses, &total, &diag);
    if (text[9])
        (void)!bh_synapses_set(synapses, "w", text[8], text[9], &diag);
    if (text[10])
        (void)!bh_synapses_set(synapses, "delay", NULL, text[10], &diag);
    if (bh_synapses_count(synapses) > 10000)
        return;
    (void)!bh_network_run(net, 5e-4, &diag);
    if (text[11])
        (void)!bh_synapses_remove(synapses, text[11], &diag);
    (void)!bh_network_run(net, 5e-4, &diag);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = malloc(size + 1), *text[TEXTS] = {NULL};
    bh_diag diag = {0};
    bh_network *net;
    bh_synapses *synapses;
    memcpy(copy, data, size);
    copy[size] = 0;
    int count = 0;
    for (char *at = copy; at && count < TEXTS; count++) {
        char *end = strchr(at, '|');
        if (end)
            *end = 0;
        text[count] = *at ? at : NULL;
        at = end ? end + 1 : NULL;
    }
    bh_network_config config = bh_network_config_default();
    config.code = BH_CODE_INTERPRETED;
    config.threads = 1;
    if (bh_network_new(&config, &net, &diag) != BH_OK)
        abort();
    bh_synapses_config fuzzed = bh_synapses_config_default();
    fuzzed.source = bh_all(cells(net, "source", 3, BH_SINGLE));
    fuzzed.target =
        bh_part(cells(net, "target", 6, size & 1 ? BH_DOUBLE : BH_SINGLE), 1, 4);
    fuzzed.model = text[0];
    fuzzed.on_pre = text[1];
    fuzzed.on_post = text[2];
    if (bh_synapses_new(&fuzzed, &synapses, &diag) == BH_OK)
        use(net, synapses, text);
    else if (!diag.text[0])
        abort();
    bh_network_free(net);
    free(copy);
    return 0;
}
