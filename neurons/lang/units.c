/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neurons/lang/lang.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The units of the SI (BIPM, SI Brochure, 9th ed., tables 2, 4 and 7), by name and by
 * symbol. Those with a scale other than 1 are not the SI unit of their dimension. */
static const struct unit_entry {
    const char *name, *symbol;
    double scale;
    signed char m, kg, s, A, K, mol, cd;
} units[] = {
    {"metre", "m", 1, 1, 0, 0, 0, 0, 0, 0},
    {"meter", NULL, 1, 1, 0, 0, 0, 0, 0, 0},
    {"kilogram", NULL, 1, 0, 1, 0, 0, 0, 0, 0},
    {"kilogramme", NULL, 1, 0, 1, 0, 0, 0, 0, 0},
    {"gram", "g", 1e-3, 0, 1, 0, 0, 0, 0, 0},
    {"gramme", NULL, 1e-3, 0, 1, 0, 0, 0, 0, 0},
    {"second", "s", 1, 0, 0, 1, 0, 0, 0, 0},
    {"ampere", "A", 1, 0, 0, 0, 1, 0, 0, 0},
    {"amp", NULL, 1, 0, 0, 0, 1, 0, 0, 0},
    {"kelvin", "K", 1, 0, 0, 0, 0, 1, 0, 0},
    {"mole", "mol", 1, 0, 0, 0, 0, 0, 1, 0},
    {"candela", "cd", 1, 0, 0, 0, 0, 0, 0, 1},
    {"hertz", "Hz", 1, 0, 0, -1, 0, 0, 0, 0},
    {"newton", "N", 1, 1, 1, -2, 0, 0, 0, 0},
    {"pascal", "Pa", 1, -1, 1, -2, 0, 0, 0, 0},
    {"joule", "J", 1, 2, 1, -2, 0, 0, 0, 0},
    {"watt", "W", 1, 2, 1, -3, 0, 0, 0, 0},
    {"coulomb", "C", 1, 0, 0, 1, 1, 0, 0, 0},
    {"volt", "V", 1, 2, 1, -3, -1, 0, 0, 0},
    {"farad", "F", 1, -2, -1, 4, 2, 0, 0, 0},
    {"ohm", NULL, 1, 2, 1, -3, -2, 0, 0, 0},
    {"siemens", "S", 1, -2, -1, 3, 2, 0, 0, 0},
    {"weber", "Wb", 1, 2, 1, -2, -1, 0, 0, 0},
    {"tesla", "T", 1, 0, 1, -2, -1, 0, 0, 0},
    {"henry", "H", 1, 2, 1, -2, -2, 0, 0, 0},
    {"molar", "M", 1e3, -3, 0, 0, 0, 0, 1, 0},
    {"liter", NULL, 1e-3, 3, 0, 0, 0, 0, 0, 0},
    {"litre", NULL, 1e-3, 3, 0, 0, 0, 0, 0, 0},
};

enum { UNITS = sizeof units / sizeof units[0] };

/* One letter of each prefix; "da" stands apart. */
static const struct prefix {
    const char *text;
    double scale;
} prefixes[] = {
    {"", 1},      {"m", 1e-3},  {"u", 1e-6},  {"n", 1e-9},  {"p", 1e-12}, {"k", 1e3},
    {"M", 1e6},   {"c", 1e-2},  {"G", 1e9},   {"f", 1e-15}, {"d", 1e-1},  {"h", 1e2},
    {"da", 1e1},  {"T", 1e12},  {"P", 1e15},  {"E", 1e18},  {"Z", 1e21},  {"Y", 1e24},
    {"a", 1e-18}, {"z", 1e-21}, {"y", 1e-24},
};

enum { PREFIXES = sizeof prefixes / sizeof prefixes[0] };

