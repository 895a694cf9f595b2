/* What comes from strangers in a request's head: times, hosts, origins, paths. */
#include "base/require.h"
#include "fuzz.h"
#include "net/http.h"
#include "net/iso_time.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const hosts[] = {"thalweg.example"};
    char *text = malloc(size + 1);
    if (text == NULL) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    int64_t time_ms = 0, again_ms = 0;
    int32_t zone_s = 0;
    if (tw_iso_time_parse(text, 3600, &time_ms) == TW_OK) {
        char written[TW_ISO_TIME_SIZE];
        tw_iso_time_format(time_ms, 3600, written);
        TW_REQUIRE(tw_iso_time_parse(written, 0, &again_ms) == TW_OK && again_ms == time_ms);
    }
    (void)tw_zone_parse(text, &zone_s);
    (void)tw_http_host_allowed(text, hosts, 1);
    (void)tw_http_origin_allowed(text, "127.0.0.1:8080");
    const char *params[TW_HTTP_PARAMS] = {NULL};
    size_t sizes[TW_HTTP_PARAMS] = {0};
    if (tw_http_path_matches("/api/v1/points/{}/series", text, params, sizes))
        TW_REQUIRE(params[0] >= text && params[0] + sizes[0] <= text + strlen(text));
    free(text);
    return 0;
}
