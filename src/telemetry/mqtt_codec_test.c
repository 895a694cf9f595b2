#include "telemetry/mqtt_codec.h"

#include "check.h"

#include <string.h>

static struct tw_mqtt_span span(const char *text) { return tw_mqtt_span_of(text); }

static void assert_span(struct tw_mqtt_span got, const char *text)
{
    assert_int_equal(got.size, strlen(text));
    assert_memory_equal(got.bytes, text, got.size);
}

/* Decode what was written, whole. */
static struct tw_mqtt_packet back(const struct tw_strbuf *out, uint8_t version)
{
    struct tw_mqtt_packet packet;
    enum tw_mqtt_reason reason = TW_MQTT_SUCCESS;
    size_t size = 0;
    assert_ok(out->status);
    assert_ok(tw_mqtt_frame((const uint8_t *)out->text, out->length, &size));
    assert_int_equal(size, out->length);
    assert_ok(tw_mqtt_decode((const uint8_t *)out->text, size, version, &packet, &reason));
    return packet;
}

static tw_status decode(const char *bytes, size_t size, uint8_t version, enum tw_mqtt_reason *why)
{
    struct tw_mqtt_packet packet;
    *why = TW_MQTT_SUCCESS;
    return tw_mqtt_decode((const uint8_t *)bytes, size, version, &packet, why);
}

static void the_standards_own_bytes_are_understood(void **state)
{
    (void)state;
    /* MQTT 3.1.1, figures 3.6 and 3.8 with a will, user name, password, clean, 10 s */
    static const char connect[] = "\x10\x27\0\x04MQTT\x04\xce\0\x0a\0\x01"
                                  "c\0\x04will\0\x07goodbye\0\x03usr\0\x04pass";
    struct tw_mqtt_packet packet;
    enum tw_mqtt_reason reason = TW_MQTT_SUCCESS;
    assert_ok(tw_mqtt_decode((const uint8_t *)connect, sizeof connect - 1, 0, &packet, &reason));
    assert_int_equal(packet.version, TW_MQTT_3);
    assert_true(packet.clean && packet.has_will && packet.has_username && packet.has_password);
    assert_int_equal(packet.will_qos, 1);
    assert_int_equal(packet.keep_alive_s, 10);
    assert_span(packet.client_id, "c");
    assert_span(packet.will_topic, "will");
    assert_span(packet.will_payload, "goodbye");
    assert_span(packet.username, "usr");
    assert_span(packet.password, "pass");
    /* figure 3.11 and 3.12: topic a/b, packet identifier 10 */
    static const char publish[] = "\x32\x08\0\x03"
                                  "a/b\0\x0a!";
    assert_ok(
        tw_mqtt_decode((const uint8_t *)publish, sizeof publish - 1, TW_MQTT_3, &packet, &reason));
    assert_span(packet.topic, "a/b");
    assert_span(packet.payload, "!");
    assert_int_equal(packet.id, 10);
    assert_int_equal(packet.qos, 1);
    /* figures 3.20 to 3.23: a/b at QoS 1, c/d at QoS 2 */
    static const char subscribe[] = "\x82\x0e\0\x0a\0\x03"
                                    "a/b\x01\0\x03"
                                    "c/d\x02";
    struct tw_mqtt_filter filter;
    size_t at = 0;
    assert_ok(tw_mqtt_decode((const uint8_t *)subscribe, sizeof subscribe - 1, TW_MQTT_3, &packet,
                             &reason));
    assert_true(tw_mqtt_filter_next(&packet, &at, &filter));
    assert_span(filter.topic, "a/b");
    assert_int_equal(filter.qos, 1);
    assert_true(tw_mqtt_filter_next(&packet, &at, &filter));
    assert_span(filter.topic, "c/d");
    assert_int_equal(filter.qos, 2);
    assert_false(tw_mqtt_filter_next(&packet, &at, &filter));
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    struct tw_strbuf out = {0};
    struct tw_mqtt_packet packet = {.version = TW_MQTT_5,
                                    .client_id = {(const uint8_t *)"pump", 4},
                                    .keep_alive_s = 30,
                                    .has_username = true,
                                    .username = {(const uint8_t *)"u", 1},
                                    .has_will = true,
                                    .will_qos = 1,
                                    .will_retain = true,
                                    .will_topic = {(const uint8_t *)"w", 1},
                                    .will_payload = {(const uint8_t *)"bye", 3}};
    packet.properties.session_expiry_s = 3600;
    packet.properties.receive_maximum = 20;
    packet.properties.has = (uint64_t)1 << 0x11 | (uint64_t)1 << 0x21;
    packet.will_properties.will_delay_s = 5;
    packet.will_properties.has = (uint64_t)1 << 0x18;
    assert_ok(tw_mqtt_write_connect(&out, &packet));
    struct tw_mqtt_packet got = back(&out, 0);
    assert_int_equal(got.version, TW_MQTT_5);
    assert_int_equal(got.properties.session_expiry_s, 3600);
    assert_int_equal(got.properties.receive_maximum, 20);
    assert_int_equal(got.will_properties.will_delay_s, 5);
    assert_span(got.will_payload, "bye");
    assert_true(got.will_retain && !got.clean && !got.has_password);

    tw_strbuf_clear(&out);
    struct tw_mqtt_packet sent = {.topic = span("a/b"), .payload = span("17"), .qos = 1, .id = 513};
    sent.properties.alias = 7;
    sent.properties.response_topic = span("r");
    sent.properties.has = (uint64_t)1 << 0x23 | (uint64_t)1 << 0x08;
    assert_ok(tw_mqtt_write_publish(&out, TW_MQTT_5, &sent));
    got = back(&out, TW_MQTT_5);
    assert_span(got.topic, "a/b");
    assert_span(got.payload, "17");
    assert_int_equal(got.id, 513);
    assert_int_equal(got.properties.alias, 7);
    assert_span(got.properties.response_topic, "r");

    tw_strbuf_clear(&out);
    assert_ok(tw_mqtt_write_connack(&out, TW_MQTT_5, true, TW_MQTT_SUCCESS, &sent.properties));
    tw_strbuf_done(&out);
}

