#include "server/modbus.h"

#include "base/clock.h"
#include "base/text.h"
#include "server/model_link.h"
#include "telemetry/modbus_gateway.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROTOCOL "modbus"
#define WORDS_MAX 160

/* One gateway. Its link's thread alone uses it, but for the outcome. */
struct gateway {
    struct tw_device *device;
    struct tw_ingest *ingest;
    struct tw_model_link *link;
    struct tw_modbus_order_form form;
    struct tw_modbus_item *items; /* [form.count] owned */
    struct tw_tag *tags;          /* [form.count] owned; of each item's index */
    struct tw_measurement batch[TW_MODBUS_BATCH];
    pthread_mutex_t
        mutex; /* guards what follows: the store's thread tells what became of a batch */
    pthread_cond_t changed;
    bool settled;
    tw_status outcome;
};

struct tw_modbus {
    struct gateway **gateways; /* [count] owned */
    int32_t count;
};

/* ---- what devices.ini says ---- */

static tw_status number_of(const struct tw_device *device, const char *key, double otherwise,
                           const double limits[2], double *out)
{
    const char *text = tw_device_setting(device, key);
    *out = otherwise;
    if (text == NULL) return TW_OK;
    if (tw_text_double(text, out) != TW_OK || *out < limits[0] || *out > limits[1])
        return TW_ERR_FORMAT;
    return TW_OK;
}

/* `HOST[:PORT]`; an IPv6 address stands in brackets. */
static bool address_split(const char *text, struct tw_modbus_order_form *form)
{
    bool bracket = text[0] == '[';
    size_t host = strcspn(text + bracket, bracket ? "]" : ":");
    const char *rest = text + bracket + host;
    int32_t port = 502;
    if (bracket && *rest != ']') return false;
    rest += bracket;
    if (*rest == ':' && (tw_text_int(rest + 1, &port) != TW_OK || port < 1 || port > 65535))
        return false;
    if (host == 0 || host >= sizeof form->host || (*rest != ':' && *rest != 0)) return false;
    memcpy(form->host, text + bracket, host);
    form->host[host] = 0;
    (void)snprintf(form->port, sizeof form->port, "%d", port);
    return true;
}

/* What to read, but for the items; on failure the setting that is wrong and what it should be. */
static tw_status form_read(const struct tw_device *device, struct tw_modbus_order_form *out,
                           const char **out_key, const char **out_remedy)
{
    static const double intervals[2] = {0.1, 86400.0};
    static const double timeouts[2] = {10.0, 60000.0};
    static const double gaps[2] = {0.0, 100.0};
    double interval_s = 0.0;
    double timeout_ms = 0.0;
    double gap = 0.0;
    const char *address = tw_device_setting(device, "address");
    *out = (struct tw_modbus_order_form){.count = tw_device_tag_count(device)};
    *out_key = "address";
    *out_remedy = "write HOST or HOST:PORT, e.g. 192.168.1.20:502";
    if (address == NULL || !address_split(address, out)) return TW_ERR_FORMAT;
    *out_key = "poll_s";
    *out_remedy = "write 0.1 to 86400, the seconds between two rounds";
    TW_TRY(number_of(device, *out_key, 10.0, intervals, &interval_s));
    *out_key = "timeout_ms";
    *out_remedy = "write 10 to 60000, the milliseconds for a whole answer";
    TW_TRY(number_of(device, *out_key, 1000.0, timeouts, &timeout_ms));
    *out_key = "gap";
    *out_remedy = "write 0 to 100, the registers that may be read along";
    TW_TRY(number_of(device, *out_key, TW_MODBUS_GAP, gaps, &gap));
    *out_key = "map.TAG";
    *out_remedy = "name 1 to 20000 registers, map.SLAVE.FUNCTION.ADDRESS.TYPE = SENSOR UNIT FACTOR";
    if (out->count < 1 || out->count > TW_MODBUS_TAGS_MAX) return TW_ERR_FORMAT;
    out->interval_ms = (int64_t)(interval_s * 1000.0 + 0.5);
    out->timeout_ms = (int32_t)timeout_ms;
    out->gap = (int32_t)gap;
    return TW_OK;
}

