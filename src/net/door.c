#include "base/clock.h"
#include "net/door_conn.h"

#include "net/place.h"
#include "net/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 256
#define TICK_MS 1000
#define ACCEPTS_A_TURN 64
#define MAIL_MAX ((size_t)1 << 20)
/* What an event of epoll is about, where it is no connection: slots stay below. */
#define EVENT_WAKE UINT64_MAX
#define EVENT_PLACE ((uint64_t)0x80000000U)

const char *tw_door_end_fault(enum tw_door_end why)
{
    if (why == TW_DOOR_END_TIME) return "it was too slow or silent";
    return why == TW_DOOR_END_LIMIT ? "it sent too much" : NULL;
}

/* ---- the mailbox ---- */

static void wake(struct tw_door *door)
{
    uint64_t one = 1;
    ssize_t written = write(door->wake, &one, sizeof one);
    (void)written; /* full means that it is awake already */
}

/* Put a letter into the mailbox. The door is woken by the first one only. */
static tw_status post(struct tw_door *door, const struct tw_door_letter *letter)
{
    tw_status status = TW_OK;
    (void)pthread_mutex_lock(&door->mutex);
    if (door->mail_count == door->mail_capacity) {
        size_t capacity = door->mail_capacity > 0 ? 2 * door->mail_capacity : 64;
        struct tw_door_letter *mail = NULL;
        if (capacity <= MAIL_MAX) mail = realloc(door->mail, capacity * sizeof *mail);
        if (mail != NULL) {
            door->mail = mail;
            door->mail_capacity = capacity;
        } else {
            status = TW_ERR_NOMEM;
        }
    }
    bool first = door->mail_count == 0;
    if (status == TW_OK) door->mail[door->mail_count++] = *letter;
    (void)pthread_mutex_unlock(&door->mutex);
    if (first) wake(door);
    return status;
}

/* As post; a word to a connection that is lost ends all of them, so that no device waits for an
 * answer that never comes: they come back and send again. */
static void post_to_conn(struct tw_conn conn, struct tw_door_letter *letter)
{
    letter->slot = conn.slot;
    letter->generation = conn.generation;
    if (post(conn.door, letter) == TW_OK) return;
    free(letter->data);
    atomic_store(&conn.door->lost, true);
    wake(conn.door);
}

void tw_conn_send(struct tw_conn conn, const void *bytes, size_t size)
{
    if (size == 0) return;
    if (pthread_equal(pthread_self(), conn.door->thread)) {
        struct tw_door_conn *own = tw_door_find(conn.door, conn.slot, conn.generation);
        if (own != NULL) tw_door_conn_put(own, bytes, size);
        return;
    }
    struct tw_door_letter letter = {.word = TW_DOOR_SEND, .data = malloc(size), .size = size};
    if (letter.data != NULL) {
        memcpy(letter.data, bytes, size);
        post_to_conn(conn, &letter);
    } else {
        tw_conn_close(conn);
    }
}

void tw_conn_tell(struct tw_conn conn, uint64_t what, uint64_t detail)
{
    post_to_conn(conn,
                 &(struct tw_door_letter){.word = TW_DOOR_TELL, .what = what, .detail = detail});
}

void tw_conn_resume(struct tw_conn conn)
{
    post_to_conn(conn, &(struct tw_door_letter){.word = TW_DOOR_RESUME});
}

void tw_conn_close(struct tw_conn conn) { tw_door_drop(conn, TW_DOOR_END_PROTOCOL); }

void tw_door_drop(struct tw_conn conn, enum tw_door_end why)
{
    post_to_conn(conn, &(struct tw_door_letter){.word = TW_DOOR_CLOSE, .what = (uint64_t)why});
}

void tw_conn_pause(struct tw_conn conn)
{
    struct tw_door_conn *own = tw_door_find(conn.door, conn.slot, conn.generation);
    if (own == NULL) return;
    own->paused = true;
    tw_door_conn_await(own);
}

bool tw_conn_certificate(struct tw_conn conn, char out_hex[TW_SHA256_HEX_SIZE])
{
    struct tw_door_conn *own = tw_door_find(conn.door, conn.slot, conn.generation);
    return own != NULL && own->tls != NULL && tw_tls_peer_sha256(own->tls, out_hex);
}

/* ---- places ---- */

/* Begin to listen. A place for which there is no memory is closed again. */
static void place_add(struct tw_door *door, struct tw_door_place *place)
{
    struct tw_door_place **places =
        realloc(door->places, (size_t)(door->place_count + 1) * sizeof(struct tw_door_place *));
    if (places != NULL) {
        door->places = places;
        struct epoll_event event = {.events = EPOLLIN};
        event.data.u64 = EVENT_PLACE + (uint64_t)door->place_count;
        if (epoll_ctl(door->epoll, EPOLL_CTL_ADD, place->fd, &event) == 0) {
            places[door->place_count++] = place;
            return;
        }
    }
    (void)close(place->fd);
    free(place);
}

