#include "net/door_conn.h"

#include "net/tls.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long a connection that has ended stays for its last bytes to be read: closing at once with
 * unread bytes in the socket would take the peer's answer from it. */
#define LINGER_MS 2000
/* Memory that an idle connection may keep. */
#define KEPT_BYTES 1024

static bool bytes_add(struct tw_door_bytes *bytes, const void *from, size_t size)
{
    if (bytes->at > 0 && bytes->end + size > bytes->capacity) {
        memmove(bytes->data, bytes->data + bytes->at, bytes->end - bytes->at);
        bytes->end -= bytes->at;
        bytes->at = 0;
    }
    if (bytes->end + size > bytes->capacity) {
        size_t capacity = bytes->capacity > 0 ? bytes->capacity : 256;
        while (capacity < bytes->end + size)
            capacity *= 2;
        uint8_t *data = realloc(bytes->data, capacity);
        if (data == NULL) return false;
        bytes->data = data;
        bytes->capacity = capacity;
    }
    memcpy(bytes->data + bytes->end, from, size);
    bytes->end += size;
    return true;
}

static void bytes_done(struct tw_door_bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct tw_door_bytes){0};
}

static void bytes_drop(struct tw_door_bytes *bytes, size_t size)
{
    bytes->at += size;
    if (bytes->at < bytes->end) return;
    bytes->at = bytes->end = 0;
    if (bytes->capacity > KEPT_BYTES) bytes_done(bytes);
}

static size_t bytes_size(const struct tw_door_bytes *bytes) { return bytes->end - bytes->at; }

static const struct tw_door_protocol *protocol(const struct tw_door_conn *conn)
{
    return conn->place->is.protocol;
}

struct tw_door_conn *tw_door_find(struct tw_door *door, uint32_t slot, uint32_t generation)
{
    if (slot >= (uint32_t)door->capacity || door->generations[slot] != generation) return NULL;
    return door->conns[slot];
}

/* Close the socket and free the slot. */
static void conn_free(struct tw_door_conn *conn)
{
    struct tw_door *door = conn->handle.door;
    struct tw_door_place *place = conn->place;
    (void)close(conn->fd); /* leaves epoll with it */
    tw_tls_destroy(conn->tls);
    bytes_done(&conn->in);
    bytes_done(&conn->out);
    bytes_done(&conn->plain);
    door->conns[conn->handle.slot] = NULL;
    door->generations[conn->handle.slot]++;
    (void)atomic_fetch_sub(&door->open, 1);
    place->count--;
    if (place->fd < 0) free(place); /* made for this one */
    free(conn);
}

void tw_door_conn_end(struct tw_door_conn *conn, enum tw_door_end why)
{
    void *session = conn->session;
    conn->session = NULL;
    if (session != NULL && protocol(conn)->closed != NULL) protocol(conn)->closed(session, why);
    if (conn->linger_ms == 0 && why == TW_DOOR_END_PROTOCOL) {
        conn->linger_ms = conn->handle.door->now_ms + LINGER_MS;
        conn->paused = false;
        bytes_done(&conn->in);
        tw_door_conn_mark(conn);
        tw_door_conn_await(conn);
        return;
    }
    conn_free(conn);
}

void tw_door_conn_await(struct tw_door_conn *conn)
{
    bool quiet = atomic_load(&conn->handle.door->quiet);
    uint32_t interest = conn->paused || quiet ? 0 : EPOLLIN;
    if (bytes_size(&conn->out) > 0) interest |= EPOLLOUT;
    if (interest == conn->interest) return;
    struct epoll_event event = {.events = interest};
    event.data.u64 = (uint64_t)conn->handle.generation << 32 | conn->handle.slot;
    (void)epoll_ctl(conn->handle.door->epoll, EPOLL_CTL_MOD, conn->fd, &event);
    conn->interest = interest;
}

void tw_door_conn_mark(struct tw_door_conn *conn)
{
    struct tw_door *door = conn->handle.door;
    if (door->marked[conn->handle.slot]) return;
    door->marked[conn->handle.slot] = true;
    door->dirty[door->dirty_count++] = conn->handle.slot;
}

/* ---- in ---- */

static bool over(int32_t limit_ms, int64_t since_ms, int64_t now_ms)
{
    return limit_ms > 0 && now_ms - since_ms > limit_ms;
}

/* Let the protocol take what it can of bytes; what is left stays with the caller. False: ended. */
static bool give(struct tw_door_conn *conn, const uint8_t *bytes, size_t size, size_t *out_used)
{
    struct tw_door *door = conn->handle.door;
    ptrdiff_t used = protocol(conn)->received(conn->session, bytes, size);
    if (used < 0) {
        tw_door_conn_end(conn, TW_DOOR_END_PROTOCOL);
        return false;
    }
    *out_used = (size_t)used < size ? (size_t)used : size;
    if (*out_used > 0) {
        conn->spoken = true;
        conn->part_ms = door->now_ms;
    }
    if (!conn->paused && size - *out_used > protocol(conn)->limits.in_bytes) {
        tw_door_conn_end(conn, TW_DOOR_END_LIMIT);
        return false;
    }
    return true;
}

