#include "net/place.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 511

tw_status tw_place_parse(const char *text, struct tw_place *out_place)
{
    struct tw_place place;
    const char *port = strrchr(text, ':');
    size_t length = port == NULL ? 0 : (size_t)(port - text);
    const char *address = text;
    if (length >= 2 && address[0] == '[' && address[length - 1] == ']') {
        address++;
        length -= 2;
    }
    if (length >= sizeof place.address) return TW_ERR_FORMAT;
    (void)snprintf(place.address, sizeof place.address, "%.*s", (int)length,
                   length > 0 ? address : "");
    if (length == 0 || strcmp(place.address, "localhost") == 0) {
        (void)snprintf(place.address, sizeof place.address, "127.0.0.1");
    }
    int32_t number = 0;
    TW_TRY(tw_text_int(port == NULL ? text : port + 1, &number));
    if (number < 0 || number > 65535) return TW_ERR_FORMAT;
    place.port = (uint16_t)number;
    *out_place = place;
    return TW_OK;
}

bool tw_place_is_loopback(const char *address)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, address, &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
    return inet_pton(AF_INET6, address, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static tw_status address_parse(const char *text, uint16_t port, struct sockaddr_storage *out,
                               socklen_t *out_size)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        memcpy(out, &v4, sizeof v4);
        *out_size = sizeof v4;
        return TW_OK;
    }
    if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
        memcpy(out, &v6, sizeof v6);
        *out_size = sizeof v6;
        return TW_OK;
    }
    return TW_ERR_ARG;
}

static uint16_t bound_port(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    memset(&address, 0, sizeof address);
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) return 0;
    if (address.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

tw_status tw_place_listen(const char *address, uint16_t port, int *out_fd, uint16_t *out_port)
{
    struct sockaddr_storage bytes;
    socklen_t size = 0;
    TW_TRY(address_parse(address, port, &bytes, &size));
    int fd = socket(bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return TW_ERR_NET;
    int on = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bytes.ss_family == AF_INET6) {
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    if (bind(fd, (const struct sockaddr *)&bytes, size) != 0 || listen(fd, BACKLOG) != 0) {
        int why = errno;
        (void)close(fd);
        errno = why;
        return TW_ERR_NET;
    }
    *out_fd = fd;
    *out_port = bound_port(fd);
    return TW_OK;
}