/* Let epoll look at the places, or not: there are no descriptors left for a while. */
static void places_watch(struct tw_door *door, bool on)
{
    for (int32_t i = 0; i < door->place_count; i++) {
        struct epoll_event event = {.events = on ? EPOLLIN : 0};
        event.data.u64 = EVENT_PLACE + (uint64_t)i;
        (void)epoll_ctl(door->epoll, EPOLL_CTL_MOD, door->places[i]->fd, &event);
    }
}

static void place_accept(struct tw_door *door, struct tw_door_place *place)
{
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        struct sockaddr_storage address;
        socklen_t size = sizeof address;
        memset(&address, 0, sizeof address);
        int fd =
            accept4(place->fd, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
                places_watch(door, false); /* until the next tick */
            }
            return;
        }
        char peer[TW_DOOR_PEER_SIZE] = "";
        const void *bytes = address.ss_family == AF_INET6
                                ? (const void *)&((struct sockaddr_in6 *)&address)->sin6_addr
                                : (const void *)&((struct sockaddr_in *)&address)->sin_addr;
        (void)inet_ntop(address.ss_family, bytes, peer, sizeof peer);
        tw_door_admit(door, place, fd, peer);
    }
}

tw_status tw_door_listen(struct tw_door *door, const struct tw_door_listener *listener,
                         uint16_t *out_port)
{
    struct tw_door_place *place = calloc(1, sizeof *place);
    uint16_t port = 0;
    if (place == NULL) return TW_ERR_NOMEM;
    place->is = *listener;
    tw_status status = tw_place_listen(listener->address, listener->port, &place->fd, &port);
    if (status != TW_OK) {
        int why = errno;
        free(place);
        errno = why;
        return status;
    }
    status = post(door, &(struct tw_door_letter){.word = TW_DOOR_LISTEN, .data = place});
    if (status != TW_OK) {
        (void)close(place->fd);
        free(place);
        return status;
    }
    if (out_port != NULL) *out_port = port;
    return TW_OK;
}

tw_status tw_door_adopt(struct tw_door *door, int fd, const struct tw_door_listener *listener)
{
    struct tw_door_place *place = calloc(1, sizeof *place);
    tw_status status = place == NULL ? TW_ERR_NOMEM : TW_OK;
    if (status == TW_OK) {
        place->is = *listener;
        place->fd = -1;
        status = post(door, &(struct tw_door_letter){
                                .word = TW_DOOR_ADOPT, .data = place, .what = (uint64_t)fd});
    }
    if (status != TW_OK) {
        (void)close(fd);
        free(place);
    }
    return status;
}

/* ---- the thread ---- */

static void read_letter(struct tw_door *door, const struct tw_door_letter *letter)
{
    if (letter->word == TW_DOOR_LISTEN) {
        place_add(door, letter->data);
        return;
    }
    if (letter->word == TW_DOOR_ADOPT) {
        tw_door_admit(door, letter->data, (int)letter->what, "");
        return;
    }
    struct tw_door_conn *conn = tw_door_find(door, letter->slot, letter->generation);
    if (conn == NULL || conn->session == NULL) return;
    if (letter->word == TW_DOOR_SEND) tw_door_conn_put(conn, letter->data, letter->size);
    if (letter->word == TW_DOOR_RESUME) tw_door_conn_resume(conn);
    if (letter->word == TW_DOOR_CLOSE) tw_door_conn_end(conn, (enum tw_door_end)letter->what);
    if (letter->word == TW_DOOR_TELL && conn->place->is.protocol->told != NULL) {
        conn->place->is.protocol->told(conn->session, letter->what, letter->detail);
    }
}

static void read_mail(struct tw_door *door)
{
    (void)pthread_mutex_lock(&door->mutex);
    struct tw_door_letter *mail = door->mail;
    size_t count = door->mail_count;
    size_t capacity = door->mail_capacity;
    door->mail = NULL;
    door->mail_count = door->mail_capacity = 0;
    (void)pthread_mutex_unlock(&door->mutex);
    for (size_t i = 0; i < count; i++) {
        read_letter(door, &mail[i]);
        if (mail[i].word == TW_DOOR_SEND) free(mail[i].data);
    }
    (void)pthread_mutex_lock(&door->mutex);
    if (door->mail == NULL) { /* the memory serves again */
        door->mail = mail;
        door->mail_capacity = capacity;
        mail = NULL;
    }
    (void)pthread_mutex_unlock(&door->mutex);
    free(mail);
}

static void conns_end(struct tw_door *door, enum tw_door_end why)
{
    for (int32_t i = 0; i < door->capacity; i++) {
        if (door->conns[i] != NULL) tw_door_conn_end(door->conns[i], why);
    }
}

static void tick(struct tw_door *door)
{
    door->ticked_ms = door->now_ms;
    door->hushed = atomic_load(&door->quiet);
    places_watch(door, !door->hushed);
    if (atomic_exchange(&door->lost, false)) conns_end(door, TW_DOOR_END_LIMIT);
    for (int32_t i = 0; i < door->capacity; i++) {
        if (door->conns[i] != NULL) tw_door_conn_tick(door->conns[i]);
        if (door->conns[i] != NULL) tw_door_conn_await(door->conns[i]);
    }
}

