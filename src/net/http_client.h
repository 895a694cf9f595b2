/* A plain HTTP/1.1 client for this program's own server: one connection, kept alive. */
#ifndef TW_NET_HTTP_CLIENT_H
#define TW_NET_HTTP_CLIENT_H

#include "base/text.h"
#include "thalweg/status.h"

#include <stdint.h>

/** A client; connects when it is first used and again when the connection was lost. */
struct tw_http_client;

/**
 * Make a client.
 *
 * address, port  an IP address
 * token          sent as Authorization: Bearer; NULL: none; copied
 * errors         TW_ERR_NOMEM, TW_ERR_ARG no IP address
 */
tw_status tw_http_client_create(const char *address, uint16_t port, const char *token,
                                struct tw_http_client **out_client);

/** Close and free; NULL is fine. */
void tw_http_client_destroy(struct tw_http_client *client);

/**
 * Send a request and wait for the answer, 30 s at most.
 *
 * method      "GET" or "POST"
 * body        JSON text; NULL: none
 * out_status  of the answer
 * out_body    cleared, then the answer's body; at most 64 MiB
 * errors      TW_ERR_NET no connection or a broken one, TW_ERR_FORMAT an answer that is not HTTP,
 *             TW_ERR_NOMEM
 */
tw_status tw_http_client_send(struct tw_http_client *client, const char *method, const char *path,
                              const char *body, int *out_status, struct tw_strbuf *out_body);

#endif
