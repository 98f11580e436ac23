/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700
#include "io/picture.h"

#include "io/picture_internal.h"
#include "tests/check.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Fontconfig keeps what it found until the end; the leak sanitizer asks here. */
BH_API const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}

enum { ROWS = 40, COLUMNS = 100 };

static char directory[64];

static const char *
file(const char *name)
{
    static char path[400];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static int
files_left(void)
{
    int count = 0;
    DIR *entries = opendir(directory);
    CU_ASSERT_FATAL(entries != NULL);
    for (struct dirent *entry; (entry = readdir(entries));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(entries);
    return count;
}

/* Silence but for one cell of 70 dB: row 30 (1 kHz), column 25 of 100, in 2 s. */
static bh_picture_levels
one_spot(void)
{
    static float level[ROWS * COLUMNS];
    static double cf_hz[ROWS];
    for (int r = 0; r < ROWS; r++)
        cf_hz[r] = 1000 * pow(2, (r - 30) / 6.0);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        level[i] = -INFINITY;
    level[30 * COLUMNS + 25] = 70;
    return (bh_picture_levels){.level_db_spl = level,
                               .rows = ROWS,
                               .columns = COLUMNS,
                               .cf_hz = cf_hz,
                               .column_s = 0.02};
}

static bh_raster *
a_raster(size_t max_marks, size_t spikes)
{
    bh_diag diag;
    bh_raster *raster = NULL;
    bh_raster_config config = bh_raster_config_default(50, NULL);
    config.max_marks = max_marks;
    CHECK_OK(bh_raster_new(&config, &raster, &diag), diag);
    for (size_t i = 0; i < spikes; i++) {
        double time_s = 0.5; /* all of them in one place at one time */
        uint32_t index = 25;
        CHECK_OK(bh_raster_add(raster, (bh_events){&time_s, &index, 1}, &diag), diag);
    }
    return raster;
}

/* Where in the picture, as parts of its width and height, lie the pixels for which
 * `wanted` holds: their middle, and how many there are. */
struct found {
    double x, y;
    long count;
};

static struct found
find(const char *path, double from_y, double to_y, bool (*wanted)(int r, int g, int b))
{
    cairo_surface_t *image = cairo_image_surface_create_from_png(path);
    CU_ASSERT_FATAL(cairo_surface_status(image) == CAIRO_STATUS_SUCCESS);
    const int width = cairo_image_surface_get_width(image);
    const int height = cairo_image_surface_get_height(image);
    const int stride = cairo_image_surface_get_stride(image);
    const unsigned char *data = cairo_image_surface_get_data(image);
    struct found found = {0};
    for (int y = (int)(from_y * height); y < (int)(to_y * height); y++)
        for (int x = (int)(0.08 * width); x < (int)(0.87 * width); x++) {
            const unsigned char *p = data + y * stride + 4 * x; /* b, g, r */
            if (wanted(p[2], p[1], p[0])) {
                found.x += x;
                found.y += y;
                found.count++;
            }
        }
    cairo_surface_destroy(image);
    found.x /= (double)found.count * width;
    found.y /= (double)found.count * height;
    return found;
}

static bool
is_yellow(int r, int g, int b)
{
    return r > 230 && g > 220 && b < 60;
}

static bool
is_dark(int r, int g, int b)
{
    return r < 120 && g < 120 && b < 120;
}

/* The panel of a 1600 x 640 picture without title, 24 px letters: see bh_picture_draw.
 */
static void
test_a_loud_cell_is_where_it_belongs(void)
{
    bh_diag diag;
    bh_picture_levels levels = one_spot();
    bh_picture_options options = bh_picture_options_default(1);
    const char *path = file("spot.png");
    CHECK_OK(bh_picture_write(path, &levels, NULL, &options, &diag), diag);
    struct found spot = find(path, 0, 1, is_yellow);
    const double left = 117, width = 1332, top = 24, height = 529;
    const double column = width / COLUMNS, row = height / ROWS;
    CHECK_NEAR(spot.x * 1600, left + 25.5 * column, 2);
    CHECK_NEAR(spot.y * 640, top + height - 30.5 * row, 2);
    CHECK_NEAR((double)spot.count, column * row, 0.2 * column * row);
    unlink(path);
}

static void
test_spikes_are_marks_or_rates(void)
{
    bh_diag diag;
    bh_picture_options options = bh_picture_options_default(1);
    options.duration_s = 1;
    const char *path = file("raster.png");
    for (int dense = 0; dense <= 1; dense++) {
        bh_raster *raster = a_raster(dense ? 2 : 100, 5);
        CHECK_OK(bh_picture_write(path, NULL, raster, &options, &diag), diag);
        struct found spot = find(path, 0.05, 0.85, is_dark);
        CHECK(spot.count >= 4 && spot.count < 400);
        /* a bar of colours stands to the right of rates alone */
        const double width = dense ? 1332 : 1435;
        CHECK_NEAR(spot.x * 1600, 117 + 0.5 * width, 4);
        CHECK_NEAR(spot.y * 640, 24 + 529 * (1 - 25.5 / 50), 4);
        bh_raster_free(raster);
    }
    unlink(path);
}

/* 20 neurons in 3 rows of the grid, each with 100 spikes in its second: full ink is 100
 * spikes/s of one neuron, wherever one looks. */
static void
test_rates_are_those_of_one_neuron(void)
{
    bh_diag diag;
    bh_raster *raster = NULL;
    bh_raster_config config = bh_raster_config_default(20, NULL);
    config.max_marks = 0;
    config.max_rows = 3;
    CHECK_OK(bh_raster_new(&config, &raster, &diag), diag);
    for (int i = 0; i < 100; i++)
        for (uint32_t n = 0; n < 20; n++) {
            double time_s = (i + 0.5) / 100;
            CHECK_OK(bh_raster_add(raster, (bh_events){&time_s, &n, 1}, &diag), diag);
        }
    double max_rate = 0;
    struct bh_panel panel = {.width = 20, .height = 9, .duration_s = 1};
    cairo_surface_t *image = bh_raster_image(raster, panel, &max_rate);
    CU_ASSERT_FATAL(image != NULL);
    CHECK_NEAR(max_rate, 100, 1e-9);
    const unsigned char *data = cairo_image_surface_get_data(image);
    for (int x = 0; x < 20; x++)
        CHECK(data[4 * x + 2] < 30);
    cairo_surface_destroy(image);
    bh_raster_free(raster);
}

static void
test_every_format_begins_as_it_should(void)
{
    static const char *const names[] = {"a.png", "a.svg", "a.PDF"};
    static const char *const magic[] = {"\x89PNG", "<?xml", "%PDF-"};
    bh_diag diag;
    bh_picture_levels levels = one_spot();
    bh_raster *raster = a_raster(100, 10);
    bh_picture_options options = bh_picture_options_default(2);
    options.title =
        "s\xc3\xb6und \xff\xfe of a name that is no UTF-8 and is longer than "
        "the picture is wide, so that it must be cut, which it is, somewhere "
        "in this sentence that goes on and on and on and on and on and on";
    for (size_t i = 0; i < 3; i++) {
        char head[8] = "";
        const char *path = file(names[i]);
        CHECK_OK(bh_picture_write(path, &levels, raster, &options, &diag), diag);
        FILE *stream = fopen(path, "rb");
        CU_ASSERT_FATAL(stream != NULL);
        CHECK(fread(head, 1, 5, stream) == 5);
        CHECK(memcmp(head, magic[i], strlen(magic[i])) == 0);
        fseek(stream, 0, SEEK_END);
        CHECK(ftell(stream) < 400000);
        fclose(stream);
        unlink(path);
    }
    bh_raster_free(raster);
    CHECK(files_left() == 0);
}

static void
test_odd_shapes_are_drawn(void)
{
    bh_diag diag;
    bh_picture_options options = bh_picture_options_default(1);
    const char *path = file("odd.png");
    float level[] = {-INFINITY};
    double cf_hz[] = {0};
    bh_picture_levels levels = {.level_db_spl = level,
                                .rows = 1,
                                .columns = 1,
                                .cf_hz = cf_hz,
                                .column_s = 1e-9};
    CHECK_OK(bh_picture_write(path, &levels, NULL, &options, &diag), diag);
    options.width_px = options.height_px = 200;
    options.duration_s = 1e6;
    CHECK_OK(bh_picture_write(path, &levels, NULL, &options, &diag), diag);
    options.duration_s = NAN;
    options.title = "";
    bh_raster *empty = a_raster(10, 0);
    CHECK_OK(bh_picture_write(path, NULL, empty, &options, &diag), diag);
    bh_raster_free(empty);
    unlink(path);
}

static void
test_failures_leave_nothing(void)
{
    bh_diag diag;
    bh_picture_levels levels = one_spot();
    bh_picture_options options = bh_picture_options_default(1);
    CHECK(bh_picture_write(file("no/a.png"), &levels, NULL, &options, &diag) ==
          BH_ERR_FILE);
    CHECK_HAS(diag.text, "its directory does not exist");
    static const char *const full[] = {"full.png", "full.svg", "full.pdf"};
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_FATAL(symlink("/dev/full", file(full[i])) == 0);
        CHECK(bh_picture_write(file(full[i]), &levels, NULL, &options, &diag) ==
              BH_ERR_FILE);
        CHECK_HAS(diag.text, "no space is left");
        unlink(file(full[i]));
    }
    struct rlimit before, little = {1000, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN); /* so that too large a file is an error of write */
    CU_ASSERT_FATAL(getrlimit(RLIMIT_FSIZE, &before) == 0);
    little.rlim_max = before.rlim_max;
    CU_ASSERT_FATAL(setrlimit(RLIMIT_FSIZE, &little) == 0);
    bh_status status = bh_picture_write(file("a.png"), &levels, NULL, &options, &diag);
    setrlimit(RLIMIT_FSIZE, &before);
    CHECK(status == BH_ERR_FILE);
    CHECK_HAS(diag.text, "a.png");
    CHECK(files_left() == 0);
}

static void
test_other_endings_are_told(void)
{
    bh_diag diag;
    static const char *const names[] = {"a.jpg", "png", ".png", "-", ""};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        CHECK(bh_picture_check(names[i], &diag) == BH_ERR_ARGUMENT);
        CHECK_HAS(diag.text, "must end in .png, .svg or .pdf");
    }
    CHECK_OK(bh_picture_check("a.b.SVG", &diag), diag);
}

