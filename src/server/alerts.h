/* From warnings to the outside: bulletins and notices of a server. */
#ifndef TW_SERVER_ALERTS_H
#define TW_SERVER_ALERTS_H

#include "thalweg/status.h"
#include "warning/bulletins.h"
#include "warning/words.h"

struct tw_server;

/** Bulletins, notices and where points are. */
struct tw_alerts;

/** Make them, once the city, the store and the session are there. errors: TW_ERR_NOMEM, TW_ERR_FILE */
tw_status tw_alerts_create(struct tw_server *server, struct tw_alerts **out_alerts);

/** Send nothing more; what waits is sent by the next process. NULL is fine. */
void tw_alerts_quiesce(struct tw_alerts *alerts);

/** Free; NULL is fine. */
void tw_alerts_destroy(struct tw_alerts *alerts);

/** Say what is to be said now. With the live mutex held. */
void tw_alerts_step(struct tw_alerts *alerts, struct tw_warnings *warnings, int64_t now_ms);

/** A point's place; one that the city no longer has is named by its id. Borrowed. */
const struct tw_warning_place *tw_alerts_place(struct tw_alerts *alerts, const char *point);

/** The headline of a bulletin, Chinese and English. */
void tw_alerts_headline(const struct tw_store_bulletin *bulletin, struct tw_strbuf *out);

#endif
