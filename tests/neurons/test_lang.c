/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each case of the language is two files in tests/neurons/lang: x.eq, a group's texts,
 * beside x.c.want, the code that comes of it, or x.err.want, the message. A text begins
 * with lines "threshold: ...", "reset: ...", "refractory: ...", "method: ...",
 * "precision: double" or "name: value" of the namespace ("set tau: 10*ms"); the
 * equations follow after a line "---". With BH_REWRITE=1 the wanted files are written
 * anew. */
#include "tests/check.h"

#include "brianhears.h"

#include <glob.h>

static void
set_field(bh_group_config *config, bh_namespace *names, char *line)
{
    bh_diag diag;
    char *value = strstr(line, ": ");
    if (!value)
        return;
    *value = 0;
    value += 2;
    if (strcmp(line, "threshold") == 0)
        config->threshold = value;
    else if (strcmp(line, "reset") == 0)
        config->reset = value;
    else if (strcmp(line, "refractory") == 0)
        config->refractory = value;
    else if (strcmp(line, "method") == 0)
        config->method = value;
    else if (strcmp(line, "precision") == 0)
        config->precision = strcmp(value, "double") == 0 ? BH_DOUBLE : BH_SINGLE;
    else if (strncmp(line, "set ", 4) == 0)
        CHECK_OK(bh_namespace_set(names, line + 4, value, &diag), diag);
    else
        CU_FAIL("a line that no field of a group is");
}

/* The code or the message that a text gives. */
static void
translate(char *text, char *out, size_t size, int *failed)
{
    bh_diag diag;
    bh_network *net;
    bh_group *group;
    bh_namespace *names;
    bh_group_config config = bh_group_config_default();
    config.count = 100;
    CHECK_OK(bh_namespace_new(&names, &diag), diag);
    CHECK_OK(bh_network_new(NULL, &net, &diag), diag);
    config.names = names;
    char *equations = strstr(text, "---\n");
    CU_ASSERT_FATAL(equations != NULL);
    *equations = 0;
    config.equations = equations + 4;
    for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = 0;
        set_field(&config, names, line);
    }
    *failed = bh_group_new(net, &config, &group, &diag) != BH_OK;
    if (*failed) {
        bh_diag_format(&diag, out, size - 1);
        strcat(out, "\n");
    } else {
        const char *code;
        CHECK_OK(bh_network_code(net, &code, &diag), diag);
        const char *body = strstr(code, "#define real");
        snprintf(out, size, "%s", body);
    }
    bh_network_free(net);
    bh_namespace_free(names);
}

static void
check_case(const char *path)
{
    static char got[1 << 16], want_path[1024];
    int failed;
    char *text = read_text(path);
    translate(text, got, sizeof got, &failed);
    snprintf(want_path, sizeof want_path, "%.*s%s", (int)strlen(path) - 3, path,
             failed ? ".err.want" : ".c.want");
    if (getenv("BH_REWRITE")) {
        FILE *file = fopen(want_path, "w");
        fputs(got, file);
        fclose(file);
    }
    char *want = read_text(want_path);
    if (!want || strcmp(want, got) != 0) {
        fprintf(stderr, "%s:\n--- got\n%s--- wanted\n%s", path, got,
                want ? want : "(no such file)\n");
        CU_FAIL("the translation is not as wanted");
    }
    free(text);
    free(want);
}

static void
test_cases(void)
{
    glob_t found;
    CU_ASSERT_FATAL(glob(BH_TESTS_DIR "/neurons/lang/*.eq", 0, NULL, &found) == 0);
    CHECK(found.gl_pathc >= 20);
    for (size_t i = 0; i < found.gl_pathc; i++)
        check_case(found.gl_pathv[i]);
    globfree(&found);
}

/* Texts made to break a compiler: each must come back with a message, at once. */
static void
hostile(const char *head, const char *unit, int times, const char *tail)
{
    size_t size = strlen(head) + strlen(unit) * (size_t)times + strlen(tail) + 1;
    char *text = malloc(size), *at = text;
    at += sprintf(at, "%s", head);
    for (int i = 0; i < times; i++)
        at += sprintf(at, "%s", unit);
    strcpy(at, tail);
    bh_diag diag;
    bh_network *net;
    bh_group *group;
    bh_group_config config = bh_group_config_default();
    config.equations = text;
    CHECK_OK(bh_network_new(NULL, &net, &diag), diag);
    CHECK(bh_group_new(net, &config, &group, &diag) == BH_ERR_TEXT);
    CHECK(diag.text[0] != 0);
    bh_network_free(net);
    free(text);
}

