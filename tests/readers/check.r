
# SPDX-License-Identifier: GPL-3.0-or-later
# What the pieces of docs/readers.md must have read.
stopifnot(nrow(spikes) > 100, all(spikes$time_s < 0.2), max(spikes$index) < 100)
stopifnot(sum(psth$count) == figures$spikes, sum(rate) == nrow(spikes))
