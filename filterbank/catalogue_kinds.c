/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "filterbank/approximate_gammatone.h"
#include "filterbank/catalogue_internal.h"
#include "filterbank/dcgc.h"
#include "filterbank/drnl.h"
#include "filterbank/ear_response.h"
#include "filterbank/gammachirp.h"
#include "filterbank/gammatone.h"
#include "filterbank/haircell.h"
#include "filterbank/iir.h"
#include "filterbank/linear_chirp.h"
#include "filterbank/lowpass.h"
#include "filterbank/middle_ear.h"
#include "filterbank/middle_ears.h"
#include "filterbank/tan_carney.h"
#include "filterbank/zhang_synapse.h"

#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const char *const gammatone_engines[] = {"recursive", "fourier", "fastest",
                                                NULL};

static const bh_bank_param gammatone_params[] = {
    {"b", "bandwidth, in ERBs", "", 1.019, 1e-3, 100, NULL, false, 0},
    {"ear_q", "asymptotic quality of a place", "", 9.26449, 1e-2, 1000, NULL, false, 0},
    {"min_bw", "bandwidth at 0 Hz", "Hz", 24.7, 0, 10000, NULL, false, 0},
    {"erb_order", "how the two join", "", 1, 0.1, 10, NULL, false, 0},
    {"engine", "how it is computed", "", BH_GAMMATONE_RECURSIVE, 0, 0,
     gammatone_engines, false, 0},
};

static bh_status
make_gammatone(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    bh_gammatone_params params = bh_gammatone_params_default();
    params.b = order->value[0];
    params.erb.ear_q = order->value[1];
    params.erb.min_bw_hz = order->value[2];
    params.erb.order = order->value[3];
    params.engine = (bh_gammatone_engine)order->value[4];
    return bh_gammatone_new(order->samplerate_hz, order->cf_hz, order->channels,
                            &params, order->precision, out, diag);
}

static const bh_bank_param approximate_params[] = {
    {"b", "bandwidth, in ERBs", "", 1.019, 1e-3, 100, NULL, false, 0},
    {"order", "filters in a row", "", BH_APPROXIMATE_GAMMATONE_ORDER, 1, 16, NULL, true,
     0},
};

static bh_status
make_approximate(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    double *bandwidth_hz = malloc(order->channels * sizeof *bandwidth_hz + 1);
    if (!bandwidth_hz)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                           order->channels);
    for (size_t ch = 0; ch < order->channels; ch++)
        bandwidth_hz[ch] = order->value[0] *
                           bh_erb_bandwidth(order->cf_hz[ch], bh_erb_params_default());
    bh_status status = bh_approximate_gammatone_new(
        order->samplerate_hz, order->cf_hz, bandwidth_hz, order->channels,
        (size_t)order->value[1], order->precision, out, diag);
    free(bandwidth_hz);
    return status;
}

static const bh_bank_param gammachirp_params[] = {
    {"b", "bandwidth, in ERBs", "", 1.019, 1e-3, 12.6, NULL, false, 0},
    {"c", "chirp: below 0 the frequency rises", "", 1, -6.04, 6.04, NULL, false, 0},
    {"stages", "compensation filters in a row", "", 4, 1, 16, NULL, true, 0},
};

static bh_gammachirp_params
gammachirp(const struct bank_order *order)
{
    bh_gammachirp_params params = bh_gammachirp_params_default();
    params.b = order->value[0];
    params.c = order->value[1];
    params.stages = (size_t)order->value[2];
    return params;
}

static bh_status
make_gammachirp(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    const bh_gammachirp_params params = gammachirp(order);
    return bh_log_gammachirp_new(order->samplerate_hz, order->cf_hz, order->channels,
                                 &params, order->precision, out, diag);
}

static bh_status
make_compensation(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    const bh_gammachirp_params params = gammachirp(order);
    return bh_asymmetric_compensation_new(order->samplerate_hz, order->cf_hz,
                                          order->channels, &params, order->precision,
                                          out, diag);
}

static const bh_bank_param chirp_params[] = {
    {"time_constant", "of the envelope", "s", 2e-3, 1e-6, 1, NULL, false, 0},
    {"c", "sweep, Hz/s", "", 0, -1e12, 1e12, NULL, false, 0},
    {"phase", "of the carrier, radians", "", 0, -1e3, 1e3, NULL, false, 0},
};

static bh_linear_chirp_params
chirp(const struct bank_order *order)
{
    return (bh_linear_chirp_params){.time_constant_s = order->value[0],
                                    .c = order->value[1],
                                    .phase = order->value[2]};
}