bool
dim_equal(struct bh_dim a, struct bh_dim b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

bool
dim_is_none(struct bh_dim dim)
{
    return dim_equal(dim, (struct bh_dim){{0}});
}

bool
dim_multiply(struct bh_dim a, struct bh_dim b, int power, struct bh_dim *out)
{
    for (int i = 0; i < DIM_COUNT; i++) {
        long long term = (long long)b.exponent[i] * power;
        if (term % DIM_ONE != 0)
            return false;
        long long sum = a.exponent[i] + term / DIM_ONE;
        if (sum > 1000 * DIM_ONE || sum < -1000 * DIM_ONE)
            return false;
        out->exponent[i] = (int)sum;
    }
    return true;
}

bool
dim_power(struct bh_dim base, double power, struct bh_dim *out)
{
    double scaled = power * DIM_ONE;
    if (!(fabs(scaled) < 1e9) || fabs(scaled - nearbyint(scaled)) > 1e-6)
        return false;
    return dim_multiply((struct bh_dim){{0}}, base, (int)nearbyint(scaled), out);
}

static struct bh_dim
entry_dim(const struct unit_entry *u)
{
    return (struct bh_dim){{u->m * DIM_ONE, u->kg * DIM_ONE, u->s * DIM_ONE,
                            u->A * DIM_ONE, u->K * DIM_ONE, u->mol * DIM_ONE,
                            u->cd * DIM_ONE}};
}

/* Writes "base^power" for one factor. */
static size_t
factor_text(char *buffer, size_t size, const char *base, int exponent, const char *gap)
{
    int divisor = DIM_ONE;
    for (int d = 1; d <= 10; d++)
        if (exponent % (DIM_ONE / d) == 0) {
            divisor = DIM_ONE / d;
            break;
        }
    int over = exponent / divisor, under = DIM_ONE / divisor, n;
    if (under > 1)
        n = snprintf(buffer, size, "%s%s^(%d/%d)", gap, base, over, under);
    else if (over != 1)
        n = snprintf(buffer, size, "%s%s^%d", gap, base, over);
    else
        n = snprintf(buffer, size, "%s%s", gap, base);
    return n < 0 || (size_t)n >= size ? size - 1 : (size_t)n;
}

void
dim_text(struct bh_dim dim, char *buffer, size_t size)
{
    static const char *const base[] = {"m", "kg", "s", "A", "K", "mol", "cd"};
    const struct bh_dim second = {{0, 0, DIM_ONE, 0, 0, 0, 0}};
    if (dim_is_none(dim)) {
        snprintf(buffer, size, "a pure number");
        return;
    }
    for (int over_time = 0; over_time < 2; over_time++)
        for (size_t i = 0; i < UNITS; i++) {
            struct bh_dim d = entry_dim(&units[i]);
            if (over_time && !dim_multiply(d, second, -DIM_ONE, &d))
                continue;
            if (units[i].scale == 1 && dim_equal(d, dim)) {
                const char *symbol = units[i].symbol ? units[i].symbol : units[i].name;
                snprintf(buffer, size, "%s%s", symbol, over_time ? "/s" : "");
                return;
            }
        }
    size_t used = 0;
    for (int i = 0; i < DIM_COUNT; i++)
        if (dim.exponent[i] != 0)
            used += factor_text(buffer + used, size - used, base[i], dim.exponent[i],
                                used ? " " : "");
}

/* The entry whose name or symbol this is, with the wanted kind of prefix. */
static const struct unit_entry *
find_entry(const char *name, size_t length, bool symbol)
{
    for (size_t i = 0; i < UNITS; i++) {
        const char *text = symbol ? units[i].symbol : units[i].name;
        if (text && strlen(text) == length && memcmp(text, name, length) == 0)
            return &units[i];
    }
    return NULL;
}

/* Single letters (m, A, C, F) and short names such as El, Em, EK are easily meant as
 * names of variables: a symbol of one letter is a unit only with one of the usual
 * prefixes. */
static bool
symbol_takes(const struct unit_entry *entry, const char *prefix, size_t length)
{
    if (*prefix == 0)
        return length > 1;
    if (strcmp(prefix, "c") == 0)
        return strcmp(entry->symbol, "m") == 0;
    return prefix[1] == 0 && strchr("munpfkMGT", prefix[0]) != NULL;
}

/* What to write for a unit that is not the SI unit of its dimension. */
static const char *
base_name(const struct unit_entry *entry)
{
    if (entry->scale == 1)
        return entry->name;
    return entry->mol ? "mmolar" : entry->kg ? "kilogram" : "metre**3";
}

static bool
find_plain(const char *name, size_t length, struct unit *out)
{
    for (int symbol = 0; symbol < 2; symbol++)
        for (size_t p = 0; p < PREFIXES; p++) {
            size_t skip = strlen(prefixes[p].text);
            if (skip >= length || memcmp(name, prefixes[p].text, skip) != 0)
                continue;
            const struct unit_entry *entry =
                find_entry(name + skip, length - skip, symbol != 0);
            if (!entry || (symbol && !symbol_takes(entry, prefixes[p].text, length)))
                continue;
            if (skip > 0 && strncmp(entry->name, "kilogram", 8) == 0)
                continue;
            *out = (struct unit){prefixes[p].scale * entry->scale, entry_dim(entry),
                                 base_name(entry)};
            return true;
        }
    return false;
}

bool
unit_find(const char *name, size_t length, struct unit *out)
{
    if (find_plain(name, length, out))
        return true;
    /* cm2, um3, metre2: squares and cubes of lengths and of other units */
    if (length < 3 || (name[length - 1] != '2' && name[length - 1] != '3'))
        return false;
    int power = name[length - 1] - '0';
    if (!find_plain(name, length - 1, out))
        return false;
    out->scale = power == 2 ? out->scale * out->scale
                            : out->scale * out->scale * out->scale;
    return dim_power(out->dim, power, &out->dim);
}

bool
unit_nearest(const char *name, char *buffer, size_t size)
{
    static const char *const common[] = {
        "ms",     "us",     "second", "msecond", "mV",       "uV",       "volt",
        "mvolt",  "nA",     "pA",     "uA",      "mA",       "amp",      "namp",
        "ampere", "nS",     "uS",     "mS",      "siemens",  "nsiemens", "msiemens",
        "pF",     "uF",     "nF",     "farad",   "ufarad",   "Hz",       "kHz",
        "MHz",    "hertz",  "khertz", "ohm",     "Mohm",     "kohm",     "metre",
        "meter",  "cm",     "mm",     "um",      "nm",       "cm2",      "um2",
        "Pa",     "pascal", "mM",     "uM",      "molar",    "mole",     "coulomb",
        "joule",  "newton", "watt",   "kelvin",  "kilogram", "gram",     "litre",
    };
    const char *nearest =
        bh_text_nearest(name, common, sizeof common / sizeof common[0]);
    if (nearest)
        snprintf(buffer, size, "%s", nearest);
    return nearest != NULL;
}