static void
expect_refusal(const bh_picture_levels *levels, const bh_picture_options *options,
               bh_status status, const char *says)
{
    bh_diag diag;
    CHECK(bh_picture_write(file("a.png"), levels, NULL, options, &diag) == status);
    CHECK_HAS(diag.text, says);
    CHECK(files_left() == 0);
}

static void
test_wrong_input_is_told(void)
{
    bh_picture_levels levels = one_spot();
    bh_picture_options options = bh_picture_options_default(1);
    expect_refusal(NULL, &options, BH_ERR_ARGUMENT, "picture of nothing");
    float level[] = {0, NAN};
    const double cf_hz[] = {200, 100};
    bh_picture_levels bad = {
        .level_db_spl = level, .rows = 2, .columns = 1, .cf_hz = cf_hz, .column_s = 1};
    expect_refusal(&bad, &options, BH_ERR_ARGUMENT, "frequency of row 1 is 100 Hz");
    bad.rows = 1;
    bad.columns = 2;
    expect_refusal(&bad, &options, BH_ERR_DATA, "row 0, column 1 is nan dB");
    bad.columns = 0;
    expect_refusal(&bad, &options, BH_ERR_ARGUMENT, "nothing to show");
    options.width_px = 100000;
    expect_refusal(&levels, &options, BH_ERR_ARGUMENT, "100000 x 640 px");
    options = bh_picture_options_default(1);
    options.duration_s = 0;
    expect_refusal(&levels, &options, BH_ERR_ARGUMENT, "longer than 0");
    options = bh_picture_options_default(1);
    options.min_db_spl = 50;
    options.max_db_spl = 50;
    expect_refusal(&levels, &options, BH_ERR_ARGUMENT, "the first must be lower");
}