static bh_status
make_linear_gammachirp(const struct bank_order *order, bh_filterbank **out,
                       bh_diag *diag)
{
    const bh_linear_chirp_params params = chirp(order);
    return bh_linear_gammachirp_new(order->samplerate_hz, order->cf_hz, order->channels,
                                    &params, order->precision, out, diag);
}

static bh_status
make_gaborchirp(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    const bh_linear_chirp_params params = chirp(order);
    return bh_linear_gaborchirp_new(order->samplerate_hz, order->cf_hz, order->channels,
                                    &params, order->precision, out, diag);
}

static const char *const iir_families[] = {"butterworth", "chebyshev1", "chebyshev2",
                                           "elliptic",    "bessel",     NULL};
static const char *const iir_bands[] = {"lowpass", "highpass", NULL};

static const bh_bank_param iir_params[] = {
    {"family", "the approximation", "", BH_IIR_BUTTERWORTH, 0, 0, iir_families, false,
     0},
    {"band", "what passes", "", BH_IIR_LOWPASS, 0, 0, iir_bands, false, 0},
    {"order", "poles", "", 2, 1, BH_IIR_ORDER_MAX, NULL, true, 0},
    {"ripple", "greatest loss in the pass band (chebyshev1, elliptic)", "dB", 1, 1e-6,
     100, NULL, false, 0},
    {"attenuation", "least loss in the stop band (chebyshev2, elliptic)", "dB", 60,
     1e-6, 400, NULL, false, 0},
};

static bh_status
make_iir(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    bh_iir_filter *filters = calloc(order->channels + 1, sizeof *filters);
    if (!filters)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for %zu channels",
                           order->channels);
    for (size_t ch = 0; ch < order->channels; ch++)
        filters[ch] = (bh_iir_filter){.family = (bh_iir_family)order->value[0],
                                      .band = (bh_iir_band)order->value[1],
                                      .order = (size_t)order->value[2],
                                      .edge_hz = {order->cf_hz[ch]},
                                      .ripple_db = order->value[3],
                                      .attenuation_db = order->value[4]};
    bh_status status = bh_iir_new(order->samplerate_hz, order->channels, filters,
                                  order->precision, out, diag);
    free(filters);
    return status;
}

static const bh_bank_param lowpass_params[] = {
    {"repeats", "filters in a row", "", 1, 1, 64, NULL, true, 0},
};

static bh_status
make_lowpass(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    return bh_lowpass_new(order->samplerate_hz, order->cf_hz, order->channels,
                          (size_t)order->value[0], order->precision, out, diag);
}

static const char *const numbers[] = {"papers", "brian2hears", NULL};
static const char *const drnl_species[] = {"human", "guinea_pig", NULL};

static const bh_bank_param drnl_params[] = {
    {"species", "whose cochlea", "", BH_DRNL_HUMAN, 0, 0, drnl_species, false, 0},
    {"numbers", "parameters of the papers, or as brian2hears has them", "", 0, 0, 0,
     numbers, false, 0},
    {"stapes_scale", "velocity of the stapes for each pascal, m/s", "", 1.4e-4, 1e-12,
     1e6, NULL, false, 0},
};

static bh_status
make_drnl(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    bh_drnl_species species = (bh_drnl_species)order->value[0];
    bh_drnl_params params = order->value[1] == 0 ? bh_drnl_params_default(species)
                                                 : bh_drnl_params_brian2hears(species);
    params.stapes_scale = order->value[2];
    return bh_drnl_new(order->samplerate_hz, order->cf_hz, order->channels, &params,
                       order->precision, out, diag);
}

static const bh_bank_param dcgc_params[] = {
    {"numbers", "parameters of the paper, or as brian2hears has them", "", 0, 0, 0,
     numbers, false, 0},
    {"update_interval", "samples from one change of the filter to the next", "", 1, 1,
     100000, NULL, true, 0},
};

static bh_status
make_dcgc(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    bh_dcgc_params params = order->value[0] == 0 ? bh_dcgc_params_default()
                                                 : bh_dcgc_params_brian2hears();
    params.update_interval = (size_t)order->value[1];
    return bh_dcgc_new(order->samplerate_hz, order->cf_hz, order->channels, &params,
                       order->precision, out, diag);
}

static const bh_bank_param middle_ear_params[] = {
    {"gain", "at 1 kHz, times", "", 1, -1e9, 1e9, NULL, false, 0},
    {"zero", "where the double zero lies", "Hz", 200, 0, 1e5, NULL, false, 0},
};

