/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _POSIX_C_SOURCE 200809L

#include "cli/text_file.h"

#include "cli/common.h"

#include <stdlib.h>

bh_status
text_file_open(const char *path, struct text_file *out, bh_diag *diag)
{
    *out = (struct text_file){.path = path};
    BH_TRY(output_check(path, diag));
    out->out = open_memstream(&out->text, &out->size);
    if (!out->out)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to write '%s'", path);
    return BH_OK;
}

bh_status
text_file_close(struct text_file *file, bh_status status, bh_diag *diag)
{
    const bool failed = ferror(file->out), whole = fclose(file->out) == 0 && !failed;
    if (status == BH_OK && !whole)
        status =
            bh_diag_set(diag, BH_ERR_MEMORY, "no memory to write '%s'", file->path);
    if (status == BH_OK)
        status = bh_output_file(file->path, file->text, file->size, diag);
    free(file->text);
    return status;
}
