/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CUDA text of networks, compiled for the processor: thread after thread it gives
 * the bits that the interpreter gives, noise and spikes and all. */
#include "tests/neurons/device_models.h"
#include "tests/neurons/device_shim.h"

#include "core/denormal_kernel.h"
#include "neurons/device_kernel.h"
#include "neurons/engine_internal.h"

enum { STEPS = 200, WINDOW = 7, THREADS = 128 };
static const double DT_S = 1e-4;

static double samples[STEPS];

static bh_sound *sound;

static bh_source *
make_source(void)
{
    bh_diag diag;
    bh_source *source;
    for (int k = 0; k < STEPS; k++)
        samples[k] = 1.5 * sin(0.05 * k) + 0.2;
    if (!sound)
        CHECK_OK(bh_sound_new(STEPS, 1, 1 / DT_S, &sound, &diag), diag);
    memcpy(bh_sound_data(sound), samples, sizeof samples);
    CHECK_OK(bh_sound_source(sound, &source, &diag), diag);
    return source;
}

/* What a kernel finds on its device, in the memory of a group that never runs. */
struct device {
    bh_group *group;
    void *library;
    void (*place)(unsigned block, unsigned size, unsigned thread);
    void (*update)(const bh_device_frame frame);
    void (*reset)(const bh_device_frame frame);
    bh_device_input *inputs;
    uint8_t *marks;
    bool reverse;
};

static void *
find(void *library, const char *name)
{
    void *symbol = jit_symbol(library, name);
    CU_ASSERT_FATAL(symbol != NULL);
    return symbol;
}

/* Runs one kernel for all neurons, in either order of the threads. */
static void
launch(const struct device *device, void (*kernel)(const bh_device_frame),
       bh_device_frame frame)
{
    unsigned blocks = (unsigned)(frame.count + THREADS - 1) / THREADS;
    for (unsigned i = 0; i < blocks * THREADS; i++) {
        unsigned at = device->reverse ? blocks * THREADS - 1 - i : i;
        device->place(at / THREADS, THREADS, at % THREADS);
        kernel(frame);
    }
}

static struct device
make_device(bh_group *group)
{
    struct device device = {.group = group};
    bh_diag diag;
    const char *text;
    char why[200] = "";
    struct writer whole = {0};
    CHECK_OK(bh_network_prepare(group->net, &diag), diag);
    CHECK_OK(step_constants(group, &diag), diag);
    CHECK_OK(bh_network_cuda(group->net, &text, &diag), diag);
    write_text(&whole, "%s%s%s", device_shim, bh_device_prologue, text);
    bh_status status = jit_load(whole.text, &device.library, why, sizeof why);
    writer_free(&whole);
    if (status != BH_OK)
        fprintf(stderr, "%s\n", why);
    CU_ASSERT_FATAL(status == BH_OK);
    *(void **)&device.place = find(device.library, "shim_place");
    *(void **)&device.update = find(device.library, "bh_update_0");
    device.inputs = calloc((size_t)group->scope.stored + 1, sizeof *device.inputs);
    device.marks =
        calloc((size_t)WINDOW * (size_t)(group->event_count + 1), DEVICE_NEURONS);
    return device;
}

/* The linked variable's rows of a window, by the link's own kernel. */
static void
map_input(struct device *device, int64_t step, int32_t steps, void *rows)
{
    bh_group *group = device->group;
    const struct link *link = group->net->links;
    void (*map)(const void *, void *, int32_t);
    double x[WINDOW];
    *(void **)&map = find(device->library, "bh_map_0");
    for (int32_t k = 0; k < steps; k++)
        if (group->precision == BH_SINGLE)
            ((float *)x)[k] = (float)samples[step + k];
        else
            x[k] = samples[step + k];
    for (int32_t k = 0; k < steps; k++) {
        device->place(0, THREADS, (unsigned)k);
        map(x, rows, steps);
    }
    device->inputs[link->symbol->slot] =
        (bh_device_input){.rows = rows, .stride = 1, .times = DEVICE_NEURONS};
}

/* One window; notes what happened in `marks`. */
static void
run_window(struct device *device, int64_t step, int32_t steps, uint8_t *marks)
{
    bh_group *group = device->group;
    double rows[WINDOW];
    map_input(device, step, steps, rows);
    bh_device_frame frame = {.step = step,
                             .steps = steps,
                             .now = (int32_t)step,
                             .count = DEVICE_NEURONS,
                             .resets = 1,
                             .events = group->event_count + 1,
                             .dt = DT_S,
                             .array = group->arrays,
                             .input = device->inputs,
                             .table = group->scope.table,
                             .normal = (const uint32_t *)group->normal_counters,
                             .uniform = (const uint32_t *)group->uniform_counters,
                             .poisson = (const uint32_t *)group->poisson_counters,
                             .lastspike = group->lastspike,
                             .marks = device->marks,
                             .mark_stride = DEVICE_NEURONS};
    unsigned flags = bh_denormal_flush();
    launch(device, device->update, frame);
    bh_denormal_restore(flags);
    size_t row = (size_t)frame.events * DEVICE_NEURONS;
    memcpy(marks + (size_t)step * row, device->marks, (size_t)steps * row);
}

