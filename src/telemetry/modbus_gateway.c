#include "telemetry/modbus_gateway.h"

#include "base/clock.h"
#include "net/frame.h"
#include "telemetry/modbus_queue.h"
#include "telemetry/modbus_schedule.h"
#include "telemetry/quality.h"

#include <errno.h>
#include <modbus.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IDLE_MAX_MS 1000
#define AGAIN_MS 1000 /* before results are sent again that could not be stored */

/* What is known of a slave beyond its turn. */
struct line {
    struct tw_modbus_read *reads; /* [items] as many as it may be split into */
    uint8_t slave;
};

struct gateway {
    int fd;
    struct tw_modbus_order_form form;
    struct tw_modbus_item *items; /* [form.count] by slave, function, address */
    double *last;                 /* [form.count] the last value of an item */
    bool *known;                  /* [form.count] whether it has one */
    struct tw_modbus_read *reads; /* [form.count] */
    struct tw_modbus_slave slaves[256];
    struct line lines[256];
    int32_t slave_count;
    modbus_t *modbus;
    bool connected;
    int64_t connect_at_ms; /* not before */
    int64_t send_at_ms;    /* not before */
    struct tw_modbus_queue queue;
};

static void say(const struct gateway *g, const char *words)
{
    (void)tw_frame_send(g->fd, TW_MODBUS_WORDS, words, strlen(words));
}

/* ---- beginning ---- */

/* Cut the plan into slaves. The reads of a slave get as much room as it has items. */
static tw_status slaves_make(struct gateway *g, struct tw_modbus_item *items, int32_t count)
{
    struct tw_modbus_read *planned = calloc((size_t)count, sizeof *planned);
    if (planned == NULL) return TW_ERR_NOMEM;
    int32_t reads = tw_modbus_reads_plan(items, count, g->form.gap, planned);
    for (int32_t r = 0; r < reads; r++) {
        struct line *line = g->slave_count > 0 ? &g->lines[g->slave_count - 1] : NULL;
        if (line == NULL || line->slave != planned[r].slave) {
            line = &g->lines[g->slave_count++];
            *line = (struct line){.reads = &g->reads[planned[r].first], .slave = planned[r].slave};
        }
        struct tw_modbus_slave *slave = &g->slaves[g->slave_count - 1];
        line->reads[slave->reads++] = planned[r];
    }
    free(planned);
    tw_modbus_slaves_begin(g->slaves, g->slave_count, tw_clock_steady_ms());
    return TW_OK;
}

static tw_status plan_take(struct gateway *g, const struct tw_frame *frame)
{
    if (frame->kind != TW_MODBUS_PLAN || frame->size < sizeof g->form) return TW_ERR_FORMAT;
    memcpy(&g->form, frame->bytes, sizeof g->form);
    size_t count = (size_t)g->form.count;
    if (g->form.count < 1 || count > TW_MODBUS_TAGS_MAX || g->form.interval_ms < 1 ||
        frame->size != sizeof g->form + count * sizeof *g->items)
        return TW_ERR_FORMAT;
    g->items = calloc(count, sizeof *g->items);
    g->last = calloc(count, sizeof *g->last);
    g->known = calloc(count, sizeof *g->known);
    g->reads = calloc(count, sizeof *g->reads);
    if (g->items == NULL || g->last == NULL || g->known == NULL || g->reads == NULL)
        return TW_ERR_NOMEM;
    memcpy(g->items, frame->bytes + sizeof g->form, count * sizeof *g->items);
    TW_TRY(tw_modbus_queue_init(&g->queue));
    g->modbus = modbus_new_tcp_pi(g->form.host, g->form.port);
    if (g->modbus == NULL) return TW_ERR_NOMEM;
    uint32_t timeout_ms = (uint32_t)g->form.timeout_ms;
    (void)modbus_set_response_timeout(g->modbus, timeout_ms / 1000, timeout_ms % 1000 * 1000);
    /* No time-out between bytes: then the one above is for all of an answer, and a slave that sends a
     * byte at a time costs no more than one that sends nothing. */
    (void)modbus_set_byte_timeout(g->modbus, 0, 0);
    return slaves_make(g, g->items, g->form.count);
}

/* ---- results ---- */

static void values_give(struct gateway *g, const struct tw_modbus_read *read, const uint16_t *words)
{
    int64_t time_ms = tw_clock_unix_ms();
    for (int32_t i = read->first; i < read->first + read->count; i++) {
        struct tw_modbus_result r = {.index = g->items[i].index, .time_ms = time_ms};
        if (tw_modbus_value(&g->items[i], read, words, &r.value)) {
            g->last[i] = r.value;
            g->known[i] = true;
        } else { /* not a number: the slave says that its instrument has none */
            r.value = g->last[i];
            r.flags = TW_QUALITY_FAULT;
        }
        if (g->known[i]) tw_modbus_queue_add(&g->queue, &r);
    }
}

