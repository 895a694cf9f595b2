/* A drill: crews that do not exist play over the same HTTP interface as real phones, so that
 * dispatchers train and the way from a warning to a crew in place is measured. */
#ifndef TW_SERVER_DRILL_H
#define TW_SERVER_DRILL_H

#include "server/desk.h"

#define TW_DRILL_ENDED "drill ended" /* the last line of one that was not cut off */

/** What a drill has measured; may be read from any thread. */
struct tw_drill_figures {
    int64_t posts;      /* of the phones that play */
    int64_t post_us;    /* all of them together */
    int64_t longest_us; /* one of them */
    int64_t refusals, breakdowns, roads_closed;
};

/**
 * Begin a drill: links for all crews, then their lives, in a thread.
 *
 * out_drill  owned by the caller
 * errors     TW_ERR_NOMEM, TW_ERR_STATE
 */
tw_status tw_drill_begin(struct tw_server *server, struct tw_drill **out_drill);

/** End it; NULL is fine. Before the desk is stopped. */
void tw_drill_end(struct tw_drill *drill);

/** What it has measured so far. */
struct tw_drill_figures tw_drill_figures_get(struct tw_drill *drill);

#endif
