/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* getrandom */

#include "io/view_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* The text of io/view_page.html, made by the build. */
extern const char bh_view_page[];

enum {
    TOKEN = 32,       /* hexadecimal digits */
    CONNECTIONS = 64, /* more are turned away */
    QUIET_S = 10,     /* a connection on which nothing moves is closed */
    POLL_NS = 8000000,
    PARTING = 60, /* polls that a viewer has to take its leave */
};

struct view_server {
    bh_view *view;
    struct MHD_Daemon *daemon;
    char token[TOKEN + 1];
    char *axes; /* what the page needs to know once, JSON */
};

/* One browser that reads columns. */
struct watcher {
    bh_view *view;
    uint64_t next;
    size_t sent; /* bytes of the column in `words` that are out already */
    bool holds;  /* a column is in `words` */
    uint32_t words[];
};

/* A name that can only be this machine, so that no page of another site can look here
 * by a name of its own. The port may be another: ssh -L. */
static bool
host_is_local(const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; host && i < sizeof names / sizeof names[0]; i++) {
        size_t length = strlen(names[i]);
        if (strncmp(host, names[i], length) != 0)
            continue;
        const char *rest = host + length;
        if (*rest == '\0')
            return true;
        if (*rest == ':' && strlen(rest) <= 6 &&
            strspn(rest + 1, "0123456789") == strlen(rest + 1))
            return true;
    }
    return false;
}

/* Compares in a time that does not tell how much of it was right. */
static const char *
behind_token(const struct view_server *server, const char *url)
{
    unsigned differ = 0;
    if (url[0] != '/' || strlen(url) < TOKEN + 2 || url[TOKEN + 1] != '/')
        return NULL;
    for (size_t i = 0; i < TOKEN; i++)
        differ |= (unsigned)(url[1 + i] ^ server->token[i]);
    return differ == 0 ? url + TOKEN + 2 : NULL;
}

static enum MHD_Result
answer(struct MHD_Connection *connection, unsigned code, const char *type,
       struct MHD_Response *response)
{
    static const char *const headers[][2] = {
        {"Cache-Control", "no-store"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
         "connect-src 'self'; img-src data: blob:; frame-ancestors 'none'"},
    };
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", type);
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        MHD_add_response_header(response, headers[i][0], headers[i][1]);
    enum MHD_Result result = MHD_queue_response(connection, code, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result
answer_text(struct MHD_Connection *connection, unsigned code, const char *type,
            const char *text)
{
    return answer(connection, code, type,
                  MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text,
                                                  MHD_RESPMEM_MUST_COPY));
}

/* Finds the next column for a browser; one that fell behind goes on with the oldest. */
static bool
next_column(struct watcher *watcher)
{
    const bh_view *view = watcher->view;
    uint64_t published = atomic_load(&view->published);
    if (watcher->next + view->capacity <= published)
        watcher->next = published - view->capacity + view->capacity / 8;
    if (!view_column(view, watcher->next, watcher->words))
        return false;
    watcher->next++;
    watcher->sent = 0;
    return true;
}

/* Gives as much as there is; waits where there is nothing yet. On the connection's own
 * thread. */
static ssize_t
read_columns(void *context, uint64_t position, char *buffer, size_t room)
{
    struct watcher *watcher = context;
    const size_t size = watcher->view->words * sizeof(uint32_t);
    size_t filled = 0;
    (void)position;
    while (filled < room) {
        if (!watcher->holds && !(watcher->holds = next_column(watcher))) {
            if (filled > 0)
                break;
            if (atomic_load(&watcher->view->closing))
                return MHD_CONTENT_READER_END_OF_STREAM;
            nanosleep(&(struct timespec){0, POLL_NS}, NULL);
            continue;
        }
        size_t part = size - watcher->sent < room - filled ? size - watcher->sent
                                                           : room - filled;
        memcpy(buffer + filled, (const char *)watcher->words + watcher->sent, part);
        filled += part;
        watcher->sent += part;
        watcher->holds = watcher->sent < size;
    }
    return (ssize_t)filled;
}

static void
free_watcher(void *context)
{
    struct watcher *watcher = context;
    atomic_fetch_sub(&watcher->view->watchers, 1);
    free(watcher);
}

static enum MHD_Result
answer_columns(bh_view *view, struct MHD_Connection *connection)
{
    struct watcher *watcher =
        calloc(1, sizeof *watcher + view->words * sizeof *watcher->words);
    if (!watcher)
        return MHD_NO;
    uint64_t published = atomic_load(&view->published);
    uint64_t shown = view->capacity - view->capacity / 5;
    watcher->view = view;
    watcher->next = published > shown ? published - shown : 0;
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, 1 << 16, read_columns, watcher, free_watcher);
    if (!response) {
        free(watcher);
        return MHD_NO;
    }
    atomic_fetch_add(&view->watchers, 1);
    return answer(connection, MHD_HTTP_OK, "application/octet-stream", response);
}

