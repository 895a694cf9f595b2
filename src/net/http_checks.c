/* What a request must satisfy before a handler sees it; nothing of libmicrohttpd. */
#include "net/http.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

static size_t segment_length(const char *s) { return strcspn(s, "/"); }

bool tw_http_path_matches(const char *pattern, const char *path,
                          const char *out_params[TW_HTTP_PARAMS], size_t out_sizes[TW_HTTP_PARAMS])
{
    int count = 0;
    for (;;) {
        size_t want = segment_length(pattern);
        size_t have = segment_length(path);
        bool any = want == 2 && pattern[0] == '{' && pattern[1] == '}';
        if (any && (have == 0 || count == TW_HTTP_PARAMS)) return false;
        if (!any && (want != have || memcmp(pattern, path, want) != 0)) return false;
        if (any) {
            out_params[count] = path;
            out_sizes[count++] = have;
        }
        pattern += want;
        path += have;
        if (*pattern == 0 || *path == 0) return *pattern == *path;
        pattern++;
        path++;
    }
}

/* The name or address of `name:port` or `[address]:port`; false when it is neither. */
static bool host_of(const char *authority, char *out, size_t size)
{
    const char *begin = authority;
    size_t length = 0;
    const char *rest = NULL;
    if (*begin == '[') {
        begin++;
        length = strcspn(begin, "]");
        if (begin[length] != ']') return false;
        rest = begin + length + 1;
    } else {
        length = strcspn(begin, ":");
        rest = begin + length;
    }
    if (length == 0 || length >= size) return false;
    if (*rest == ':') rest += 1 + strspn(rest + 1, "0123456789");
    if (*rest != 0) return false;
    memcpy(out, begin, length);
    out[length] = 0;
    return true;
}

bool tw_http_host_allowed(const char *host, const char *const *hosts, size_t host_count)
{
    if (host == NULL) return true; /* HTTP/1.0 tools; a browser always sends it */
    char name[256];
    if (!host_of(host, name, sizeof name)) return false;
    unsigned char address[16];
    if (inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1) {
        return true;
    }
    if (strcasecmp(name, "localhost") == 0) return true;
    for (size_t i = 0; i < host_count; i++) {
        if (strcasecmp(name, hosts[i]) == 0) return true;
    }
    return false;
}

bool tw_http_origin_allowed(const char *origin, const char *host)
{
    if (origin == NULL) return true;
    if (host == NULL) return false;
    const char *authority = strstr(origin, "://");
    return authority != NULL && strcasecmp(authority + 3, host) == 0;
}
