/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks whose spikes, weights and states are a number that must not depend on how
 * many processes and threads share them: network CASE THREADS [SECONDS [MACHINES]]
 * prints it; MACHINES is on how many machines the processes shall believe to be. */
#include "brianhears.h"
#include "core/comm_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bh_comm *comm;

static void
end(const char *text)
{
    fprintf(stderr, "process %d of %d: %s\n", bh_comm_rank(comm), bh_comm_size(comm),
            text);
    bh_comm_abort(comm, 1);
    exit(1);
}

#define DO(call)                                                                       \
    do {                                                                               \
        bh_diag diag = {0};                                                            \
        if ((call) != BH_OK)                                                           \
            end(diag.text);                                                            \
    } while (0)

/* FNV-1a */
static uint64_t sum = UINT64_C(0xcbf29ce484222325);

static void
add(const void *bytes, size_t size)
{
    for (size_t n = 0; n < size; n++)
        sum = (sum ^ ((const unsigned char *)bytes)[n]) * UINT64_C(0x100000001b3);
}

static bh_network *net;
static double seconds;
static bh_spike_monitor *spikes;
static uint64_t told; /* spikes that the sink has seen */

static bh_status
count_told(void *user, bh_events events, bh_diag *diag)
{
    (void)user, (void)diag;
    told += events.count;
    return BH_OK;
}

static void
listen(bh_group *group)
{
    bh_spike_monitor_config config = bh_spike_monitor_config_default();
    config.sink = count_told;
    DO(bh_spike_monitor_new(group, &config, &spikes, &diag));
}

static void
add_spikes(void)
{
    const bh_events events = bh_spike_monitor_events(spikes);
    add(events.time_s, events.count * sizeof *events.time_s);
    add(events.index, events.count * sizeof *events.index);
    if (told != (bh_comm_rank(comm) == 0 ? events.count : 0))
        end("the sink is called by process 0 only, and gets all spikes");
    if (bh_comm_rank(comm) == 0)
        printf("%zu spikes, ", events.count);
}

static void
add_values(bh_group *group, size_t count, const char *variable)
{
    double *values = malloc(count * sizeof *values);
    DO(bh_group_get(group, variable, values, count, &diag));
    add(values, count * sizeof *values);
    free(values);
}

static void
add_synapses(bh_synapses *synapses, const char *variable)
{
    const size_t count = bh_synapses_count(synapses);
    double *values = malloc((count + 1) * sizeof *values);
    DO(bh_synapses_get(synapses, variable, values, count, &diag));
    add(values, count * sizeof *values);
    free(values);
    if (bh_comm_rank(comm) == 0)
        printf("%zu synapses, ", count);
}

static bh_group *
cells(const char *name, size_t count, const char *equations)
{
    bh_group *group;
    bh_group_config config = bh_group_config_default();
    config.name = name;
    config.count = count;
    config.equations = equations;
    config.threshold = "v > -50*mV";
    config.reset = "v = -60*mV";
    config.refractory = "3*ms";
    config.method = "euler";
    DO(bh_group_new(net, &config, &group, &diag));
    DO(bh_group_set(group, "v", "-60*mV + 10*mV*rand()", &diag));
    return group;
}

static bh_synapses *
join(bh_subgroup source, bh_subgroup target, const char *model, const char *on_pre,
     const char *on_post)
{
    bh_synapses *synapses;
    bh_synapses_config config = bh_synapses_config_default();
    config.name = "synapses";
    config.source = source;
    config.target = target;
    config.model = model;
    config.on_pre = on_pre;
    config.on_post = on_post;
    DO(bh_synapses_new(&config, &synapses, &diag));
    return synapses;
}

static void
connect(bh_synapses *synapses, double p, size_t in_degree)
{
    char probability[32];
    bh_connect_config config = bh_connect_config_default();
    snprintf(probability, sizeof probability, "%.9g", p);
    config.probability = in_degree ? NULL : probability;
    config.in_degree = in_degree;
    config.no_autapses = true;
    DO(bh_synapses_connect(synapses, &config, &diag));
}

static const char *const LIF =
    "dv/dt = (-49.5*mV - v + ge - gi)/(20*ms) + 3*mV*xi/sqrt(20*ms) : volt "
    "(unless refractory)\n"
    "dge/dt = -ge/(5*ms) : volt\n"
    "dgi/dt = -gi/(10*ms) : volt";