static void acknowledgements_are_as_short_as_can_be(void **state)
{
    (void)state;
    uint8_t bytes[TW_MQTT_ACK_SIZE];
    assert_int_equal(tw_mqtt_write_ack(bytes, TW_MQTT_PUBACK, 258, TW_MQTT_5, TW_MQTT_SUCCESS), 4);
    assert_memory_equal(bytes, "\x40\x02\x01\x02", 4);
    assert_int_equal(tw_mqtt_write_ack(bytes, TW_MQTT_PUBREL, 258, TW_MQTT_3, TW_MQTT_SUCCESS), 4);
    assert_memory_equal(bytes, "\x62\x02\x01\x02", 4);
    assert_int_equal(tw_mqtt_write_ack(bytes, TW_MQTT_PUBACK, 258, TW_MQTT_5, TW_MQTT_QUOTA), 5);
    assert_memory_equal(bytes, "\x40\x03\x01\x02\x97", 5);
    assert_int_equal(tw_mqtt_write_ack(bytes, TW_MQTT_PUBACK, 258, TW_MQTT_3, TW_MQTT_QUOTA), 4);
}

static void the_length_of_a_packet_is_known_only_when_it_is_there(void **state)
{
    (void)state;
    size_t size = 99;
    assert_ok(tw_mqtt_frame((const uint8_t *)"\x30", 1, &size));
    assert_int_equal(size, 0);
    assert_ok(tw_mqtt_frame((const uint8_t *)"\x30\x80", 2, &size));
    assert_int_equal(size, 0);
    assert_ok(tw_mqtt_frame((const uint8_t *)"\x30\xc1\x02", 3, &size)); /* 321: section 2.2.3 */
    assert_int_equal(size, 3 + 321);
    assert_status(tw_mqtt_frame((const uint8_t *)"\x30\xff\xff\xff\xff", 5, &size), TW_ERR_FORMAT);
    assert_status(tw_mqtt_frame((const uint8_t *)"\x30\x80\x00", 3, &size), TW_ERR_FORMAT);
}

