/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/fibre.h"

#include "cli/quantity.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIBRE_OFFSET(member)                                                           \
    .parse = parse_text, .offset = offsetof(struct fibre_settings, member)

/* The simple auditory nerve of Brian hears (Fontaine, Goodman, Benichoux and Brette,
 * Front. Neuroinform. 5:9, 2011): leaky integrate-and-fire neurons with noise. */
#define EQUATIONS                                                                      \
    "dv/dt = (I-v)/(1*ms) + 0.2*xi*(2/(1*ms))**.5 : 1 (unless refractory)\n"           \
    "I : 1\n"
#define THRESHOLD  "v > 1"
#define RESET      "v = 0"
#define REFRACTORY "5*ms"
#define LINK       "I = 3*clip(x,0,inf)**(1/3)"

/* Files of equations are short; this only keeps a wrong one from filling the memory. */
enum { FILE_MAX = 1 << 20 };

const char *const precision_names[] = {
    [BH_SINGLE] = "single", [BH_DOUBLE] = "double", NULL};

static const char *
method_name(size_t i)
{
    static const char *const names[] = {"exact",    "euler",       "exponential_euler",
                                        "rk2",      "rk4",         "heun",
                                        "milstein", "milstein_ito"};
    return i < sizeof names / sizeof names[0] ? names[i] : NULL;
}

const struct setting fibre_model_table[7] = {
    {"equations", 'e', "FILE|TEXT",
     "a model of your own: a text with '=', or a file; "
     "then --threshold is needed too",
     .shown = "the simple auditory nerve", FIBRE_OFFSET(equations)},
    {"threshold", 't', "CONDITION", "when a fibre spikes", .shown = THRESHOLD,
     FIBRE_OFFSET(threshold)},
    {"reset", 0, "STATEMENTS", "what a spike does",
     .shown = RESET "; with --equations nothing", FIBRE_OFFSET(reset)},
    {"refractory", 0, "TIME", "how long after a spike, as 5ms, or a condition",
     .shown = REFRACTORY "; with --equations not at all", FIBRE_OFFSET(refractory)},
    {"method", 'm', "NAME",
     "exact, euler, exponential_euler, rk2, rk4, heun, milstein or milstein_ito, or a "
     "scheme as text",
     .words = method_name,
     .shown =
         "exact where the equations are linear, else euler, or heun where the noise "
         "depends on the variables",
     FIBRE_OFFSET(method)},
    {"link", 0, "VARIABLE = EXPR",
     "how the filters' output x (Pa) drives the fibres; "
     "without VARIABLE = it drives I",
     .preset = LINK, FIBRE_OFFSET(link)},
    {"define", 'D', "NAME=VALUE",
     "a value the texts may use, as tau=10*ms; may be given "
     "again",
     .parse = parse_list, .offset = offsetof(struct fibre_settings, define)},
};

static bh_status
file_read(const char *path, char **out, bh_diag *diag)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return bh_diag_set(
            diag, BH_ERR_FILE,
            "cannot read the equations '%s': %s (a text of equations would "
            "have a '=' in it)",
            path, strerror(errno));
    char *text = malloc(FILE_MAX + 1);
    const size_t length = text ? fread(text, 1, FILE_MAX + 1, file) : 0;
    const int failed = ferror(file);
    fclose(file);
    bh_status status = BH_OK;
    if (!text)
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory for '%s'", path);
    else if (failed)
        status = bh_diag_set(diag, BH_ERR_FILE, "cannot read the equations '%s'", path);
    else if (length > FILE_MAX || memchr(text, 0, length))
        status = bh_diag_set(diag, BH_ERR_FORMAT, "'%s' is no text of equations", path);
    if (status != BH_OK) {
        free(text);
        return status;
    }
    text[length] = 0;
    *out = text;
    return BH_OK;
}

/* "NAME = EXPR" (but not "a == b") into its parts; where there is no NAME the name
 * stays as it is. */
static const char *
split_name(const char *text, char *name, size_t size)
{
    const char *begin = text + strspn(text, " \n");
    const char *end = begin;
    while (isalnum((unsigned char)*end) || *end == '_')
        end++;
    const char *equals = end + strspn(end, " ");
    if (end == begin || *equals != '=' || equals[1] == '=' ||
        (size_t)(end - begin) >= size)
        return text;
    snprintf(name, size, "%.*s", (int)(end - begin), begin);
    return equals + 1 + strspn(equals + 1, " ");
}

