/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */

#include "io/view_internal.h"
#include "tests/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { NEURONS = 32, COLUMN_BYTES = 4 * (VIEW_HEAD_WORDS + NEURONS / 4) };

static bh_view *view;
static char address[128], path[64];
static int port;
static double shown_s;

static void
open_view(void)
{
    bh_view_config config = bh_view_config_default();
    bh_diag diag;
    config.title = "a \"view\" <of> nothing\n";
    config.neurons = NEURONS;
    config.columns = 100;
    CHECK_OK(bh_view_new(&config, &view, &diag), diag);
    CHECK_OK(bh_view_serve(view, 0, address, sizeof address, &diag), diag);
    CU_ASSERT_FATAL(sscanf(address, "http://127.0.0.1:%d%63s", &port, path) == 2);
    CHECK(bh_view_serve(view, 0, address, sizeof address, &diag) == BH_ERR_ARGUMENT);
    shown_s = 0;
}

/* Shows so many columns more, with one spike each. */
static void
show(int columns)
{
    for (int c = 0; c < columns; c++) {
        const double time_s = shown_s + 0.005;
        const uint32_t index = 7;
        bh_view_spikes(view, (bh_events){&time_s, &index, 1}, NULL);
        shown_s += 0.01;
        bh_view_advance(view, shown_s, NULL);
    }
}