/* A read has failed: the last values, marked. Nothing is made up where there was none. */
static void values_mark(struct gateway *g, const struct tw_modbus_read *read, int32_t flags)
{
    int64_t time_ms = tw_clock_unix_ms();
    for (int32_t i = read->first; i < read->first + read->count; i++) {
        const struct tw_modbus_result r = {
            .index = g->items[i].index, .flags = flags, .time_ms = time_ms, .value = g->last[i]};
        if (g->known[i]) tw_modbus_queue_add(&g->queue, &r);
    }
}

static void slave_mark(struct gateway *g, int32_t at)
{
    for (int32_t r = 0; r < g->slaves[at].reads; r++)
        values_mark(g, &g->lines[at].reads[r], TW_QUALITY_COMMS);
}

/* ---- reading ---- */

static int words_read(struct gateway *g, const struct tw_modbus_read *read, uint16_t *words)
{
    uint8_t bits[TW_MODBUS_READ_BITS];
    if (modbus_set_slave(g->modbus, read->slave) != 0) return -1;
    if (read->function == 3)
        return modbus_read_registers(g->modbus, read->address, read->words, words);
    if (read->function == 4)
        return modbus_read_input_registers(g->modbus, read->address, read->words, words);
    int got = read->function == 1
                  ? modbus_read_bits(g->modbus, read->address, read->words, bits)
                  : modbus_read_input_bits(g->modbus, read->address, read->words, bits);
    for (int i = 0; i < got; i++)
        words[i] = bits[i];
    return got;
}

static void hang_up(struct gateway *g)
{
    if (g->connected) modbus_close(g->modbus);
    g->connected = false;
}

static bool reach(struct gateway *g)
{
    char words[TW_MODBUS_HOST_SIZE + 96];
    int64_t now_ms = tw_clock_steady_ms();
    if (g->connected) return true;
    if (now_ms < g->connect_at_ms) return false;
    if (modbus_connect(g->modbus) == 0) {
        g->connected = true;
        return true;
    }
    (void)snprintf(words, sizeof words, "the gateway %s:%s cannot be reached: %s", g->form.host,
                   g->form.port, modbus_strerror(errno));
    say(g, words);
    g->connect_at_ms =
        now_ms + (g->form.interval_ms < 60000 ? g->form.interval_ms : INT64_C(60000));
    for (int32_t i = 0; i < g->slave_count; i++) {
        if (g->slaves[i].failures == 0) slave_mark(g, i);
        tw_modbus_slave_failed(&g->slaves[i], g->form.interval_ms, now_ms);
        g->slaves[i].failures = 1; /* it may be well: it is asked as soon as the gateway is there */
        g->slaves[i].due_ms = g->connect_at_ms;
    }
    return false;
}

/* An answer that says no to a whole read may be about one register in it: halve it. */
static bool split(struct gateway *g, int32_t at)
{
    struct line *line = &g->lines[at];
    struct tw_modbus_slave *slave = &g->slaves[at];
    struct tw_modbus_read *read = &line->reads[slave->next];
    if (read->count < 2) return false;
    int32_t half = read->count / 2;
    struct tw_modbus_read parts[2] = {*read, *read};
    parts[0].count = half;
    parts[1].first += half;
    parts[1].count -= half;
    for (int p = 0; p < 2; p++) {
        const struct tw_modbus_item *items = &g->items[parts[p].first];
        int32_t end = 0;
        for (int32_t i = 0; i < parts[p].count; i++) {
            if (items[i].address + items[i].words > end) end = items[i].address + items[i].words;
        }
        parts[p].address = items[0].address;
        parts[p].words = (uint16_t)(end - items[0].address);
    }
    memmove(read + 2, read + 1, (size_t)(slave->reads - slave->next - 1) * sizeof *read);
    memcpy(read, parts, sizeof parts);
    slave->reads++;
    return true;
}

static bool is_exception(int error)
{
    /* A gateway's word that it doesn't reach the slave is no word of the slave. */
    return error >= EMBXILFUN && error <= EMBXMEMPAR;
}