static enum MHD_Result
on_request(void *context, struct MHD_Connection *connection, const char *url,
           const char *method, const char *version, const char *data, size_t *size,
           void **state)
{
    struct view_server *server = context;
    const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host");
    char status[VIEW_STATUS];
    (void)version;
    (void)data;
    (void)state;
    const char *what = behind_token(server, url);
    if (!host_is_local(host) || !what)
        return answer_text(connection, MHD_HTTP_FORBIDDEN, "text/plain",
                           "The address of this page is what the program printed.\n");
    if (strcmp(method, "GET") != 0 || *size > 0)
        return answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain",
                           "Only GET.\n");
    if (strcmp(what, "") == 0)
        return answer_text(connection, MHD_HTTP_OK, "text/html; charset=utf-8",
                           bh_view_page);
    if (strcmp(what, "axes") == 0)
        return answer_text(connection, MHD_HTTP_OK, "application/json", server->axes);
    if (strcmp(what, "columns") == 0)
        return answer_columns(server->view, connection);
    if (strcmp(what, "status") == 0) {
        view_status_copy(server->view, status);
        return answer_text(connection, MHD_HTTP_OK, "text/plain; charset=utf-8",
                           status);
    }
    return answer_text(connection, MHD_HTTP_NOT_FOUND, "text/plain",
                       "There is nothing of that name.\n");
}

static void
write_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++)
        if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else if ((unsigned char)*text < ' ')
            fprintf(out, "\\u%04x", (unsigned)*text);
        else
            fputc(*text, out);
    fputc('"', out);
}

static void
write_rows(FILE *out, const char *name, const struct view_rows *rows)
{
    fprintf(out, "\"%s\":{\"places\":%zu,\"rows\":%zu", name, rows->places,
            rows->count);
    for (size_t r = 0; rows->cf_hz && r < rows->count; r++)
        fprintf(out, "%s%.6g", r ? "," : ",\"cf\":[", rows->cf_hz[r]);
    fprintf(out, "%s}", rows->cf_hz && rows->count ? "]" : "");
}

static char *
describe(const bh_view *view)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fputs("{\"title\":", out);
    write_string(out, view->title);
    fprintf(out, ",\"column\":%.9g,\"columns\":%zu,\"words\":%zu,", view->column_s,
            view->capacity - view->capacity / 5, view->words);
    write_rows(out, "level", &view->level);
    fputc(',', out);
    write_rows(out, "raster", &view->raster);
    fputs(",\"traces\":[", out);
    for (size_t k = 0; k < view->trace_count; k++) {
        if (k)
            fputc(',', out);
        write_string(out, view->traces[k]);
    }
    fputs("]}", out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static bool
make_token(char *token)
{
    uint8_t random[TOKEN / 2];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return false;
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(token + 2 * i, 3, "%02x", random[i]);
    return true;
}

/* What clients send wrong is not for the user of this program. */
static void
say_nothing(void *context, const char *format, va_list args)
{
    (void)context;
    (void)format;
    (void)args;
}

static bh_status
listen_on(struct view_server *server, int port, bh_diag *diag)
{
    struct sockaddr_in here = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)port),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    errno = 0;
    server->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL,
        (uint16_t)port, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER,
        say_nothing, NULL, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&here,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)QUIET_S,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)1 << 15, MHD_OPTION_END);
    if (server->daemon)
        return BH_OK;
    return bh_diag_set(diag, BH_ERR_UNSUPPORTED,
                       "the view cannot listen on port %d of 127.0.0.1: %s", port,
                       errno ? strerror(errno) : "no server");
}

bh_status
bh_view_serve(bh_view *view, int port, char *address, size_t size, bh_diag *diag)
{
    if (view->server)
        return bh_diag_set(diag, BH_ERR_ARGUMENT, "the view is served already");
    if (port < 0 || port > 65535)
        return bh_diag_set(diag, BH_ERR_ARGUMENT,
                           "port %d; it must be 0 (any) to 65535", port);
    struct view_server *server = calloc(1, sizeof *server);
    if (!server)
        return bh_diag_set(diag, BH_ERR_MEMORY, "no memory to serve a view");
    server->view = view;
    server->axes = describe(view);
    bh_status status = BH_OK;
    if (!server->axes || !make_token(server->token))
        status = bh_diag_set(diag, BH_ERR_MEMORY, "no memory to serve a view");
    else
        status = listen_on(server, port, diag);
    if (status != BH_OK) {
        view_server_free(server);
        return status;
    }
    view->server = server;
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    snprintf(address, size, "http://127.0.0.1:%d/%s/", info ? info->port : port,
             server->token);
    return BH_OK;
}

void
view_server_free(struct view_server *server)
{
    if (!server)
        return;
    /* Who reads along gets the last columns and an orderly end. */
    for (int i = 0; i < PARTING && atomic_load(&server->view->watchers) > 0; i++)
        nanosleep(&(struct timespec){0, POLL_NS}, NULL);
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    free(server->axes);
    free(server);
}