/* "5ms", which the language does not know, as the product that it does. */
static const char *
with_star(const char *text, char *buffer, size_t size)
{
    double seconds, hertz;
    if (quantity_parse(text, QUANTITY_TIME, &seconds, NULL) == BH_OK)
        snprintf(buffer, size, "%.17g*second", seconds);
    else if (quantity_parse(text, QUANTITY_FREQUENCY, &hertz, NULL) == BH_OK)
        snprintf(buffer, size, "%.17g*hertz", hertz);
    else
        return text;
    return strchr(text, '*') ? text : buffer;
}

static bh_status
define(const struct text_list *list, struct fibre *fibre, bh_diag *diag)
{
    size_t size = 1;
    for (size_t i = 0; i < list->count; i++) {
        char name[64] = "", buffer[64];
        const char *value = split_name(list->text[i], name, sizeof name);
        if (!*name)
            return bh_diag_set(diag, BH_ERR_TEXT,
                               "--define: '%.60s' is not NAME=VALUE, such as tau=10*ms",
                               list->text[i]);
        BH_TRY(bh_namespace_set(fibre->names, name,
                                with_star(value, buffer, sizeof buffer), diag));
        size += strlen(list->text[i]) + 1;
    }
    fibre->definitions = calloc(size, 1);
    if (!fibre->definitions)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory for names");
    for (size_t i = 0; i < list->count; i++) {
        strcat(fibre->definitions, list->text[i]);
        strcat(fibre->definitions, i + 1 < list->count ? "\n" : "");
    }
    return BH_OK;
}

static const char *
either(const char *given, const char *standard)
{
    return given ? given : standard;
}

static bh_status
resolve(const struct fibre_settings *settings, struct fibre *fibre, bh_diag *diag)
{
    bh_group_config *group = &fibre->group;
    const bool own = settings->equations != NULL;
    if (own && !settings->threshold)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "--equations needs a --threshold, such as 'v > 1', or there "
                           "are no spikes");
    group->equations = either(settings->equations, EQUATIONS);
    if (own && !strchr(settings->equations, '=')) {
        BH_TRY(file_read(settings->equations, &fibre->file, diag));
        group->equations = fibre->file;
    }
    group->threshold = either(settings->threshold, THRESHOLD);
    group->reset = either(settings->reset, own ? NULL : RESET);
    group->refractory = either(settings->refractory, own ? NULL : REFRACTORY);
    group->method = settings->method;
    strcpy(fibre->variable, "I");
    fibre->link = split_name(settings->link, fibre->variable, sizeof fibre->variable);
    BH_TRY(bh_namespace_new(&fibre->names, diag));
    return define(&settings->define, fibre, diag);
}

bh_status
fibre_open(const struct fibre_settings *settings, bh_precision precision,
           struct fibre *out, bh_diag *diag)
{
    struct fibre fibre = {.group = bh_group_config_default()};
    fibre.group.name = "nerve";
    fibre.group.precision = precision;
    const bh_status status = resolve(settings, &fibre, diag);
    if (status != BH_OK)
        fibre_close(&fibre);
    else
        *out = fibre;
    return status;
}

void
fibre_close(struct fibre *fibre)
{
    free(fibre->file);
    free(fibre->definitions);
    bh_namespace_free(fibre->names);
    *fibre = (struct fibre){0};
}

/* Where equations use what the sound drives without saying what it is. */
static void
explain_drive(const char *variable, bh_diag *diag)
{
    char missing[80];
    const size_t length = strlen(diag->text);
    snprintf(missing, sizeof missing, "'%s' is neither", variable);
    if (strncmp(diag->text, missing, strlen(missing)) == 0)
        snprintf(diag->text + length, sizeof diag->text - length,
                 "; add the line '%s : 1' for the sound to drive", variable);
}

bh_status
fibre_add(const struct fibre *fibre, bh_network *net, size_t count, bh_source *source,
          bh_group **out, bh_diag *diag)
{
    char buffer[64];
    bh_group *group = NULL;
    bh_group_config config = fibre->group;
    config.count = count;
    config.names = fibre->names;
    if (config.refractory)
        config.refractory = with_star(config.refractory, buffer, sizeof buffer);
    const bh_status status = bh_group_new(net, &config, &group, diag);
    if (status == BH_ERR_TEXT)
        explain_drive(fibre->variable, diag);
    BH_TRY(status);
    BH_TRY(bh_link(group, fibre->variable, source, fibre->link, diag));
    *out = group;
    return BH_OK;
}
