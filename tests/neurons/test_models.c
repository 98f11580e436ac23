/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models as Brian 2 runs them: each tests/golden/models/x.model, whose format
 * make_models.py there describes, beside x.want, what Brian 2.5.1 computed. All models
 * run compiled and interpreted, in double and in single precision; models of one step
 * share a network, so that all are compiled at once. */
#include "tests/check.h"

#include "brianhears.h"

#include <glob.h>
#include <inttypes.h>

enum {
    MOST_NEURONS = 16,
    MOST_MODELS = 128,
    MOST_INITS = 16,
    MODES = 2,
    PRECISIONS = 2
};

static const bh_code_mode modes[MODES] = {BH_CODE_AUTO, BH_CODE_INTERPRETED};
static const bh_precision precisions[PRECISIONS] = {BH_DOUBLE, BH_SINGLE};
static const char *const precision_names[PRECISIONS] = {"double", "single"};

/* A variable after so many steps, in Brian and in each way to run here. */
struct state {
    char name[40];
    int64_t step;
    double want[MOST_NEURONS], got[MODES][PRECISIONS][MOST_NEURONS];
};

struct spike {
    int64_t step;
    uint32_t neuron;
};

struct spikes {
    size_t count;
    struct spike *spike;
};

struct model {
    char name[64], *text;
    const char *duration, *inits[MOST_INITS], *init_names[MOST_INITS];
    size_t init_count, state_count;
    double dt_s, tolerance, single;
    int64_t steps, single_spikes;
    bh_group_config config;
    bh_namespace *names;
    struct state *states;
    struct spikes want, got[MODES][PRECISIONS];
    bh_group *group[PRECISIONS]; /* in the network that runs now */
    bh_spike_monitor *monitor[PRECISIONS];
};

static struct model models[MOST_MODELS];
static size_t model_count;
static bool ran, compiled = true;

static double
quantity(const char *text)
{
    bh_diag diag;
    bh_namespace *names;
    struct bh_dim dim;
    double value = 0;
    CHECK_OK(bh_namespace_new(&names, &diag), diag);
    CHECK_OK(bh_namespace_set(names, "quantity", text, &diag), diag);
    CHECK_OK(bh_namespace_get(names, "quantity", &value, &dim), diag);
    bh_namespace_free(names);
    return value;
}

static void
set_field(struct model *model, const char *key, const char *value)
{
    bh_diag diag;
    bh_group_config *config = &model->config;
    const struct {
        const char *key, **text;
    } texts[] = {{"threshold", &config->threshold},
                 {"reset", &config->reset},
                 {"refractory", &config->refractory},
                 {"method", &config->method},
                 {"duration", &model->duration}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(key, texts[i].key) == 0) {
            *texts[i].text = value;
            return;
        }
    if (strcmp(key, "count") == 0)
        config->count = strtoul(value, NULL, 10);
    else if (strcmp(key, "dt") == 0)
        model->dt_s = quantity(value);
    else if (strcmp(key, "tolerance") == 0)
        model->tolerance = strtod(value, NULL);
    else if (strcmp(key, "single") == 0)
        model->single = strtod(value, NULL);
    else if (strcmp(key, "single spikes") == 0)
        model->single_spikes = strtol(value, NULL, 10);
    else if (strncmp(key, "set ", 4) == 0)
        CHECK_OK(bh_namespace_set(model->names, key + 4, value, &diag), diag);
    else if (strncmp(key, "init ", 5) == 0) {
        CU_ASSERT_FATAL(model->init_count < MOST_INITS);
        model->init_names[model->init_count] = key + 5;
        model->inits[model->init_count++] = value;
    } else {
        /* what only make_models.py reads */
        CHECK(strcmp(key, "record") == 0 || strcmp(key, "brian method") == 0);
    }
}

