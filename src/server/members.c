#include "server/members.h"

#include "net/json.h"
#include "server/service.h"

void tw_member_time(const struct tw_server *server, struct tw_strbuf *out, const char *key,
                    int64_t time_ms)
{
    /* Whole seconds: what is finer tells nobody anything. */
    int64_t whole_ms =
        time_ms == TW_STORE_NEVER ? time_ms : time_ms - (time_ms % 1000 + 1000) % 1000;
    tw_json_key(out, key);
    tw_json_time(out, whole_ms, server->city->zone_s);
}

const char *tw_class_name(int32_t rank)
{
    static const char *const words[] = {NULL, "blue", "yellow", "orange", "red"};
    return rank >= 0 && rank <= TW_WARNING_CLASSES ? words[rank] : NULL;
}