/* 20,000 neurons, delays of their own, spike-timing dependent plasticity. */
static void
run_stdp(void)
{
    enum { EXCITING = 16000, INHIBITING = 4000 };
    bh_group *all = cells("cells", EXCITING + INHIBITING, LIF);
    bh_subgroup e = bh_part(all, 0, EXCITING), i = bh_part(all, EXCITING, INHIBITING);
    bh_synapses *ee = join(e, e,
                           "w : 1\n dx/dt = -x/(20*ms) : 1 (event-driven)\n"
                           "dy/dt = -y/(20*ms) : 1 (event-driven)",
                           "ge += w*mV\n x += 0.02\n w = clip(w + y, 0, 1)",
                           "y -= 0.021\n w = clip(w + x, 0, 1)");
    bh_synapses *rest = join(i, bh_all(all), NULL, "gi += 2*mV", NULL);
    connect(ee, 0.001, 0);
    connect(rest, 0, 10);
    DO(bh_synapses_set(ee, "w", NULL, "rand()", &diag));
    DO(bh_synapses_set(ee, "delay", NULL, "0.5*ms + 2.5*ms*rand()", &diag));
    DO(bh_synapses_set(rest, "delay", NULL, "0.8*ms", &diag));
    listen(all);
    DO(bh_network_run(net, seconds / 2, &diag));
    add_synapses(ee, "w");
    DO(bh_network_run(net, seconds / 2, &diag));
    add_synapses(ee, "w");
    add_synapses(ee, "delay");
    add_values(all, EXCITING + INHIBITING, "v");
    add_values(all, EXCITING + INHIBITING, "lastspike");
}

/* Everything at once, small: an odd number of neurons, no delay, states, statistics,
 * Poisson input, links from a sound and a group, values set between runs. */
static void
run_mixture(void)
{
    enum { CELLS = 1700, INPUTS = 600 };
    bh_group *inputs, *a = cells("a", CELLS, LIF),
                      *b = cells("b", CELLS,
                                 "dv/dt = (-60*mV - v + ge + x*mV + y)/(10*ms) : volt\n"
                                 "dge/dt = -ge/(5*ms) : volt\n x : 1\n y : volt\n"
                                 "n : 1");
    bh_poisson_config poisson = bh_poisson_config_default();
    poisson.count = INPUTS;
    poisson.rates = "20*Hz + i*Hz/20";
    DO(bh_poisson_new(net, &poisson, &inputs, &diag));
    bh_sound *tone;
    bh_source *source;
    const bh_sound_shape shape = {
        .samplerate_hz = 10000, .channels = 1, .duration_s = 0.1};
    DO(bh_sound_tone(&shape, 100, 0, &tone, &diag));
    DO(bh_sound_source(tone, &source, &diag));
    DO(bh_link(b, "x", source, "20*x", &diag));
    bh_link_config link = bh_link_config_default(b);
    link.from = a;
    link.from_variable = "ge";
    link.to_variable = "y";
    DO(bh_link_new(&link, &diag));
    bh_synapses *in = join(bh_all(inputs), bh_all(a), NULL, "ge += 4*mV", NULL);
    bh_synapses *aa = join(bh_part(a, 100, 1500), bh_part(a, 3, 1600), "w : 1",
                           "ge += w*mV\n w += 0.01*N_incoming/N_outgoing", NULL);
    bh_synapses *ab =
        join(bh_all(a), bh_all(b), "w : 1", "ge += w*mV*rand()", "w = 0.9*w");
    connect(in, 0.02, 0);
    connect(aa, 0.01, 0);
    connect(aa, 0, 2); /* and some more */
    connect(ab, 0.01, 0);
    DO(bh_synapses_set(aa, "w", NULL, "rand() + 0.1*N_incoming", &diag));
    DO(bh_synapses_set(ab, "w", "i > j", "1 + 0.001*i", &diag));
    bh_state_monitor *states, *all_states;
    const uint32_t index[] = {1699, 3, 512, 1023};
    bh_state_monitor_config state = bh_state_monitor_config_default(b);
    state.variables = "v ge";
    state.index = index;
    state.count = 4;
    DO(bh_state_monitor_new(b, &state, &states, &diag));
    state = bh_state_monitor_config_default(a);
    state.variables = "ge";
    state.every_s = 1e-3;
    DO(bh_state_monitor_new(a, &state, &all_states, &diag));
    bh_rate_monitor *rate;
    DO(bh_rate_monitor_new(a, 1e-3, &rate, &diag));
    listen(b);
    DO(bh_network_run(net, seconds / 2, &diag));
    DO(bh_group_set(a, "ge", "ge + v*0.1", &diag));
    DO(bh_synapses_set(ab, "w", NULL, "w + 0.01", &diag));
    DO(bh_network_run(net, seconds / 2, &diag));
    const char *notice = bh_network_notice(net);
    if (bh_comm_size(comm) > 1 && (!notice || !strstr(notice, "at every step")))
        end("a notice tells of exchanges at every step");
    add_synapses(aa, "w");
    add_synapses(ab, "w");
    add_values(b, CELLS, "v");
    bh_block rows;
    const double *rates;
    size_t bins;
    DO(bh_state_monitor_rows(states, "v", &rows, &diag));
    for (size_t r = 0; r < rows.frames; r++)
        add((char *)rows.data + r * rows.stride * bh_precision_size(rows.precision),
            rows.channels * bh_precision_size(rows.precision));
    DO(bh_state_monitor_rows(all_states, "ge", &rows, &diag));
    for (size_t r = 0; r < rows.frames; r++)
        add((char *)rows.data + r * rows.stride * bh_precision_size(rows.precision),
            rows.channels * bh_precision_size(rows.precision));
    DO(bh_rate_monitor_rates(rate, &rates, &bins, &diag));
    add(rates, bins * sizeof *rates);
    bh_sound_free(tone);
}