/* Hand over what has come in clear. False: the connection has ended. */
static bool take(struct tw_door_conn *conn, const uint8_t *bytes, size_t size)
{
    size_t used = 0;
    if (bytes_size(&conn->in) == 0 && !conn->paused) {
        conn->part_ms = conn->handle.door->now_ms;
        if (!give(conn, bytes, size, &used)) return false;
        if (used == size) return true;
        bytes += used;
        size -= used;
        used = 0;
        if (bytes_add(&conn->in, bytes, size)) return true;
    } else if (bytes_add(&conn->in, bytes, size)) {
        if (conn->paused) return true;
        if (!give(conn, conn->in.data + conn->in.at, bytes_size(&conn->in), &used)) return false;
        bytes_drop(&conn->in, used);
        return true;
    }
    tw_door_conn_end(conn, TW_DOOR_END_LIMIT);
    return false;
}

static void take_encrypted(struct tw_door_conn *conn, const uint8_t *bytes, size_t size)
{
    struct tw_door *door = conn->handle.door;
    tw_door_conn_mark(conn); /* a handshake answers by itself */
    if (tw_tls_feed(conn->tls, bytes, size) != TW_OK) {
        tw_door_conn_end(conn, TW_DOOR_END_LIMIT);
        return;
    }
    for (;;) {
        size_t got = 0;
        if (tw_tls_read(conn->tls, door->clear, TW_DOOR_SCRATCH, &got) != TW_OK) {
            bytes_done(&conn->plain); /* cannot be said any more; the alert that says why can */
            tw_door_conn_end(conn, TW_DOOR_END_PROTOCOL);
            return;
        }
        if (got == 0 || !take(conn, door->clear, got)) return;
    }
}

void tw_door_conn_read(struct tw_door_conn *conn)
{
    struct tw_door *door = conn->handle.door;
    ssize_t got = recv(conn->fd, door->scratch, TW_DOOR_SCRATCH, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        tw_door_conn_end(conn, TW_DOOR_END_PEER);
        return;
    }
    if (conn->session == NULL) return; /* it has ended: nobody listens */
    conn->heard_ms = door->now_ms;
    if (conn->tls != NULL) {
        take_encrypted(conn, door->scratch, (size_t)got);
    } else {
        (void)take(conn, door->scratch, (size_t)got);
    }
}

void tw_door_conn_resume(struct tw_door_conn *conn)
{
    if (!conn->paused) return;
    conn->paused = false;
    conn->part_ms = conn->heard_ms = conn->handle.door->now_ms;
    size_t size = bytes_size(&conn->in);
    size_t used = 0;
    if (size > 0) {
        if (!give(conn, conn->in.data + conn->in.at, size, &used)) return;
        bytes_drop(&conn->in, used);
    }
    tw_door_conn_await(conn);
}

/* ---- out ---- */

void tw_door_conn_put(struct tw_door_conn *conn, const void *bytes, size_t size)
{
    struct tw_door_bytes *queue = conn->tls != NULL ? &conn->plain : &conn->out;
    size_t waiting = bytes_size(&conn->plain) + bytes_size(&conn->out);
    if (waiting == 0) conn->taken_ms = conn->handle.door->now_ms;
    /* Ending it here would free the session that is just calling. */
    if (waiting + size > protocol(conn)->limits.out_bytes || !bytes_add(queue, bytes, size)) {
        tw_door_drop(conn->handle, TW_DOOR_END_LIMIT);
        return;
    }
    tw_door_conn_mark(conn);
}

/* Encrypt what is waiting. False: it cannot be. */
static bool encrypt(struct tw_door_conn *conn)
{
    struct tw_door *door = conn->handle.door;
    while (bytes_size(&conn->plain) > 0) {
        size_t taken = 0;
        if (tw_tls_write(conn->tls, conn->plain.data + conn->plain.at, bytes_size(&conn->plain),
                         &taken) != TW_OK) {
            return false;
        }
        if (taken == 0) break; /* the handshake is not done */
        bytes_drop(&conn->plain, taken);
    }
    for (;;) {
        size_t size = tw_tls_take(conn->tls, door->clear, TW_DOOR_SCRATCH);
        if (size == 0) return true;
        if (!bytes_add(&conn->out, door->clear, size)) return false;
    }
}