static void
test_viridis_is_viridis(void)
{
    /* matplotlib 3.10, entries 0, 64, 128, 200 and 255 of 256; the table here is
     * coarser and stays within 2. */
    static const int wanted[][4] = {{0, 68, 1, 84},
                                    {64, 59, 82, 139},
                                    {128, 33, 145, 140},
                                    {200, 112, 207, 87},
                                    {255, 253, 231, 37}};
    for (size_t i = 0; i < 5; i++) {
        uint8_t rgb[3];
        bh_palette_viridis(wanted[i][0] / 255.0, rgb);
        for (int c = 0; c < 3; c++)
            CHECK_NEAR(rgb[c], wanted[i][c + 1], 2);
    }
    uint8_t below[3], above[3];
    bh_palette_viridis(-INFINITY, below);
    bh_palette_viridis(7, above);
    CHECK(below[0] == 68 && above[0] == 253);
}

static void
test_ticks_are_round_numbers(void)
{
    struct bh_tick ticks[BH_TICKS_MAX];
    CHECK(bh_ticks_linear(0, 2.5, 0.1, ticks) == 6);
    CHECK(strcmp(ticks[1].label, "0.5") == 0);
    CHECK_NEAR(ticks[1].at, 0.2, 1e-12);
    CHECK(bh_ticks_linear(-25, 35, 0.2, ticks) == 3);
    CHECK(strcmp(ticks[0].label, "\xe2\x88\x92"
                                 "20") == 0);
    CHECK(bh_tick_step(7, 0.1) == 1 && bh_tick_step(3600, 0.1) == 500);

    bh_picture_levels levels = one_spot();
    struct bh_places places = {levels.cf_hz, ROWS, 0, 0, NULL};
    CHECK_NEAR(bh_place_position(places, 1000), 30.5 / ROWS, 1e-9);
    CHECK(isnan(bh_place_position(places, 20)) &&
          isnan(bh_place_position(places, 1e4)));
    size_t count = bh_ticks_places(places, 0.05, ticks), labels = 0;
    for (size_t i = 0; i < count; i++) {
        labels += ticks[i].label[0] != '\0';
        CHECK(ticks[i].at >= 0 && ticks[i].at <= 1);
        if (strcmp(ticks[i].label, "1k") == 0)
            CHECK_NEAR(ticks[i].at, 30.5 / ROWS, 1e-9);
    }
    CHECK(labels == 6); /* 50 100 200 500 1k 2k, all at least a twentieth apart */
    const double narrow[] = {990, 1010};
    places = (struct bh_places){narrow, 2, 0, 0, NULL};
    CHECK(bh_ticks_places(places, 0.1, ticks) == 2);
    CHECK(strcmp(ticks[1].label, "1010") == 0);
    places = (struct bh_places){NULL, 60, 0, 3, "delay (ms)"};
    CHECK(bh_ticks_places(places, 0.2, ticks) == 4);
    CHECK_NEAR(ticks[1].at, 1.0 / 3, 1e-12);
}