static void
read_model(struct model *model)
{
    bh_diag diag;
    char *equations = strstr(model->text, "---\n");
    CU_ASSERT_FATAL(equations != NULL);
    CHECK_OK(bh_namespace_new(&model->names, &diag), diag);
    model->dt_s = 1e-4;
    model->tolerance = 1e-9;
    model->single = 1e-4;
    model->config = bh_group_config_default();
    model->config.names = model->names;
    model->config.name = model->name;
    model->config.equations = equations + 4;
    *equations = 0;
    for (char *line = model->text, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        char *value = strstr(line, ": ");
        if (*line == '#')
            continue;
        CU_ASSERT_FATAL(value != NULL);
        *value = 0;
        set_field(model, line, value + 2);
    }
    model->steps = llround(quantity(model->duration) / model->dt_s);
    CU_ASSERT_FATAL(model->config.count <= MOST_NEURONS);
}

static void
add_spike(struct spikes *spikes, int64_t step, uint32_t neuron)
{
    size_t size = (spikes->count + 1) * sizeof *spikes->spike;
    spikes->spike = realloc(spikes->spike, size);
    spikes->spike[spikes->count++] = (struct spike){step, neuron};
}

static void
read_want(struct model *model, char *line)
{
    for (char *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        char *numbers = strchr(line, ':'), *next;
        CU_ASSERT_FATAL(numbers != NULL);
        *numbers++ = 0;
        if (strncmp(line, "spikes ", 7) == 0) {
            uint32_t neuron = (uint32_t)strtoul(line + 7, NULL, 10);
            for (; *numbers; numbers = next)
                add_spike(&model->want, strtol(numbers, &next, 10), neuron);
            continue;
        }
        size_t size = (model->state_count + 1) * sizeof *model->states;
        model->states = realloc(model->states, size);
        struct state *state = &model->states[model->state_count++];
        memset(state, 0, sizeof *state);
        CU_ASSERT_FATAL(
            sscanf(line, "state %39s %" SCNd64, state->name, &state->step) == 2);
        for (size_t n = 0; n < model->config.count; n++, numbers = next) {
            state->want[n] = strtod(numbers, &next);
            CU_ASSERT_FATAL(next > numbers);
        }
    }
}

static void
test_read(void)
{
    glob_t found;
    CU_ASSERT_FATAL(glob(BH_TESTS_DIR "/golden/models/*.model", 0, NULL, &found) == 0);
    CU_ASSERT_FATAL(found.gl_pathc >= 30 && found.gl_pathc <= MOST_MODELS);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct model *model = &models[model_count++];
        char want_path[1024];
        const char *path = found.gl_pathv[i], *base = strrchr(path, '/') + 1;
        int length = (int)(strlen(path) - strlen("model"));
        snprintf(model->name, sizeof model->name, "%.*s",
                 (int)strlen(base) - (int)strlen(".model"), base);
        model->text = read_text(path);
        read_model(model);
        snprintf(want_path, sizeof want_path, "%.*swant", length, path);
        char *want = read_text(want_path);
        CU_ASSERT_FATAL(want != NULL);
        read_want(model, want);
        CHECK(model->state_count > 0);
        free(want);
    }
    globfree(&found);
}

/* The groups of a model, one for each precision. */
static void
make_groups(struct model *model, bh_network *net)
{
    bh_diag diag;
    for (int p = 0; p < PRECISIONS; p++) {
        model->config.precision = precisions[p];
        CHECK_OK(bh_group_new(net, &model->config, &model->group[p], &diag), diag);
        for (size_t i = 0; i < model->init_count; i++)
            CHECK_OK(bh_group_set(model->group[p], model->init_names[i],
                                  model->inits[i], &diag),
                     diag);
        if (model->config.threshold)
            CHECK_OK(
                bh_spike_monitor_new(model->group[p], NULL, &model->monitor[p], &diag),
                diag);
    }
}

