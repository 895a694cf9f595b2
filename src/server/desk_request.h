/* Shared by the files of the desk's routes: requests made into jobs, bodies read. */
#ifndef TW_SERVER_DESK_REQUEST_H
#define TW_SERVER_DESK_REQUEST_H

#include "server/desk.h"

#include <jansson.h>

/** Copy a request into a job, put it aside and give it to the desk. */
tw_http_outcome tw_desk_request(struct tw_server *server, const struct tw_http_request *request,
                                struct tw_http_reply *reply, tw_desk_run *run);

/** The same, for a crew's own phone or a dispatcher who speaks for it; others are refused. */
tw_http_outcome tw_desk_crew_request(struct tw_server *server,
                                     const struct tw_http_request *request,
                                     struct tw_http_reply *reply, tw_desk_run *run);

/** The object of a job's body, to be freed; NULL with the refusal in its reply. */
json_t *tw_desk_body(struct tw_desk_job *job);

/** A text of an object, "" when there is none; false when it is something else or too long. */
bool tw_desk_text(const json_t *json, const char *key, const char **out_text);

/** `{"sandbags": 40}` as the journal writes it; false when it is something else. */
bool tw_desk_items(const json_t *json, const char *key, char *out, size_t size);

/** Refuse what a body says. */
void tw_desk_refuse(struct tw_desk_job *job, unsigned status, const char *error,
                    const char *remedy);

#endif
