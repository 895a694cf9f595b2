#include "telemetry/sparkplug.h"

#include "check.h"
#include "telemetry/quality.h"

#include <string.h>

/* Messages are written here field by field, as sparkplug_b.proto numbers them. */
struct writer {
    uint8_t bytes[1024];
    size_t size;
};

static void put(struct writer *w, uint64_t value)
{
    do {
        w->bytes[w->size++] = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        value >>= 7;
    } while (value > 0);
}

static void whole(struct writer *w, uint32_t field, uint64_t value)
{
    put(w, field << 3);
    put(w, value);
}

static void sized(struct writer *w, uint32_t field, const void *bytes, size_t size)
{
    put(w, field << 3 | 2);
    put(w, size);
    memcpy(w->bytes + w->size, bytes, size);
    w->size += size;
}

static void real(struct writer *w, double value)
{
    put(w, 13 << 3 | 1);
    memcpy(w->bytes + w->size, &value, 8);
    w->size += 8;
}

static void metric(struct writer *message, const struct writer *m)
{
    sized(message, 2, m->bytes, m->size);
}

struct bench {
    struct tw_catalogue catalogue;
    struct tw_devices *devices;
    struct tw_device *device, *other;
    struct tw_sparkplug *sparkplug;
    struct tw_readings readings;
    struct tw_sparkplug_outcome outcome;
    struct tw_samples_fault fault;
};

static void begin(struct bench *b)
{
    static const char *const names[] = {"S1", "S2", "S3"};
    *b = (struct bench){.device = NULL};
    tw_catalogue_init(&b->catalogue);
    for (int i = 0; i < 3; i++) {
        const struct tw_sensor_entry entry = {.series = i + 1, .unit = "m"};
        assert_ok(tw_catalogue_add(&b->catalogue, names[i], &entry));
    }
    assert_ok(tw_devices_create(&b->catalogue, &b->devices));
    assert_ok(tw_devices_add(
        b->devices, &(struct tw_device_options){.protocol = "mqtt", .name = "edge"}, &b->device));
    assert_ok(tw_devices_add(
        b->devices, &(struct tw_device_options){.protocol = "mqtt", .name = "other"}, &b->other));
    const struct tw_tag tags[] = {{.sensor = "S1", .factor = 1.0}, {.sensor = "S2", .factor = 1.0}};
    assert_ok(tw_device_tag_add(b->device, "level", &tags[0]));
    assert_ok(tw_device_tag_add(b->device, "pump/level", &tags[1]));
    assert_ok(tw_sparkplug_create(&b->sparkplug));
}

static void end(struct bench *b)
{
    tw_readings_done(&b->readings);
    tw_sparkplug_destroy(b->sparkplug);
    tw_devices_destroy(b->devices);
    tw_catalogue_done(&b->catalogue);
}

static tw_status take_from(struct bench *b, const struct tw_device *device, const char *topic,
                           const struct writer *w)
{
    const struct tw_payload payload = {
        .topic = topic, .bytes = w->bytes, .size = w->size, .received_ms = 5000, .device = device};
    tw_readings_done(&b->readings);
    return tw_sparkplug_read(b->sparkplug, &payload, &b->readings, &b->outcome, &b->fault);
}

static tw_status take(struct bench *b, const char *topic, const struct writer *w)
{
    return take_from(b, b->device, topic, w);
}

/* NBIRTH: level has alias 1, of type Int16; temperature is a text. */
static struct writer node_birth(uint64_t birth)
{
    struct writer w = {.size = 0};
    struct writer level = {.size = 0};
    struct writer sequence = {.size = 0};
    struct writer text = {.size = 0};
    whole(&w, 1, 1000);
    sized(&level, 1, "level", 5);
    whole(&level, 2, 1);
    whole(&level, 4, 2);
    whole(&level, 10, 7);
    metric(&w, &level);
    sized(&sequence, 1, "bdSeq", 5);
    whole(&sequence, 4, 8);
    whole(&sequence, 11, birth);
    metric(&w, &sequence);
    sized(&text, 1, "model", 5);
    whole(&text, 4, 12);
    sized(&text, 15, "X", 1);
    metric(&w, &text);
    whole(&w, 3, 0);
    return w;
}

