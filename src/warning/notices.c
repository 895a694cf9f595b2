#include "warning/notices.h"

#include "base/clock.h"
#include "net/json.h"
#include "net/post.h"
#include "net/sha256.h"
#include "warning/notice_mail.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SESSION_IDS 100000
#define QUEUE 64
#define ATTEMPTS 10
#define LONGEST_PAUSE_S 600.0
#define RECALLED 256

struct waiting {
    struct tw_store_notice notice;
    struct tw_notice_target target;
    struct tw_store_bulletin bulletin; /* with texts of its own */
};

struct tw_notices {
    struct tw_notices_setup setup;
    pthread_t thread;
    bool thread_runs;
    atomic_bool stopping;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct waiting queue[QUEUE]; /* oldest first */
    int32_t count;
    int64_t last_id;
};

void tw_notice_address_show(const char *address, char *out, size_t size)
{
    const char *scheme = strstr(address, "://");
    const char *rest = scheme == NULL ? address : scheme + 3;
    size_t host = strcspn(rest, "/?#");
    const char *user = scheme == NULL ? NULL : memchr(rest, '@', host);
    const char *begin = user == NULL ? rest : user + 1;
    size_t length = strcspn(begin, "?#");
    (void)snprintf(out, size, "%.*s%.*s", scheme == NULL ? 0 : (int)(rest - address), address,
                   (int)length, begin);
}

/* ---- the queue; with the mutex held ---- */

static void keep(struct tw_notices *n, const struct tw_store_notice *notice)
{
    (void)tw_store_notice_put(n->setup.store, notice);
}

static void keep_of(struct tw_notices *n, struct tw_store_notice *notice,
                    const struct tw_notice_target *target)
{
    char address[TW_STORE_TEXT_SIZE];
    tw_notice_address_show(target->address, address, sizeof address);
    notice->address = address;
    keep(n, notice);
    notice->address = "";
}

static void drop(struct tw_notices *n, int32_t i)
{
    struct waiting *w = &n->queue[i];
    free((void *)(uintptr_t)w->bulletin.identifier); /* all texts are in one piece */
    memmove(w, w + 1, (size_t)(n->count - i - 1) * sizeof *w);
    n->count--;
}

/* Copy a bulletin, its texts in one piece that begins with the identifier. */
static bool copy_bulletin(const struct tw_store_bulletin *from, struct tw_store_bulletin *out)
{
    const char *const texts[] = {from->identifier, from->text, from->brief};
    const char **const to[] = {&out->identifier, &out->text, &out->brief};
    size_t total = 0;
    for (int i = 0; i < 3; i++)
        total += strlen(texts[i]) + 1;
    char *at = malloc(total);
    if (at == NULL) return false;
    *out = *from;
    for (int i = 0; i < 3; i++) {
        size_t size = strlen(texts[i]) + 1;
        memcpy(at, texts[i], size);
        *to[i] = at;
        at += size;
    }
    return true;
}

static void give_up(struct tw_notices *n, int32_t i, const char *why)
{
    struct tw_store_notice notice = n->queue[i].notice;
    notice.state = TW_NOTICE_GIVEN_UP;
    notice.next_ms = TW_STORE_NEVER;
    notice.answer = why;
    keep_of(n, &notice, &n->queue[i].target);
    drop(n, i);
}

static void enqueue(struct tw_notices *n, const struct tw_store_notice *notice,
                    const struct tw_notice_target *target, const struct tw_store_bulletin *bulletin)
{
    struct waiting w = {.notice = *notice, .target = *target};
    if (n->count == QUEUE) give_up(n, 0, "too much was waiting; later messages stand for this one");
    if (!copy_bulletin(bulletin, &w.bulletin)) return;
    w.notice.answer = "";
    w.notice.address = ""; /* it is shown from the target when the notice is kept */
    n->queue[n->count++] = w;
}