/* What the user's code does between steps: it sees and sets all neurons. */
static bh_status
stir(void *user, bh_network *same, double time_s, bh_diag *diag)
{
    enum { MOST = 2000 };
    double v[MOST];
    bh_group *group = user;
    (void)same, (void)time_s;
    bh_status status = bh_group_get(group, "v", v, 1100, diag);
    add(v, 1100 * sizeof *v);
    return status == BH_OK ? bh_group_set(group, "v", "v + 0.1*mV*(i % 3)", diag)
                           : status;
}

/* Gap junctions, events of one's own, operations, all to all, synapses that are not
 * stored, and a group of one neuron, which most processes have nothing of. */
static void
run_coupled(void)
{
    enum { CELLS = 1100 };
    bh_group *a = cells("a", CELLS,
                        "dv/dt = (-49.5*mV - v + g + ge)/(20*ms) + "
                        "2*mV*xi/sqrt(20*ms) : volt (unless refractory)\n"
                        "dge/dt = -ge/(5*ms) : volt\n g : volt\n x : volt");
    bh_group *b = cells("b", CELLS, LIF);
    DO(bh_group_event(a, "near", "v > -52*mV and v < -51.8*mV", &diag));
    bh_synapses *gap = join(bh_all(a), bh_all(a),
                            "c : 1\n g_post = c*(v_pre - v_post) : volt (summed)", NULL,
                            NULL);
    bh_synapses *ab = join(bh_all(a), bh_all(b), "w : 1", NULL, NULL);
    bh_synapses *all = join(bh_part(b, 0, 40), bh_all(a), NULL, "ge += 0.2*mV", NULL);
    bh_group *one = cells("one", 1, LIF);
    bh_synapses *gather = join(bh_all(b), bh_all(one), NULL, "ge += 0.3*mV", NULL);
    bh_synapses_config unstored = bh_synapses_config_default();
    unstored.name = "unstored";
    unstored.source = bh_all(b);
    unstored.target = bh_all(b);
    unstored.on_pre = "ge += 0.1*mV";
    unstored.delay = "0.7*ms";
    unstored.procedural = true;
    bh_synapses *again;
    DO(bh_synapses_new(&unstored, &again, &diag));
    connect(again, 0.02, 0);
    DO(bh_synapses_connect(gather, NULL, &diag));
    bh_pathway_config way = bh_pathway_config_default();
    way.name = "near";
    way.event = "near";
    way.code = "ge += w*mV\n w += 0.001*(x_pre/mV)";
    DO(bh_synapses_pathway(ab, &way, &diag));
    DO(bh_group_run_regularly(a, "x = 1*mV*rand()", 2e-3, &diag));
    connect(gap, 0.01, 0);
    connect(ab, 0, 20);
    DO(bh_synapses_connect(all, NULL, &diag));
    DO(bh_synapses_set(gap, "c", NULL, "0.01*rand()", &diag));
    DO(bh_synapses_set(ab, "near.delay", NULL, "3*ms*rand()", &diag));
    bh_operation_config operation = bh_operation_config_default(net);
    operation.call = stir;
    operation.user = a;
    operation.every_s = 5e-3;
    DO(bh_operation_new(net, &operation, &diag));
    bh_weight_monitor *weights;
    const uint32_t which[] = {0, 7, 20000};
    DO(bh_weight_monitor_new(ab, "w", which, 3, 7e-3, &weights, &diag));
    listen(b);
    DO(bh_network_run(net, seconds, &diag));
    const bh_block rows = bh_weight_monitor_rows(weights);
    add(rows.data, rows.frames * rows.channels * sizeof(double));
    add_synapses(ab, "w");
    add_values(a, CELLS, "v");
    add_values(one, 1, "v");
    add_values(one, 1, "ge");
}