static struct writer data(uint64_t seq, uint64_t alias, uint64_t value)
{
    struct writer w = {.size = 0};
    struct writer m = {.size = 0};
    whole(&w, 1, 2000);
    whole(&m, 2, alias);
    whole(&m, 3, 1990 + seq);
    whole(&m, 10, value);
    metric(&w, &m);
    whole(&w, 3, seq);
    return w;
}

static void an_alias_is_what_its_birth_has_named(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    struct writer w = node_birth(3);
    assert_ok(take(&b, "spBv1.0/g/NBIRTH/n", &w));
    assert_false(b.outcome.rebirth);
    assert_int_equal(b.readings.count, 1); /* bdSeq and the text are no measurements */
    assert_string_equal(b.readings.list[0].sensor, "S1");
    assert_int_equal(b.readings.list[0].time_ms, 1000);
    w = data(1, 1, 0xfffe); /* -2 as 16 bits */
    assert_ok(take(&b, "spBv1.0/g/NDATA/n", &w));
    assert_int_equal(b.readings.count, 1);
    assert_true(b.readings.list[0].value == -2.0);
    assert_int_equal(b.readings.list[0].time_ms, 1991);
    w = data(1, 1, 0xfffe); /* QoS 1 may repeat */
    assert_ok(take(&b, "spBv1.0/g/NDATA/n", &w));
    assert_false(b.outcome.rebirth);
    end(&b);
}

static void a_gap_asks_for_a_birth_and_aliases_mean_nothing_until_then(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    struct writer w = data(0, 1, 5);
    assert_status(take(&b, "spBv1.0/g/NDATA/n", &w), TW_ERR_FORMAT); /* before any birth */
    assert_true(b.outcome.rebirth);
    assert_string_equal(b.outcome.group, "g");
    assert_string_equal(b.outcome.node, "n");
    w = node_birth(0);
    assert_ok(take(&b, "spBv1.0/g/NBIRTH/n", &w));
    for (uint64_t seq = 1; seq <= 600; seq++) { /* round 255 more than once */
        w = data(seq % 256, 1, 5);
        assert_ok(take(&b, "spBv1.0/g/NDATA/n", &w));
        assert_false(b.outcome.rebirth);
    }
    w = data(90, 1, 5); /* 89 was lost */
    assert_status(take(&b, "spBv1.0/g/NDATA/n", &w), TW_ERR_FORMAT);
    assert_true(b.outcome.rebirth);
    w = data(91, 1, 5); /* in order, but what was lost may have named other aliases */
    assert_status(take(&b, "spBv1.0/g/NDATA/n", &w), TW_ERR_FORMAT);
    struct writer m = {.size = 0};
    w.size = 0;
    sized(&m, 1, "level", 5); /* a name needs no birth */
    real(&m, 2.5);
    metric(&w, &m);
    whole(&w, 3, 92);
    assert_ok(take(&b, "spBv1.0/g/NDATA/n", &w));
    assert_true(b.outcome.rebirth);
    assert_true(b.readings.list[0].value == 2.5);
    w = node_birth(1);
    assert_ok(take(&b, "spBv1.0/g/NBIRTH/n", &w));
    w = data(1, 1, 5);
    assert_ok(take(&b, "spBv1.0/g/NDATA/n", &w));
    end(&b);
}