void tw_notices_add(struct tw_notices *n, const struct tw_store_bulletin *bulletin)
{
    (void)pthread_mutex_lock(&n->mutex);
    for (int32_t t = 0; t < n->setup.count; t++) {
        char address[TW_STORE_TEXT_SIZE];
        tw_notice_address_show(n->setup.targets[t].address, address, sizeof address);
        const struct tw_store_notice notice = {.id = ++n->last_id,
                                               .session = n->setup.session,
                                               .bulletin = bulletin->id,
                                               .channel = (int32_t)n->setup.targets[t].channel,
                                               .address = address,
                                               .state = TW_NOTICE_WAITS,
                                               .tried_ms = TW_STORE_NEVER,
                                               .next_ms = tw_clock_unix_ms(),
                                               .answer = ""};
        keep(n, &notice);
        enqueue(n, &notice, &n->setup.targets[t], bulletin);
    }
    (void)pthread_cond_signal(&n->changed);
    (void)pthread_mutex_unlock(&n->mutex);
}

/* ---- sending; without the mutex ---- */

static void write_body(const struct tw_store_bulletin *bulletin, struct tw_strbuf *out)
{
    static const char *const kinds[] = {"alert", "update", "cancel"};
    tw_json_open(out, '{');
    tw_json_put_integer(out, "bulletin", bulletin->id);
    tw_json_put_integer(out, "group", bulletin->group);
    tw_json_put_text(out, "kind", kinds[bulletin->kind]);
    tw_json_put_text(out, "identifier", bulletin->identifier);
    tw_json_key(out, "sent");
    tw_json_time(out, bulletin->time_ms, 0);
    tw_json_key(out, "brief");
    tw_json_raw(out, bulletin->brief);
    tw_json_put_text(out, "cap", bulletin->text);
    tw_json_close(out, '}');
}

/* What is signed is the time and the body, so that an old message cannot be sent again. */
static void sign(const char *secret, const char *stamp, const struct tw_strbuf *body,
                 char out[TW_SHA256_HEX_SIZE])
{
    struct tw_strbuf text = {0};
    (void)tw_strbuf_printf(&text, "%s.", stamp);
    (void)tw_strbuf_add(&text, body->text, body->length);
    tw_hmac_sha256_hex(secret, tw_strbuf_get(&text), text.length, out);
    tw_strbuf_done(&text);
}

static tw_status send_webhook(struct tw_notices *n, const struct waiting *w,
                              struct tw_post_answer *answer)
{
    struct tw_strbuf body = {0};
    char delivery[64];
    char time_header[64];
    char signature[120];
    char hex[TW_SHA256_HEX_SIZE];
    char stamp[32];
    write_body(&w->bulletin, &body);
    (void)snprintf(stamp, sizeof stamp, "%lld", (long long)(tw_clock_unix_ms() / 1000));
    (void)snprintf(delivery, sizeof delivery, "X-Thalweg-Delivery: %lld", (long long)w->notice.id);
    (void)snprintf(time_header, sizeof time_header, "X-Thalweg-Timestamp: %s", stamp);
    const char *const headers[] = {"Content-Type: application/json", "Expect:", delivery,
                                   time_header, signature};
    struct tw_post_http post = {.url = w->target.address,
                                .headers = headers,
                                .header_count = n->setup.secret == NULL ? 4 : 5};
    tw_status status = body.status;
    if (status == TW_OK) {
        if (n->setup.secret != NULL) sign(n->setup.secret, stamp, &body, hex);
        if (n->setup.secret != NULL) {
            (void)snprintf(signature, sizeof signature, "X-Thalweg-Signature: sha256=%s", hex);
        }
        post.body = body.text;
        post.size = body.length;
        status = tw_post_http_send(&post, &n->stopping, answer);
    }
    tw_strbuf_done(&body);
    return status;
}

static tw_status send_mail(struct tw_notices *n, const struct waiting *w,
                           struct tw_post_answer *answer)
{
    struct tw_strbuf message = {0};
    tw_notice_mail_write(&w->bulletin, n->setup.mail_from, w->target.address, &message);
    const struct tw_post_mail mail = {.server = n->setup.mail_server,
                                      .user = n->setup.mail_user,
                                      .password = n->setup.mail_password,
                                      .from = n->setup.mail_from,
                                      .to = w->target.address,
                                      .message = message.text,
                                      .size = message.length};
    tw_status status = message.status;
    if (status == TW_OK) status = tw_post_mail_send(&mail, &n->stopping, answer);
    tw_strbuf_done(&message);
    return status;
}

