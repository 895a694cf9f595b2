/* The server: a city, live or with a storm played again, and its page. */
#ifndef TW_SERVER_SERVER_H
#define TW_SERVER_SERVER_H

#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How to serve; start from TW_SERVER_OPTIONS_DEFAULT. Strings are borrowed until destroy. */
typedef struct {
    const char *folder; /* of the city */
    const char *storm;  /* to replay; NULL: live */
    double speed;       /* of the replay, 1..3600 */
    const char
        *listen;       /* ADDRESS:PORT; NULL: city.ini's, or 127.0.0.1:8080 and the next 20 ports */
    const char *rain;  /* "honest" or "perfect"; NULL: city.ini's */
    const char *store; /* folder; NULL: city.ini's */
    const char *program; /* this program, to be started as the model's process */
    bool paused;         /* the replay begins paused */
    bool resume;         /* go on with the last replay of the storm where it ended */
    const char *drill; /* crews play: "person" a person dispatches, "auto" that plays, too; NULL */
    uint64_t drill_seed; /* of what happens to them */
} tw_server_options;

#define TW_SERVER_OPTIONS_DEFAULT                                                                  \
    ((tw_server_options){.speed = 1.0, .program = "/proc/self/exe", .drill_seed = 1})

/** A running server. */
struct tw_server;

/**
 * Read the city, open the store, listen and start the model.
 *
 * faults      everything that is wrong with the city, the storm or the tokens
 * why         [why_size] on failure: in words what else is wrong and what to do, or ""
 * out_server  owned by the caller
 * errors      TW_ERR_INPUT, TW_ERR_FILE, TW_ERR_NAME (see faults); TW_ERR_ARG an option makes no
 *             sense; TW_ERR_NET no socket; TW_ERR_STATE the store; TW_ERR_NOMEM
 */
tw_status tw_server_create(const tw_server_options *options, tw_faults *faults, char *why,
                           size_t why_size, struct tw_server **out_server);

/** Stop everything and free; NULL is fine. */
void tw_server_destroy(struct tw_server *server);

/** Where the page is, e.g. http://127.0.0.1:8080/. Borrowed. */
const char *tw_server_url(const struct tw_server *server);

/** Where devices are listened to, a line each: "mqtt 127.0.0.1:1883". Borrowed. */
const char *tw_server_places(const struct tw_server *server);

/** True when the storm has been played to its end and the model has followed. */
bool tw_server_finished(struct tw_server *server);

#endif
