#include "net/http_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define WAIT_S 30
#define HEAD_MAX 16384
#define BODY_MAX ((size_t)64 << 20)

struct tw_http_client {
    struct sockaddr_storage address;
    socklen_t address_size;
    char host[80];
    char token[160];
    int fd; /* -1: not connected */
};

tw_status tw_http_client_create(const char *address, uint16_t port, const char *token,
                                struct tw_http_client **out_client)
{
    struct tw_http_client *client = calloc(1, sizeof *client);
    if (client == NULL) return TW_ERR_NOMEM;
    client->fd = -1;
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, address, &v4.sin_addr) == 1) {
        memcpy(&client->address, &v4, sizeof v4);
        client->address_size = sizeof v4;
        (void)snprintf(client->host, sizeof client->host, "%s:%u", address, port);
    } else if (inet_pton(AF_INET6, address, &v6.sin6_addr) == 1) {
        memcpy(&client->address, &v6, sizeof v6);
        client->address_size = sizeof v6;
        (void)snprintf(client->host, sizeof client->host, "[%s]:%u", address, port);
    } else {
        free(client);
        return TW_ERR_ARG;
    }
    if (token != NULL) {
        (void)snprintf(client->token, sizeof client->token, "Authorization: Bearer %s\r\n", token);
    }
    *out_client = client;
    return TW_OK;
}

static void disconnect(struct tw_http_client *client)
{
    if (client->fd >= 0) (void)close(client->fd);
    client->fd = -1;
}

void tw_http_client_destroy(struct tw_http_client *client)
{
    if (client == NULL) return;
    disconnect(client);
    free(client);
}

static tw_status connect_now(struct tw_http_client *client)
{
    int fd = socket(client->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return TW_ERR_NET;
    struct timeval wait = {.tv_sec = WAIT_S};
    int on = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (const struct sockaddr *)&client->address, client->address_size) != 0) {
        (void)close(fd);
        return TW_ERR_NET;
    }
    client->fd = fd;
    return TW_OK;
}

static tw_status send_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return TW_ERR_NET;
        bytes += sent;
        size -= (size_t)sent;
    }
    return TW_OK;
}

static tw_status send_request(struct tw_http_client *client, const char *method, const char *path,
                              const char *body)
{
    struct tw_strbuf text = {0};
    (void)tw_strbuf_printf(&text, "%s %s HTTP/1.1\r\nHost: %s\r\n%s", method, path, client->host,
                           client->token);
    if (body != NULL) {
        (void)tw_strbuf_printf(
            &text, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", strlen(body));
        (void)tw_strbuf_add_text(&text, body);
    } else {
        (void)tw_strbuf_add_text(&text, "\r\n");
    }
    tw_status status = text.status;
    if (status == TW_OK) status = send_all(client->fd, text.text, text.length);
    tw_strbuf_done(&text);
    return status;
}

/* Receive some more; TW_ERR_NET at the end of the connection. */
static tw_status receive_more(struct tw_http_client *client, struct tw_strbuf *in)
{
    char bytes[16384];
    ssize_t got = 0;
    do {
        got = recv(client->fd, bytes, sizeof bytes, 0);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) return TW_ERR_NET;
    return tw_strbuf_add(in, bytes, (size_t)got);
}

/* The value of a header in an answer's head, or NULL; the head's lines end in CR LF. */
static const char *header_find(const char *head, const char *end, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = head; line < end;) {
        const char *stop = strstr(line, "\r\n");
        if (stop == NULL || stop >= end) stop = end;
        if ((size_t)(stop - line) > length && strncasecmp(line, name, length) == 0 &&
            line[length] == ':') {
            return line + length + 1 + strspn(line + length + 1, " \t");
        }
        line = stop + 2;
    }
    return NULL;
}

static tw_status receive_answer(struct tw_http_client *client, int *out_status,
                                struct tw_strbuf *out_body)
{
    struct tw_strbuf in = {.limit = BODY_MAX + HEAD_MAX};
    tw_status status = TW_OK;
    const char *head_end = NULL;
    while (status == TW_OK && head_end == NULL) {
        status = in.length > HEAD_MAX ? TW_ERR_FORMAT : receive_more(client, &in);
        head_end = strstr(tw_strbuf_get(&in), "\r\n\r\n");
    }
    size_t size = 0;
    size_t begin = 0;
    if (status == TW_OK) {
        const char *length = header_find(in.text, head_end, "Content-Length");
        const char *code = strchr(in.text, ' ');
        if (strncmp(in.text, "HTTP/1.", 7) != 0 || code == NULL || length == NULL) {
            status = TW_ERR_FORMAT;
        } else {
            size = (size_t)strtoull(length, NULL, 10);
            *out_status = (int)strtol(code, NULL, 10);
            begin = (size_t)(head_end - in.text) + 4;
            if (size > BODY_MAX) status = TW_ERR_FORMAT;
        }
    }
    while (status == TW_OK && in.length < begin + size)
        status = receive_more(client, &in);
    if (status == TW_OK) {
        tw_strbuf_clear(out_body);
        status = tw_strbuf_add(out_body, in.text + begin, size);
    }
    tw_strbuf_done(&in);
    return status;
}

tw_status tw_http_client_send(struct tw_http_client *client, const char *method, const char *path,
                              const char *body, int *out_status, struct tw_strbuf *out_body)
{
    /* A kept connection may have been closed by the server meanwhile: once more on a new one. A
     * sample sent twice replaces itself, so nothing is doubled. */
    bool kept = client->fd >= 0;
    tw_status status = TW_OK;
    for (int attempt = 0; attempt < (kept ? 2 : 1); attempt++) {
        status = client->fd >= 0 ? TW_OK : connect_now(client);
        if (status == TW_OK) status = send_request(client, method, path, body);
        if (status == TW_OK) status = receive_answer(client, out_status, out_body);
        if (status == TW_OK) return TW_OK;
        disconnect(client);
    }
    return status;
}
