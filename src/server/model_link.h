/* The server's end of a child process (the model's, or one that reads a gateway): started, spoken to,
 * started again. */
#ifndef TW_SERVER_MODEL_LINK_H
#define TW_SERVER_MODEL_LINK_H

#include "net/frame.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The link. */
struct tw_model_link;

/** What the link tells its owner; all by the link's own thread. */
struct tw_model_link_owner {
    void *user;
    const char *command; /* of this program; NULL: model-worker */
    /* A child has started and waits for what it has to know, sent with tw_model_link_send. fresh:
     * it has failed right after its saved state was restored, so that state is not to be used. */
    void (*greet)(void *user, struct tw_model_link *link, bool fresh);
    /* A frame of the child. Its bytes are borrowed. */
    void (*frame)(void *user, const struct tw_frame *frame);
    /* The child has ended. */
    void (*lost)(void *user);
};

/**
 * Start the child and keep it running.
 *
 * program   path of this program; borrowed for good
 * errors    TW_ERR_NOMEM
 */
tw_status tw_model_link_create(const char *program, const struct tw_model_link_owner *owner,
                               struct tw_model_link **out_link);

/** Tell the child to end, without waiting for it; tw_model_link_destroy does. NULL is fine. */
void tw_model_link_stop(struct tw_model_link *link);

/** End the child and free; NULL is fine. Waits at most some seconds for the child. */
void tw_model_link_destroy(struct tw_model_link *link);

/** Send a frame; one that cannot be sent is dropped, because the next greeting tells everything. */
void tw_model_link_send(struct tw_model_link *link, uint32_t kind, int count,
                        const void *const parts[], const size_t sizes[]);

/** How often the child was started. */
int tw_model_link_starts(struct tw_model_link *link);

#endif
