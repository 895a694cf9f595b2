#include "telemetry/sparkplug.h"

#include "base/arena.h"
#include "base/names.h"
#include "telemetry/quality.h"
#include "telemetry/sparkplug_codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "spBv1.0/"
#define WORDS 5
#define KEY_SIZE (2 * TW_SPARKPLUG_NAME_SIZE + 2)

/* One that was named at birth. */
struct metric {
    const char *name, *device; /* in the node's arena */
    uint64_t alias;
    bool has_alias;
    uint32_t type;
};

/* An edge node. */
struct node {
    char key[KEY_SIZE];             /* group/node */
    const struct tw_device *sender; /* who gave birth to it */
    bool alive, aliases_hold;
    uint32_t seq; /* of the last message */
    uint64_t birth;
    bool has_birth; /* bdSeq was stated */
    struct tw_arena arena;
    struct tw_names names;  /* device, a newline, name */
    struct metric *metrics; /* [names.count] in the arena */
    int32_t capacity;
    int32_t *slots; /* [2 * capacity] index + 1 by alias; 0: free; in the arena */
};

struct tw_sparkplug {
    struct tw_arena arena;
    struct tw_names keys;
    struct node **nodes; /* [keys.count] */
    int32_t capacity;
};

/* A message on its way. */
struct reading {
    const struct tw_payload *payload;
    struct tw_readings *readings;
    struct tw_samples_fault *fault;
    struct tw_sparkplug_outcome *outcome;
    struct tw_sparkplug_message message;
    struct node *node;
};

bool tw_sparkplug_is_topic(const char *topic)
{
    return strncmp(topic, PREFIX, sizeof PREFIX - 1) == 0;
}

tw_status tw_sparkplug_create(struct tw_sparkplug **out_sparkplug)
{
    struct tw_sparkplug *sparkplug = calloc(1, sizeof *sparkplug);
    if (sparkplug == NULL) return TW_ERR_NOMEM;
    tw_names_init(&sparkplug->keys, &sparkplug->arena);
    *out_sparkplug = sparkplug;
    return TW_OK;
}

void tw_sparkplug_destroy(struct tw_sparkplug *sparkplug)
{
    if (sparkplug == NULL) return;
    for (int32_t i = 0; i < sparkplug->keys.count; i++) {
        tw_arena_done(&sparkplug->nodes[i]->arena);
        free(sparkplug->nodes[i]);
    }
    free(sparkplug->nodes);
    tw_arena_done(&sparkplug->arena);
    free(sparkplug);
}

static tw_status refuse(struct reading *reading, const char *remedy, const char *why)
{
    return tw_samples_refuse(reading->fault, -1, remedy, "Sparkplug: %s", why);
}

/* ---- nodes ---- */

static struct node *node_find(const struct tw_sparkplug *sparkplug, const char *key)
{
    int32_t index = tw_names_find(&sparkplug->keys, key);
    return index < 0 ? NULL : sparkplug->nodes[index];
}

static tw_status node_make(struct tw_sparkplug *sparkplug, const char *key, struct node **out_node)
{
    int32_t index = 0;
    if (sparkplug->keys.count >= TW_SPARKPLUG_NODES_MAX) return TW_ERR_FULL;
    if (sparkplug->keys.count == sparkplug->capacity) {
        int32_t capacity = sparkplug->capacity > 0 ? 2 * sparkplug->capacity : 16;
        struct node **nodes = realloc(sparkplug->nodes, (size_t)capacity * sizeof(void *));
        if (nodes == NULL) return TW_ERR_NOMEM;
        sparkplug->nodes = nodes;
        sparkplug->capacity = capacity;
    }
    struct node *node = calloc(1, sizeof *node);
    tw_status status = node == NULL ? TW_ERR_NOMEM : tw_names_add(&sparkplug->keys, key, &index);
    if (status != TW_OK) {
        free(node);
        return status;
    }
    (void)snprintf(node->key, sizeof node->key, "%s", key);
    tw_names_init(&node->names, &node->arena);
    sparkplug->nodes[index] = node;
    *out_node = node;
    return TW_OK;
}

