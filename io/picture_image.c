/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/order_internal.h"
#include "io/picture_internal.h"
#include "io/raster_internal.h"

#include <math.h>
#include <stdlib.h>

/* Every eighth of the 256 colours of viridis; straight lines between them stay within
 * 2/255 of the original. */
static const uint8_t viridis[33][3] = {
    {68, 1, 84},    {71, 13, 96},   {72, 24, 106},  {72, 35, 116},  {71, 45, 123},
    {69, 54, 129},  {66, 64, 134},  {63, 73, 137},  {59, 82, 139},  {55, 90, 141},
    {51, 99, 141},  {47, 106, 142}, {44, 114, 142}, {41, 122, 142}, {38, 129, 142},
    {35, 137, 142}, {33, 144, 140}, {31, 152, 139}, {31, 159, 136}, {33, 166, 133},
    {40, 174, 128}, {49, 181, 123}, {62, 188, 116}, {76, 194, 108}, {93, 201, 99},
    {110, 206, 88}, {130, 211, 76}, {150, 216, 63}, {171, 220, 50}, {192, 223, 36},
    {213, 226, 26}, {234, 229, 26}, {253, 231, 37},
};
static const uint8_t ink[2][3] = {{255, 255, 255}, {16, 24, 48}};

static void
blend(const uint8_t (*colours)[3], int last, double value, uint8_t rgb[3])
{
    value = value > 0 ? value < 1 ? value * last : last : 0; /* NaN is 0 */
    const int i = value < last ? (int)value : last - 1;
    for (int c = 0; c < 3; c++)
        rgb[c] = (uint8_t)lround(colours[i][c] +
                                 (value - i) * (colours[i + 1][c] - colours[i][c]));
}

void
bh_palette_viridis(double value, uint8_t rgb[3])
{
    blend(viridis, 32, value, rgb);
}

void
bh_palette_ink(double value, uint8_t rgb[3])
{
    blend(ink, 1, value, rgb);
}

/* Means of `from`, [rows][columns], over the pixels of a panel that begins with the
 * first row and column and whose width is `span` columns; beyond the last there is
 * nothing. */
struct resampling {
    double (*from)(const void *self, size_t row, size_t column);
    const void *self;
    size_t rows, columns;
    double span;
    size_t width, height;
};

/* to[k] = mean of the numbers from[] over the k-th of `count` equal parts of `span`;
 * neighbours in `from` are `stride` apart. */
static void
average(const double *from, size_t length, size_t stride, double span, double *to,
        size_t count, size_t to_stride)
{
    const double width = span / (double)count;
    for (size_t k = 0; k < count; k++) {
        const double begin = (double)k * width, end = begin + width;
        double sum = 0;
        for (size_t i = (size_t)begin; i < length && (double)i < end; i++) {
            const double left = (double)i > begin ? (double)i : begin;
            const double right = (double)i + 1 < end ? (double)i + 1 : end;
            sum += from[i * stride] * (right - left);
        }
        to[k * to_stride] = sum / width;
    }
}

/// [height][width], lowest place first; NULL without memory.
static double *
resample(const struct resampling *r)
{
    double *row = malloc(r->columns * sizeof *row);
    double *wide = malloc(r->rows * r->width * sizeof *wide);
    double *out = malloc(r->height * r->width * sizeof *out);
    if (row && wide && out) {
        for (size_t i = 0; i < r->rows; i++) {
            for (size_t c = 0; c < r->columns; c++)
                row[c] = r->from(r->self, i, c);
            average(row, r->columns, 1, r->span, wide + i * r->width, r->width, 1);
        }
        for (size_t x = 0; x < r->width; x++)
            average(wide + x, r->rows, r->width, (double)r->rows, out + x, r->height,
                    r->width);
    } else {
        free(out);
        out = NULL;
    }
    free(row);
    free(wide);
    return out;
}