/* Whether trying again would make sense. */
static bool transient(enum tw_notice_channel channel, tw_status status, int code)
{
    if (status == TW_ERR_ARG) return false;
    if (code == 0) return true;
    if (channel == TW_NOTICE_MAIL) return code < 500;
    return code == 408 || code == 429 || code >= 500;
}

/* With what the attempt came to; the notice stays in the queue when it is to be tried again. */
static void settle(struct tw_notices *n, int64_t id, tw_status status,
                   const struct tw_post_answer *answer)
{
    char text[TW_POST_ANSWER_SIZE + 16];
    int32_t i = 0;
    while (i < n->count && n->queue[i].notice.id != id)
        i++;
    if (i == n->count) return; /* given up meanwhile */
    struct waiting *w = &n->queue[i];
    bool webhook = w->target.channel == TW_NOTICE_WEBHOOK;
    bool done = status == TW_OK && (!webhook || answer->status / 100 == 2);
    (void)snprintf(text, sizeof text, answer->status > 0 ? "%d %s" : "%.0d%s", answer->status,
                   answer->text);
    w->notice.attempts++;
    w->notice.tried_ms = tw_clock_unix_ms();
    w->notice.answer = text;
    double pause_s = n->setup.first_pause_s;
    for (int32_t k = 1; k < w->notice.attempts && pause_s < LONGEST_PAUSE_S; k++)
        pause_s *= 2.0;
    if (pause_s > LONGEST_PAUSE_S) pause_s = LONGEST_PAUSE_S;
    w->notice.next_ms = w->notice.tried_ms + (int64_t)(pause_s * 1000.0);
    bool again = !done && transient(w->target.channel, status, answer->status) &&
                 w->notice.attempts < ATTEMPTS;
    if (!again) w->notice.state = done ? TW_NOTICE_DELIVERED : TW_NOTICE_GIVEN_UP;
    if (!again) w->notice.next_ms = TW_STORE_NEVER;
    keep_of(n, &w->notice, &w->target);
    w->notice.answer = "";
    if (!again) drop(n, i);
}

/* The first whose time has come; -1 with the time of the next. */
static int32_t due(const struct tw_notices *n, int64_t *out_next_ms)
{
    int64_t now_ms = tw_clock_unix_ms();
    *out_next_ms = now_ms + 3600000;
    for (int32_t i = 0; i < n->count; i++) {
        if (n->queue[i].notice.next_ms <= now_ms) return i;
        if (n->queue[i].notice.next_ms < *out_next_ms) *out_next_ms = n->queue[i].notice.next_ms;
    }
    return -1;
}

static void attempt(struct tw_notices *n, int32_t i)
{
    struct waiting w = n->queue[i];
    struct tw_store_bulletin copy;
    struct tw_post_answer answer = {0, ""};
    if (!copy_bulletin(&w.bulletin, &copy)) {
        n->queue[i].notice.next_ms = tw_clock_unix_ms() + 1000;
        return;
    }
    w.bulletin = copy;
    (void)pthread_mutex_unlock(&n->mutex);
    tw_status status = w.target.channel == TW_NOTICE_MAIL ? send_mail(n, &w, &answer)
                                                          : send_webhook(n, &w, &answer);
    free((void *)(uintptr_t)copy.identifier);
    (void)pthread_mutex_lock(&n->mutex);
    /* An attempt that our own end cut short was none. */
    if (!atomic_load(&n->stopping)) settle(n, w.notice.id, status, &answer);
}

