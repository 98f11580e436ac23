/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By what order errors fall when the step is halved. Stochastic methods solve geometric
 * Brownian motion, v' = mu v + s v xi, whose solution at time T follows from the path
 * of the noise alone: exp(mu T + s W) as Stratonovich reads it, exp((mu - s^2/2) T + s
 * W) as Ito does (Kloeden & Platen 1992, section 4.4). W is the same noise, summed up
 * by a second group that draws the same numbers. */
#include "tests/neurons/model.h"

enum { PATHS = 20000, LEVELS = 4 };
static const double MU = 1.5, S = 0.6;

static void
run_paths(const char *equations, const char *method, double dt_s, double *values)
{
    bh_diag diag;
    bh_group_config config = config_of(equations, method, BH_DOUBLE);
    config.count = PATHS;
    struct model model = make(config, dt_s);
    set(model, "v", "1");
    run(model, 1);
    CHECK_OK(bh_group_get(model.group, "v", values, PATHS, &diag), diag);
    bh_network_free(model.net);
}

/* Mean of the error of single paths (strong), error of the mean (weak), and how far
 * either may be off: 4 standard deviations. */
struct error {
    double strong, strong_slack, weak, weak_slack;
};

static struct error
measure(const char *method, bool ito, double dt_s)
{
    static double v[PATHS], w[PATHS];
    double sum = 0, absolute = 0, square = 0;
    run_paths("dv/dt = 1.5*v/second + 0.6*v*xi/second**.5 : 1", method, dt_s, v);
    run_paths("dv/dt = xi/second**.5 : 1", "euler", dt_s, w);
    for (int i = 0; i < PATHS; i++) {
        double path = w[i] - 1; /* it began at 1 */
        double error = v[i] - exp(MU - (ito ? S * S / 2 : 0) + S * path);
        sum += error / PATHS;
        absolute += fabs(error) / PATHS;
        square += error * error / PATHS;
    }
    return (struct error){absolute, 4 * sqrt((square - absolute * absolute) / PATHS),
                          fabs(sum), 4 * sqrt((square - sum * sum) / PATHS)};
}

/* The slope from the coarsest to the finest step, and what its error may be: that of
 * both ends, and what is left of higher orders. */
static void
check_slope(const char *method, const char *kind, const double *error,
            const double *slack, double order)
{
    double slope = log2(error[0] / error[LEVELS - 1]) / (LEVELS - 1);
    double off = 0.1;
    for (int end = 0; end < LEVELS; end += LEVELS - 1)
        off += slack[end] / error[end] / log(2) / (LEVELS - 1);
    if (getenv("BH_VERBOSE"))
        fprintf(stderr, "%.20s, %s: order %.3f +- %.3f\n", method, kind, slope, off);
    CHECK(off < 0.3);
    CHECK_NEAR(slope, order, off);
}

static void
test_stochastic(void)
{
    /* milstein takes the drift into its supporting value, which Ito's term, whose mean
     * is 0, forgives and dW^2 does not: what is left falls with the root of the step.
     */
    static const struct {
        const char *method;
        bool ito;
        int first; /* the coarsest step is 2^-first */
        double strong, weak;
    } table[] = {{"x_new = x + dt*f(x,t) + g(x,t)*dW", true, 6, 0.5, 1},
                 {"heun", false, 6, 1, 1},
                 {"milstein_ito", true, 6, 1, 1},
                 {"milstein", false, 9, 0.5, 0.5}};
    for (int m = 0; m < 4; m++) {
        double strong[LEVELS], weak[LEVELS], strong_slack[LEVELS], weak_slack[LEVELS];
        for (int level = 0; level < LEVELS; level++) {
            struct error e = measure(table[m].method, table[m].ito,
                                     ldexp(1, -level - table[m].first));
            strong[level] = e.strong;
            strong_slack[level] = e.strong_slack;
            weak[level] = e.weak;
            weak_slack[level] = e.weak_slack;
        }
        check_slope(table[m].method, "strong", strong, strong_slack, table[m].strong);
        check_slope(table[m].method, "weak", weak, weak_slack, table[m].weak);
    }
}

/* A nonlinear pair with t in it, against Runge-Kutta with steps so fine that its error
 * is rounding. */
static void
test_deterministic(void)
{
    static const struct {
        const char *method;
        double order;
    } table[] = {{"euler", 1}, {"exponential_euler", 1}, {"rk2", 2}, {"rk4", 4}};
    const char *pair = "dv/dt = ((2-v)/(1+v*w) + sin(3*t/second))/second : 1\n"
                       "dw/dt = (v*exp(-w) - w)/second : 1";
    struct model fine = make(config_of(pair, "rk4", BH_DOUBLE), ldexp(1, -11));
    run(fine, 1);
    double want = value(fine, "v");
    bh_network_free(fine.net);
    for (int m = 0; m < 4; m++) {
        double error[2];
        for (int halves = 0; halves < 2; halves++) {
            struct model model = make(config_of(pair, table[m].method, BH_DOUBLE),
                                      ldexp(1, -5 - halves));
            run(model, 1);
            error[halves] = fabs(value(model, "v") - want);
            bh_network_free(model.net);
        }
        CHECK_NEAR(log2(error[0] / error[1]), table[m].order, 0.15);
    }
}

/* Two equations with one noise term get the same numbers, with two terms they get
 * independent ones. */
static void
test_shared_noise(void)
{
    for (int shared = 0; shared < 2; shared++) {
        static double a[PATHS], b[PATHS];
        double products = 0;
        bh_diag diag;
        bh_group_config config = config_of(
            shared ? "da/dt = xi_1/second**.5 : 1\ndb/dt = xi_1/second**.5 : 1"
                   : "da/dt = xi_1/second**.5 : 1\ndb/dt = xi_2/second**.5 : 1",
            "euler", BH_DOUBLE);
        config.count = PATHS;
        struct model model = make(config, 1);
        run(model, 1);
        CHECK_OK(bh_group_get(model.group, "a", a, PATHS, &diag), diag);
        CHECK_OK(bh_group_get(model.group, "b", b, PATHS, &diag), diag);
        for (int i = 0; i < PATHS; i++)
            products += a[i] * b[i] / PATHS;
        CHECK_NEAR(products, shared, 4 * sqrt((shared ? 2.0 : 1.0) / PATHS));
        CHECK(!shared || memcmp(a, b, sizeof a) == 0);
        bh_network_free(model.net);
    }
}

TEST_MAIN("convergence", {"stochastic", test_stochastic},
          {"deterministic", test_deterministic}, {"shared noise", test_shared_noise})
