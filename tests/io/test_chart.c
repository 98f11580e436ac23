/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700
#include "io/chart.h"

#include "io/chart_internal.h"
#include "tests/check.h"

#include <unistd.h>

/* Fontconfig keeps what it found until the end; the leak sanitizer asks here. */
BH_API const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}

static void
test_scales(void)
{
    const struct bh_scale straight = {-10, 30, false, false};
    const struct bh_scale bent = {20, 20000, true, true};
    CHECK_NEAR(bh_scale_position(straight, 0), 0.25, 1e-15);
    CHECK_NEAR(bh_scale_position(bent, 200), 1 / 3.0, 1e-12);
    CHECK(isnan(bh_scale_position(bent, 0)) && isnan(bh_scale_position(bent, NAN)));
    struct bh_tick ticks[BH_TICKS_MAX];
    const size_t count = bh_scale_ticks(bent, 0.05, ticks);
    int labels = 0, found = 0;
    for (size_t i = 0; i < count; i++) {
        labels += ticks[i].label[0] != '\0';
        found += strcmp(ticks[i].label, "100") == 0 &&
                 fabs(ticks[i].at - log10(5) / 3) < 1e-12;
        found += strcmp(ticks[i].label, "10k") == 0;
    }
    CHECK(found == 2 && labels == 10); /* 20 50 100 200 500 1k 2k 5k 10k 20k */
    const struct bh_scale small = {1e-12, 1e-9, true, false};
    CHECK(bh_scale_ticks(small, 0.2, ticks) > 3);
    CHECK(strcmp(ticks[0].label, "1\xc2\xb7"
                                 "10\xe2\x81\xbb\xc2\xb9\xc2\xb2") == 0);
}

static struct bh_scale
range(const bh_chart_series *series, bh_chart_axis axis, bool vertical)
{
    const bh_chart_panel panel = {.x = axis, .y = axis, .series = series, .count = 1};
    return bh_scale_of(&panel, vertical);
}

static void
test_ranges(void)
{
    const double x[] = {1, 2, 3}, y[] = {10, NAN, 30}, flat[] = {5, 5, 5};
    const bh_chart_axis axis = {NULL, false, NAN, NAN}, from = {NULL, false, 15, NAN};
    const bh_chart_axis logs = {"f (Hz)", true, NAN, NAN};
    struct bh_scale r =
        range(&(bh_chart_series){x, y, 3, BH_CHART_LINE, NULL}, axis, true);
    CHECK_NEAR(r.from, 9, 1e-12); /* a twentieth of air */
    CHECK_NEAR(r.to, 31, 1e-12);
    r = range(&(bh_chart_series){x, y, 3, BH_CHART_BARS, NULL}, axis, true);
    CHECK(r.from == 0); /* bars stand on 0 ... */
    r = range(&(bh_chart_series){x, y, 3, BH_CHART_BARS, NULL}, axis, false);
    CHECK(r.from == 1 && r.to == 4); /* ... and the last has its width */
    r = range(&(bh_chart_series){x, y, 3, BH_CHART_LINE, NULL}, from, true);
    CHECK(r.from == 15);
    r = range(&(bh_chart_series){x, flat, 3, BH_CHART_LINE, NULL}, axis, true);
    CHECK(r.from < 5 && r.to > 5);
    r = range(&(bh_chart_series){x, y, 0, BH_CHART_LINE, NULL}, logs, false);
    CHECK(r.from == 1 && r.to == 10 && r.si);
}

static char directory[] = "/tmp/bh-test-XXXXXX";