/* One process, the last, stops the run or fails in it. */
static const char *what_happens;

static bh_status
happen(void *user, double time_s, bh_diag *diag)
{
    (void)user;
    if (bh_comm_rank(comm) != bh_comm_size(comm) - 1 || time_s < 0.02)
        return BH_OK;
    if (strcmp(what_happens, "stop") == 0)
        bh_network_stop(net);
    else
        return bh_diag_set(diag, BH_ERR_STOPPED, "the disk is full");
    return BH_OK;
}

static void
run_until(const char *what)
{
    bh_diag why = {0};
    bh_group *all = cells("cells", 2000, LIF);
    bh_synapses *s = join(bh_all(all), bh_all(all), NULL, "ge += 1*mV", NULL);
    connect(s, 0.01, 0);
    DO(bh_synapses_set(s, "delay", NULL, "1*ms", &diag));
    listen(all);
    what_happens = what;
    bh_network_report(net, happen, NULL);
    const bh_status status = bh_network_run(net, 1, &why);
    if (strcmp(what, "fail") == 0 && status == BH_ERR_STOPPED &&
        strstr(why.text, "the disk is full")) {
        printf("process %d heard: %s\n", bh_comm_rank(comm), why.text);
        fflush(stdout);
        bh_comm_free(comm);
        exit(3);
    }
    if (status != BH_OK)
        end(why.text);
    const double time_s = bh_network_time(net);
    if (time_s < 0.02 || time_s > 0.1)
        end("the run went on");
    add(&time_s, sizeof time_s);
}

/* Processes whose networks differ (in the seed) do not run. */
static void
run_different(void)
{
    bh_diag why = {0};
    cells("cells", 700, LIF);
    const bool alone = bh_comm_size(comm) == 1;
    const bh_status status = bh_network_run(net, 1e-3, &why);
    if (status != (alone ? BH_OK : BH_ERR_ARGUMENT) ||
        !strstr(why.text, alone ? "" : "has built another network"))
        end(why.text);
}

/* What cannot be done says so. */
static void
run_refused(void)
{
    bh_diag why = {0};
    bh_store *store;
    bh_group *a = cells("a", 1200, LIF);
    bh_synapses *s = join(bh_all(a), bh_all(a), "w : 1", "ge_pre += w*mV", NULL);
    connect(s, 0.01, 0);
    bh_status wanted = bh_comm_size(comm) > 1 ? BH_ERR_UNSUPPORTED : BH_OK;
    if (bh_synapses_set(s, "w", "i > j", "rand()", &why) != wanted ||
        bh_synapses_remove(s, "i > 3", &why) != wanted ||
        bh_network_run(net, 1e-3, &why) != wanted ||
        bh_network_store(net, &store, &why) != wanted)
        end(why.text);
    if (wanted == BH_OK)
        bh_store_free(store);
    listen(a);
}

int
main(int argc, char **argv)
{
    bh_network_config config = bh_network_config_default();
    DO(bh_comm_open(&comm, &diag));
    if (argc < 3)
        end("usage: network CASE THREADS [SECONDS]");
    config.threads = atoi(argv[2]);
    config.comm = comm;
    const bool differ = argc > 1 && strcmp(argv[1], "differ") == 0;
    config.seed = 7 + (differ ? (uint64_t)bh_comm_rank(comm) : 0);
    if (argc > 4)
        comm_pretend(comm, atoi(argv[4]));
    seconds = argc > 3 ? atof(argv[3]) : 0.06;
    DO(bh_network_new(&config, &net, &diag));
    if (strcmp(argv[1], "stdp") == 0)
        run_stdp();
    else if (strcmp(argv[1], "mixture") == 0)
        run_mixture();
    else if (strcmp(argv[1], "coupled") == 0)
        run_coupled();
    else if (strcmp(argv[1], "stop") == 0 || strcmp(argv[1], "fail") == 0)
        run_until(argv[1]);
    else if (strcmp(argv[1], "refused") == 0)
        run_refused();
    else if (differ)
        run_different();
    else
        end("the cases are stdp, mixture, coupled, stop, fail, differ and refused");
    if (spikes)
        add_spikes();
    /* every process knows the same */
    double ends[] = {(double)(sum >> 32), -(double)(sum >> 32)};
    DO(bh_comm_allreduce(comm, BH_COMM_MIN, ends, 2, &diag));
    if (ends[0] != -ends[1])
        end("processes differ in what they know");
    if (bh_comm_rank(comm) == 0)
        printf("hash %016llx\n", (unsigned long long)sum);
    bh_network_free(net);
    bh_comm_free(comm);
    return 0;
}
