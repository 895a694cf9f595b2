/* The dispatch desk: one thread through which everything goes that concerns orders.
 *
 * Requests of dispatchers, phones and the planner are put in a queue. The thread takes all that wait,
 * lets each change the book, writes what they changed as one commit, and only then answers them. So
 * whatever clicks race, they come one after the other, and what was answered is on disk. When the
 * commit fails, all of them hear so, and the book is read again from the journal. */
#ifndef TW_SERVER_DESK_H
#define TW_SERVER_DESK_H

#include "dispatch/book.h"
#include "net/http.h"
#include "server/service.h"

#define TW_DESK_PATHS 2
#define TW_DESK_ITEMS_SIZE 256

struct tw_desk_job;

/** Does a job: changes the book by tw_desk_say, writes the reply. By the desk's thread. */
typedef void tw_desk_run(struct tw_desk *desk, struct tw_desk_job *job);

/** Told by the desk's thread when a job of this program itself is done and on disk. */
typedef void tw_desk_done(void *user, const struct tw_http_reply *reply);

/** A request on its way; everything it points to is its own. */
struct tw_desk_job {
    struct tw_desk_job *next;
    tw_desk_run *run;
    struct tw_http_exchange *exchange; /* NULL: of this program itself */
    tw_desk_done *done;                /* of such a one; may be NULL */
    void *user;
    unsigned actors; /* bits of tw_actor */
    char who[TW_HTTP_WHO_SIZE];
    char *params[TW_DESK_PATHS], *body, *version;
    size_t body_size;
    int64_t until_ms; /* a phone waits so long for news, on the steady clock; 0: it does not */
    struct tw_http_reply reply;
};

/** Where a crew is, as its phone or tracker says. */
struct tw_desk_position {
    double lon, lat;
    int64_t time_ms; /* of the city's clock; TW_STORE_NEVER: never heard of */
};

/** The desk; its own thread's, but for what the functions below give. */
struct tw_desk {
    struct tw_server *server;
    struct tw_book *book;               /* NULL: it could not be read again */
    struct tw_desk_position *positions; /* [crews] */
    struct tw_book_setup setup;         /* by which the book is made */
    struct tw_arena setup_arena;

    /* What the jobs of a batch have changed. */
    struct tw_arena batch;
    struct tw_store_entry *entries; /* [entry_count] */
    int32_t entry_count, entry_room;
    struct tw_desk_booking *bookings; /* [booking_count] the last word on each resource */
    int32_t booking_count, booking_room;
    bool changed; /* something that is shown, on disk or not */

    pthread_mutex_t mutex;
    pthread_cond_t waked;
    struct tw_desk_job *first, *last;
    int32_t queued;
    bool stopping;
    struct tw_strbuf snapshot;    /* GET /api/v1/dispatch */
    struct tw_desk_token *tokens; /* [token_count] of phones */
    int32_t token_count;
    int64_t revision; /* grows with every change */
    unsigned causes;  /* bits of tw_plan_cause for which no plan was made yet */
    int64_t cause_wall_ms;

    struct tw_desk_job *waiting; /* phones that wait for news; the thread's own */
    pthread_t thread;
    bool runs;
};

/** Why a new plan is made; bits. */
enum tw_plan_cause {
    TW_CAUSE_FORECAST = 1,
    TW_CAUSE_MEASUREMENT = 2,
    TW_CAUSE_REPORT = 4,
    TW_CAUSE_ROAD = 8,
    TW_CAUSE_REFUSAL = 16,
    TW_CAUSE_BREAKDOWN = 32,
    TW_CAUSE_RULE = 64,
    TW_CAUSE_ASKED = 128
};

/**
 * Open the desk of a city that has crews: read the journal, start the thread.
 *
 * out_desk  owned by the caller; NULL when the city has no crews
 * errors    TW_ERR_FILE, TW_ERR_NOMEM, TW_ERR_STATE the thread cannot be made
 */
tw_status tw_desk_open(struct tw_server *server, struct tw_desk **out_desk);

/** Answer all that wait and stop; then close. NULL is fine. */
void tw_desk_stop(struct tw_desk *desk);
void tw_desk_close(struct tw_desk *desk);

/** A new job, all zeros but its reply; NULL without memory. */
struct tw_desk_job *tw_desk_job_new(tw_desk_run *run);

/** Queue a job, which passes to the desk. errors: TW_ERR_FULL, and then it is freed */
tw_status tw_desk_submit(struct tw_desk *desk, struct tw_desk_job *job);

/** Queue a job of this program and wait until it is done. out_reply: its body is the caller's */
tw_status tw_desk_do(struct tw_desk *desk, struct tw_desk_job *job,
                     struct tw_http_reply *out_reply);

/**
 * Change the book by a line. By the desk's thread, within a job.
 *
 * entry    times and session are filled in; who of the job when it has none
 * returns  TW_OK, also for a line that came before; on failure the job's reply says why
 */
tw_status tw_desk_say(struct tw_desk *desk, struct tw_desk_job *job, struct tw_store_entry *entry,
                      unsigned actors, struct tw_book_outcome *out_outcome);

/** Approve an order and send it. As tw_desk_say. */
tw_status tw_desk_approve(struct tw_desk *desk, struct tw_desk_job *job, int64_t order,
                          const char *who, unsigned actors);

/** Say that something has happened for which a new plan may be due; from any thread. */
void tw_desk_cause(struct tw_desk *desk, unsigned cause);

/** The crew whose phone has a token; false: none. From any thread. */
bool tw_desk_token_find(struct tw_desk *desk, const char *token, char crew[TW_BOOK_NAME_SIZE]);

/** The present state as JSON, from any thread. NULL desk: a city without crews. */
void tw_desk_answer(struct tw_desk *desk, struct tw_strbuf *out);

/* ---- desk_json.c ---- */

/** Write all that the dispatcher sees. By the desk's thread. */
void tw_desk_write_state(struct tw_desk *desk, struct tw_strbuf *out);

/** Write what a crew's phone shows. */
void tw_desk_write_crew(struct tw_desk *desk, int32_t crew, struct tw_strbuf *out);

/** What a crew's view changes by: a short text. */
void tw_desk_crew_version(const struct tw_desk *desk, int32_t crew, char *out, size_t size);

/** Write the report: times of every order, the clock from warning to arrival. */
void tw_desk_write_report(struct tw_desk *desk, struct tw_strbuf *out);

#endif