static const char *
file(const char *name)
{
    static char path[100];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

/* How much of the middle of a chart is the first colour. */
static double
blue_part(const char *path)
{
    cairo_surface_t *image = cairo_image_surface_create_from_png(path);
    const int width = cairo_image_surface_get_width(image);
    const int height = cairo_image_surface_get_height(image);
    const int stride = cairo_image_surface_get_stride(image);
    const unsigned char *data = cairo_image_surface_get_data(image);
    double blue = 0;
    for (int y = 0; data && y < height; y++)
        for (int x = 0; x < width; x++) {
            const unsigned char *p = data + y * stride + 4 * x;
            blue += p[0] == 178 && p[1] == 114 && p[2] == 0;
        }
    cairo_surface_destroy(image);
    return blue / ((double)width * height);
}

static void
test_pictures(void)
{
    double x[1000], y[1000];
    bh_diag diag = {0};
    for (int i = 0; i < 1000; i++) {
        x[i] = i;
        y[i] = i % 3 == 0 ? NAN : i;
    }
    bh_chart_series series = {(double[]){0, 1}, (double[]){1, 0.5}, 2, BH_CHART_BARS,
                              "bars"};
    bh_chart_panel panel = {.title = "a title",
                            .x = {"time (s)", false, NAN, NAN},
                            .y = {"rate (Hz)", false, 0, 1},
                            .series = &series,
                            .count = 1};
    bh_chart_options options = bh_chart_options_default();
    CHECK_OK(bh_chart_write(file("a.png"), &panel, 1, &options, &diag), diag);
    const double bars = blue_part(file("a.png")); /* three quarters of the panel */
    CHECK(bars > 0.3 && bars < 0.6);
    panel.y.log = true; /* from 0.01: the second bar is 85 % high */
    panel.y.from = 0.01;
    CHECK_OK(bh_chart_write(file("b.png"), &panel, 1, &options, &diag), diag);
    CHECK_NEAR(blue_part(file("b.png")) / bars, (1 + 0.8495) / 1.5, 0.03);
    for (int mark = BH_CHART_LINE; mark <= BH_CHART_DOTTED_LINE; mark++) {
        const char *names[] = {file("c.png"), "", ""};
        series = (bh_chart_series){x, y, 1000, (bh_chart_mark)mark, "all kinds"};
        panel.y = (bh_chart_axis){"y", mark % 2, NAN, NAN};
        CHECK_OK(bh_chart_write(names[0], &panel, 1, &options, &diag), diag);
        CHECK(blue_part(names[0]) > 1e-4);
    }
    CHECK_OK(bh_chart_write(file("d.svg"), &panel, 1, &options, &diag), diag);
    CHECK_OK(bh_chart_write(file("e.pdf"), &panel, 1, &options, &diag), diag);
    char *svg = read_text(file("d.svg"));
    CHECK_HAS(svg, "width=\"453.6pt"); /* 160 mm in points */
    free(svg);
}

/* No point of a dense line may be lost: one sample of a million stands out. */
static void
test_dense(void)
{
    enum { MANY = 1000000 };
    double *x = malloc(MANY * sizeof *x), *y = calloc(MANY, sizeof *y);
    bh_diag diag = {0};
    for (int i = 0; i < MANY; i++)
        x[i] = i;
    const bh_chart_series series = {x, y, MANY, BH_CHART_LINE, NULL};
    const bh_chart_panel panel = {.x = {"x", false, NAN, NAN},
                                  .y = {"y", false, -1, 1},
                                  .series = &series,
                                  .count = 1};
    bh_chart_options options = bh_chart_options_default();
    options.dpi = 400;
    CHECK_OK(bh_chart_write(file("f.png"), &panel, 1, &options, &diag), diag);
    const double flat = blue_part(file("f.png"));
    y[777777] = 1;
    CHECK_OK(bh_chart_write(file("f.png"), &panel, 1, &options, &diag), diag);
    /* about half the height of the panel, a stroke wide */
    CHECK(blue_part(file("f.png")) > flat + 100.0 / (2520 * 945));
    CHECK_OK(bh_chart_write(file("f.svg"), &panel, 1, &options, &diag), diag);
    char *svg = read_text(file("f.svg"));
    CHECK(svg && strlen(svg) < 200000);
    free(svg);
    free(x);
    free(y);
}

static void
test_refusals(void)
{
    bh_chart_panel panel = {.x = {"x", false, 2, 1}, .y = {"y", true, NAN, NAN}};
    bh_chart_options options = bh_chart_options_default();
    bh_diag diag = {0};
    CHECK(bh_chart_write(file("g.png"), &panel, 1, &options, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "an axis x from 2 to 1");
    panel.x.from = 0;
    panel.x.log = true;
    CHECK(bh_chart_write(file("g.png"), &panel, 1, &options, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "it must lie above 0");
    panel.x.from = NAN;
    CHECK(bh_chart_write(file("g.png"), &panel, 0, &options, &diag) == BH_ERR_ARGUMENT);
    CHECK(bh_chart_write(file("g.gif"), &panel, 1, &options, &diag) == BH_ERR_ARGUMENT);
    options.width_mm = 5;
    CHECK(bh_chart_write(file("g.png"), &panel, 1, &options, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "5 x nan mm");
    options = bh_chart_options_default();
    options.dpi = 0;
    CHECK(bh_chart_write(file("g.png"), &panel, 1, &options, &diag) == BH_ERR_ARGUMENT);
    CHECK(access(file("g.png"), F_OK) != 0);
}

static void
test_end(void)
{
    const char *names[] = {"a.png", "b.png", "c.png", "d.svg",
                           "e.pdf", "f.png", "f.svg"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(file(names[i]));
    CHECK(rmdir(directory) == 0);
}

static void
test_begin(void)
{
    CU_ASSERT_FATAL(mkdtemp(directory) != NULL);
}

TEST_MAIN("io/chart", {"begin", test_begin}, {"scales", test_scales},
          {"ranges", test_ranges}, {"pictures", test_pictures}, {"dense", test_dense},
          {"refusals", test_refusals}, {"end", test_end})