static tw_status order_of(const struct tw_device *device, enum tw_modbus_order *out)
{
    const char *text = tw_device_setting(device, "order");
    *out = TW_MODBUS_ABCD;
    return text == NULL ? TW_OK : tw_modbus_order_parse(text, out);
}

static void check(const struct tw_device *device, const char *path, tw_faults *faults)
{
    struct tw_modbus_order_form form;
    struct tw_modbus_item item;
    struct tw_tag tag;
    enum tw_modbus_order order = TW_MODBUS_ABCD;
    const char *name = tw_device_name(device);
    const char *key = NULL;
    const char *remedy = NULL;
    if (form_read(device, &form, &key, &remedy) != TW_OK)
        tw_faults_add(faults, path, 0, "[modbus %s] %s: %s", name, key, remedy);
    if (order_of(device, &order) != TW_OK) {
        tw_faults_add(faults, path, 0, "[modbus %s] order: write ABCD, DCBA, BADC or CDAB", name);
    }
    for (int32_t i = 0; i < tw_device_tag_count(device); i++) {
        const char *words = tw_device_tag_get(device, i, &tag);
        if (tw_modbus_item_parse(words, order, &item, &remedy) != TW_OK)
            tw_faults_add(faults, path, 0, "[modbus %s] map.%s: %s", name, words, remedy);
    }
}

static bool is_gateway(struct tw_device *device)
{
    struct tw_device_view view;
    tw_device_view_get(device, &view);
    return tw_text_same(view.protocol, PROTOCOL);
}

tw_status tw_modbus_check(struct tw_devices *devices, const char *path, tw_faults *faults)
{
    size_t before = tw_faults_count(faults);
    for (int32_t i = 0; i < tw_devices_count(devices); i++) {
        struct tw_device *device = tw_devices_get(devices, i);
        if (is_gateway(device)) check(device, path, faults);
    }
    return tw_faults_count(faults) > before ? TW_ERR_INPUT : TW_OK;
}

/* ---- speaking with a child ---- */

static void greet(void *user, struct tw_model_link *link, bool fresh)
{
    const struct gateway *g = user;
    (void)fresh;
    const void *const parts[] = {&g->form, g->items};
    const size_t sizes[] = {sizeof g->form, (size_t)g->form.count * sizeof *g->items};
    tw_model_link_send(link, TW_MODBUS_PLAN, 2, parts, sizes);
}

/* By the store's thread. */
static void settle(void *user, tw_status status)
{
    struct gateway *g = user;
    (void)pthread_mutex_lock(&g->mutex);
    g->settled = true;
    g->outcome = status;
    (void)pthread_cond_signal(&g->changed);
    (void)pthread_mutex_unlock(&g->mutex);
}

/* Put results through the door and wait until they are on disk. */
static tw_status results_store(struct gateway *g, const struct tw_modbus_result *results,
                               size_t count)
{
    struct tw_samples_fault fault;
    for (size_t i = 0; i < count; i++) {
        if (results[i].index < 0 || results[i].index >= g->form.count) return TW_ERR_FORMAT;
        const struct tw_tag *tag = &g->tags[results[i].index];
        g->batch[i] = (struct tw_measurement){.sensor = tag->sensor,
                                              .unit = tag->unit,
                                              .time_ms = results[i].time_ms,
                                              .value = results[i].value * tag->factor,
                                              .flags = results[i].flags};
    }
    g->settled = false;
    TW_TRY(tw_ingest_submit(g->ingest, g->device, NULL, g->batch, count, settle, g, &fault));
    (void)pthread_mutex_lock(&g->mutex);
    while (!g->settled)
        (void)pthread_cond_wait(&g->changed, &g->mutex);
    tw_status status = g->outcome;
    (void)pthread_mutex_unlock(&g->mutex);
    return status;
}

