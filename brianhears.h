/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BRIANHEARS_H
#define BRIANHEARS_H

/* Brian hears: sound in, spikes out. The headers in the order in which sound flows
 * through them; reading them is reading the architecture. */

/* how calls end, and what passes between the parts */
#include "core/status.h"
#include "core/text.h"
#include "core/block.h"
#include "core/source.h"
#include "core/events.h"
#include "core/ring.h"

/* sound: in memory, from formulas, from files */
#include "sounds/sound.h"
#include "sounds/generate.h"
#include "sounds/noise.h"
#include "sounds/edit.h"
#include "sounds/ramp.h"
#include "sounds/level.h"
#include "sounds/sound_spectrum.h"
#include "sounds/stream.h"
#include "sounds/stream_edit.h"
#include "sounds/stimulus.h"
#include "sounds/resample.h"
#include "sounds/hrtf.h"
#include "io/soundfile.h"
#include "io/sofa.h"
#include "io/play.h"
#include "io/audio.h"
#include "io/live.h"

/* the ear: banks of filters */
#include "filterbank/scale.h"
#include "filterbank/filterbank.h"
#include "filterbank/hrtf_bank.h"
#include "filterbank/headless.h"
#include "filterbank/middle_ear.h"
#include "filterbank/middle_ears.h"
#include "filterbank/ear_response.h"
#include "filterbank/gammatone.h"
#include "filterbank/approximate_gammatone.h"
#include "filterbank/gammachirp.h"
#include "filterbank/linear.h"
#include "filterbank/iir.h"
#include "filterbank/fir.h"
#include "filterbank/linear_chirp.h"
#include "filterbank/fractional_delay.h"
#include "filterbank/lowpass.h"
#include "filterbank/drnl.h"
#include "filterbank/dcgc.h"
#include "filterbank/tan_carney.h"
#include "filterbank/haircell.h"
#include "filterbank/zhang_synapse.h"
#include "filterbank/catalogue.h"
#include "filterbank/graph.h"
#include "filterbank/mix.h"
#include "filterbank/place.h"
#include "filterbank/cochleagram.h"

/* the nerve: equations as text, driven through links */
#include "neurons/namespace.h"
#include "neurons/equations.h"
#include "neurons/network.h"
#include "neurons/group.h"
#include "neurons/input.h"
#include "neurons/timed_array.h"
#include "neurons/operation.h"
#include "neurons/store.h"
#include "neurons/link.h"
#include "neurons/synapses.h"
#include "neurons/connect.h"
#include "neurons/plasticity.h"
#include "neurons/monitor.h"
#include "neurons/state_monitor.h"
#include "neurons/statistics.h"
#include "neurons/weight_monitor.h"
#include "neurons/code_cache.h"

/* what spikes say: rates, intervals, phases, correlograms, curves, neurograms */
#include "analysis/trains.h"
#include "analysis/rate.h"
#include "analysis/intervals.h"
#include "analysis/phase.h"
#include "analysis/correlogram.h"
#include "analysis/level_curve.h"
#include "analysis/tuning.h"
#include "analysis/neurogram.h"

/* out: spikes and samples to files, pictures, progress, a live view */
#include "io/spikes.h"
#include "io/journal.h"
#include "io/corpus.h"
#include "io/checkpoint.h"
#include "io/frames.h"
#include "io/table.h"
#include "io/output.h"
#include "io/picture.h"
#include "io/chart.h"
#include "io/progress.h"
#include "io/view.h"

/* machines */
#include "core/comm.h"
#include "models/model.h"
#include "models/model_parts.h"
#include "models/model_schema.h"
#include "models/preset.h"
#include "core/cpu.h"
#include "gpu/driver.h"
#include "gpu/backend.h"

/* all of it: models as files, and corpora */
#include "models/model.h"
#include "models/model_parts.h"
#include "models/sound_list.h"
#include "models/batch.h"

#endif
