/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups, links and monitors on a device give the bits that the interpreter gives. */
#include "tests/neurons/device_models.h"
#include "tests/neurons/twins.h"

static const struct device_model *model;
static bool recorded; /* with state monitors */

static void
give_values(bh_group *group)
{
    static const char *const values[][2] = {{"v", "-65*mV + rand()*10*mV"},
                                            {"v", "rand()"},
                                            {"h", "0.6"},
                                            {"m", "0.05"},
                                            {"sigma", "0.3"},
                                            {"x", "randn()"},
                                            {"tau", "(5 + 5*rand())*ms"},
                                            {"n", "0.3 + 0.01*rand()"}};
    bh_diag diag;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        (void)!bh_group_set(group, values[i][0], values[i][1], &diag);
}

static void
make_source(struct twin *twin)
{
    enum { SAMPLES = 450 };
    bh_diag diag;
    CHECK_OK(bh_sound_new(SAMPLES, 1, 1e4, &twin->sound, &diag), diag);
    for (int k = 0; k < SAMPLES; k++)
        bh_sound_data(twin->sound)[k] = 1.5 * sin(0.05 * k) + 0.2;
    CHECK_OK(bh_sound_source(twin->sound, &twin->source, &diag), diag);
}

static void
record_states(struct twin *twin, const char *variables, const char *when,
              double every_s, const uint32_t *index, size_t count)
{
    bh_diag diag;
    bh_state_monitor_config config = bh_state_monitor_config_default(twin->group[0]);
    config.variables = variables;
    config.when = when;
    config.every_s = every_s;
    config.index = index;
    config.count = count;
    CHECK_OK(bh_state_monitor_new(twin->group[0], &config,
                                  &twin->states[twin->state_count++], &diag),
             diag);
}

static void
build_model(struct twin *twin)
{
    static const uint32_t some[] = {1036, 3, 511, 512, 3};
    make_source(twin);
    bh_group *group =
        make_device_group(twin->net, model, twin->precision, twin->source);
    give_values(group);
    twin->group[twin->groups++] = group;
    if (model->threshold)
        twin_listen(twin, group, NULL);
    for (int e = 0; e < 2 && model->events[e][0]; e++)
        twin_listen(twin, group, model->events[e][0]);
    if (!recorded)
        return;
    record_states(twin, strcmp(model->name, "functions") == 0 ? "x I p tau" : "v I",
                  "start", 2e-4, NULL, 0);
    record_states(twin, model->threshold ? "I not_refractory lastspike" : "z tau",
                  "end", 7e-4, some, 5);
}

static void
test_models(void)
{
    static const double turns_s[] = {0.0063, 0.0001, 0.0076};
    twin_start();
    for (int m = 0; m < DEVICE_MODELS; m++)
        for (int single = 0; single < 2; single++) {
            model = &device_models[m];
            recorded = m % 2 == single;
            if (fake)
                fake->order = (m + single) % 3;
            twin_run(build_model, single ? BH_SINGLE : BH_DOUBLE, m == 2 ? 256 : 17,
                     turns_s, 3);
        }
    twin_stop();
}

TEST_MAIN("network on a device", {"models", test_models})