static int
dial(void)
{
    struct sockaddr_in there = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval patience = {5, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&there, sizeof there) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Sends a text and reads up to `size` bytes of the answer, fewer where it ends. */
static size_t
ask_text(const char *text, char *answer, size_t size)
{
    int fd = dial();
    size_t got = 0;
    answer[0] = 0;
    if (fd < 0)
        return 0;
    for (size_t sent = 0, length = strlen(text); sent < length;) {
        ssize_t part = send(fd, text + sent, length - sent, MSG_NOSIGNAL);
        if (part <= 0)
            break; /* it has heard enough */
        sent += (size_t)part;
    }
    while (got < size - 1) {
        ssize_t part = recv(fd, answer + got, size - 1 - got, 0);
        if (part <= 0)
            break;
        got += (size_t)part;
    }
    answer[got] = 0;
    close(fd);
    return got;
}

/* The status of the answer to a request, 0 where there is none. */
static int
ask(const char *method, const char *what, const char *host, char *answer, size_t size)
{
    char text[512];
    int status = 0;
    snprintf(text, sizeof text, "%s %s HTTP/1.1\r\n%s%s%sConnection: close\r\n\r\n",
             method, what, host ? "Host: " : "", host ? host : "", host ? "\r\n" : "");
    ask_text(text, answer, size);
    sscanf(answer, "HTTP/1.1 %d", &status);
    return status;
}

static void
who_knows_the_address_sees_the_page(void)
{
    static char answer[1 << 17];
    char what[128];
    open_view();
    CHECK(ask("GET", path, "127.0.0.1", answer, sizeof answer) == 200);
    CHECK_HAS(answer, "Content-Security-Policy: default-src 'none'");
    CHECK_HAS(answer, "</html>");
    CHECK(strstr(answer, "http://") == NULL && strstr(answer, "https://") == NULL);
    snprintf(what, sizeof what, "%saxes", path);
    CHECK(ask("GET", what, "localhost:9999", answer, sizeof answer) == 200);
    CHECK_HAS(answer, "\"title\":\"a \\\"view\\\" <of> nothing\\u000a\"");
    CHECK_HAS(answer, "\"raster\":{\"places\":32,\"rows\":32}");
    bh_view_status(view, "in good health");
    snprintf(what, sizeof what, "%sstatus", path);
    CHECK(ask("GET", what, "[::1]:80", answer, sizeof answer) == 200);
    CHECK_HAS(answer, "in good health");
    bh_view_free(view);
}

static void
strangers_are_turned_away(void)
{
    static const char *const hosts[] = {"evil.example",
                                        "127.0.0.1.evil.example",
                                        "localhost.evil",
                                        "localhost:80:80",
                                        "localhost:",
                                        "",
                                        "127.0.0.1:port",
                                        "127.0.0.2",
                                        "localhostx",
                                        "localhost@evil:80123",
                                        NULL};
    char answer[4096], what[256];
    open_view();
    for (size_t i = 0; hosts[i]; i++) {
        bool local = strcmp(hosts[i], "localhost:") == 0; /* an empty port is none */
        CHECK((ask("GET", path, hosts[i], answer, sizeof answer) == 200) == local);
        CHECK(local || strstr(answer, "</html>") == NULL);
    }
    CHECK(ask("GET", path, NULL, answer, sizeof answer) != 200);
    strcpy(what, path);
    what[1] = what[1] == '0' ? '1' : '0';
    CHECK(ask("GET", what, "127.0.0.1", answer, sizeof answer) == 403);
    what[33] = 0;
    CHECK(ask("GET", what, "127.0.0.1", answer, sizeof answer) == 403);
    CHECK(ask("GET", "/", "127.0.0.1", answer, sizeof answer) == 403);
    CHECK(ask("GET", "/../../etc/passwd", "127.0.0.1", answer, sizeof answer) == 403);
    snprintf(what, sizeof what, "%s../../etc/passwd", path);
    CHECK(ask("GET", what, "127.0.0.1", answer, sizeof answer) == 404);
    CHECK(ask("POST", path, "127.0.0.1", answer, sizeof answer) == 405);
    CHECK(ask("DELETE", path, "127.0.0.1", answer, sizeof answer) == 405);
    bh_view_free(view);
}

/* Takes the chunked coding off; false where it is not right. */
static size_t
unchunk(char *text, size_t length)
{
    size_t out = 0, in = 0;
    while (in < length) {
        char *end;
        unsigned long size = strtoul(text + in, &end, 16);
        if (end == text + in || (size_t)(end - text) + 2 > length)
            break;
        in = (size_t)(end - text) + 2;
        if (size == 0)
            break;
        size = in + size > length ? length - in : size;
        memmove(text + out, text + in, size);
        out += size;
        in += size + 2;
    }
    return out;
}

static void
columns_come_whole_and_in_turn(void)
{
    enum { COLUMNS = 60 };
    static char answer[1 << 16];
    char request[256], *body;
    size_t got = 0;
    open_view();
    show(COLUMNS / 2);
    int fd = dial();
    CU_ASSERT_FATAL(fd >= 0);
    snprintf(request, sizeof request,
             "GET %scolumns HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    CHECK(send(fd, request, strlen(request), 0) > 0);
    for (int i = 0; i < 500 && bh_view_watchers(view) == 0; i++)
        usleep(10000);
    CHECK(bh_view_watchers(view) == 1);
    show(COLUMNS - COLUMNS / 2);
    size_t want = COLUMNS * COLUMN_BYTES;
    while (got < sizeof answer - 1) {
        ssize_t part = recv(fd, answer + got, sizeof answer - 1 - got, 0);
        if (part <= 0)
            break;
        got += (size_t)part;
        body = memmem(answer, got, "\r\n\r\n", 4);
        if (body && got - (size_t)(body - answer) > want + 300)
            break;
        if (body && got >= want) /* the last one is there: end the run */
            atomic_store(&view->closing, true);
    }
    close(fd);
    body = memmem(answer, got, "\r\n\r\n", 4);
    CU_ASSERT_FATAL(body != NULL);
    size_t length = unchunk(body + 4, got - (size_t)(body + 4 - answer));
    CHECK(length == want);
    for (size_t c = 0; c < length / COLUMN_BYTES; c++) {
        struct view_head head;
        const char *column = body + 4 + c * COLUMN_BYTES;
        memcpy(&head, column, sizeof head);
        CHECK(head.number == c);
        CHECK(column[4 * VIEW_HEAD_WORDS + 7] == 80 && /* 8 * sqrt(100) */
              column[4 * VIEW_HEAD_WORDS + 8] == 0);
    }
    bh_view_free(view);
}

/* Long lines, half requests, noise, floods of connections and readers that do not read:
 * showing goes on, and good requests are answered. */
static void
abuse_changes_nothing(void)
{
    enum { FLOOD = 300, LONG = 1 << 20 };
    static char text[LONG + 1], answer[1 << 17];
    static int fds[FLOOD];
    open_view();
    memset(text, 'A', LONG);
    memcpy(text, "GET /", 5);
    ask_text(text, answer, sizeof answer);
    CHECK(strstr(answer, "200 OK") == NULL);
    snprintf(text, 200, "GET %s HTTP/1.1\r\nHost: localhost\r\nX: ", path);
    memset(text + strlen(text), 'B', 1000);
    ask_text(text, answer, sizeof answer);
    CHECK(strstr(answer, "200 OK") == NULL);
    for (int i = 0; i < 256; i++) {
        char noise[64];
        for (size_t k = 0; k < sizeof noise - 1; k++)
            noise[k] = (char)(1 + (i * 37 + (int)k * 101) % 255);
        noise[sizeof noise - 1] = 0;
        int fd = dial();
        CHECK(fd < 0 || send(fd, noise, sizeof noise, MSG_NOSIGNAL) >= -1);
        if (fd >= 0)
            close(fd);
    }
    char request[256];
    snprintf(request, sizeof request,
             "GET %scolumns HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    for (int i = 0; i < FLOOD; i++) { /* none of them ever reads */
        fds[i] = dial();
        if (fds[i] >= 0)
            send(fds[i], request, strlen(request), MSG_NOSIGNAL);
    }
    show(20000);
    CHECK(bh_view_watchers(view) <= 64);
    for (int i = 0; i < FLOOD; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    show(1000);
    int status = 0;
    for (int i = 0; i < 100 && status != 200; i++) {
        status = ask("GET", path, "localhost", answer, sizeof answer);
        if (status != 200)
            usleep(100000);
    }
    CHECK(status == 200);
    CHECK_HAS(answer, "</html>");
    bh_view_free(view);
}

static void
a_port_that_is_taken_is_named(void)
{
    bh_view_config config = bh_view_config_default();
    bh_view *other;
    bh_diag diag;
    char text[128];
    open_view();
    CHECK_OK(bh_view_new(&config, &other, &diag), diag);
    CHECK(bh_view_serve(other, port, text, sizeof text, &diag) == BH_ERR_UNSUPPORTED);
    CHECK_HAS(diag.text, "cannot listen on port");
    CHECK(bh_view_serve(other, 70000, text, sizeof text, &diag) == BH_ERR_ARGUMENT);
    CHECK_HAS(diag.text, "65535");
    bh_view_free(other);
    bh_view_free(view);
}

TEST_MAIN("view web",
          {"who knows the address sees the page", who_knows_the_address_sees_the_page},
          {"strangers are turned away", strangers_are_turned_away},
          {"columns come whole and in turn", columns_come_whole_and_in_turn},
          {"abuse changes nothing", abuse_changes_nothing},
          {"a port that is taken is named", a_port_that_is_taken_is_named})