static void node_clear(struct node *node)
{
    node->metrics = NULL;
    node->slots = NULL;
    node->capacity = 0;
    tw_arena_reset(&node->arena);
    tw_names_init(&node->names, &node->arena);
}

static size_t slot_of(uint64_t alias, int32_t slots)
{
    return (size_t)((alias * 0x9E3779B97F4A7C15U) >> 32) % (size_t)slots; /* Knuth, TAOCP 6.4 */
}

static void alias_put(struct node *node, int32_t index)
{
    int32_t slots = 2 * node->capacity;
    if (!node->metrics[index].has_alias) return;
    size_t at = slot_of(node->metrics[index].alias, slots);
    while (node->slots[at] != 0 &&
           node->metrics[node->slots[at] - 1].alias != node->metrics[index].alias) {
        at = (at + 1) % (size_t)slots;
    }
    node->slots[at] = index + 1;
}

static const struct metric *alias_find(const struct node *node, uint64_t alias)
{
    int32_t slots = 2 * node->capacity;
    if (slots == 0 || !node->aliases_hold) return NULL;
    for (size_t at = slot_of(alias, slots); node->slots[at] != 0; at = (at + 1) % (size_t)slots) {
        const struct metric *metric = &node->metrics[node->slots[at] - 1];
        if (metric->alias == alias) return metric;
    }
    return NULL;
}

static tw_status node_grow(struct node *node)
{
    int32_t capacity = node->capacity > 0 ? 2 * node->capacity : 32;
    struct metric *metrics = TW_ARENA_NEW(&node->arena, struct metric, capacity);
    int32_t *slots = TW_ARENA_NEW(&node->arena, int32_t, 2 * capacity);
    if (metrics == NULL || slots == NULL) return TW_ERR_NOMEM;
    if (node->capacity > 0) {
        memcpy(metrics, node->metrics, (size_t)node->capacity * sizeof *metrics);
    }
    node->metrics = metrics;
    node->slots = slots;
    node->capacity = capacity;
    for (int32_t i = 0; i < node->names.count; i++)
        alias_put(node, i);
    return TW_OK;
}

/* The whole name of a metric, as it is known in its node. */
static bool name_make(char out[TW_PAYLOAD_TAG_SIZE], const char *device,
                      const struct tw_sparkplug_metric *metric)
{
    int size = snprintf(
        out, TW_PAYLOAD_TAG_SIZE, "%s\n%.*s", device,
        (int)(metric->name_size < TW_PAYLOAD_TAG_SIZE ? metric->name_size : TW_PAYLOAD_TAG_SIZE),
        metric->name);
    return size > 0 && size < TW_PAYLOAD_TAG_SIZE;
}

/* Keep what a birth says of a metric. */
static tw_status metric_learn(struct reading *reading, const struct tw_sparkplug_metric *said)
{
    struct node *node = reading->node;
    char whole[TW_PAYLOAD_TAG_SIZE];
    int32_t index = 0;
    if (said->name == NULL || !name_make(whole, reading->outcome->device, said)) {
        return refuse(reading, "name every metric at birth, in at most 200 bytes",
                      "a birth with a metric without a usable name");
    }
    if (node->names.count >= TW_SPARKPLUG_METRICS_MAX) return TW_ERR_FULL;
    if (node->names.count == node->capacity) TW_TRY(node_grow(node));
    tw_status status = tw_names_add(&node->names, whole, &index);
    if (status != TW_OK && status != TW_ERR_NAME) return status;
    const char *text = tw_names_get(&node->names, index);
    const char *name = strchr(text, '\n');
    char *device = tw_arena_text(&node->arena, text, (size_t)(name - text));
    if (device == NULL) return TW_ERR_NOMEM;
    node->metrics[index] = (struct metric){.name = name + 1,
                                           .device = device,
                                           .alias = said->alias,
                                           .has_alias = said->has_alias,
                                           .type = said->type};
    alias_put(node, index);
    return TW_OK;
}

/* ---- messages ---- */

/* What the specification itself says with metrics. */
static bool is_control(const char *name)
{
    return strcmp(name, "bdSeq") == 0 || strncmp(name, "Node Control/", 13) == 0 ||
           strncmp(name, "Device Control/", 15) == 0;
}

