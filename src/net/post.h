/* Something sent out and forgotten: a POST to an address, a mail. Waits for the answer. */
#ifndef TW_NET_POST_H
#define TW_NET_POST_H

#include "thalweg/status.h"

#include <stdatomic.h>
#include <stddef.h>

#define TW_POST_ANSWER_SIZE 160

/** What became of it. */
struct tw_post_answer {
    int status;                     /* of the protocol; 0: there was no answer */
    char text[TW_POST_ANSWER_SIZE]; /* what was answered, or why nothing was, in one line */
};

/** A POST. */
struct tw_post_http {
    const char *url;            /* http or https; no redirection is followed, no proxy is used */
    const char *const *headers; /* [header_count] "Name: value" */
    size_t header_count;
    const void *body;
    size_t size;
};

/** A mail. */
struct tw_post_mail {
    const char *server; /* smtp://HOST[:PORT] or smtps://; STARTTLS is used when offered */
    const char *user;   /* NULL: none is given; else TLS is required */
    const char *password;
    const char *from, *to; /* addresses without names */
    const char *message;   /* whole, with its headers; lines end with CRLF */
    size_t size;
};

/** Make ready, once in a process, before any other thread uses this. errors: TW_ERR_NOMEM */
tw_status tw_post_begin(void);

/**
 * Send a POST and wait for its answer, 30 s at most.
 *
 * stop     when it becomes true the wait ends
 * errors   TW_ERR_NET there was no answer, TW_ERR_ARG the address cannot be one, TW_ERR_NOMEM
 */
tw_status tw_post_http_send(const struct tw_post_http *post, const atomic_bool *stop,
                            struct tw_post_answer *out_answer);

/** Send a mail and wait until the server has taken it; likewise. */
tw_status tw_post_mail_send(const struct tw_post_mail *mail, const atomic_bool *stop,
                            struct tw_post_answer *out_answer);

#endif
