/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How many bytes the UTF-8 character at `text` has; 0 where there is none: a wrong
 * byte, an overlong form, a surrogate, or beyond U+10FFFF (RFC 3629). */
static size_t
character(const unsigned char *text)
{
    const unsigned first = text[0];
    const size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (size == 1)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    const unsigned second = text[1];
    const bool odd = (first == 0xe0 && second < 0xa0) ||
                     (first == 0xed && second > 0x9f) ||
                     (first == 0xf0 && second < 0x90) ||
                     (first == 0xf4 && second > 0x8f);
    return odd ? 0 : size;
}

static void
put_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        const size_t size = character(at);
        if (*at == '"' || *at == '\\')
            fprintf(out, "\\%c", *at);
        else if (*at < 0x20 || *at == 0x7f)
            fprintf(out, "\\u%04x", *at);
        else if (size == 0)
            fputs("\\ufffd", out);
        else
            fwrite(at, 1, size, out);
        at += size ? size : 1;
    }
    fputc('"', out);
}

static void
put_key(struct json *json, const char *key)
{
    if (json->more)
        fputs(", ", json->out);
    json->more = true;
    if (!key)
        return;
    put_text(json->out, key);
    fputs(": ", json->out);
}

static void
open_with(struct json *json, char opener, char closer)
{
    fputc(opener, json->out);
    json->closers[json->depth++] = closer;
    json->more = false;
}

void
json_begin(struct json *json, FILE *out)
{
    *json = (struct json){.out = out};
    open_with(json, '{', '}');
}

void
json_text(struct json *json, const char *key, const char *text)
{
    put_key(json, key);
    if (text)
        put_text(json->out, text);
    else
        fputs("null", json->out);
}

void
json_number(struct json *json, const char *key, double number)
{
    char text[32] = "null";
    put_key(json, key);
    for (int digits = 15; isfinite(number) && digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    fputs(text, json->out);
}

void
json_whole(struct json *json, const char *key, int64_t number)
{
    put_key(json, key);
    fprintf(json->out, "%" PRId64, number);
}

void
json_flag(struct json *json, const char *key, bool flag)
{
    put_key(json, key);
    fputs(flag ? "true" : "false", json->out);
}

void
json_list(struct json *json, const char *key)
{
    put_key(json, key);
    open_with(json, '[', ']');
}

void
json_object(struct json *json, const char *key)
{
    put_key(json, key);
    open_with(json, '{', '}');
}

void
json_close(struct json *json)
{
    fputc(json->closers[--json->depth], json->out);
    json->more = true;
}

void
json_end(struct json *json)
{
    while (json->depth > 0)
        json_close(json);
    fputc('\n', json->out);
}
