/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CUDA text of networks is CUDA: NVRTC, NVIDIA's compiler in a library, takes it.
 * No GPU is needed; without the library the test is skipped. The functions are those of
 * NVRTC's reference (docs.nvidia.com/cuda/nvrtc). */
#include "tests/neurons/device_models.h"

#include "neurons/engine_internal.h"

#include <dlfcn.h>

typedef struct _nvrtcProgram *program;

static struct {
    int (*create)(program *, const char *, const char *, int, const char *const *,
                  const char *const *);
    int (*compile)(program, int, const char *const *);
    int (*log_size)(program, size_t *);
    int (*log)(program, char *);
    int (*ptx_size)(program, size_t *);
    int (*ptx)(program, char *);
    int (*destroy)(program *);
} nvrtc;

static bool
load_nvrtc(void)
{
    static const char *const paths[] = {"libnvrtc.so.13", "libnvrtc.so.12",
                                        "libnvrtc.so.11.2", "libnvrtc.so",
                                        "/usr/local/cuda/lib64/libnvrtc.so"};
    const struct {
        const char *name;
        void *function;
    } names[] = {{"nvrtcCreateProgram", &nvrtc.create},
                 {"nvrtcCompileProgram", &nvrtc.compile},
                 {"nvrtcGetProgramLogSize", &nvrtc.log_size},
                 {"nvrtcGetProgramLog", &nvrtc.log},
                 {"nvrtcGetPTXSize", &nvrtc.ptx_size},
                 {"nvrtcGetPTX", &nvrtc.ptx},
                 {"nvrtcDestroyProgram", &nvrtc.destroy}};
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof paths / sizeof paths[0]; i++)
        library = dlopen(paths[i], RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; library && i < sizeof names / sizeof names[0]; i++) {
        *(void **)names[i].function = dlsym(library, names[i].name);
        if (!*(void **)names[i].function)
            return false;
    }
    return library != NULL;
}

/* Compiles a text; the intermediate code, to be freed, or NULL with the log printed. */
static char *
compile(const char *text)
{
    static const char *const options[] = {"--gpu-architecture=compute_80",
                                          "--fmad=false"};
    program made;
    size_t size = 0;
    CU_ASSERT_FATAL(nvrtc.create(&made, text, "network.cu", 0, NULL, NULL) == 0);
    char *out = NULL;
    if (nvrtc.compile(made, 2, options) != 0) {
        nvrtc.log_size(made, &size);
        char *log = calloc(size + 1, 1);
        nvrtc.log(made, log);
        fprintf(stderr, "%.4000s\n", log);
        free(log);
    } else if (nvrtc.ptx_size(made, &size) == 0) {
        out = calloc(size + 1, 1);
        nvrtc.ptx(made, out);
    }
    nvrtc.destroy(&made);
    return out;
}

static void
test_compiles(void)
{
    for (int m = 0; m < DEVICE_MODELS; m++)
        for (int single = 0; single < 2; single++) {
            bh_diag diag;
            const char *text;
            bh_sound *sound;
            bh_source *source;
            struct writer whole = {0};
            bh_network *net = make_device_network();
            CHECK_OK(bh_sound_new(1, 1, 1e4, &sound, &diag), diag);
            CHECK_OK(bh_sound_source(sound, &source, &diag), diag);
            make_device_group(net, &device_models[m], single ? BH_SINGLE : BH_DOUBLE,
                              source);
            CHECK_OK(bh_network_cuda(net, &text, &diag), diag);
            write_text(&whole, "%s%s", bh_device_prologue, text);
            char *ptx = compile(whole.text);
            CHECK(ptx != NULL);
            if (ptx) {
                CHECK_HAS(ptx, ".entry bh_update_0");
                CHECK_HAS(ptx, ".entry bh_map_0");
                /* in single precision nothing is computed in double by mistake, but
                 * what the step is and what poisson() needs */
                if (single && m == 0)
                    CHECK(strstr(ptx, "div.rn.f64") == NULL);
            }
            free(ptx);
            writer_free(&whole);
            bh_network_free(net);
            bh_source_free(source);
            bh_sound_free(sound);
        }
}

int
main(void)
{
    static const struct test tests[] = {{"compiles", test_compiles}};
    if (!load_nvrtc()) {
        fprintf(stderr, "there is no NVRTC here\n");
        return 77;
    }
    return run_tests("nvrtc", tests, 1);
}
