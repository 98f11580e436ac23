/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens when: calls between steps, statements in slots and at times, stopping.
 */
#include "tests/neurons/cut.h"

struct call {
    char *log;
    const char *name;
    bh_group *group;
    double stop_s;
    size_t calls;
    double time_s[64], seen[64];
};

/* Writes down its name, the time, and what v is. */
static bh_status
call(void *user, bh_network *net, double time_s, bh_diag *diag)
{
    struct call *own = user;
    double v[1300] = {0};
    if (own->log)
        strcat(own->log, own->name);
    if (own->group && own->calls < 64) {
        BH_TRY(bh_group_get(own->group, "v", v, bh_group_count(own->group), diag));
        own->seen[own->calls] = v[bh_group_count(own->group) - 1];
        own->time_s[own->calls] = time_s;
    }
    own->calls++;
    if (time_s >= own->stop_s - 1e-9)
        bh_network_stop(net);
    return BH_OK;
}

static bh_group *
counting(bh_network *net)
{
    bh_diag diag;
    bh_group *group;
    bh_group_config config = bh_group_config_default();
    config.count = 1300;
    config.equations = "dv/dt = rate/dt : 1\nrate : 1\nw : 1\nu : 1";
    config.method = "euler";
    config.threshold = "v > 1e9";
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    CHECK_OK(bh_group_set(group, "rate", "1", &diag), diag);
    return group;
}

static void
add(bh_network *net, struct call *user, const char *when, int order, double every_s)
{
    bh_diag diag;
    bh_operation_config config = bh_operation_config_default(net);
    user->stop_s = user->stop_s > 0 ? user->stop_s : 1e9;
    config.call = call;
    config.user = user;
    config.when = when;
    config.order = order;
    config.every_s = every_s;
    CHECK_OK(bh_operation_new(net, &config, &diag), diag);
}

static void
test_slots(void)
{
    bh_diag diag;
    char log[200] = "";
    struct call a = {.log = log, .name = "a"}, b = {.log = log, .name = "b"},
                c = {.log = log, .name = "c"}, d = {.log = log, .name = "d"};
    bh_network *net = network(plain, 1e-4);
    counting(net);
    add(net, &a, "end", 0, 1e-4);
    add(net, &b, "start", 1, 1e-4);
    add(net, &c, "start", 0, 2e-4);
    add(net, &d, "before_end", 7, 1e-4);
    CHECK_OK(bh_network_run(net, 3e-4, &diag), diag);
    CHECK(strcmp(log, "cbdabdacbda") == 0);
    bh_network_free(net);
}

/* Operations see the state of their step, however often they cut the windows. */
static void
test_seen(void)
{
    bh_diag diag;
    static const double times_s[] = {3e-4, 3.1e-3, 50e-3};
    bh_network *net = network(plain, 1e-4);
    bh_group *group = counting(net);
    struct call start = {.group = group}, end = {.group = group}, at = {.group = group};
    add(net, &start, "start", 0, 7e-4);
    add(net, &end, "end", 0, 7e-4);
    bh_operation_config config = bh_operation_config_default(net);
    at.stop_s = 1e9;
    config.call = call;
    config.user = &at;
    config.times_s = times_s;
    config.times = 3;
    config.when = "start";
    CHECK_OK(bh_operation_new(net, &config, &diag), diag);
    CHECK_OK(bh_network_run(net, 10e-3, &diag), diag);
    CHECK_OK(bh_network_run(net, 20e-3, &diag), diag);
    CHECK(start.calls == 43 && end.calls == 43 && at.calls == 2);
    for (size_t c = 0; c < 43; c++) {
        CHECK_NEAR(start.time_s[c], 7e-4 * (double)c, 1e-12);
        CHECK_NEAR(start.seen[c], 7 * (double)c, 0);
        CHECK_NEAR(end.seen[c], 7 * (double)c + 1, 0);
    }
    CHECK_NEAR(at.seen[0], 3, 0);
    CHECK_NEAR(at.seen[1], 31, 0);
    bh_network_free(net);
}