static void
test_rows_may_be_other_than_places(void)
{
    bh_picture_levels levels = one_spot();
    bh_picture_options options = bh_picture_options_default(1);
    bh_diag diag;
    levels.cf_hz = NULL;
    CHECK(bh_picture_write("x.png", &levels, NULL, &options, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "need a label and a range");
    levels.row_label = "delay (ms)";
    CHECK(bh_picture_write("x.png", &levels, NULL, &options, &diag) == BH_ERR_ARGUMENT);
}

int
main(void)
{
    snprintf(directory, sizeof directory, "/tmp/bh-picture-XXXXXX");
    if (!mkdtemp(directory))
        return 2;
    const struct test tests[] = {
        {"a loud cell is where it belongs", test_a_loud_cell_is_where_it_belongs},
        {"spikes are marks or rates", test_spikes_are_marks_or_rates},
        {"rates are those of one neuron", test_rates_are_those_of_one_neuron},
        {"every format begins as it should", test_every_format_begins_as_it_should},
        {"odd shapes are drawn", test_odd_shapes_are_drawn},
        {"failures leave nothing", test_failures_leave_nothing},
        {"other endings are told", test_other_endings_are_told},
        {"wrong input is told", test_wrong_input_is_told},
        {"viridis is viridis", test_viridis_is_viridis},
        {"ticks are round numbers", test_ticks_are_round_numbers},
        {"rows may be other than places", test_rows_may_be_other_than_places},
    };
    int failed = run_tests("io/picture", tests, sizeof tests / sizeof tests[0]);
    rmdir(directory);
    return failed;
}