static void
test_hostile(void)
{
    hostile("dv/dt = ", "(", 1000000, ": 1");
    hostile("dv/dt = ", "(", 20000, "1 : 1");
    hostile("dv/dt = ", "-", 20000, "v/second : 1");
    hostile("dv/dt = ", "not ", 5000, "v : 1");
    hostile("dv/dt = 1", "+1", 15000, " : 1");
    hostile("dv/dt = 1e", "9", 300, "/second : 1");
    hostile("dint/dt = 1/second : 1\n", "x", 200, " : 1");
    hostile("dv/dt = v/second\"); system(\"true", "", 0, "\"); : 1");
    hostile("dv/dt = v/second : 1 \x80\xff\xfe", "\x01", 3, "");
    hostile("dv/dt = v*(1*mV)**1e300/second : 1", "", 0, "");
    hostile("dv/dt = v/second : volt**9", "9", 30, "");
    hostile("dv/dt = int(v", " < 1", 15000, ")/second : 1");
    hostile("dv/dt = ", "poisson(", 3000, "1 : 1");
    hostile("dv/dt = ", "2**", 9000, "v/second : 1");
    hostile("dv/dt = ", "clip(v,", 4000, "1 : 1");
    hostile("", "x = 1 : 1\n", 3000, "");
    hostile("#", "#", 40000, "\ndv/dt = v/second : 1");
    hostile("dv/dt = __asm__(\"\") : 1", "", 0, "");
    hostile("dv/dt = v/second : 1 (unless ", "-", 3000, "refractory)");
}

/* Subexpressions that double at each line: 2^100 terms if they were written out. */
static void
test_growth(void)
{
    char text[8192] = "dv/dt = x100/second : 1\nx0 = v : 1\n";
    for (int i = 1; i <= 100; i++)
        sprintf(text + strlen(text), "x%d = x%d + x%d : 1\n", i, i - 1, i - 1);
    bh_diag diag;
    bh_network *net;
    bh_group *group;
    bh_group_config config = bh_group_config_default();
    config.equations = text;
    config.method = "euler";
    config.precision = BH_DOUBLE;
    CHECK_OK(bh_network_new(NULL, &net, &diag), diag);
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    CHECK_OK(bh_group_set(group, "v", "1", &diag), diag);
    CHECK_OK(bh_network_run(net, 1e-4, &diag), diag);
    double v;
    CHECK_OK(bh_group_get(group, "v", &v, 1, &diag), diag);
    CHECK_NEAR(v, 1 + 1e-4 * ldexp(1, 100), 1e-15 * ldexp(1, 100));
    bh_network_free(net);
}

/* Names that C or its library would take otherwise. */
static void
test_names_of_c(void)
{
    bh_diag diag;
    bh_network *net;
    bh_group *group;
    bh_group_config config = bh_group_config_default();
    config.equations =
        "dint_/dt = -int_/(10*ms) + register/second : 1\n"
        "register : 1\nNULL : 1\nfmaf : 1\nf : 1\nn : 1\nk : 1\nreal : 1\n"
        "v_at : 1\nddouble/dt = (f+n+k+real+v_at+fmaf+NULL-double)/ms : 1";
    config.precision = BH_DOUBLE;
    CHECK_OK(bh_network_new(NULL, &net, &diag), diag);
    CHECK_OK(bh_group_new(net, &config, &group, &diag), diag);
    CHECK_OK(bh_group_set(group, "f", "7", &diag), diag);
    CHECK_OK(bh_network_run(net, 0.02, &diag), diag);
    double value;
    CHECK_OK(bh_group_get(group, "double", &value, 1, &diag), diag);
    CHECK_NEAR(value, 7, 1e-6);
    CHECK(bh_network_notice(net) == NULL);
    bh_network_free(net);
}

TEST_MAIN("lang", {"cases", test_cases}, {"hostile texts", test_hostile},
          {"growth", test_growth}, {"names of C", test_names_of_c})