static void
test_stop(void)
{
    bh_diag diag;
    for (int end = 0; end < 2; end++) {
        bh_network *net = network(plain, 1e-4);
        struct call stop = {.stop_s = 12.3e-3};
        counting(net);
        add(net, &stop, end ? "end" : "start", 0, 1e-4);
        CHECK_OK(bh_network_run(net, 1, &diag), diag);
        CHECK_NEAR(bh_network_time(net), 12.4e-3, 1e-12);
        stop.stop_s = 1e9;
        CHECK_OK(bh_network_run(net, 1e-3, &diag), diag);
        CHECK_NEAR(bh_network_time(net), 13.4e-3, 1e-12);
        CHECK(stop.calls == 134);
        bh_network_free(net);
    }
}

/* A variable that an operation sets is no constant any more, though nothing else sets
 * it. */
static bh_status
faster(void *user, bh_network *net, double time_s, bh_diag *diag)
{
    (void)net;
    return time_s > 0 ? bh_group_set(user, "tau", "tau/2", diag) : BH_OK;
}

static void
test_sets(void)
{
    bh_diag diag;
    double v;
    bh_group *group;
    bh_network *net = network(plain, 1e-4);
    bh_group_config config = bh_group_config_default();
    config.equations = "dv/dt = -v/tau : 1\ntau : second";
    config.precision = BH_DOUBLE;
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    CHECK_OK(bh_group_set(group, "tau", "10*ms", &diag), diag);
    CHECK_OK(bh_group_set(group, "v", "1", &diag), diag);
    bh_operation_config operation = bh_operation_config_default(net);
    operation.call = faster;
    operation.user = group;
    operation.when = "start";
    operation.every_s = 10e-3;
    CHECK_OK(bh_operation_new(net, &operation, &diag), diag);
    CHECK_OK(bh_network_run(net, 30e-3, &diag), diag);
    CHECK_OK(bh_group_get(group, "v", &v, 1, &diag), diag);
    CHECK_NEAR(v, exp(-1 - 2 - 4), 1e-15);
    bh_network_free(net);
}

