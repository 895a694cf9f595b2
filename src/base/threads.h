/* Threads for the loops of one run. They sleep between loops; a loop is cut into as many ranges as
 * there are threads, by its size alone. */
#ifndef TW_BASE_THREADS_H
#define TW_BASE_THREADS_H

#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { TW_THREADS_MOST = 64 };

/** The calling thread and others that help it; used by one thread at a time. */
struct tw_threads;

/** What is done for the items begin..end-1 of a loop; writes nothing that another item's does. */
typedef void tw_range_fn(void *job, int32_t begin, int32_t end);

/**
 * Start threads.
 *
 * count        1..TW_THREADS_MOST, the calling thread among them
 * out_threads  owned by the caller; untouched on failure
 * errors       TW_ERR_NOMEM also when the system gives no more threads
 */
tw_status tw_threads_create(int32_t count, struct tw_threads **out_threads);

/** End the threads; NULL is fine. */
void tw_threads_destroy(struct tw_threads *threads);

/** Threads, the calling one among them; 1 for NULL. */
int32_t tw_threads_count(const struct tw_threads *threads);

/** Processors that this process may use now, at least 1. */
int32_t tw_threads_processors(void);

/**
 * True when a loop is long enough to be worth waking one more thread.
 *
 * count    items
 * item_ns  what one takes about [ns]; the same everywhere, so that the choice is one of size
 */
bool tw_threads_worth(int32_t count, int32_t item_ns);

/**
 * Do all items of a loop; back when all are done. Ranges begin at multiples of 64 items. A range
 * whose thread has not woken up by the time the caller is done with its own is done by the caller,
 * so that on a busy machine a loop takes no longer than by one thread.
 *
 * threads  NULL: the calling thread alone
 * count    items, 0..
 * item_ns  what one takes about [ns]: short loops are not shared
 * body     called once per range, from several threads at the same time
 */
void tw_threads_for(struct tw_threads *threads, int32_t count, int32_t item_ns, tw_range_fn *body,
                    void *job);

#endif
