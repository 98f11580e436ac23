/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libFuzzer's way into the language: any bytes as the texts of a group. What is
 * accepted is printed as C and as CUDA, interpreted for three steps, and read back.
 * tests/fuzz/run starts it. */
#include "brianhears.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Texts are separated by '|': equations | threshold | reset | refractory | method |
 * set | event | on event | regularly | replacements. */
enum { TEXTS = 10 };

/* What a group may be given beside its texts. */
static void
give(bh_group *group, char **text)
{
    bh_diag diag;
    double values[3];
    if (text[5])
        (void)!bh_group_set(group, "v", text[5], &diag);
    if (text[6] && bh_group_event(group, "e", text[6], &diag) == BH_OK && text[7])
        (void)!bh_group_on_event(group, "e", text[7], &diag);
    if (text[8])
        (void)!bh_group_run_regularly(group, text[8], 2e-4, &diag);
    (void)!bh_group_get(group, "x", values, 3, &diag);
}

/* The equations once more, with replacements. */
static void
replace(const char *equations, const char *replacements)
{
    bh_diag diag;
    bh_equations *pieces;
    if (bh_equations_new(&pieces, &diag) != BH_OK)
        abort();
    (void)!bh_equations_add(pieces, equations, replacements, &diag);
    (void)!bh_equations_add(pieces, equations, replacements, &diag);
    bh_equations_free(pieces);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = malloc(size + 1), *text[TEXTS] = {NULL};
    bh_diag diag;
    bh_network *net;
    bh_group *group;
    memcpy(copy, data, size);
    copy[size] = 0;
    for (char *at = copy, i = 0; at && i < TEXTS; i++) {
        char *end = strchr(at, '|');
        if (end)
            *end = 0;
        text[(int)i] = *at ? at : NULL;
        at = end ? end + 1 : NULL;
    }
    bh_network_config config = bh_network_config_default();
    config.code = BH_CODE_INTERPRETED;
    config.threads = 1;
    if (bh_network_new(&config, &net, &diag) != BH_OK)
        abort();
    bh_group_config fuzzed = {.name = "fuzzed",
                              .count = 3,
                              .equations = text[0],
                              .threshold = text[1],
                              .reset = text[2],
                              .refractory = text[3],
                              .method = text[4],
                              .precision = size & 1 ? BH_DOUBLE : BH_SINGLE};
    bh_status status = bh_group_new(net, &fuzzed, &group, &diag);
    if (status == BH_OK) {
        const char *code;
        double values[3];
        give(group, text);
        if (bh_network_code(net, &code, &diag) == BH_OK &&
            bh_network_cuda(net, &code, &diag) == BH_OK)
            (void)!bh_network_run(net, 3e-4, &diag);
        (void)!bh_group_get(group, "x", values, 3, &diag);
    } else {
        char message[1024];
        bh_diag_format(&diag, message, sizeof message);
        if (!message[0])
            abort();
    }
    bh_network_free(net);
    replace(text[0], text[9]);
    free(copy);
    return 0;
}
