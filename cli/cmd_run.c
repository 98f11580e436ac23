/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/processes.h"
#include "cli/simulation.h"

#include <stddef.h>

struct run_model_settings {
    struct change_settings change;
    bool quiet;
};

static const struct setting output_table_run[] = {
    {"quiet", 'q', NULL, "no progress, no summary, no notices", .parse = parse_switch,
     .offset = offsetof(struct run_model_settings, quiet)},
};

static const struct setting_group groups[] = {
    CHANGE_SETTINGS(struct run_model_settings, change),
    {"Output", output_table_run, 1, 0},
};

static bh_status
report(void *meter, double time_s, bh_diag *diag)
{
    meter_show(meter, time_s);
    return signals_check(diag);
}

static void
summarize(const bh_model *model, const bh_comm *comm, double took_s)
{
    const bh_network *net = bh_model_network(model);
    const double time_s = bh_network_time(net);
    size_t neurons = 0, synapses = 0;
    for (size_t i = 0; i < bh_model_count(model, BH_MODEL_GROUPS); i++)
        neurons += bh_group_count(
            bh_model_group(model, bh_model_name(model, BH_MODEL_GROUPS, i)));
    for (size_t i = 0; i < bh_model_count(model, BH_MODEL_SYNAPSES); i++)
        synapses += bh_synapses_count(
            bh_model_synapses(model, bh_model_name(model, BH_MODEL_SYNAPSES, i)));
    const int threads = bh_network_threads(net), processes = bh_comm_size(comm);
    char shared[48] = "";
    if (processes > 1)
        snprintf(shared, sizeof shared, "%d processes of ", processes);
    say("%.3g s, %zu neuron%s, %zu synapse%s; %.2f s taken, %.3gx real time, %s%d "
        "thread%s",
        time_s, neurons, plural(neurons), synapses, plural(synapses), took_s,
        time_s / took_s, shared, threads, plural((uint64_t)threads));
}

static bh_status
run_model(bh_model *model, const bh_comm *comm, bool quiet, bh_diag *diag)
{
    struct meter meter;
    signals_catch();
    BH_TRY(bh_model_build(model, diag));
    bh_network *net = bh_model_network(model);
    BH_TRY(bh_network_prepare(net, diag));
    if (bh_network_notice(net) && !quiet)
        say("%s", bh_network_notice(net));
    const double start_s = clock_s();
    BH_TRY(meter_start(&meter, bh_model_expected(model), quiet, diag));
    bh_network_report(net, report, &meter);
    const bh_status status = bh_model_run(model, diag);
    meter_end(&meter);
    if (status == BH_OK && !quiet)
        summarize(model, comm, clock_s() - start_s);
    return status;
}

static int
run(const void *given, const char *operand)
{
    const struct run_model_settings *settings = given;
    bh_model *model = NULL;
    bh_comm *comm = NULL;
    bh_diag diag = {0};
    bh_status status = processes_join(&comm, operand, &diag);
    const bool quiet = settings->quiet || bh_comm_rank(comm) > 0;
    if (status == BH_OK)
        status = simulation_read(operand, &settings->change, &model, &diag);
    if (status == BH_OK)
        status = bh_model_spread(model, comm, &diag);
    if (status == BH_OK)
        status = run_model(model, comm, quiet, &diag);
    const int code = status == BH_OK ? EXIT_DONE
                                     : processes_fail(comm, &diag, simulation_fail);
    bh_model_free(model);
    bh_comm_free(comm);
    return code;
}

const struct command command_run = {
    .name = "run",
    .operand = "MODEL",
    .summary = "run a model file",
    .about =
        "Runs MODEL, a file (docs/model-files.md) or - for standard input: sounds, "
        "filters, neurons, synapses, and what is recorded, in one text. The files "
        "that its monitors and pictures name are complete when the run has ended. "
        "Several processes share one network, on one machine or many, where mpirun or "
        "srun has started them (docs/scaling.md).",
    .examples =
        "  bhears run nerve.yaml\n"
        "  bhears run nerve.yaml --set sound.file=speech.wav --set nerve.N=30000\n",
    .groups = groups,
    .group_count = sizeof groups / sizeof groups[0],
    .settings_size = sizeof(struct run_model_settings),
    .run = run,
};
