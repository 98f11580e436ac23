/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/input.h"

#include "neurons/engine_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bh_poisson_config
bh_poisson_config_default(void)
{
    return (bh_poisson_config){.name = "poisson", .count = 1, .precision = BH_SINGLE};
}

bh_status
bh_poisson_new(bh_network *net, const bh_poisson_config *config, bh_group **out,
               bh_diag *diag)
{
    size_t size = (config->rates ? strlen(config->rates) : 0) + 32;
    char *equations = malloc(size);
    if (!equations)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for a group");
    snprintf(equations, size, config->rates ? "rates = %s : Hz" : "rates : Hz",
             config->rates);
    bh_group_config group = bh_group_config_default();
    group.name = config->name;
    group.count = config->count;
    group.equations = equations;
    group.threshold = "rand() < rates*dt";
    group.precision = config->precision;
    group.dt_s = config->dt_s;
    group.names = config->names;
    bh_status status = bh_group_new(net, &group, out, diag);
    free(equations);
    return status;
}

bh_status
bh_pulse_packet_new(bh_network *net, const char *name, size_t count, double t_s,
                    double sigma_s, bh_group **out, bh_diag *diag)
{
    size_t padded = (count + BLOCK - 1) / BLOCK * BLOCK, spikes = 0;
    if (!isfinite(t_s) || !(sigma_s >= 0) || !isfinite(sigma_s))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "a pulse packet at %g s with a spread of %g s; both must be "
                           "finite, the spread 0 or more",
                           t_s, sigma_s);
    double *time_s = malloc(padded * sizeof *time_s);
    uint32_t *index = malloc(padded * sizeof *index);
    float *normal = malloc(padded * sizeof *normal);
    bh_status status = BH_ERR_MEMORY;
    if (!time_s || !index || !normal) {
        bh_diag_set(diag, status, "no memory for a pulse packet of %zu", count);
        goto done;
    }
    for (size_t b = 0; b < padded / BLOCK; b++) {
        bh_random_key key = {net->config.seed, net->group_count, 0};
        bh_random_stream stream = bh_random_stream_start(key, (uint32_t)b);
        net->random->normals(&stream, normal + b * BLOCK, BLOCK);
    }
    for (size_t n = 0; n < count; n++) {
        time_s[spikes] = t_s + sigma_s * (double)normal[n];
        index[spikes] = (uint32_t)n;
        spikes += time_s[spikes] >= 0;
    }
    bh_generator_config config = bh_generator_config_default();
    config.name = name;
    config.count = count;
    config.spikes = (bh_events){time_s, index, spikes};
    status = bh_generator_new(net, &config, out, diag);
done:
    free(time_s);
    free(index);
    free(normal);
    return status;
}
