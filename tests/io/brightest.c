/* SPDX-License-Identifier: GPL-3.0-or-later */
/* brightest PNG X TOP BOTTOM: prints in which of these lines of a column of pixels the
 * middle of its brightest ones lies. */
#include <cairo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int
main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    const int x = atoi(argv[2]), top = atoi(argv[3]), bottom = atoi(argv[4]);
    cairo_surface_t *image = cairo_image_surface_create_from_png(argv[1]);
    if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS || x < 0 ||
        x >= cairo_image_surface_get_width(image) || top < 0 ||
        bottom > cairo_image_surface_get_height(image))
        return 1;
    const unsigned char *data = cairo_image_surface_get_data(image);
    const int stride = cairo_image_surface_get_stride(image);
    int best = -1;
    long sum = 0, count = 0;
    for (int y = top; y < bottom; y++) {
        const unsigned char *pixel = data + y * stride + 4 * x;
        int light = pixel[0] + pixel[1] + pixel[2];
        /* Viridis grows lighter with the level; the violet of silence is dark. */
        if (light > best) {
            best = light;
            sum = count = 0;
        }
        if (light == best) {
            sum += y;
            count++;
        }
    }
    cairo_surface_destroy(image);
    if (count == 0)
        return 1;
    printf("%ld\n", sum / count);
    return 0;
}
