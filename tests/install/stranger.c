/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program outside the project: one include, one call into the library. */
#include <brianhears.h>

#include <stdio.h>

int
main(void)
{
    printf("%s\n", bh_strerror(BH_OK));
    return 0;
}