/* Keeps what is wanted after so many steps. */
static void
take_states(double dt_s, int64_t step, int mode)
{
    bh_diag diag;
    for (struct model *model = models; model < models + model_count; model++)
        for (size_t s = 0; s < model->state_count; s++)
            for (int p = 0; p < PRECISIONS; p++) {
                struct state *state = &model->states[s];
                if (model->dt_s == dt_s && state->step == step)
                    CHECK_OK(bh_group_get(model->group[p], state->name,
                                          state->got[mode][p], model->config.count,
                                          &diag),
                             diag);
            }
}

static void
take_spikes(struct model *model, int mode)
{
    for (int p = 0; p < PRECISIONS && model->config.threshold; p++) {
        bh_events events = bh_spike_monitor_events(model->monitor[p]);
        for (size_t s = 0; s < events.count; s++) {
            int64_t step = llround(events.time_s[s] / model->dt_s);
            if (step < model->steps)
                add_spike(&model->got[mode][p], step, events.index[s]);
        }
    }
}

/* The next number of steps after which something is wanted, or 0. */
static int64_t
next_stop(double dt_s, int64_t step)
{
    int64_t next = 0;
    for (const struct model *model = models; model < models + model_count; model++) {
        if (model->dt_s != dt_s)
            continue;
        if (model->steps > step && (next == 0 || model->steps < next))
            next = model->steps;
        for (size_t s = 0; s < model->state_count; s++) {
            int64_t at = model->states[s].step;
            if (at > step && (next == 0 || at < next))
                next = at;
        }
    }
    return next;
}

/* Runs all models of one step. */
static void
run_models(double dt_s, int mode)
{
    bh_diag diag;
    bh_network *net;
    bh_network_config config = bh_network_config_default();
    config.dt_s = dt_s;
    config.code = modes[mode];
    config.threads = 1;
    CHECK_OK(bh_network_new(&config, &net, &diag), diag);
    for (struct model *model = models; model < models + model_count; model++)
        if (model->dt_s == dt_s)
            make_groups(model, net);
    int64_t done = 0;
    for (int64_t stop; (stop = next_stop(dt_s, done)) > 0; done = stop) {
        CHECK_OK(bh_network_run(net, (double)(stop - done) * dt_s, &diag), diag);
        take_states(dt_s, stop, mode);
    }
    for (struct model *model = models; model < models + model_count; model++)
        if (model->dt_s == dt_s)
            take_spikes(model, mode);
    if (bh_network_notice(net))
        compiled = false;
    bh_network_free(net);
}

static void
run_all(int mode)
{
    for (size_t i = 0; i < model_count; i++) {
        size_t first = 0;
        while (models[first].dt_s != models[i].dt_s)
            first++;
        if (first == i)
            run_models(models[i].dt_s, mode);
    }
}

static void
test_run(void)
{
    for (int mode = 0; mode < MODES; mode++)
        run_all(mode);
    ran = true;
    if (!compiled)
        fprintf(stderr, "no compiler: all models were interpreted\n");
}

/* The largest value of a variable among all neurons and times. */
static double
largest(const struct model *model, const char *name)
{
    double most = 0;
    for (size_t s = 0; s < model->state_count; s++)
        for (size_t n = 0; n < model->config.count; n++)
            if (strcmp(model->states[s].name, name) == 0)
                most = fmax(most, fabs(model->states[s].want[n]));
    return most;
}

/* Prints the worst value of each variable where it is too far. */
static void
check_states(const struct model *model, int mode, int p)
{
    double tolerance = precisions[p] == BH_DOUBLE ? model->tolerance : model->single;
    double worst = 0;
    for (size_t s = 0; s < model->state_count; s++) {
        const struct state *state = &model->states[s];
        const double *got = state->got[mode][p], most = largest(model, state->name);
        size_t far = 0;
        for (size_t n = 1; n < model->config.count; n++)
            if (isfinite(got[far]) &&
                !(fabs(got[n] - state->want[n]) <= fabs(got[far] - state->want[far])))
                far = n;
        double off = most > 0 ? fabs(got[far] - state->want[far]) / most
                              : fabs(got[far]);
        bool near = off <= tolerance;
        if (!near)
            fprintf(
                stderr,
                "%s (%s): %s of neuron %zu after %ld steps is %.17g, expected %.17g; "
                "the difference is %g of the largest\n",
                model->name, precision_names[p], state->name, far, (long)state->step,
                got[far], state->want[far], off);
        CHECK(near);
        worst = fmax(worst, off);
    }
    if (getenv("BH_VERBOSE"))
        fprintf(stderr, "%s (%s): %.1e\n", model->name, precision_names[p], worst);
}

