/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/json.h"

static bh_status
print_cpu(bh_diag *diag)
{
    bh_network *net = NULL;
    BH_TRY(bh_network_new(NULL, &net, diag));
    printf("CPU    %s, %d threads\n", bh_cpu_name(bh_cpu()), bh_network_threads(net));
    bh_network_free(net);
    return BH_OK;
}

static void
print_gpu(int number)
{
    bh_diag diag = {0};
    bh_gpu_info gpu;
    if (bh_gpu_describe(number, &gpu, &diag) != BH_OK)
        printf("GPU %-2d %s\n", number, diag.text);
    else
        printf("GPU %-2d %s, %.1f GiB, %d multiprocessors, compute capability %d.%d, "
               "CUDA %d.%d\n",
               number, gpu.name, (double)gpu.memory_bytes / (1 << 30),
               gpu.multiprocessors, gpu.compute_major, gpu.compute_minor,
               gpu.cuda_major, gpu.cuda_minor);
}

static void
print_device(const bh_audio_device *device, bool input)
{
    const size_t channels = input ? device->inputs : device->outputs;
    if (channels == 0)
        return;
    printf("%-6s %2d  %s%s, %s, %zu channel%s, %g Hz\n", input ? "input" : "output",
           device->number, device->name,
           (input ? device->default_input : device->default_output) ? " (default)" : "",
           device->host_api, channels, plural(channels), device->samplerate_hz);
}

static void
print_way(const bh_audio_list *list, bool input)
{
    size_t usable = 0;
    for (size_t i = 0; i < bh_audio_device_count(list); i++) {
        const bh_audio_device *device = bh_audio_device_get(list, i);
        usable += (input ? device->inputs : device->outputs) > 0;
        print_device(device, input);
    }
    if (usable == 0)
        printf("%-6s none\n", input ? "input" : "output");
}

/* Devices by the numbers that `bhears live --device` takes. */
static void
print_sound(void)
{
    bh_diag diag = {0};
    bh_audio_list *list = NULL;
    if (bh_audio_list_new(&list, &diag) != BH_OK) {
        printf("sound  none: %s\n", diag.text);
        return;
    }
    printf("sound  ");
    for (size_t i = 0; i < bh_audio_host_api_count(list); i++)
        printf("%s%s", i > 0 ? ", " : "", bh_audio_host_api(list, i));
    printf("\n");
    print_way(list, true);
    print_way(list, false);
    bh_audio_list_free(list);
}

static bh_status
json_cpu(struct json *json, bh_diag *diag)
{
    bh_network *net = NULL;
    BH_TRY(bh_network_new(NULL, &net, diag));
    json_text(json, "cpu", bh_cpu_name(bh_cpu()));
    json_whole(json, "threads", bh_network_threads(net));
    bh_network_free(net);
    return BH_OK;
}

static void
json_gpus(struct json *json)
{
    int count = 0;
    if (bh_gpu_count(&count, NULL) != BH_OK)
        count = 0;
    json_list(json, "gpus");
    for (int i = 0; i < count; i++) {
        bh_gpu_info gpu;
        if (bh_gpu_describe(i, &gpu, NULL) != BH_OK)
            continue;
        json_object(json, NULL);
        json_whole(json, "number", i);
        json_text(json, "name", gpu.name);
        json_whole(json, "memory_bytes", (int64_t)gpu.memory_bytes);
        json_whole(json, "multiprocessors", gpu.multiprocessors);
        json_close(json);
    }
    json_close(json);
}

static void
json_sound(struct json *json)
{
    bh_audio_list *list = NULL;
    const bool there = bh_audio_list_new(&list, NULL) == BH_OK;
    json_list(json, "sound_devices");
    for (size_t i = 0; there && i < bh_audio_device_count(list); i++) {
        const bh_audio_device *device = bh_audio_device_get(list, i);
        json_object(json, NULL);
        json_whole(json, "number", device->number);
        json_text(json, "name", device->name);
        json_text(json, "host_api", device->host_api);
        json_whole(json, "inputs", (int64_t)device->inputs);
        json_whole(json, "outputs", (int64_t)device->outputs);
        json_number(json, "samplerate_hz", device->samplerate_hz);
        json_close(json);
    }
    json_close(json);
    bh_audio_list_free(list);
}

static int
print_json(void)
{
    bh_diag diag = {0};
    struct json json;
    json_begin(&json, stdout);
    const bh_status status = json_cpu(&json, &diag);
    json_gpus(&json);
    json_text(&json, "gpu_kernels", bh_backend_kernels());
    json_sound(&json);
    json_end(&json);
    return status == BH_OK ? end_output() : fail(&diag);
}

static int
run(const void *settings, const char *operand)
{
    (void)settings, (void)operand;
    bh_diag diag = {0};
    int count = 0;
    if (common()->json)
        return print_json();
    if (print_cpu(&diag) != BH_OK)
        return fail(&diag);
    if (bh_gpu_count(&count, &diag) != BH_OK)
        printf("GPU    none: %s\n", diag.text);
    for (int i = 0; i < count; i++)
        print_gpu(i);
    if (count > 0 && bh_backend_kernels()[0])
        printf("       machine code of filterbanks is built in: %s\n",
               bh_backend_kernels());
    else if (count > 0)
        printf("       machine code of filterbanks is made by NVRTC at first use\n");
    print_sound();
    return end_output();
}

const struct command command_devices = {
    .name = "devices",
    .summary = "the processors, GPUs and sound devices of this machine",
    .about =
        "Prints the instruction set and the number of threads that are used, and "
        "the CUDA devices of this machine, or why there are none. Sounds are heard "
        "on the CPU. The environment variable BH_CPU (baseline, avx2, avx512) asks for "
        "a lower instruction set.\n\n"
        "Then the sound systems that PortAudio knows here, the devices that record "
        "(input) and those that play (output), with their numbers and names.",
    .examples = "  bhears devices\n  bhears devices --json\n",
    .takes = TAKES_JSON,
    .run = run,
};