static void *send_loop(void *user)
{
    struct tw_notices *n = user;
    (void)pthread_mutex_lock(&n->mutex);
    while (!atomic_load(&n->stopping)) {
        int64_t next_ms = 0;
        int32_t i = due(n, &next_ms);
        if (i >= 0) {
            attempt(n, i);
            continue;
        }
        const struct timespec until = {.tv_sec = (time_t)(next_ms / 1000),
                                       .tv_nsec = (long)(next_ms % 1000) * 1000000};
        (void)pthread_cond_timedwait(&n->changed, &n->mutex, &until);
    }
    (void)pthread_mutex_unlock(&n->mutex);
    return NULL;
}

/* ---- beginning ---- */

struct recall {
    struct tw_notices *notices;
    struct tw_store_notice waiting[QUEUE]; /* newest first */
    char addresses[QUEUE][TW_STORE_TEXT_SIZE];
    int32_t count;
};

static bool recall_notice(void *user, const struct tw_store_notice *notice)
{
    struct recall *r = user;
    if (notice->id > r->notices->last_id) r->notices->last_id = notice->id;
    if (notice->state != TW_NOTICE_WAITS || r->count == QUEUE) return true;
    (void)snprintf(r->addresses[r->count], TW_STORE_TEXT_SIZE, "%s", notice->address);
    r->waiting[r->count++] = *notice;
    return true;
}

/* A bulletin of which notices wait: to the addresses that are still in city.ini. */
static bool recall_bulletin(void *user, const struct tw_store_bulletin *bulletin)
{
    struct recall *r = user;
    struct tw_notices *n = r->notices;
    for (int32_t i = r->count - 1; i >= 0; i--) {
        if (r->waiting[i].bulletin != bulletin->id) continue;
        for (int32_t t = 0; t < n->setup.count; t++) {
            char address[TW_STORE_TEXT_SIZE];
            tw_notice_address_show(n->setup.targets[t].address, address, sizeof address);
            if (strcmp(address, r->addresses[i]) != 0 || n->count == QUEUE) continue;
            r->waiting[i].next_ms = tw_clock_unix_ms();
            enqueue(n, &r->waiting[i], &n->setup.targets[t], bulletin);
            break;
        }
    }
    return true;
}

static tw_status recall_all(struct tw_notices *n)
{
    struct recall *r = calloc(1, sizeof *r);
    if (r == NULL) return TW_ERR_NOMEM;
    r->notices = n;
    tw_status status =
        tw_store_notices_read(n->setup.store, n->setup.session, RECALLED, recall_notice, r);
    if (status == TW_OK && r->count > 0) {
        status =
            tw_store_bulletins_read(n->setup.store, n->setup.session, RECALLED, recall_bulletin, r);
    }
    free(r);
    return status;
}

tw_status tw_notices_create(const struct tw_notices_setup *setup, struct tw_notices **out_notices)
{
    struct tw_notices *n = calloc(1, sizeof *n);
    if (n == NULL) return TW_ERR_NOMEM;
    n->setup = *setup;
    n->last_id = setup->session * SESSION_IDS;
    atomic_init(&n->stopping, false);
    (void)pthread_mutex_init(&n->mutex, NULL);
    (void)pthread_cond_init(&n->changed, NULL);
    tw_status status = recall_all(n);
    if (status == TW_OK) {
        n->thread_runs = pthread_create(&n->thread, NULL, send_loop, n) == 0;
        if (!n->thread_runs) status = TW_ERR_NOMEM;
    }
    if (status != TW_OK) {
        tw_notices_destroy(n);
        return status;
    }
    *out_notices = n;
    return TW_OK;
}

void tw_notices_destroy(struct tw_notices *n)
{
    if (n == NULL) return;
    atomic_store(&n->stopping, true);
    (void)pthread_mutex_lock(&n->mutex);
    (void)pthread_cond_signal(&n->changed);
    (void)pthread_mutex_unlock(&n->mutex);
    if (n->thread_runs) (void)pthread_join(n->thread, NULL);
    while (n->count > 0)
        drop(n, n->count - 1);
    (void)pthread_cond_destroy(&n->changed);
    (void)pthread_mutex_destroy(&n->mutex);
    free(n);
}