static void a_device_has_metrics_of_its_own(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    struct writer w = node_birth(0);
    struct writer m = {.size = 0};
    assert_ok(take(&b, "spBv1.0/g/NBIRTH/n", &w));
    w.size = 0;
    sized(&m, 1, "level", 5);
    whole(&m, 2, 900);
    whole(&m, 4, 10);
    real(&m, 0.5);
    metric(&w, &m);
    whole(&w, 3, 1);
    assert_ok(take(&b, "spBv1.0/g/DBIRTH/n/pump", &w));
    assert_string_equal(b.readings.list[0].sensor, "S2");
    w.size = m.size = 0;
    whole(&m, 2, 900);
    whole(&m, 5, 1);                                                        /* historical */
    static const uint8_t bad[] = "\x0a\x07Quality\x12\x04\x08\x03\x18\x00"; /* Int32 0 */
    sized(&m, 9, bad, sizeof bad - 1);
    real(&m, 0.75);
    metric(&w, &m);
    whole(&w, 3, 2);
    assert_ok(take(&b, "spBv1.0/g/DDATA/n/pump", &w));
    assert_string_equal(b.readings.list[0].sensor, "S2");
    assert_int_equal(b.readings.list[0].flags, TW_QUALITY_REPLAYED | TW_QUALITY_DOUBTFUL);
    assert_int_equal(b.readings.list[0].time_ms, 5000); /* when it was received: it says none */
    end(&b);
}

static void only_the_death_of_the_present_birth_counts(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    struct writer w = node_birth(4);
    assert_ok(take(&b, "spBv1.0/g/NBIRTH/n", &w));
    struct writer m = {.size = 0};
    w.size = 0;
    sized(&m, 1, "bdSeq", 5);
    whole(&m, 11, 3);
    metric(&w, &m);
    assert_ok(take(&b, "spBv1.0/g/NDEATH/n", &w));
    assert_false(b.outcome.died); /* of an earlier connection */
    w.bytes[w.size - 1] = 4;
    assert_ok(take(&b, "spBv1.0/g/NDEATH/n", &w));
    assert_true(b.outcome.died);
    w = data(1, 1, 5);
    assert_status(take(&b, "spBv1.0/g/NDATA/n", &w), TW_ERR_FORMAT);
    end(&b);
}

static void a_node_belongs_to_who_gave_birth_to_it(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    struct writer w = node_birth(4);
    assert_ok(take(&b, "spBv1.0/g/NBIRTH/n", &w));
    w = data(1, 1, 5);
    assert_status(take_from(&b, b.other, "spBv1.0/g/NDATA/n", &w), TW_ERR_FORMAT);
    assert_ok(take(&b, "spBv1.0/g/NDATA/n", &w));
    end(&b);
}

static void what_is_malformed_changes_nothing(void **state)
{
    (void)state;
    struct bench b;
    begin(&b);
    struct writer good = node_birth(4);
    assert_ok(take(&b, "spBv1.0/g/NBIRTH/n", &good));
    for (size_t size = 1; size + 2 < good.size;
         size++) { /* without its seq it is another message */
        struct writer cut = good;
        cut.size = size;
        (void)take(&b, "spBv1.0/g/NDATA/n/x", &cut); /* no such topic */
    }
    assert_status(take(&b, "spBv1.0/g/NDATA", &good), TW_ERR_FORMAT);
    assert_status(take(&b, "spBv1.0//NDATA/n", &good), TW_ERR_FORMAT);
    struct writer long_name = {.size = 0};
    put(&long_name, 2 << 3 | 2);
    put(&long_name, 100); /* longer than what follows */
    assert_status(take(&b, "spBv1.0/g/NDATA/n", &long_name), TW_ERR_FORMAT);
    struct writer w = data(1, 1, 5);
    assert_ok(take(&b, "spBv1.0/g/NDATA/n", &w));
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alias_is_what_its_birth_has_named),
        cmocka_unit_test(a_gap_asks_for_a_birth_and_aliases_mean_nothing_until_then),
        cmocka_unit_test(a_device_has_metrics_of_its_own),
        cmocka_unit_test(only_the_death_of_the_present_birth_counts),
        cmocka_unit_test(a_node_belongs_to_who_gave_birth_to_it),
        cmocka_unit_test(what_is_malformed_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