static bh_status
make_middle_ear(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    bh_middle_ear_params params = bh_middle_ear_params_default();
    params.gain = order->value[0];
    params.zero_hz = order->value[1];
    return bh_middle_ear_new(order->samplerate_hz, order->channels, &params,
                             order->precision, out, diag);
}

static const char *const middle_ears[] = {[BH_MIDDLE_EAR_ZILANY_CAT] = "zilany_cat",
                                          [BH_MIDDLE_EAR_ZILANY_HUMAN] = "zilany_human",
                                          [BH_MIDDLE_EAR_BREEBAART] = "breebaart",
                                          [BH_MIDDLE_EAR_MAP] = "map",
                                          NULL};

static const bh_bank_param middle_ears_params[] = {
    {"ear", "whose; map: the displacement of the stapes, m", "",
     BH_MIDDLE_EAR_ZILANY_HUMAN, 0, 0, middle_ears, false, 0},
};

static bh_status
make_middle_ears(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    return bh_middle_ears_new(order->samplerate_hz, order->channels,
                              (bh_middle_ears)order->value[0], order->precision, out,
                              diag);
}

static const char *const ear_tables[] = {[BH_EAR_LOPEZ_POVEDA] = "lopez_poveda",
                                         [BH_EAR_JEPSEN] = "jepsen",
                                         [BH_EAR_PRALONG] = "pralong",
                                         [BH_EAR_ELC] = "elc",
                                         [BH_EAR_MAF] = "maf",
                                         [BH_EAR_MAP] = "map",
                                         [BH_EAR_PURIA] = "puria",
                                         NULL};
static const char *const phases[] = {"minimum", "linear", NULL};

static const bh_bank_param ear_response_params[] = {
    {"table",
     "what was measured: the velocity of the stapes (m/s), a headphone, thresholds and "
     "equal loudness, the middle ear",
     "", BH_EAR_LOPEZ_POVEDA, 0, 0, ear_tables, false, 0},
    {"phase", "of the filter", "", 0, 0, 0, phases, false, 0},
    {"taps", "of the filter; 0 is 85 ms", "", 0, 0, 262144, NULL, true, 0},
};

static bh_status
make_ear_response(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    const bh_ear_response_params params = {.table = (bh_ear_table)order->value[0],
                                           .linear_phase = order->value[1] != 0,
                                           .taps = (size_t)order->value[2]};
    return bh_ear_response_new(order->samplerate_hz, order->channels, &params,
                               order->precision, out, diag);
}

static const char *const haircell_kinds[] = {"meddis_1986", "meddis_1988", "high_1990",
                                             "medium_1990", NULL};

static const bh_bank_param haircell_params[] = {
    {"kind", "which published set; high and medium spontaneous rate", "",
     BH_HAIRCELL_HIGH_1990, 0, 0, haircell_kinds, false, 0},
};

static bh_status
make_haircell(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    const bh_haircell_params params =
        bh_haircell_params_default((bh_haircell_kind)order->value[0]);
    return bh_haircell_new(order->samplerate_hz, order->cf_hz, order->channels, &params,
                           order->precision, out, diag);
}

static const bh_bank_param tan_carney_params[] = {
    {"control_cutoff", "low-pass filter of the control path", "Hz", 800, 1, 1e5, NULL,
     false, 0},
    {"feedback_cutoff", "the same for the control path itself", "Hz", 500, 1, 1e5, NULL,
     false, 0},
    {"update_interval", "samples from one change of the filters to the next", "", 1, 1,
     100000, NULL, true, 0},
};

static bh_status
make_tan_carney(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    bh_tan_carney_params params = bh_tan_carney_params_default();
    params.control_cutoff_hz = order->value[0];
    params.feedback_cutoff_hz = order->value[1];
    params.update_interval = (size_t)order->value[2];
    return bh_tan_carney_new(order->samplerate_hz, order->cf_hz, order->channels,
                             &params, order->precision, out, diag);
}

static const bh_bank_param zhang_params[] = {
    {"numbers", "of the paper, or as brian2hears has them", "", 0, 0, 0, numbers, false,
     0},
    {"spontaneous", "spikes/s at rest", "", 50, 0.1, 129, NULL, false, 0},
};

static bh_status
make_zhang(const struct bank_order *order, bh_filterbank **out, bh_diag *diag)
{
    bh_zhang_synapse_params params = order->value[0] == 0
                                         ? bh_zhang_synapse_params_default()
                                         : bh_zhang_synapse_params_brian2hears();
    params.spontaneous = order->value[1];
    return bh_zhang_synapse_new(order->samplerate_hz, order->cf_hz, order->channels,
                                &params, order->precision, out, diag);
}

