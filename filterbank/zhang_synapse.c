/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/zhang_synapse.h"

#include "filterbank/zhang_synapse_kernel.h"
#include "filterbank/lane_device_kernel.h"
#include "filterbank/rows_ops.h"

#include <math.h>

/* What the stores are made of; concentrations in spikes/s, volumes in s. */
struct stores {
    double rest;          /* P_rest */
    double local, global; /* P_L, P_G */
    double immediate_volume, local_volume;
    double content, local_content, global_content;
};

bh_zhang_synapse_params
bh_zhang_synapse_params_default(void)
{
    return (bh_zhang_synapse_params){
        .spontaneous = 50,
        .steady = 130,
        .onset_ratio = 8.627,
        .rapid_ratio = 6,
        .tau_short_s = 60e-3,
        .tau_rapid_s = 2e-3,
        .permeability = 0.6,
        .local_as_immediate = false,
    };
}

bh_zhang_synapse_params
bh_zhang_synapse_params_brian2hears(void)
{
    bh_zhang_synapse_params params = bh_zhang_synapse_params_default();
    params.local_as_immediate = true;
    return params;
}

/* Eqs. A1 to A15 with the appendix's letters. */
static struct stores
derive(const bh_zhang_synapse_params *p)
{
    const double spont = p->spontaneous, ass = p->steady, pmax = p->permeability;
    const double aon = p->onset_ratio * ass;
    const double ar = (aon - ass) * p->rapid_ratio / (1 + p->rapid_ratio);
    const double ast = aon - ass - ar;
    const double rest = pmax * spont / aon;
    const double cg = spont * (aon - spont) / (aon * rest * (1 - spont / ass));
    const double gamma1 = cg / spont, gamma2 = cg / ass;
    const double k1 = -1 / p->tau_rapid_s, k2 = -1 / p->tau_short_s;
    const double v0 = (1 - pmax / rest) /
                      (gamma1 * (ar * (k1 - k2) / (cg * pmax) + k2 / (rest * gamma1) -
                                 k2 / (pmax * gamma2)));
    const double v1 = (1 - pmax / rest) /
                      (gamma1 * (ast * (k2 - k1) / (cg * pmax) + k1 / (rest * gamma1) -
                                 k1 / (pmax * gamma2)));
    const double volume = (v0 + v1) / 2;
    const double alpha = gamma2 / (k1 * k2), beta = -(k1 + k2) * alpha;
    const double theta1 = alpha * pmax / volume, theta2 = volume / pmax;
    const double theta3 = gamma2 - 1 / pmax;
    const double local = ((beta - theta2 * theta3) / theta1 - 1) * pmax;
    const double global = 1 / (theta3 - 1 / local);
    const double content = spont / rest;
    return (struct stores){
        .rest = rest,
        .local = local,
        .global = global,
        .immediate_volume = volume,
        .local_volume = p->local_as_immediate ? volume : theta1 * local * global,
        .content = content,
        .local_content = content * (rest + local) / local,
        .global_content = cg,
    };
}

static bh_status
check(const bh_zhang_synapse_params *p, double samplerate_hz, bh_diag *diag)
{
    const struct {
        const char *name;
        double value, least, most; /* must be between these */
    } limits[] = {
        {"steady", p->steady, 0, 1e6},
        {"spontaneous", p->spontaneous, 0, p->steady},
        {"onset_ratio", p->onset_ratio, 1, 1e6},
        {"rapid_ratio", p->rapid_ratio, 0, 1e6},
        {"tau_short_s", p->tau_short_s, p->tau_rapid_s, 1e6},
        {"tau_rapid_s", p->tau_rapid_s, 0, 1e6},
        {"permeability", p->permeability, 0, 1e6},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (!(limits[i].value > limits[i].least && limits[i].value < limits[i].most))
            return bh_diag_set(diag, BH_ERR_ARGUMENT,
                               "%s of Zhang's synapse is %g; it must be above %g and "
                               "below %g",
                               limits[i].name, limits[i].value, limits[i].least,
                               limits[i].most);
    const struct stores s = derive(p);
    if (!(s.local > 0 && s.global > 0 && s.immediate_volume > 0 && s.local_volume > 0))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "no stores have the rates and time constants of Zhang's "
                           "synapse: a volume or permeability would be below 0");
    const double fastest = fmax((p->permeability + s.local) / s.immediate_volume,
                                (s.local + s.global) / s.local_volume);
    if (!(samplerate_hz > fastest))
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "the sample rate is %g Hz; Zhang's synapse with these "
                           "parameters needs one above %g Hz",
                           samplerate_hz, fastest);
    return BH_OK;
}

/* p2, by which a potential opens the synapse: eq. A16, whose V_sat is that of the
 * authors' program. */
static double
opening(const bh_zhang_synapse_params *p, double rest, double cf_hz)
{
    const double slope = fmax(1.5, 2 + 3 * log10(cf_hz / 1000));
    const double saturation = 20 * (p->spontaneous + 1) / (p->spontaneous + 5) *
                              p->permeability * slope;
    const double v = log(2) * saturation / rest;
    return v > 100 ? v : log(expm1(v));
}

bh_status
bh_zhang_synapse_new(double samplerate_hz, const double *cf_hz, size_t channels,
                     const bh_zhang_synapse_params *params, bh_precision precision,
                     bh_filterbank **out, bh_diag *diag)
{
    const bh_zhang_synapse_params defaults = bh_zhang_synapse_params_default();
    params = params ? params : &defaults;
    const struct zhang_synapse_kernels *kernels = BH_ISA_PICK(bh_zhang_synapse_kernels);
    const struct bh_rows_config config = {
        .samplerate_hz = samplerate_hz,
        .cf_hz = cf_hz,
        .channels = channels,
        .fields = ZHANG_FIELDS,
        .precision = precision,
        .row_precision = BH_DOUBLE,
        .run = precision == BH_SINGLE ? kernels->run_float : kernels->run_double,
        .device_text = bh_lane_zhang_synapse,
    };
    struct bh_rows *rows;
    BH_TRY(bh_filterbank_check_cf(samplerate_hz, cf_hz, channels, diag));
    BH_TRY(check(params, samplerate_hz, diag));
    BH_TRY(bh_rows_new(&config, &rows, diag));
    const struct stores s = derive(params);
    for (size_t ch = 0; ch < channels; ch++) {
        bh_rows_set(rows, ch, ZHANG_P1, s.rest / log(2));
        bh_rows_set(rows, ch, ZHANG_P2, opening(params, s.rest, cf_hz[ch]));
        bh_rows_set(rows, ch, ZHANG_LOCAL, s.local);
        bh_rows_set(rows, ch, ZHANG_GLOBAL, s.global);
        bh_rows_set(rows, ch, ZHANG_GLOBAL_CONTENT, s.global_content);
        bh_rows_set(rows, ch, ZHANG_IMMEDIATE_STEP,
                    1 / (samplerate_hz * s.immediate_volume));
        bh_rows_set(rows, ch, ZHANG_LOCAL_STEP, 1 / (samplerate_hz * s.local_volume));
        bh_rows_set(rows, ch, ZHANG_CONTENT, s.content);
        bh_rows_set(rows, ch, ZHANG_LOCAL_CONTENT, s.local_content);
    }
    return bh_rows_finish(rows, out, diag);
}