static void what_the_standard_forbids_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        uint8_t version;
        enum tw_mqtt_reason why;
    } wrong[] = {
        {"\x36\x05\0\x01"
         "a\0\x01",
         7, TW_MQTT_3, TW_MQTT_MALFORMED}, /* QoS 3 */
        {"\x32\x05\0\x01"
         "a\0\0",
         7, TW_MQTT_3, TW_MQTT_PROTOCOL_ERROR}, /* packet identifier 0 */
        {"\x38\x03\0\x01"
         "a",
         5, TW_MQTT_3, TW_MQTT_MALFORMED},                              /* QoS 0 repeated */
        {"\x60\x02\0\x01", 4, TW_MQTT_3, TW_MQTT_MALFORMED},            /* flags of PUBREL */
        {"\x82\x02\0\x01", 4, TW_MQTT_3, TW_MQTT_PROTOCOL_ERROR},       /* no filter */
        {"\x82\x06\0\x01\0\x01#\x03", 8, TW_MQTT_3, TW_MQTT_MALFORMED}, /* QoS 3 asked for */
        {"\x30\x03\0\x01\xff", 5, TW_MQTT_3, TW_MQTT_MALFORMED},        /* no UTF-8 */
        {"\x30\x04\0\x02"
         "a\0",
         6, TW_MQTT_3, TW_MQTT_MALFORMED},               /* a NUL in a topic */
        {"\xc0\x01\0", 3, TW_MQTT_3, TW_MQTT_MALFORMED}, /* PINGREQ with more */
        {"\xf0\x00", 2, TW_MQTT_3, TW_MQTT_MALFORMED},   /* AUTH is of MQTT 5 */
        {"\x00\x00", 2, TW_MQTT_5, TW_MQTT_MALFORMED},   /* kind 0 */
        {"\x10\x0c\0\x04MQTT\x03\x02\0\x0a\0\0", 14, 0, TW_MQTT_BAD_VERSION},
        {"\x10\x0c\0\x04MQTT\x04\x03\0\x0a\0\0", 14, 0, TW_MQTT_MALFORMED}, /* reserved flag */
        {"\x10\x0c\0\x04MQTT\x04\x42\0\x0a\0\0", 14, 0, TW_MQTT_MALFORMED}, /* password alone */
        {"\x30\x0a\0\x01"
         "a\x06\x23\0\x01\x23\0\x02",
         12, TW_MQTT_5, TW_MQTT_PROTOCOL_ERROR}, /* an alias twice */
        {"\x30\x07\0\x01"
         "a\x03\x21\0\x01",
         9, TW_MQTT_5, TW_MQTT_MALFORMED}, /* a property of CONNECT */
        {"\x10\x10\0\x04MQTT\x05\x02\0\x0a\x03\x21\0\0\0\0", 18, 0, TW_MQTT_PROTOCOL_ERROR},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        enum tw_mqtt_reason why = TW_MQTT_SUCCESS;
        if (decode(wrong[i].bytes, wrong[i].size, wrong[i].version, &why) != TW_ERR_FORMAT ||
            why != wrong[i].why) {
            fail_msg("row %zu: reason %#x instead of %#x", i, (unsigned)why,
                     (unsigned)wrong[i].why);
        }
    }
}

static void every_cut_of_a_packet_is_refused(void **state)
{
    (void)state;
    static const char whole[] = "\x10\x27\0\x04MQTT\x04\xce\0\x0a\0\x01"
                                "c\0\x04will\0\x07goodbye\0\x03usr\0\x04pass";
    char bytes[sizeof whole];
    enum tw_mqtt_reason why = TW_MQTT_SUCCESS;
    for (size_t size = 2; size < sizeof whole - 1; size++) {
        memcpy(bytes, whole, size);
        bytes[1] = (char)(size - 2); /* as if it were all */
        assert_status(decode(bytes, size, 0, &why), TW_ERR_FORMAT);
    }
}

static void filters_take_what_the_standard_says(void **state)
{
    (void)state;
    static const struct {
        const char *filter, *topic;
        bool matches;
    } rows[] = {
        /* MQTT 5.0, section 4.7.1 */
        {"sport/tennis/player1/#", "sport/tennis/player1", true},
        {"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
        {"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
        {"sport/#", "sport", true},
        {"sport/tennis/+", "sport/tennis/player1", true},
        {"sport/tennis/+", "sport/tennis/player1/ranking", false},
        {"sport/+", "sport", false},
        {"sport/+", "sport/", true},
        {"+/+", "/finance", true},
        {"/+", "/finance", true},
        {"+", "/finance", false},
        {"#", "$SYS/x", false},
        {"+/monitor/Clients", "$SYS/monitor/Clients", false},
        {"$SYS/#", "$SYS/x", true},
        {"a/b", "a/b", true},
        {"a/b", "a/bc", false},
        {"a/bc", "a/b", false},
        {"a/b/c", "a/b", false},
        {"a//c", "a//c", true},
        {"a/+/c", "a//c", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (tw_mqtt_filter_matches(span(rows[i].filter), span(rows[i].topic)) != rows[i].matches) {
            fail_msg("%s and %s", rows[i].filter, rows[i].topic);
        }
    }
    assert_true(tw_mqtt_filter_valid(span("a/+/#"), 3));
    assert_false(tw_mqtt_filter_valid(span("a/+/#"), 2));
    assert_false(tw_mqtt_filter_valid(span("a/b#"), 9));
    assert_false(tw_mqtt_filter_valid(span("a/#/c"), 9));
    assert_false(tw_mqtt_filter_valid(span("a+/c"), 9));
    assert_false(tw_mqtt_filter_valid(span(""), 9));
    assert_false(tw_mqtt_topic_valid(span("a/+"), 9));
    assert_false(tw_mqtt_topic_valid(span(""), 9));
    assert_true(tw_mqtt_topic_valid(span("站/水位"), 9));
    assert_false(tw_mqtt_text_valid(span("\xed\xa0\x80"))); /* a surrogate */
    assert_false(tw_mqtt_text_valid(span("\xc0\xaf")));     /* longer than need be */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standards_own_bytes_are_understood),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(acknowledgements_are_as_short_as_can_be),
        cmocka_unit_test(the_length_of_a_packet_is_known_only_when_it_is_there),
        cmocka_unit_test(what_the_standard_forbids_is_refused),
        cmocka_unit_test(every_cut_of_a_packet_is_refused),
        cmocka_unit_test(filters_take_what_the_standard_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
