/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_RASTER_INTERNAL_H
#define BH_IO_RASTER_INTERNAL_H

#include "io/raster.h"

struct bh_raster {
    size_t neurons;
    size_t places;    ///< neurons that have a place
    uint32_t *place;  ///< [neurons] position in the order, or UINT32_MAX
    double *cf_hz;    ///< [places] ascending, or NULL
    double *mark_s;   ///< [max_marks]
    uint32_t *mark;   ///< [max_marks] places
    size_t max_marks; ///< more spikes than these are in the grid, all of them
    uint32_t *cells;  ///< [rows][columns]
    size_t rows;
    size_t columns;
    double column_s;
    double last_s; ///< the latest spike
    uint64_t count;
};

#endif