/* Statements at given times, before and behind integration and resets. */
static void
check_statements(bh_code_mode mode)
{
    bh_diag diag;
    struct cut cut = plain;
    double u[1300], w[1300];
    cut.code = mode;
    bh_network *net = network(cut, 1e-4);
    bh_group *group;
    bh_group_config config = bh_group_config_default();
    config.count = 1300;
    config.equations = "dv/dt = 1/dt : 1 (unless refractory)\nu : 1\nw : 1\nx : 1";
    config.method = "euler";
    config.threshold = "v > 9.5";
    config.reset = "v = 0; u = 10*u";
    config.refractory = "0.5*ms";
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    bh_regular_config regular = bh_regular_config_default(group);
    regular.when = "synapses"; /* between threshold and reset */
    regular.statements = "u = v; v += 0.25";
    CHECK_OK(bh_group_run_in_slot(group, &regular, &diag), diag);
    regular.when = "end";
    regular.every_s = 2e-4;
    regular.statements = "w = v";
    CHECK_OK(bh_group_run_in_slot(group, &regular, &diag), diag);
    CHECK_OK(bh_group_run_at(group, "x = t/ms + i + 0*rand()",
                             (double[]){0.2e-3, 0.5e-3}, 2, &diag),
             diag);
    regular.when = "resets";
    CHECK(bh_group_run_in_slot(group, &regular, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "resets");
    /* v is 1.25 k behind step k-1; 1.25*7 + 1 in step 7 is above 9.5, and the neuron
     * refractory: v stays, and is reset */
    CHECK_OK(bh_network_run(net, 0.7e-3, &diag), diag);
    CHECK_OK(bh_group_get(group, "u", u, 1300, &diag), diag);
    CHECK_NEAR(u[1299], 1.25 * 6 + 1, 1e-6);
    CHECK_OK(bh_group_get(group, "x", u, 1300, &diag), diag);
    CHECK_NEAR(u[700], 700.5, 1e-4);
    CHECK_OK(bh_network_run(net, 0.1e-3, &diag), diag);
    CHECK_OK(bh_group_get(group, "u", u, 1300, &diag), diag);
    CHECK_OK(bh_group_get(group, "w", w, 1300, &diag), diag);
    CHECK_NEAR(u[1299], 10 * (1.25 * 7 + 1), 1e-5);
    CHECK_NEAR(w[1299], 1.25 * 7, 1e-6); /* of step 6 */
    bh_network_free(net);
}

static void
test_statements(void)
{
    check_statements(BH_CODE_AUTO);
    check_statements(BH_CODE_INTERPRETED);
}

/* A group with steps of its own is the same as one in a network with such steps. */
static bh_spike_monitor *
slow(struct cut cut, double dt_s, double *v, bh_network **net)
{
    bh_diag diag;
    bh_group *group;
    bh_spike_monitor *spikes;
    bh_namespace *names;
    bh_timed_array_config array = bh_timed_array_config_default();
    array.values = (double[]){1.5, 0.5, 1.2};
    array.rows = 3;
    array.dt_s = 20e-3;
    CHECK_OK(bh_namespace_new(&names, &diag), diag);
    CHECK_OK(bh_namespace_set_timed_array(names, "I", &array, &diag), diag);
    *net = network(cut, dt_s);
    bh_group_config config = bh_group_config_default();
    config.count = 700;
    config.names = names;
    config.dt_s = 4e-4;
    config.equations =
        "dv/dt = (I(t)-v)/(5*ms) + 0.2*xi*(2/(5*ms))**.5 : 1 (unless refractory)\n"
        "w : 1";
    config.threshold = "v > 1 + w";
    config.reset = "v = 0.1*rand(); w += 0.2";
    config.refractory = "2*ms";
    CHECK_OK(bh_group_new(*net, &config, &group, &diag), diag);
    bh_namespace_free(names);
    CHECK_OK(bh_group_run_regularly(group, "w *= 0.9", 1.2e-3, &diag), diag);
    CHECK_OK(bh_poisson_input_new(group, "w", 10, "50*Hz", "0.01", &diag), diag);
    CHECK_OK(bh_spike_monitor_new(group, NULL, &spikes, &diag), diag);
    for (double done = 0; done < 0.2 - 1e-9; done += cut.piece_s)
        CHECK_OK(bh_network_run(*net, fmin(cut.piece_s, 0.2 - done), &diag), diag);
    CHECK_OK(bh_group_get(group, "v", v, 700, &diag), diag);
    return spikes;
}

static void
test_clocks(void)
{
    static const struct cut cuts[] = {
        {1, 256, BH_CODE_AUTO, BH_RANDOM_FAST, BH_SINGLE, 1},
        {2, 7, BH_CODE_AUTO, BH_RANDOM_FAST, BH_SINGLE, 0.0123},
        {2, 64, BH_CODE_INTERPRETED, BH_RANDOM_FAST, BH_SINGLE, 1}};
    double want_v[700], v[700];
    bh_network *net, *other;
    struct cut plain_cut = cuts[0];
    bh_events want = bh_spike_monitor_events(slow(plain_cut, 4e-4, want_v, &net));
    CHECK(want.count > 1000);
    for (int i = 0; i < 3; i++) {
        bh_events got = bh_spike_monitor_events(slow(cuts[i], 1e-4, v, &other));
        CU_ASSERT_FATAL(got.count == want.count);
        for (size_t s = 0; s < got.count; s++)
            CHECK(got.index[s] == want.index[s] &&
                  fabs(got.time_s[s] - want.time_s[s]) < 1e-12);
        CHECK(memcmp(v, want_v, sizeof v) == 0);
        bh_network_free(other);
    }
    bh_diag diag;
    bh_group *group;
    double steps;
    bh_group_config config = bh_group_config_default();
    bh_network_free(net);
    net = network(plain_cut, 4e-4);
    config.dt_s = 1e-4;
    CHECK(bh_group_new(net, &config, &group, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "multiple of the network's");
    config.dt_s = 1.2e-3;
    config.equations = "s : 1";
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    CHECK_OK(bh_group_run_regularly(group, "s = t_in_timesteps", 1.2e-3, &diag), diag);
    CHECK_OK(bh_network_run(net, 12.4e-3, &diag), diag);
    CHECK_OK(bh_group_get(group, "s", &steps, 1, &diag), diag);
    CHECK_NEAR(steps, 10, 0);
    bh_network_free(net);
}

/* Synapses that are read and set between steps are as they would be between runs. */
static bh_status
meddle(void *user, bh_network *net, double time_s, bh_diag *diag)
{
    bh_synapses *s = user;
    double w[400];
    (void)net;
    BH_TRY(bh_synapses_get(s, "A", w, bh_synapses_count(s), diag));
    if (time_s > 0.02)
        BH_TRY(bh_synapses_set(s, "delay", "i == 3", "2*ms", diag));
    return bh_synapses_set(s, "w", "i < 5", "w*0.9", diag);
}

static void
test_synapses(void)
{
    bh_diag diag;
    double w[2][400], A[2][400];
    for (int between = 0; between < 2; between++) {
        bh_group *source, *target;
        bh_synapses *s;
        bh_network *net = network(plain, 1e-4);
        bh_poisson_config poisson = bh_poisson_config_default();
        poisson.count = 20;
        poisson.rates = "100*Hz";
        CHECK_OK(bh_poisson_new(net, &poisson, &source, &diag), diag);
        CHECK_OK(bh_poisson_new(net, &poisson, &target, &diag), diag);
        bh_synapses_config config = bh_synapses_config_default();
        config.source = bh_all(source);
        config.target = bh_all(target);
        config.model = "w : 1\ndA/dt = -A/(20*ms) : 1 (event-driven)";
        config.on_pre = "A += 0.1";
        config.on_post = "w += A";
        CHECK_OK(bh_synapses_new(&config, &s, &diag), diag);
        CHECK_OK(bh_synapses_connect(s, NULL, &diag), diag);
        CHECK_OK(bh_synapses_set(s, "delay", NULL, "rand()*5*ms", &diag), diag);
        bh_operation_config operation = bh_operation_config_default(net);
        operation.call = meddle;
        operation.user = s;
        operation.when = "start";
        operation.every_s = 7e-3;
        if (!between)
            CHECK_OK(bh_operation_new(net, &operation, &diag), diag);
        for (int piece = 0; between && piece < 8; piece++) {
            CHECK_OK(meddle(s, net, 7e-3 * piece, &diag), diag);
            CHECK_OK(bh_network_run(net, 7e-3, &diag), diag);
        }
        if (!between)
            CHECK_OK(bh_network_run(net, 56e-3, &diag), diag);
        CHECK_OK(bh_synapses_get(s, "w", w[between], 400, &diag), diag);
        CHECK_OK(bh_synapses_get(s, "A", A[between], 400, &diag), diag);
        bh_network_free(net);
    }
    CHECK(memcmp(w[0], w[1], sizeof w[0]) == 0);
    CHECK(memcmp(A[0], A[1], sizeof A[0]) == 0);
}

static void
test_errors(void)
{
    bh_diag diag;
    bh_network *net = network(plain, 1e-4);
    bh_operation_config config = bh_operation_config_default(net);
    CHECK(bh_operation_new(net, &config, &diag) == BH_ERR_ARGUMENT);
    config.call = call;
    config.when = "thresholds";
    CHECK(bh_operation_new(net, &config, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "thresholds");
    config.when = "end";
    config.every_s = 1.5e-4;
    CHECK(bh_operation_new(net, &config, &diag) == BH_ERR_ARGUMENT);
    config.times_s = (double[]){1e-3, 1e-3};
    config.times = 2;
    CHECK(bh_operation_new(net, &config, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "time 1");
    bh_network_free(net);
}

TEST_MAIN("operation", {"slots", test_slots}, {"seen", test_seen}, {"stop", test_stop},
          {"sets", test_sets}, {"statements", test_statements}, {"clocks", test_clocks},
          {"synapses", test_synapses}, {"errors", test_errors})
