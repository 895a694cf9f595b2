/* The connections of a door: what door.c (listeners, thread, words from other threads) and
 * door_conn.c (bytes, limits, ends) share. All of it belongs to the door's thread but the mailbox. */
#ifndef TW_NET_DOOR_CONN_H
#define TW_NET_DOOR_CONN_H

#include "net/door.h"

#include <pthread.h>
#include <stdatomic.h>

#define TW_DOOR_SCRATCH ((size_t)65536)

struct tw_tls;

/** Bytes that wait, [at, end) of data. */
struct tw_door_bytes {
    uint8_t *data;
    size_t at, end, capacity;
};

/** A place that is listened on, or a socket that was connected elsewhere. */
struct tw_door_place {
    struct tw_door_listener is;
    int fd;        /* that listens; -1: the place of one adopted connection */
    int32_t count; /* its open connections */
};

/** One connection. */
struct tw_door_conn {
    struct tw_conn handle;
    int fd;
    struct tw_door_place *place;
    void *session; /* NULL: it has ended; what was sent still goes out */
    struct tw_tls *tls;
    struct tw_door_bytes in, out;
    struct tw_door_bytes plain;                     /* before encryption */
    int64_t opened_ms, heard_ms, part_ms, taken_ms; /* part: an incomplete message began */
    int64_t linger_ms;                              /* when to close at last; 0: not ending */
    uint32_t interest;                              /* what epoll was told */
    bool spoken;                                    /* a whole message has come */
    bool paused;
    char peer[TW_DOOR_PEER_SIZE];
};

/** What a word from another thread is about. */
enum tw_door_word {
    TW_DOOR_LISTEN,
    TW_DOOR_ADOPT,
    TW_DOOR_SEND,
    TW_DOOR_TELL,
    TW_DOOR_RESUME,
    TW_DOOR_CLOSE
};

/** A word from another thread. */
struct tw_door_letter {
    enum tw_door_word word;
    uint32_t slot, generation;
    uint64_t what, detail;
    void *data; /* bytes to send, or a place */
    size_t size;
};

/** The door. */
struct tw_door {
    int epoll, wake; /* wake: an eventfd that is written when the mailbox fills */
    pthread_t thread;
    atomic_bool stopping, quiet;
    atomic_int_least32_t open;
    atomic_bool lost; /* a word was lost for want of memory */

    pthread_mutex_t mutex; /* of the mailbox */
    struct tw_door_letter *mail;
    size_t mail_count, mail_capacity;

    int32_t capacity;
    struct tw_door_conn **conns; /* [capacity] NULL: a free slot */
    uint32_t *generations;       /* [capacity] */
    bool *marked;                /* [capacity] is in dirty */
    uint32_t *dirty;             /* [capacity] slots of connections with something to send */
    int32_t dirty_count;
    struct tw_door_place **places;
    int32_t place_count;
    int64_t now_ms, ticked_ms;
    bool hushed;              /* the connections know that it is quiet */
    uint8_t *scratch, *clear; /* [TW_DOOR_SCRATCH] as it came, and decrypted */
};

/** The connection of a handle; NULL when it is gone. */
struct tw_door_conn *tw_door_find(struct tw_door *door, uint32_t slot, uint32_t generation);

/** Take a connected socket into a free slot; closes it when there is none or no memory. */
void tw_door_admit(struct tw_door *door, struct tw_door_place *place, int fd, const char *peer);

/** Read what has come and hand it to the protocol. */
void tw_door_conn_read(struct tw_door_conn *conn);

/** Offer the protocol what it has left, after a pause. */
void tw_door_conn_resume(struct tw_door_conn *conn);

/** Add bytes to what is to be sent. */
void tw_door_conn_put(struct tw_door_conn *conn, const void *bytes, size_t size);

/** Have the connection's bytes sent at the end of this turn. */
void tw_door_conn_mark(struct tw_door_conn *conn);

/** Send what is waiting, as far as the peer takes it. */
void tw_door_conn_flush(struct tw_door_conn *conn);

/** End a connection: the session at once, the socket when what was sent has gone. */
void tw_door_conn_end(struct tw_door_conn *conn, enum tw_door_end why);

/** Look at a connection's times and give its session a tick. */
void tw_door_conn_tick(struct tw_door_conn *conn);

/** Have a connection ended at the end of this turn, for a reason. From any thread. */
void tw_door_drop(struct tw_conn conn, enum tw_door_end why);

/** Tell epoll what the connection waits for now. */
void tw_door_conn_await(struct tw_door_conn *conn);

#endif