/* What the interpreter's monitors heard is what the kernel marked. */
static void
check_marks(bh_group *group, const char *event, int number, bh_spike_monitor *monitor,
            const uint8_t *marks)
{
    bh_events events = bh_spike_monitor_events(monitor);
    size_t marked = 0, missing = 0, row = (size_t)group->event_count + 1;
    for (size_t i = 0; i < (size_t)STEPS * row * DEVICE_NEURONS; i++)
        if (i / DEVICE_NEURONS % row == (size_t)number)
            marked += marks[i];
    for (size_t s = 0; s < events.count; s++) {
        size_t step = (size_t)lround(events.time_s[s] / DT_S);
        missing +=
            !marks[(step * row + (size_t)number) * DEVICE_NEURONS + events.index[s]];
    }
    if (marked != events.count || missing > 0)
        fprintf(stderr, "%s: %zu times '%s', expected %zu; %zu missing\n", group->name,
                marked, event, events.count, missing);
    CHECK(marked == events.count && missing == 0);
    CHECK(events.count > 100);
}

static bh_spike_monitor *
listen(bh_group *group, const char *event)
{
    bh_diag diag;
    bh_spike_monitor *monitor;
    bh_spike_monitor_config config = {.event = event, .record = true};
    CHECK_OK(bh_spike_monitor_new(group, &config, &monitor, &diag), diag);
    return monitor;
}

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
check_model(const struct device_model *model, bh_precision precision, bool reverse)
{
    bh_diag diag;
    bh_source *source[2] = {make_source(), make_source()};
    bh_network *net[2] = {make_device_network(), make_device_network()};
    bh_group *group[2];
    bh_spike_monitor *monitors[3] = {NULL};
    for (int i = 0; i < 2; i++) {
        group[i] = make_device_group(net[i], model, precision, source[i]);
        give_values(group[i]);
    }
    if (model->threshold)
        monitors[0] = listen(group[0], "spike");
    for (int e = 0; e < 2 && model->events[e][0]; e++)
        monitors[e + 1] = listen(group[0], model->events[e][0]);
    CHECK_OK(bh_network_run(net[0], STEPS * DT_S, &diag), diag);
    struct device device = make_device(group[1]);
    device.reverse = reverse;
    size_t row = (size_t)(group[1]->event_count + 1) * DEVICE_NEURONS;
    uint8_t *marks = calloc(STEPS, row);
    for (int64_t step = 0; step < STEPS; step += WINDOW)
        run_window(&device, step, STEPS - step < WINDOW ? STEPS - (int)step : WINDOW,
                   marks);
    size_t bytes = DEVICE_NEURONS * bh_precision_size(precision);
    for (const struct symbol *s = group[0]->scope.symbols; s; s = s->next) {
        bool stored = s->kind == SYMBOL_STATE || s->kind == SYMBOL_PARAMETER ||
                      s->kind == SYMBOL_SUBEXPRESSION ||
                      s->kind == SYMBOL_NOT_REFRACTORY;
        if (!stored || s->slot < 0 || s->linked)
            continue;
        bool same =
            memcmp(group[0]->arrays[s->slot], group[1]->arrays[s->slot], bytes) == 0;
        double first = precision == BH_SINGLE ? *(float *)group[0]->arrays[s->slot]
                                              : *(double *)group[0]->arrays[s->slot];
        CHECK(isfinite(first));
        if (!same)
            fprintf(stderr, "%s (%s): '%s' differs\n", model->name,
                    precision == BH_SINGLE ? "single" : "double", s->name);
        CHECK(same);
    }
    if (monitors[0]) {
        CHECK(memcmp(group[0]->lastspike, group[1]->lastspike,
                     DEVICE_NEURONS * sizeof(int32_t)) == 0);
        check_marks(group[0], "spike", 0, monitors[0], marks);
    }
    for (int e = 0; e < 2 && monitors[e + 1]; e++)
        check_marks(group[0], model->events[e][0], e + 1, monitors[e + 1], marks);
    free(marks);
    free(device.inputs);
    free(device.marks);
    jit_free(device.library);
    for (int i = 0; i < 2; i++) {
        bh_network_free(net[i]);
        bh_source_free(source[i]);
    }
}

static void
test_bits(void)
{
    for (int m = 0; m < DEVICE_MODELS; m++)
        for (int single = 0; single < 2; single++)
            check_model(&device_models[m], single ? BH_SINGLE : BH_DOUBLE, m % 2 == 1);
    bh_sound_free(sound);
}

TEST_MAIN("device", {"the same bits", test_bits})