const struct bank_entry bank_entries[] = {
    {{"gammatone", "gammatone filters of fourth order",
      "Slaney 1993, Apple Technical Report 35; Patterson et al. 1992", gammatone_params,
      COUNT(gammatone_params), true},
     make_gammatone},
    {{"approximate_gammatone", "equal complex resonators in a row",
      "Hohmann 2002, Acta Acustica 88:433; Meddis' MAP", approximate_params,
      COUNT(approximate_params), true},
     make_approximate},
    {{"log_gammachirp", "gammatones behind filters that make their frequency glide",
      "Irino and Patterson 1997, JASA 101:412; Unoki, Irino and Patterson 2001, "
      "Acoust. "
      "Sci. Tech. 22:395",
      gammachirp_params, COUNT(gammachirp_params), true},
     make_gammachirp},
    {{"asymmetric_compensation",
      "the filters of a gammachirp that go behind a gammatone",
      "Unoki, Irino and Patterson 2001, Acoust. Sci. Tech. 22:395", gammachirp_params,
      COUNT(gammachirp_params), true},
     make_compensation},
    {{"linear_gammachirp", "gammatone envelopes over linear sweeps",
      "Wagner et al. 2009, J. Neurophysiol. 102", chirp_params, COUNT(chirp_params),
      true},
     make_linear_gammachirp},
    {{"linear_gaborchirp", "Gaussian envelopes over linear sweeps",
      "Wagner et al. 2009, J. Neurophysiol. 102", chirp_params, COUNT(chirp_params),
      true},
     make_gaborchirp},
    {{"iir", "low or high passes of the classical families, edge at cf",
      "Oppenheim and Schafer 2010, Discrete-Time Signal Processing, chapter 7",
      iir_params, COUNT(iir_params), true},
     make_iir},
    {{"lowpass", "first-order low passes, cutoff at cf", "Meddis' MAP; brian2hears",
      lowpass_params, COUNT(lowpass_params), true},
     make_lowpass},
    {{"drnl", "dual-resonance nonlinear filters: the velocity of the basilar membrane",
      "Lopez-Poveda and Meddis 2001, JASA 110:3107; Sumner et al. 2003, JASA 113:3264",
      drnl_params, COUNT(drnl_params), true},
     make_drnl},
    {{"dcgc", "dynamic compressive gammachirps, whose gain follows the level",
      "Irino and Patterson 2006, IEEE TASLP 14:2222", dcgc_params, COUNT(dcgc_params),
      true},
     make_dcgc},
    {{"middle_ear", "the middle ear of Tan and Carney",
      "Tan and Carney 2003, JASA 114:2007", middle_ear_params, COUNT(middle_ear_params),
      false},
     make_middle_ear},
    {{"middle_ears", "middle ears of other models, as recursive filters",
      "Zilany et al. 2009, JASA 126:2390; Breebaart et al. 2001, JASA 110:1074; "
      "Meddis' "
      "MAP1_14",
      middle_ears_params, COUNT(middle_ears_params), false},
     make_middle_ears},
    {{"ear_response", "outer and middle ears by tables of their gain",
      "Goode et al. 1994, Am. J. Otol. 15:145; Lopez-Poveda and Meddis 2001, JASA "
      "110:3107; Jepsen et al. 2008, JASA 124:422; Pralong and Carlile 1996, JASA "
      "100:3785; Glasberg and Moore 1990, Hear. Res. 47:103; Puria et al. 1997, JASA "
      "101:2754",
      ear_response_params, COUNT(ear_response_params), false},
     make_ear_response},
    {{"haircell", "inner hair cells of Meddis: the rate of firing, spikes/s",
      "Meddis 1986, JASA 79:702; 1988, JASA 83:1056; Meddis et al. 1990, JASA 87:1813",
      haircell_params, COUNT(haircell_params), true},
     make_haircell},
    {{"tan_carney", "from the middle ear to the potential of inner hair cells",
      "Tan and Carney 2003, JASA 114:2007", tan_carney_params, COUNT(tan_carney_params),
      true},
     make_tan_carney},
    {{"zhang_synapse", "synapses of inner hair cells: the rate of firing, spikes/s",
      "Zhang, Heinz, Bruce and Carney 2001, JASA 109:648", zhang_params,
      COUNT(zhang_params), true},
     make_zhang},
};

const size_t bank_entry_count = COUNT(bank_entries);
