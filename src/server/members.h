/* Members of the objects that GET answers. */
#ifndef TW_SERVER_MEMBERS_H
#define TW_SERVER_MEMBERS_H

#include "base/text.h"

#include <stdint.h>

struct tw_server;

/** "key": a time in the city's zone, whole seconds; TW_STORE_NEVER becomes null. */
void tw_member_time(const struct tw_server *server, struct tw_strbuf *out, const char *key,
                    int64_t time_ms);

/** The word of a class, 1 blue .. 4 red; NULL: none. */
const char *tw_class_name(int32_t rank);

#endif
