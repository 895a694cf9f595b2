/* POSIX threads and semaphores; one of the four files of the engine that need POSIX.
 *
 * Nobody spins: a thread without work sleeps in a semaphore, and to wake it costs the caller a
 * system call and the sleeper some 20 us on a virtual machine. Hence the caller's range is longer
 * by that time: it ends last and seldom has to sleep itself. */
#define _GNU_SOURCE /* sched_getaffinity */

#include "base/threads.h"

#include "base/require.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    UNIT = 64,        /* items: a cache line of the smallest values */
    WAKE_NS = 20000,  /* until a sleeping thread runs */
    LEAST_NS = 20000, /* a helper's range that is worth it */
    LINE = 64
};

enum offer { NOTHING, OFFERED, TAKEN, STOP };

struct helper {
    _Alignas(LINE) atomic_int offer;
    atomic_bool woken; /* `go` is posted and the helper has not looked at its offer since */
    sem_t go, done;
    int32_t begin, end;
    struct tw_threads *threads;
    pthread_t thread;
};

struct tw_threads {
    int32_t count; /* helpers that run, and the caller */
    tw_range_fn *body;
    void *job;
    struct helper helper[];
};

static void wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0 && errno == EINTR) {
    }
}

static bool claim(struct helper *helper, enum offer as)
{
    int offered = OFFERED;
    return atomic_compare_exchange_strong(&helper->offer, &offered, as);
}

static void do_range(const struct helper *helper)
{
    helper->threads->body(helper->threads->job, helper->begin, helper->end);
}

static void *help(void *self)
{
    struct helper *helper = self;
    for (;;) {
        wait_for(&helper->go);
        atomic_store(&helper->woken, false);
        if (claim(helper, TAKEN)) {
            do_range(helper);
            atomic_store(&helper->offer, NOTHING);
            sem_post(&helper->done);
        } else if (atomic_load(&helper->offer) == STOP) {
            return NULL;
        }
    }
}

/* Signals are for the threads that the program made itself. */
static tw_status start(struct helper *helper, struct tw_threads *threads)
{
    sigset_t all, before;
    helper->threads = threads;
    atomic_init(&helper->offer, NOTHING);
    atomic_init(&helper->woken, false);
    if (sem_init(&helper->go, 0, 0) != 0) return TW_ERR_NOMEM;
    if (sem_init(&helper->done, 0, 0) == 0) {
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        int error = pthread_create(&helper->thread, NULL, help, helper);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (error == 0) return TW_OK;
        sem_destroy(&helper->done);
    }
    sem_destroy(&helper->go);
    return TW_ERR_NOMEM;
}

tw_status tw_threads_create(int32_t count, struct tw_threads **out_threads)
{
    TW_REQUIRE(count >= 1 && count <= TW_THREADS_MOST);
    size_t bytes = sizeof(struct tw_threads) + (size_t)(count - 1) * sizeof(struct helper);
    struct tw_threads *threads = aligned_alloc(LINE, (bytes + LINE - 1) / LINE * LINE);
    if (threads == NULL) return TW_ERR_NOMEM;
    threads->count = 1;
    while (threads->count < count) {
        tw_status status = start(&threads->helper[threads->count - 1], threads);
        if (status != TW_OK) {
            tw_threads_destroy(threads);
            return status;
        }
        threads->count++;
    }
    *out_threads = threads;
    return TW_OK;
}

void tw_threads_destroy(struct tw_threads *threads)
{
    if (threads == NULL) return;
    for (int32_t i = 0; i < threads->count - 1; i++) {
        struct helper *helper = &threads->helper[i];
        atomic_store(&helper->offer, STOP);
        sem_post(&helper->go);
        pthread_join(helper->thread, NULL);
        sem_destroy(&helper->go);
        sem_destroy(&helper->done);
    }
    free(threads);
}

int32_t tw_threads_count(const struct tw_threads *threads)
{
    return threads == NULL ? 1 : threads->count;
}

int32_t tw_threads_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 1 ? count : 1;
}

/* Helpers that a loop is worth. */
static int64_t helpers_for(int64_t total_ns, int64_t threads)
{
    int64_t ranges = (total_ns - WAKE_NS) / LEAST_NS;
    if (ranges > threads) ranges = threads;
    return ranges > 1 ? ranges - 1 : 0;
}

bool tw_threads_worth(int32_t count, int32_t item_ns)
{
    return helpers_for((int64_t)count * item_ns, 2) > 0;
}

static void offer(struct helper *helper, int32_t begin, int32_t end)
{
    helper->begin = begin;
    helper->end = end;
    atomic_store(&helper->offer, OFFERED);
    if (!atomic_exchange(&helper->woken, true)) sem_post(&helper->go);
}

void tw_threads_for(struct tw_threads *threads, int32_t count, int32_t item_ns, tw_range_fn *body,
                    void *job)
{
    int64_t total_ns = (int64_t)count * item_ns;
    int64_t helpers = helpers_for(total_ns, tw_threads_count(threads));
    if (helpers == 0) {
        if (count > 0) body(job, 0, count);
        return;
    }
    int64_t units = (total_ns - WAKE_NS) / (helpers + 1) / item_ns / UNIT;
    int32_t each = (int32_t)(units * UNIT), own = count - (int32_t)helpers * each;
    own = own / UNIT * UNIT; /* what is left of a unit goes to the last range */
    threads->body = body;
    threads->job = job;
    for (int32_t i = 0; i < (int32_t)helpers; i++) {
        bool last = i == (int32_t)helpers - 1;
        offer(&threads->helper[i], own + i * each, last ? count : own + (i + 1) * each);
    }
    body(job, 0, own);
    for (int32_t i = 0; i < (int32_t)helpers; i++) {
        struct helper *helper = &threads->helper[i];
        if (claim(helper, NOTHING)) {
            do_range(helper);
        } else {
            wait_for(&helper->done);
        }
    }
}
