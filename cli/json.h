/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_CLI_JSON_H
#define BH_CLI_JSON_H

/* JSON (RFC 8259) on one line. Keys are NULL inside of lists. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
    FILE *out;
    char closers[16]; /* of what is open, the innermost last */
    int depth;
    bool more; /* something is in the innermost already */
};

/* Begins an object. */
void json_begin(struct json *json, FILE *out);
/* NULL is null; what is not UTF-8 becomes U+FFFD. */
void json_text(struct json *json, const char *key, const char *text);
/* With the digits that bring back every bit; null where it is not finite. */
void json_number(struct json *json, const char *key, double number);
void json_whole(struct json *json, const char *key, int64_t number);
void json_flag(struct json *json, const char *key, bool flag);
/* Open a list or an object in what is open now, until json_close. */
void json_list(struct json *json, const char *key);
void json_object(struct json *json, const char *key);
void json_close(struct json *json);
/* Closes all that is open, and the line. */
void json_end(struct json *json);

#endif
