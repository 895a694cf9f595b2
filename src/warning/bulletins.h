/* Bulletins: what is said to the outside of a storm's warnings, as few messages as will do.
 *
 *   alert   the first of a storm, or the first after a cancel
 *   update  when something changed since: what got worse within two minutes, what got better or
 *           moved by ten minutes or more within ten
 *   cancel  when no warning of the storm is open any more
 *
 * A message holds all open warnings of the storm, and those that ended since the one before; it
 * refers to the storm's earlier ones. Warnings that came and went untold are never told.
 * Nothing here reads a clock. Not for two threads at once. */
#ifndef TW_WARNING_BULLETINS_H
#define TW_WARNING_BULLETINS_H

#include "store/store.h"
#include "thalweg/status.h"
#include "warning/cap.h"
#include "warning/warnings.h"

/** What bulletins need to know; borrowed for good. */
struct tw_bulletins_setup {
    struct tw_cap_setup cap;
    const char *city;                      /* begins identifiers, after what CAP does not allow */
    const char *note;                      /* in every message; NULL: none */
    const struct tw_warning_point *points; /* [count] */
    const struct tw_warning_place *places; /* [count] */
    int32_t count;
    int64_t session;
    struct tw_store *store; /* where they are kept; NULL: nowhere */
};

/** The bulletins of a session. */
struct tw_bulletins;

/**
 * Make them, going on from what the store has of the session.
 *
 * errors  TW_ERR_NOMEM, TW_ERR_FILE
 */
tw_status tw_bulletins_create(const struct tw_bulletins_setup *setup,
                              struct tw_bulletins **out_bulletins);

/** Free; NULL is fine. */
void tw_bulletins_destroy(struct tw_bulletins *bulletins);

/**
 * Issue the bulletin that is due, if one is.
 *
 * warnings  told of what was told
 * returns   the bulletin, borrowed until the next call; NULL: none is due
 */
const struct tw_store_bulletin *tw_bulletins_step(struct tw_bulletins *bulletins,
                                                  struct tw_warnings *warnings, int64_t now_ms);

#endif