static void frame_take(void *user, const struct tw_frame *frame)
{
    struct gateway *g = user;
    struct tw_modbus_result results[TW_MODBUS_BATCH];
    size_t count = frame->size / sizeof results[0];
    char words[WORDS_MAX];
    if (frame->kind == TW_MODBUS_WORDS) {
        (void)snprintf(words, sizeof words, "%.*s", (int)frame->size, frame->bytes);
        tw_device_note_refused(g->device, tw_clock_unix_ms(), words);
    }
    if (frame->kind != TW_MODBUS_RESULTS || count < 1 || count > TW_MODBUS_BATCH) return;
    memcpy(results, frame->bytes, count * sizeof results[0]);
    tw_status status = results_store(g, results, count);
    /* What the door finds fault with (a unit, a sensor) will never be right: it is not sent again. */
    bool taken = status == TW_OK || status == TW_ERR_FORMAT;
    tw_model_link_send(g->link, taken ? TW_MODBUS_TAKEN : TW_MODBUS_AGAIN, 0, NULL, NULL);
}

static void lost(void *user)
{
    struct gateway *g = user;
    tw_device_note_refused(g->device, tw_clock_unix_ms(),
                           "the process that reads the gateway has ended; it is started again");
}

/* ---- all of them ---- */

static void gateway_free(struct gateway *g)
{
    if (g == NULL) return;
    tw_model_link_destroy(g->link);
    (void)pthread_mutex_destroy(&g->mutex);
    (void)pthread_cond_destroy(&g->changed);
    free(g->items);
    free(g->tags);
    free(g);
}

/* Read what to read; a gateway with faults stays without items. */
static tw_status gateway_fill(struct gateway *g)
{
    enum tw_modbus_order order = TW_MODBUS_ABCD;
    const char *key = NULL;
    const char *remedy = NULL;
    TW_TRY(form_read(g->device, &g->form, &key, &remedy));
    TW_TRY(order_of(g->device, &order));
    g->items = calloc((size_t)g->form.count, sizeof *g->items);
    g->tags = calloc((size_t)g->form.count, sizeof *g->tags);
    if (g->items == NULL || g->tags == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < g->form.count; i++) {
        const char *name = tw_device_tag_get(g->device, i, &g->tags[i]);
        TW_TRY(tw_modbus_item_parse(name, order, &g->items[i], &remedy));
        g->items[i].index = i;
    }
    return TW_OK;
}

static tw_status gateway_start(struct tw_modbus *modbus, struct tw_device *device,
                               struct tw_ingest *ingest, const char *program)
{
    struct gateway *g = calloc(1, sizeof *g);
    if (g == NULL) return TW_ERR_NOMEM;
    g->device = device;
    g->ingest = ingest;
    (void)pthread_mutex_init(&g->mutex, NULL);
    (void)pthread_cond_init(&g->changed, NULL);
    tw_status status = gateway_fill(g);
    const struct tw_model_link_owner owner = {
        .user = g, .command = "modbus-gateway", .greet = greet, .frame = frame_take, .lost = lost};
    if (status == TW_OK) status = tw_model_link_create(program, &owner, &g->link);
    if (status != TW_OK) {
        gateway_free(g);
        return status == TW_ERR_FORMAT ? TW_OK : status;
    }
    modbus->gateways[modbus->count++] = g;
    return TW_OK;
}

tw_status tw_modbus_begin(struct tw_devices *devices, struct tw_ingest *ingest, const char *program,
                          struct tw_modbus **out_modbus)
{
    int32_t count = tw_devices_count(devices);
    struct tw_modbus *modbus = calloc(1, sizeof *modbus);
    if (modbus == NULL) return TW_ERR_NOMEM;
    modbus->gateways = calloc((size_t)count + 1, sizeof(struct gateway *));
    tw_status status = modbus->gateways == NULL ? TW_ERR_NOMEM : TW_OK;
    for (int32_t i = 0; i < count && status == TW_OK; i++) {
        struct tw_device *device = tw_devices_get(devices, i);
        if (is_gateway(device)) status = gateway_start(modbus, device, ingest, program);
    }
    if (status != TW_OK || modbus->count == 0) {
        tw_modbus_end(modbus);
        modbus = NULL;
    }
    if (status == TW_OK) *out_modbus = modbus;
    return status;
}

void tw_modbus_end(struct tw_modbus *modbus)
{
    if (modbus == NULL) return;
    for (int32_t i = 0; i < modbus->count; i++) /* all at once: each may be waiting for a slave */
        tw_model_link_stop(modbus->gateways[i]->link);
    for (int32_t i = 0; i < modbus->count; i++)
        gateway_free(modbus->gateways[i]);
    free(modbus->gateways);
    free(modbus);
}