static void refused(struct gateway *g, int32_t at, int error)
{
    char words[160];
    struct tw_modbus_slave *slave = &g->slaves[at];
    const struct tw_modbus_read *read = &g->lines[at].reads[slave->next];
    if ((error == EMBXILADD || error == EMBXILVAL) && split(g, at)) return;
    (void)snprintf(words, sizeof words, "slave %d, function %d, address %d: %s", read->slave,
                   read->function, read->address, modbus_strerror(error));
    say(g, words);
    values_mark(g, read, TW_QUALITY_FAULT);
    (void)tw_modbus_slave_answered(slave, g->form.interval_ms, tw_clock_steady_ms());
}

static void unanswered(struct gateway *g, int32_t at, int error)
{
    char words[160];
    struct tw_modbus_slave *slave = &g->slaves[at];
    (void)snprintf(words, sizeof words, "slave %d does not answer: %s", g->lines[at].slave,
                   modbus_strerror(error));
    say(g, words);
    slave_mark(g, at);
    tw_modbus_slave_failed(slave, g->form.interval_ms, tw_clock_steady_ms());
}

/* One request of a slave. */
static void serve(struct gateway *g, int32_t at)
{
    uint16_t words[TW_MODBUS_READ_BITS];
    const struct tw_modbus_read *read = &g->lines[at].reads[g->slaves[at].next];
    int error = 0;
    for (;;) {
        bool fresh = !g->connected;
        if (!reach(g)) return;
        errno = 0;
        int got = words_read(g, read, words);
        error = errno;
        if (got == read->words) {
            values_give(g, read, words);
            (void)tw_modbus_slave_answered(&g->slaves[at], g->form.interval_ms,
                                           tw_clock_steady_ms());
            return;
        }
        if (is_exception(error)) {
            refused(g, at, error);
            return;
        }
        /* What comes late would be taken for the answer to the next request. */
        if (error != EMBXGPATH && error != EMBXGTAR) hang_up(g);
        /* A gateway may have closed a connection that was idle: that is worth a second try. */
        if (fresh || (error != ECONNRESET && error != EPIPE && error != EBADF)) break;
    }
    unanswered(g, at, error);
}

/* ---- the other end ---- */

static void results_send(struct gateway *g)
{
    const struct tw_modbus_result *results = NULL;
    if (tw_clock_steady_ms() < g->send_at_ms) return;
    size_t count = tw_modbus_queue_send(&g->queue, &results);
    if (count > 0) (void)tw_frame_send(g->fd, TW_MODBUS_RESULTS, results, count * sizeof *results);
    if (count > 0 && g->queue.lost > 0) {
        char words[96];
        (void)snprintf(words, sizeof words,
                       "%lld results were lost: the server could not store them",
                       (long long)g->queue.lost);
        say(g, words);
        g->queue.lost = 0;
    }
}

static tw_status word_take(struct gateway *g)
{
    struct tw_frame frame;
    TW_TRY(tw_frame_receive(g->fd, &frame));
    free(frame.bytes);
    if (frame.kind != TW_MODBUS_TAKEN && frame.kind != TW_MODBUS_AGAIN) return TW_ERR_FORMAT;
    tw_modbus_queue_answered(&g->queue, frame.kind == TW_MODBUS_TAKEN);
    if (frame.kind == TW_MODBUS_AGAIN) g->send_at_ms = tw_clock_steady_ms() + AGAIN_MS;
    return TW_OK;
}

static tw_status go_on(struct gateway *g)
{
    for (;;) {
        int64_t wait_ms = 0;
        int32_t turn = tw_modbus_slaves_next(g->slaves, g->slave_count, g->form.interval_ms,
                                             tw_clock_steady_ms(), &wait_ms);
        results_send(g);
        if (turn >= 0) wait_ms = 0;
        if (wait_ms > IDLE_MAX_MS) wait_ms = IDLE_MAX_MS;
        struct pollfd other = {.fd = g->fd, .events = POLLIN};
        int ready = poll(&other, 1, (int)wait_ms);
        if (ready < 0 && errno != EINTR) return TW_ERR_NET;
        if (ready > 0) TW_TRY(word_take(g));
        if (turn >= 0) serve(g, turn);
    }
}

tw_status tw_modbus_gateway_serve(int fd)
{
    struct tw_frame frame;
    struct gateway *g = calloc(1, sizeof *g);
    if (g == NULL) return TW_ERR_NOMEM;
    g->fd = fd;
    tw_status status = tw_frame_receive(fd, &frame);
    if (status == TW_OK) {
        status = plan_take(g, &frame);
        free(frame.bytes);
    }
    if (status == TW_OK) status = go_on(g);
    if (g->modbus != NULL) {
        hang_up(g);
        modbus_free(g->modbus);
    }
    tw_modbus_queue_done(&g->queue);
    free(g->items);
    free(g->last);
    free(g->known);
    free(g->reads);
    free(g);
    return status;
}
