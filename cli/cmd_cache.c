/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/console.h"
#include "cli/json.h"

struct cache_settings {
    bool clear;
};

static const struct setting cache_table[] = {
    {.name = "clear",
     .help = "remove what is kept",
     .parse = parse_switch,
     .offset = offsetof(struct cache_settings, clear)},
};

struct everything {
    struct cache_settings cache;
};

static const struct setting_group groups[] = {
    SETTINGS("Cache", cache_table, struct everything, cache),
};

static void
print_json(const bh_code_cache *cache)
{
    struct json json;
    json_begin(&json, stdout);
    json_text(&json, "path", cache->path);
    json_whole(&json, "models", (int64_t)cache->models);
    json_flag(&json, "transforms", cache->transforms);
    json_whole(&json, "bytes", (int64_t)cache->bytes);
    json_end(&json);
}

static int
run(const void *settings, const char *operand)
{
    const struct everything *all = settings;
    bh_code_cache cache;
    bh_diag diag;
    (void)operand;
    if (all->cache.clear && bh_code_cache_clear(&diag) != BH_OK)
        return fail(&diag);
    if (bh_code_cache_look(&cache, &diag) != BH_OK)
        return fail(&diag);
    if (common()->json)
        print_json(&cache);
    else
        printf("%s: %zu compiled model%s%s, %.1f kB\n", cache.path, cache.models,
               plural(cache.models), cache.transforms ? ", plans of transforms" : "",
               (double)cache.bytes / 1e3);
    return end_output();
}

const struct command command_cache = {
    .name = "cache",
    .summary = "show or clear what is kept between runs",
    .about =
        "Equations are compiled once and kept for the next time, and so are measured "
        "plans of Fourier transforms, in a directory of yours: BH_CACHE_DIR, or "
        "brianhears in XDG_CACHE_HOME or ~/.cache.",
    .examples = "  bhears cache\n  bhears cache --clear\n",
    .takes = TAKES_JSON,
    .groups = groups,
    .group_count = 1,
    .settings_size = sizeof(struct everything),
    .run = run,
};