static void flush(struct tw_door *door)
{
    /* An end may have something to say to another connection: so one at a time. */
    while (door->dirty_count > 0) {
        uint32_t slot = door->dirty[--door->dirty_count];
        door->marked[slot] = false;
        if (door->conns[slot] != NULL) tw_door_conn_flush(door->conns[slot]);
    }
}

static void happen(struct tw_door *door, const struct epoll_event *event)
{
    uint64_t about = event->data.u64;
    if (about == EVENT_WAKE) {
        uint64_t count = 0;
        ssize_t got = read(door->wake, &count, sizeof count);
        (void)got;
        return;
    }
    uint32_t slot = (uint32_t)about;
    if (slot >= EVENT_PLACE) {
        if (!atomic_load(&door->quiet)) place_accept(door, door->places[slot - EVENT_PLACE]);
        return;
    }
    struct tw_door_conn *conn = tw_door_find(door, slot, (uint32_t)(about >> 32));
    if (conn == NULL) return;
    if ((event->events & EPOLLOUT) != 0) tw_door_conn_mark(conn);
    if ((event->events & EPOLLIN) != 0) {
        tw_door_conn_read(conn);
    } else if ((event->events & (EPOLLERR | EPOLLHUP)) != 0) {
        tw_door_conn_end(conn, TW_DOOR_END_PEER);
    }
}

static void *serve(void *user)
{
    struct tw_door *door = user;
    struct epoll_event events[EVENTS];
    while (!atomic_load(&door->stopping)) {
        int64_t left_ms = door->ticked_ms + TICK_MS - tw_clock_steady_ms();
        int wait_ms = left_ms < 0 ? 0 : left_ms > TICK_MS ? TICK_MS : (int)left_ms;
        int count = epoll_wait(door->epoll, events, EVENTS, wait_ms);
        door->now_ms = tw_clock_steady_ms();
        for (int i = 0; i < count; i++)
            happen(door, &events[i]);
        read_mail(door);
        bool now = atomic_load(&door->lost) || atomic_load(&door->quiet) != door->hushed;
        if (now || door->now_ms - door->ticked_ms >= TICK_MS) tick(door);
        flush(door);
    }
    read_mail(door);
    flush(door);
    conns_end(door, TW_DOOR_END_STOPPED);
    return NULL;
}

/* ---- all together ---- */

static void door_free(struct tw_door *door)
{
    for (int32_t i = 0; i < door->place_count; i++) {
        (void)close(door->places[i]->fd);
        free(door->places[i]);
    }
    for (size_t i = 0; i < door->mail_count; i++)
        free(door->mail[i].data);
    if (door->epoll >= 0) (void)close(door->epoll);
    if (door->wake >= 0) (void)close(door->wake);
    (void)pthread_mutex_destroy(&door->mutex);
    free(door->places);
    free(door->mail);
    free(door->conns);
    free(door->generations);
    free(door->dirty);
    free(door->marked);
    free(door->scratch);
    free(door->clear);
    free(door);
}

static bool door_begin(struct tw_door *door, size_t capacity)
{
    door->conns = calloc(capacity, sizeof(void *));
    door->generations = calloc(capacity, sizeof *door->generations);
    door->dirty = calloc(capacity, sizeof *door->dirty);
    door->marked = calloc(capacity, sizeof *door->marked);
    door->scratch = malloc(TW_DOOR_SCRATCH);
    door->clear = malloc(TW_DOOR_SCRATCH);
    if (door->conns == NULL || door->generations == NULL || door->dirty == NULL ||
        door->marked == NULL || door->scratch == NULL || door->clear == NULL) {
        return false;
    }
    door->epoll = epoll_create1(EPOLL_CLOEXEC);
    door->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN};
    event.data.u64 = EVENT_WAKE;
    if (door->epoll < 0 || door->wake < 0 ||
        epoll_ctl(door->epoll, EPOLL_CTL_ADD, door->wake, &event) != 0) {
        return false;
    }
    return pthread_create(&door->thread, NULL, serve, door) == 0;
}

tw_status tw_door_create(int32_t capacity, struct tw_door **out_door)
{
    struct tw_door *door = calloc(1, sizeof *door);
    if (door == NULL) return TW_ERR_NOMEM;
    door->epoll = door->wake = -1;
    door->capacity = capacity;
    door->now_ms = door->ticked_ms = tw_clock_steady_ms();
    atomic_init(&door->stopping, false);
    atomic_init(&door->quiet, false);
    atomic_init(&door->lost, false);
    atomic_init(&door->open, 0);
    (void)pthread_mutex_init(&door->mutex, NULL);
    if (!door_begin(door, (size_t)capacity)) {
        door_free(door);
        return TW_ERR_NOMEM;
    }
    *out_door = door;
    return TW_OK;
}

void tw_door_quiesce(struct tw_door *door)
{
    atomic_store(&door->quiet, true);
    wake(door);
}

int32_t tw_door_count(struct tw_door *door) { return atomic_load(&door->open); }

void tw_door_destroy(struct tw_door *door)
{
    if (door == NULL) return;
    atomic_store(&door->stopping, true);
    wake(door);
    (void)pthread_join(door->thread, NULL);
    door_free(door);
}