/* The steps of one neuron's next spike after spike `s` of a list, or -1. */
static int64_t
next_spike(const struct spikes *spikes, uint32_t neuron, size_t *s)
{
    while (*s < spikes->count && spikes->spike[*s].neuron != neuron)
        ++*s;
    return *s < spikes->count ? spikes->spike[(*s)++].step : -1;
}

static void
check_spikes(const struct model *model, int mode, int p)
{
    int64_t slack = precisions[p] == BH_DOUBLE ? 0 : model->single_spikes;
    for (uint32_t neuron = 0; neuron < model->config.count; neuron++) {
        size_t in_got = 0, in_want = 0;
        int64_t got, want;
        do {
            got = next_spike(&model->got[mode][p], neuron, &in_got);
            want = next_spike(&model->want, neuron, &in_want);
            bool near = (got < 0) == (want < 0) && llabs(got - want) <= slack;
            if (!near)
                fprintf(
                    stderr,
                    "%s (%s): neuron %u spikes in step %ld, expected %ld (-1: never "
                    "again)\n",
                    model->name, precision_names[p], neuron, (long)got, (long)want);
            CHECK(near);
            if (!near)
                return;
        } while (want >= 0);
    }
}

static void
test_double(void)
{
    CU_ASSERT_FATAL(ran);
    for (size_t i = 0; i < model_count; i++) {
        check_spikes(&models[i], 0, 0);
        check_states(&models[i], 0, 0);
    }
}

static void
test_single(void)
{
    CU_ASSERT_FATAL(ran);
    for (size_t i = 0; i < model_count; i++) {
        check_spikes(&models[i], 0, 1);
        check_states(&models[i], 0, 1);
    }
}

/* Compiled and interpreted give the same bits. */
static void
test_same_bits(void)
{
    CU_ASSERT_FATAL(ran);
    for (size_t i = 0; i < model_count && compiled; i++)
        for (int p = 0; p < PRECISIONS; p++) {
            const struct model *model = &models[i];
            const struct spikes *one = &model->got[0][p], *two = &model->got[1][p];
            int same = one->count == two->count;
            for (size_t s = 0; same && s < one->count; s++)
                same = one->spike[s].step == two->spike[s].step &&
                       one->spike[s].neuron == two->spike[s].neuron;
            for (size_t s = 0; s < model->state_count; s++)
                same &= memcmp(model->states[s].got[0][p], model->states[s].got[1][p],
                               model->config.count * sizeof(double)) == 0;
            if (!same)
                fprintf(stderr, "%s (%s): compiled and interpreted differ\n",
                        model->name, precision_names[p]);
            CHECK(same);
        }
}

static void
free_model(struct model *model)
{
    for (int mode = 0; mode < MODES; mode++)
        for (int p = 0; p < PRECISIONS; p++)
            free(model->got[mode][p].spike);
    free(model->want.spike);
    free(model->states);
    free(model->text);
    bh_namespace_free(model->names);
}

/* No model that has a threshold passes by standing still. */
static void
test_lively(void)
{
    for (size_t i = 0; i < model_count; i++) {
        CHECK(!models[i].config.threshold || models[i].want.count >= 3);
        free_model(&models[i]);
    }
}

TEST_MAIN("models", {"read", test_read}, {"run", test_run}, {"double", test_double},
          {"single", test_single}, {"same bits", test_same_bits},
          {"lively", test_lively})