static int64_t time_of(const struct reading *reading, const struct tw_sparkplug_metric *metric)
{
    const struct tw_sparkplug_message *message = &reading->message;
    uint64_t time_ms = metric->has_time ? metric->time_ms : message->time_ms;
    if (!metric->has_time && !message->has_time) return reading->payload->received_ms;
    return time_ms < INT64_MAX ? (int64_t)time_ms : reading->payload->received_ms;
}

static tw_status metric_take(struct reading *reading, const struct tw_sparkplug_metric *metric)
{
    const struct metric *known = NULL;
    char whole[TW_PAYLOAD_TAG_SIZE] = "";
    const char *name = NULL;
    const char *device = reading->outcome->device;
    if (metric->name == NULL) {
        known = alias_find(reading->node, metric->alias);
        if (known == NULL) {
            reading->outcome->rebirth = true;
            return refuse(reading, "send NBIRTH (and DBIRTH) first; it has been asked for",
                          "an alias that no birth has named");
        }
        name = known->name;
        device = known->device;
    } else {
        if (!name_make(whole, device, metric)) {
            return refuse(reading, "use names of at most 200 bytes", "a name is too long");
        }
        int32_t index = tw_names_find(&reading->node->names, whole);
        if (index >= 0) known = &reading->node->metrics[index];
        name = strchr(whole, '\n') + 1;
    }
    struct tw_measurement value = {.time_ms = time_of(reading, metric)};
    if (metric->is_historical) value.flags |= TW_QUALITY_REPLAYED;
    if (metric->doubtful) value.flags |= TW_QUALITY_DOUBTFUL;
    uint32_t type = known != NULL ? known->type : 0;
    if (is_control(name) || !tw_sparkplug_number(metric, type, &value.value)) return TW_OK;
    return tw_readings_add(reading->readings, reading->payload, device[0] != 0 ? device : NULL,
                           name, &value, reading->fault);
}

static tw_status metrics_take(struct reading *reading)
{
    struct tw_sparkplug_metric metric;
    for (size_t at = 0; tw_sparkplug_metric_next(&reading->message, &at, &metric);)
        TW_TRY(metric_take(reading, &metric));
    return TW_OK;
}

static tw_status metrics_learn(struct reading *reading)
{
    struct tw_sparkplug_metric metric;
    for (size_t at = 0; tw_sparkplug_metric_next(&reading->message, &at, &metric);)
        TW_TRY(metric_learn(reading, &metric));
    return TW_OK;
}

/* The bdSeq that a birth or a death states. */
static bool birth_of(const struct tw_sparkplug_message *message, uint64_t *out_birth)
{
    struct tw_sparkplug_metric metric;
    for (size_t at = 0; tw_sparkplug_metric_next(message, &at, &metric);) {
        if (metric.name_size != 5 || metric.name == NULL) continue;
        if (memcmp(metric.name, "bdSeq", 5) == 0 && metric.kind == TW_SPARKPLUG_WHOLE) {
            *out_birth = metric.whole;
            return true;
        }
    }
    return false;
}

/* Follow the sequence. A repeated message is no gap: QoS 1 may repeat. */
static void sequence(struct reading *reading)
{
    struct node *node = reading->node;
    uint32_t seq = (uint32_t)reading->message.seq;
    bool repeated = seq == node->seq;
    bool next = seq == (node->seq + 1) % 256;
    if (!reading->message.has_seq || (!repeated && !next) || !node->alive) {
        node->aliases_hold = false;
    }
    if (!node->aliases_hold) reading->outcome->rebirth = true;
    node->seq = seq;
}

static tw_status node_birth(struct reading *reading)
{
    struct node *node = reading->node;
    node_clear(node);
    node->alive = node->aliases_hold = true;
    node->seq = (uint32_t)reading->message.seq;
    node->has_birth = birth_of(&reading->message, &node->birth);
    TW_TRY(metrics_learn(reading));
    return metrics_take(reading);
}

static tw_status device_birth(struct reading *reading)
{
    sequence(reading);
    TW_TRY(metrics_learn(reading));
    return metrics_take(reading);
}

