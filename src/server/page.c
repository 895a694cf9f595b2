/* The page: files that were built into the program. */
#include "embed/page.h"

#include "server/service.h"

#include <string.h>

static const struct tw_page_file *find(const char *path)
{
    for (size_t i = 0; i < tw_page_file_count; i++) {
        if (strcmp(tw_page_files[i].path, path) == 0) return &tw_page_files[i];
    }
    return NULL;
}

tw_http_outcome tw_get_page(void *user, const struct tw_http_request *request,
                            struct tw_http_reply *reply)
{
    (void)user;
    const struct tw_page_file *file =
        find(strcmp(request->path, "/") == 0 ? "/index.html" : request->path);
    if (file == NULL) {
        tw_http_refuse(reply, 404, "there is nothing at this path",
                       "the page is at /, GET /api/v1/routes lists the rest");
        return TW_HTTP_DONE;
    }
    reply->mime = file->mime;
    /* What lies under /assets/ has its hash in its name. */
    bool fixed = strncmp(file->path, "/assets/", 8) == 0;
    reply->cache = fixed ? "public, max-age=31536000, immutable" : "no-cache";
    if (file->gzip && !request->accepts_gzip) {
        if (tw_gunzip(file->bytes, file->size, &reply->body) != TW_OK) {
            tw_http_refuse(reply, 503, "out of memory", NULL);
        }
        return TW_HTTP_DONE;
    }
    reply->bytes = file->bytes;
    reply->size = file->size;
    reply->gzip = file->gzip;
    return TW_HTTP_DONE;
}
