/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/backend.h"

#include "cli/common.h"

enum { AUTO = 2 };

const char *const backend_names[] = {"cpu", "cuda", "auto", NULL};

static bh_backend *backend;
static bool given_up;

bh_status
backend_device(struct bh_device **out, bh_diag *diag)
{
    if (!backend) {
        BH_TRY(bh_backend_open(backend_names[common()->backend], &backend, diag));
        if (bh_backend_notice(backend))
            note("on the processor: %s", bh_backend_notice(backend));
    }
    *out = given_up ? NULL : bh_backend_device(backend);
    return BH_OK;
}

bh_status
backend_place(bh_model *model, bh_diag *diag)
{
    struct bh_device *device = NULL;
    BH_TRY(backend_device(&device, diag));
    bh_model_place(model, device, common()->backend == AUTO);
    return BH_OK;
}

void
backend_tell(const bh_model *model)
{
    if (bh_model_notice(model))
        note("on the processor: %s", bh_model_notice(model));
}

bool
backend_give_up(const bh_diag *why)
{
    if (common()->backend != AUTO || given_up || !backend ||
        !bh_backend_device(backend) ||
        (why->status != BH_ERR_UNSUPPORTED && why->status != BH_ERR_MEMORY))
        return false;
    given_up = true;
    note("on the processor: %s", why->text);
    return true;
}

const char *
backend_name(void)
{
    return backend && !given_up ? bh_backend_name(backend) : backend_names[0];
}

void
backend_close(void)
{
    bh_backend_free(backend);
    backend = NULL;
}