static tw_status data(struct reading *reading)
{
    sequence(reading);
    return metrics_take(reading);
}

/* A death of an earlier birth, sent late by a broker, says nothing of this one. */
static tw_status node_death(struct reading *reading)
{
    struct node *node = reading->node;
    uint64_t birth = 0;
    bool stated = birth_of(&reading->message, &birth);
    if (stated && node->has_birth && birth != node->birth) return TW_OK;
    reading->outcome->died = node->alive;
    node->alive = node->aliases_hold = false;
    return TW_OK;
}

static tw_status device_death(struct reading *reading)
{
    sequence(reading);
    reading->outcome->died = true;
    return TW_OK;
}

static const struct kind {
    const char *word;
    int words; /* of the topic: 5 with a device */
    tw_status (*read)(struct reading *reading);
} kinds[] = {
    {"NBIRTH", 4, node_birth}, {"DBIRTH", 5, device_birth}, {"NDATA", 4, data},
    {"DDATA", 5, data},        {"NDEATH", 4, node_death},   {"DDEATH", 5, device_death},
};

/* Cut a topic into its levels; returns how many there are, -1 when one does not fit. */
static int words_of(const char *topic, char words[WORDS][TW_SPARKPLUG_NAME_SIZE])
{
    int count = 0;
    for (;;) {
        size_t size = strcspn(topic, "/");
        if (count == WORDS || size == 0 || size >= TW_SPARKPLUG_NAME_SIZE) return -1;
        memcpy(words[count], topic, size);
        words[count++][size] = 0;
        if (topic[size] == 0) return count;
        topic += size + 1;
    }
}

static tw_status node_of(struct tw_sparkplug *sparkplug, struct reading *reading, bool birth)
{
    char key[KEY_SIZE];
    (void)snprintf(key, sizeof key, "%s/%s", reading->outcome->group, reading->outcome->node);
    reading->node = node_find(sparkplug, key);
    if (reading->node == NULL) TW_TRY(node_make(sparkplug, key, &reading->node));
    struct node *node = reading->node;
    if (node->alive && node->sender != reading->payload->device) {
        return refuse(reading, "give every edge node a name of its own",
                      "the node belongs to another device");
    }
    if (birth || node->sender == NULL) node->sender = reading->payload->device;
    return TW_OK;
}

tw_status tw_sparkplug_read(struct tw_sparkplug *sparkplug, const struct tw_payload *payload,
                            struct tw_readings *readings, struct tw_sparkplug_outcome *out_outcome,
                            struct tw_samples_fault *out_fault)
{
    char words[WORDS][TW_SPARKPLUG_NAME_SIZE];
    struct reading reading = {
        .payload = payload, .readings = readings, .fault = out_fault, .outcome = out_outcome};
    memset(out_outcome, 0, sizeof *out_outcome);
    int count = words_of(payload->topic, words);
    const struct kind *kind = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && count >= 4; i++) {
        if (strcmp(words[2], kinds[i].word) == 0 && count == kinds[i].words) kind = &kinds[i];
    }
    if (kind == NULL) {
        /* Commands and hosts' states are for others. */
        bool other =
            count >= 3 && (strcmp(words[2], "NCMD") == 0 || strcmp(words[2], "DCMD") == 0 ||
                           strcmp(words[1], "STATE") == 0);
        if (other) return TW_OK;
        return refuse(&reading, "spBv1.0/GROUP/NDATA/NODE or .../DDATA/NODE/DEVICE",
                      "the topic is none of the specification's");
    }
    memcpy(out_outcome->group, words[1], TW_SPARKPLUG_NAME_SIZE);
    memcpy(out_outcome->node, words[3], TW_SPARKPLUG_NAME_SIZE);
    if (count == 5) memcpy(out_outcome->device, words[4], TW_SPARKPLUG_NAME_SIZE);
    if (tw_sparkplug_decode(payload->bytes, payload->size, &reading.message) != TW_OK) {
        return refuse(&reading, "encode it as sparkplug_b.proto says", "the payload is malformed");
    }
    TW_TRY(node_of(sparkplug, &reading, kind->read == node_birth));
    return kind->read(&reading);
}
