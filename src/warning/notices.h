/* Notices: bulletins on their way to the addresses that city.ini names, and what became of them.
 *
 * One thread sends. What fails is tried again after 10 s, 20 s, 40 s .. 10 min, ten times in all; an
 * answer that will not change (4xx but 408 and 429; 5xx of a mail server) ends it at once. The queue
 * is bounded: when it is full the oldest that waits is given up, since later messages of CAP stand
 * for earlier ones. Every attempt is kept in the store; what waited when a process ended is sent by
 * the next one. Nothing is ever sent to an address that a message or a request names. */
#ifndef TW_WARNING_NOTICES_H
#define TW_WARNING_NOTICES_H

#include "store/store.h"
#include "thalweg/status.h"

/** Ways to send, as in tw_store_notice. */
enum tw_notice_channel { TW_NOTICE_WEBHOOK, TW_NOTICE_MAIL };

/** States, as in tw_store_notice. */
enum tw_notice_state { TW_NOTICE_WAITS, TW_NOTICE_DELIVERED, TW_NOTICE_GIVEN_UP };

/** An address. */
struct tw_notice_target {
    enum tw_notice_channel channel;
    const char *address; /* URL or mail address */
};

/** How notices are sent; strings and arrays are borrowed for good. */
struct tw_notices_setup {
    const struct tw_notice_target *targets; /* [count] */
    int32_t count;
    const char *secret; /* of the signatures of webhooks; NULL: they are not signed */
    const char *mail_server, *mail_from, *mail_user, *mail_password; /* NULL: none */
    int64_t session;
    struct tw_store *store;
    double first_pause_s; /* before the second attempt; 10 in use */
};

/** The queue and its thread. */
struct tw_notices;

/** Begin. errors: TW_ERR_NOMEM, TW_ERR_FILE the store cannot be read */
tw_status tw_notices_create(const struct tw_notices_setup *setup, struct tw_notices **out_notices);

/** Stop at once, what waits stays in the store, and free; NULL is fine. */
void tw_notices_destroy(struct tw_notices *notices);

/** Send a bulletin to every address. It is copied; without memory for that it is not sent. */
void tw_notices_add(struct tw_notices *notices, const struct tw_store_bulletin *bulletin);

/** The address as it may be shown: a URL without user, password and query. out: [size] */
void tw_notice_address_show(const char *address, char *out, size_t size);

#endif