void tw_door_conn_flush(struct tw_door_conn *conn)
{
    if (conn->tls != NULL && !encrypt(conn)) {
        tw_door_conn_end(conn, TW_DOOR_END_PEER);
        return;
    }
    size_t waiting = bytes_size(&conn->out);
    if (waiting > 0) {
        ssize_t sent = send(conn->fd, conn->out.data + conn->out.at, waiting, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            tw_door_conn_end(conn, TW_DOOR_END_PEER);
            return;
        }
        if (sent > 0) {
            bytes_drop(&conn->out, (size_t)sent);
            conn->taken_ms = conn->handle.door->now_ms;
        }
    }
    if (conn->session == NULL && bytes_size(&conn->out) == 0) {
        (void)shutdown(conn->fd, SHUT_WR); /* the peer's close, or LINGER_MS, ends it */
    }
    tw_door_conn_await(conn);
}

/* ---- times ---- */

void tw_door_conn_tick(struct tw_door_conn *conn)
{
    const struct tw_door *door = conn->handle.door;
    const struct tw_door_limits *limits = &protocol(conn)->limits;
    int64_t now_ms = door->now_ms;
    if (conn->session == NULL) {
        if (now_ms >= conn->linger_ms) tw_door_conn_end(conn, TW_DOOR_END_TIME);
        return;
    }
    bool slow = !conn->spoken && over(limits->first_ms, conn->opened_ms, now_ms);
    slow = slow || (!conn->paused && bytes_size(&conn->in) > 0 &&
                    over(limits->whole_ms, conn->part_ms, now_ms));
    slow = slow || (!conn->paused && over(limits->silent_ms, conn->heard_ms, now_ms));
    slow = slow || (bytes_size(&conn->out) + bytes_size(&conn->plain) > 0 &&
                    over(limits->unread_ms, conn->taken_ms, now_ms));
    if (slow) {
        tw_door_conn_end(conn, TW_DOOR_END_TIME);
    } else if (protocol(conn)->tick != NULL) {
        protocol(conn)->tick(conn->session, now_ms);
    }
}

/* ---- beginning ---- */

/* How many connections of a place have come from an address. */
static int32_t count_of_peer(const struct tw_door *door, const struct tw_door_place *place,
                             const char *peer)
{
    int32_t count = 0;
    for (int32_t i = 0; i < door->capacity; i++) {
        const struct tw_door_conn *conn = door->conns[i];
        if (conn != NULL && conn->place == place && strcmp(conn->peer, peer) == 0) count++;
    }
    return count;
}

static bool allowed(const struct tw_door *door, const struct tw_door_place *place, const char *peer)
{
    const struct tw_door_limits *limits = &place->is.protocol->limits;
    if (limits->count > 0 && place->count >= limits->count) return false;
    return limits->per_peer <= 0 || count_of_peer(door, place, peer) < limits->per_peer;
}

/* Fill a free slot. NULL: none, or no memory. */
static struct tw_door_conn *conn_new(struct tw_door *door, struct tw_door_place *place, int fd)
{
    uint32_t slot = 0;
    while (slot < (uint32_t)door->capacity && door->conns[slot] != NULL)
        slot++;
    if (slot == (uint32_t)door->capacity) return NULL;
    struct tw_door_conn *conn = calloc(1, sizeof *conn);
    if (conn == NULL) return NULL;
    conn->handle = (struct tw_conn){door, slot, door->generations[slot]};
    conn->fd = fd;
    conn->place = place;
    conn->opened_ms = conn->heard_ms = conn->part_ms = conn->taken_ms = door->now_ms;
    conn->interest = EPOLLIN;
    struct epoll_event event = {.events = EPOLLIN};
    event.data.u64 = (uint64_t)conn->handle.generation << 32 | slot;
    const char *host = place->fd < 0 ? place->is.address : NULL;
    if ((place->is.tls != NULL && tw_tls_create(place->is.tls, host, &conn->tls) != TW_OK) ||
        epoll_ctl(door->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        tw_tls_destroy(conn->tls);
        free(conn);
        return NULL;
    }
    door->conns[slot] = conn;
    place->count++;
    (void)atomic_fetch_add(&door->open, 1);
    return conn;
}

/* A peer that has gone without a word is noticed after a minute of silence and a minute of asking,
 * whether its protocol has a keep alive or not. */
static void set_options(int fd)
{
    const int on = 1;
    const int silent_s = 60;
    const int again_s = 15;
    const int times = 4;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &silent_s, sizeof silent_s);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &again_s, sizeof again_s);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &times, sizeof times);
}

void tw_door_admit(struct tw_door *door, struct tw_door_place *place, int fd, const char *peer)
{
    struct tw_door_conn *conn = allowed(door, place, peer) ? conn_new(door, place, fd) : NULL;
    if (conn == NULL) {
        (void)close(fd);
        if (place->fd < 0) free(place);
        return;
    }
    set_options(fd);
    (void)snprintf(conn->peer, sizeof conn->peer, "%s", peer);
    const struct tw_door_listener *is = &place->is;
    conn->session = is->protocol->opened != NULL
                        ? is->protocol->opened(is->user, conn->handle, conn->peer)
                        : is->user;
    tw_door_conn_mark(conn);
    if (conn->session == NULL) conn_free(conn);
}