static cairo_surface_t *
paint(const double *values, size_t width, size_t height, bh_palette *palette)
{
    cairo_surface_t *image =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    unsigned char *data = cairo_image_surface_get_data(image);
    const size_t stride = (size_t)cairo_image_surface_get_stride(image);
    for (size_t y = 0; data && y < height; y++) {
        uint32_t *line = (uint32_t *)(void *)(data + (height - 1 - y) * stride);
        for (size_t x = 0; x < width; x++) {
            uint8_t rgb[3];
            palette(values[y * width + x], rgb);
            line[x] = (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
        }
    }
    cairo_surface_mark_dirty(image);
    return image;
}

void
bh_levels_range(const bh_picture_levels *levels, const bh_picture_options *options,
                double *min_db, double *max_db)
{
    double highest = -INFINITY;
    for (size_t i = 0; i < levels->rows * levels->columns; i++)
        highest = fmax(highest, (double)levels->level_db_spl[i]);
    *max_db = options->max_db_spl;
    if (isnan(*max_db) && levels->linear) {
        *max_db = highest > 0 ? highest : 1;
    } else if (isnan(*max_db)) {
        *max_db = isfinite(highest) ? 5 * ceil(highest / 5) : 60;
        if (*max_db <= options->min_db_spl)
            *max_db = options->min_db_spl + 60;
    }
    *min_db = !isnan(options->min_db_spl) ? options->min_db_spl
              : levels->linear            ? 0
                                          : *max_db - 60;
}

static double
level_power(const void *self, size_t row, size_t column)
{
    const bh_picture_levels *levels = self;
    const double level = (double)levels->level_db_spl[row * levels->columns + column];
    return levels->linear ? level : pow(10, 0.1 * level);
}

cairo_surface_t *
bh_levels_image(const bh_picture_levels *levels, struct bh_panel panel, double min_db,
                double max_db)
{
    struct resampling r = {level_power,
                           levels,
                           levels->rows,
                           levels->columns,
                           panel.duration_s / levels->column_s,
                           (size_t)panel.width,
                           (size_t)panel.height};
    double *values = resample(&r);
    if (!values)
        return NULL;
    for (size_t i = 0; i < r.width * r.height; i++) {
        const double level = levels->linear ? values[i] : 10 * log10(values[i]);
        values[i] = (level - min_db) / (max_db - min_db);
    }
    cairo_surface_t *image = paint(values, r.width, r.height, bh_palette_viridis);
    free(values);
    return image;
}

/* How many neurons share a row of the grid: those with place * rows / places == row. */
static size_t
neurons_in_row(const struct bh_raster *raster, size_t row)
{
    const size_t n = raster->places, rows = raster->rows;
    return ((row + 1) * n + rows - 1) / rows - (row * n + rows - 1) / rows;
}

static double
spike_rate(const void *self, size_t row, size_t column)
{
    const struct bh_raster *raster = self;
    return raster->cells[row * raster->columns + column] /
           (raster->column_s * (double)neurons_in_row(raster, row));
}

/* Full ink: a rate that one pixel in fifty of those with spikes exceeds, as a number
 * that reads well. NaN without memory. */
static double
full_ink(const double *values, size_t count)
{
    double *sorted = malloc(count * sizeof *sorted);
    if (!sorted)
        return NAN;
    size_t with = 0;
    for (size_t i = 0; i < count; i++)
        if (values[i] > 0)
            sorted[with++] = values[i];
    qsort(sorted, with, sizeof *sorted, bh_double_rising);
    const double high = with ? sorted[(with - 1) - (with - 1) / 10] : 1;
    free(sorted);
    const double step = bh_tick_step(high, 0.1);
    return step * ceil(high / step - 1e-6);
}

cairo_surface_t *
bh_raster_image(const struct bh_raster *raster, struct bh_panel panel, double *max_rate)
{
    struct resampling r = {spike_rate,
                           raster,
                           raster->rows,
                           raster->columns,
                           panel.duration_s / raster->column_s,
                           (size_t)panel.width,
                           (size_t)panel.height};
    double *values = resample(&r);
    if (!values)
        return NULL;
    *max_rate = full_ink(values, r.width * r.height);
    for (size_t i = 0; i < r.width * r.height; i++)
        values[i] /= *max_rate;
    cairo_surface_t *image = NULL;
    if (!isnan(*max_rate))
        image = paint(values, r.width, r.height, bh_palette_ink);
    free(values);
    return image;
}

cairo_surface_t *
bh_palette_image(bh_palette *palette)
{
    double values[256];
    for (int i = 0; i < 256; i++)
        values[i] = i / 255.0;
    return paint(values, 1, 256, palette);
}
