/* The door for devices: one thread that serves listeners of byte-stream protocols.
 *
 * All calls of a protocol come from the door's thread, so a session needs no lock. Other threads
 * (the store's, with news of a commit) reach a connection through its handle, a value that may be
 * kept and used after the peer has gone: nothing happens then. Every connection is bounded: bytes
 * of a message that is not complete, time for it, bytes that wait to be sent, silence. */
#ifndef TW_NET_DOOR_H
#define TW_NET_DOOR_H

#include "net/sha256.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TW_DOOR_PEER_SIZE 46

struct tw_tls_context;

/** A door; its functions may be called from any thread. */
struct tw_door;

/** The handle of a connection; may be copied, and used as long as the door is there. */
struct tw_conn {
    struct tw_door *door;
    uint32_t slot, generation;
};

/** Why a connection has ended. */
enum tw_door_end {
    TW_DOOR_END_PEER,     /* the peer closed it or is gone */
    TW_DOOR_END_PROTOCOL, /* the protocol asked for it */
    TW_DOOR_END_TIME,     /* too slow or too silent */
    TW_DOOR_END_LIMIT,    /* too large a message, too much waiting to be sent, no memory */
    TW_DOOR_END_STOPPED   /* the door is closing */
};

/** What is to be told of a device whose connection ended so; NULL: nothing, it did no wrong. */
const char *tw_door_end_fault(enum tw_door_end why);

/** What a protocol allows; 0: no limit, but for the two sizes. */
struct tw_door_limits {
    size_t in_bytes;   /* most bytes that are kept of a message that is not complete */
    size_t out_bytes;  /* most bytes that wait to be sent */
    int32_t count;     /* connections of this listener */
    int32_t per_peer;  /* of them from one address */
    int32_t first_ms;  /* from the opening to the first whole message */
    int32_t whole_ms;  /* from a message's first byte to its last */
    int32_t silent_ms; /* without a byte from the peer */
    int32_t unread_ms; /* without a byte taken by the peer while some wait */
};

/** What a protocol does with bytes. All but received may be NULL. */
struct tw_door_protocol {
    const char *name;
    struct tw_door_limits limits;

    /* A peer has come; peer is its address, borrowed. Returns its session; NULL: sent away. Without
     * this function the session is user. */
    void *(*opened)(void *user, struct tw_conn conn, const char *peer);

    /* Bytes that have not been used up yet, oldest first. Takes as many whole messages as there
     * are. Returns how many bytes were used up; -1 ends the connection once what was sent has gone.
     * Called again when more has come, or on tw_conn_resume. */
    ptrdiff_t (*received)(void *session, const uint8_t *bytes, size_t size);

    /* Another thread's word, from tw_conn_tell, in the order in which they were said. */
    void (*told)(void *session, uint64_t what, uint64_t detail);

    /* Every second or so; now_ms only ever grows. */
    void (*tick)(void *session, int64_t now_ms);

    /* The connection is gone; frees the session. */
    void (*closed)(void *session, enum tw_door_end why);
};

/** Where to listen and what to do there. All is borrowed until the door is destroyed. */
struct tw_door_listener {
    const char *address; /* an IP address */
    uint16_t port;       /* 0: any free one */
    const struct tw_door_protocol *protocol;
    void *user;
    struct tw_tls_context *tls; /* NULL: plain */
};

/**
 * Make a door and start its thread.
 *
 * capacity   most connections of all listeners together, 1..
 * out_door   owned by the caller
 * errors     TW_ERR_NOMEM (memory, threads or descriptors)
 */
tw_status tw_door_create(int32_t capacity, struct tw_door **out_door);

/**
 * Listen at one more place. Before tw_door_quiesce.
 *
 * out_port  may be NULL
 * errors    TW_ERR_ARG no IP address; TW_ERR_NET (errno: EADDRINUSE, EADDRNOTAVAIL), TW_ERR_NOMEM
 */
tw_status tw_door_listen(struct tw_door *door, const struct tw_door_listener *listener,
                         uint16_t *out_port);

/**
 * Serve a socket that was connected elsewhere, e.g. to a city's broker. The protocol's opened is
 * called by the door's thread.
 *
 * fd        becomes the door's, in any case
 * listener  address and port are not looked at; for tls a client's context; copied
 * errors    TW_ERR_NOMEM
 */
tw_status tw_door_adopt(struct tw_door *door, int fd, const struct tw_door_listener *listener);

/** Take no more connections and read no more bytes; answers still go out. */
void tw_door_quiesce(struct tw_door *door);

/** Send what can be sent at once, end all connections and free. NULL is fine. Nobody may use a
 * handle of this door any more. */
void tw_door_destroy(struct tw_door *door);

/** Connections that are open. */
int32_t tw_door_count(struct tw_door *door);

/** Send bytes, copied. From any thread; a peer that is gone, or too slow to take them, gets none. */
void tw_conn_send(struct tw_conn conn, const void *bytes, size_t size);

/** Have the protocol's told called by the door's thread. From any thread. */
void tw_conn_tell(struct tw_conn conn, uint64_t what, uint64_t detail);

/** Go on reading a connection that was paused. From any thread. */
void tw_conn_resume(struct tw_conn conn);

/** End a connection once what was sent has gone. From any thread. */
void tw_conn_close(struct tw_conn conn);

/** Read no more from the peer until tw_conn_resume; only from a call of its protocol. */
void tw_conn_pause(struct tw_conn conn);

/**
 * The SHA-256 of the peer's certificate in hexadecimal digits, once the handshake is done; only from
 * a call of its protocol.
 *
 * returns  false when the connection is plain or the peer has shown no certificate that we trust
 */
bool tw_conn_certificate(struct tw_conn conn, char out_hex[TW_SHA256_HEX_SIZE]);

#endif
