#include "telemetry/mqtt_server.h"

#include "station.h"
#include "telemetry/mqtt_codec.h"
#include "telemetry/sparkplug.h"

/* A listener with one device, pump-7, and its client's bytes. */
struct pump {
    struct station station;
    struct tw_mqtt_server *server;
    struct tw_device *device;
    char got[8192];
};

static void begin(struct pump *p, bool ack_refused)
{
    station_begin(&p->station);
    p->device = station_device(&p->station, "mqtt", "pump-7", "secret");
    station_map(p->device, "plant/level", "S1", "cm");
    station_map(p->device, "flow", "S2", NULL);
    assert_ok(tw_device_setting_add(p->device, "ignore", "battery note"));
    const struct tw_mqtt_server_options options = {.ingest = p->station.ingest,
                                                   .devices = p->station.devices,
                                                   .zone_s = 28800,
                                                   .ack_refused = ack_refused,
                                                   .host_id = "hollow"};
    assert_ok(tw_mqtt_server_create(&options, &p->server));
    station_listen(&p->station, &tw_mqtt_protocol, p->server);
}

static void end(struct pump *p)
{
    station_end(&p->station);
    tw_mqtt_server_destroy(p->server);
}

static void say(int fd, struct tw_strbuf *out)
{
    assert_ok(out->status);
    station_send(fd, out->text, out->length);
    tw_strbuf_done(out);
}

/* The next bytes are these. */
static void hear(struct pump *p, int fd, const char *bytes, size_t size)
{
    assert_int_equal(station_receive(fd, p->got, size + 1, size, STATION_WAIT_MS), (ssize_t)size);
    assert_memory_equal(p->got, bytes, size);
}

#define HEAR(p, fd, text) hear((p), (fd), (text), sizeof(text) - 1)

static void hear_nothing(struct pump *p, int fd)
{
    assert_int_equal(station_receive(fd, p->got, 2, 1, 200), 0);
}

static void hear_end(struct pump *p, int fd)
{
    assert_int_equal(station_receive(fd, p->got, 2, 1, STATION_WAIT_MS), -1);
    (void)close(fd);
}

static struct tw_mqtt_packet connect_of(uint8_t version, const char *id, bool clean)
{
    return (struct tw_mqtt_packet){.version = version,
                                   .client_id = tw_mqtt_span_of(id),
                                   .clean = clean,
                                   .keep_alive_s = 60,
                                   .has_username = true,
                                   .username = tw_mqtt_span_of("pump-7"),
                                   .has_password = true,
                                   .password = tw_mqtt_span_of("secret")};
}

static void say_connect(int fd, const struct tw_mqtt_packet *packet)
{
    struct tw_strbuf out = {0};
    (void)tw_mqtt_write_connect(&out, packet);
    say(fd, &out);
}

/* A connection of MQTT 3.1.1 that was let in. */
static int dial(struct pump *p, const char *id, bool clean, bool present)
{
    int fd = station_connect(&p->station);
    const struct tw_mqtt_packet packet = connect_of(TW_MQTT_3, id, clean);
    say_connect(fd, &packet);
    hear(p, fd, present ? "\x20\x02\x01\0" : "\x20\x02\0\0", 4);
    return fd;
}

/* The same of MQTT 5, whose answer's properties are read over. */
static int dial5(struct pump *p, const char *id)
{
    int fd = station_connect(&p->station);
    const struct tw_mqtt_packet packet = connect_of(TW_MQTT_5, id, true);
    say_connect(fd, &packet);
    assert_int_equal(station_receive(fd, p->got, 3, 2, STATION_WAIT_MS), 2);
    size_t rest = (size_t)(unsigned char)p->got[1];
    assert_int_equal(station_receive(fd, p->got, rest + 1, rest, STATION_WAIT_MS), (ssize_t)rest);
    assert_int_equal(p->got[1], TW_MQTT_SUCCESS);
    return fd;
}

static void publish(int fd, uint8_t version, const char *topic, const char *payload, uint8_t qos,
                    uint16_t id)
{
    struct tw_strbuf out = {0};
    const struct tw_mqtt_packet packet = {
        .topic = tw_mqtt_span_of(topic), .payload = tw_mqtt_span_of(payload), .qos = qos, .id = id};
    (void)tw_mqtt_write_publish(&out, version, &packet);
    say(fd, &out);
}

static void assert_stored(struct pump *p, int sensor, size_t count, double last)
{
    size_t got = 0;
    struct tw_store_sample *samples = station_stored(&p->station, sensor, &got);
    assert_int_equal(got, count);
    if (count > 0) assert_near(samples[count - 1].value, last, 1e-12); /* one multiplication */
    free(samples);
}

static void a_message_is_acknowledged_once_it_is_stored(void **state)
{
    (void)state;
    struct pump p;
    begin(&p, false);
    int fd = dial(&p, "a", true, false);
    publish(fd, TW_MQTT_3, "plant/level", "{\"ts\":1719800100000,\"value\":17}", 1, 7);
    HEAR(&p, fd, "\x40\x02\0\x07");
    /* Not flushed: the acknowledgement says that it is there. */
    assert_int_equal(tw_store_sample_count(p.station.store), 1);
    assert_stored(&p, 0, 1, 0.17);
    publish(fd, TW_MQTT_3, "plant/level", "{\"ts\":1719800100000,\"value\":17}", 1, 7);
    HEAR(&p, fd, "\x40\x02\0\x07");
    assert_stored(&p, 0, 1, 0.17); /* sent again it replaces itself */
    publish(fd, TW_MQTT_3, "x", "{\"time\":\"2024-07-01T10:16\",\"values\":{\"flow\":2,\"S3\":5}}",
            0, 0);
    publish(fd, TW_MQTT_3, "x", "[{\"ts\":1719800220,\"flow\":3,\"battery\":\"low\"}]", 1, 8);
    HEAR(&p, fd, "\x40\x02\0\x08");
    assert_stored(&p, 1, 2, 3.0);
    assert_stored(&p, 2, 1, 5.0);
    (void)close(fd);
    end(&p);
}

static void quality_of_service_2_is_stored_once_and_released(void **state)
{
    (void)state;
    struct pump p;
    begin(&p, false);
    int fd = dial(&p, "a", false, false);
    publish(fd, TW_MQTT_3, "flow", "1.5", 2, 9);
    HEAR(&p, fd, "\x50\x02\0\x09");
    (void)close(fd); /* the PUBREC is lost */
    fd = dial(&p, "a", false, true);
    publish(fd, TW_MQTT_3, "flow", "1.5", 2, 9); /* without a time of its own it would be another */
    HEAR(&p, fd, "\x50\x02\0\x09");
    station_send(fd, "\x62\x02\0\x09", 4);
    HEAR(&p, fd, "\x70\x02\0\x09");
    assert_stored(&p, 1, 1, 1.5);
    (void)close(fd);
    end(&p);
}

static void what_cannot_be_taken_is_not_acknowledged(void **state)
{
    (void)state;
    struct pump p;
    begin(&p, false);
    int fd = dial(&p, "a", true, false);
    publish(fd, TW_MQTT_3, "flow", "water", 1, 1);
    publish(fd, TW_MQTT_3, "x", "{\"nothing\":1}", 1, 2);
    publish(fd, TW_MQTT_3, "flow", "2", 1, 3);
    HEAR(&p, fd, "\x40\x02\0\x03");
    assert_int_equal(station_view(p.device).refused, 2);
    assert_non_null(strstr(station_view(p.device).refused_why, "nothing"));
    (void)close(fd);
    fd = dial5(&p, "b");
    publish(fd, TW_MQTT_5, "flow", "water", 1, 1);
    HEAR(&p, fd, "\x40\x03\0\x01\x99");
    publish(fd, TW_MQTT_5, "flow", "water", 2, 2);
    HEAR(&p, fd, "\x50\x03\0\x02\x99");
    (void)close(fd);
    end(&p);
    begin(&p, true);
    fd = dial(&p, "a", true, false);
    publish(fd, TW_MQTT_3, "flow", "water", 1, 1);
    HEAR(&p, fd, "\x40\x02\0\x01"); /* as the city has chosen */
    assert_int_equal(station_view(p.device).refused, 1);
    (void)close(fd);
    end(&p);
}

static void acknowledgements_come_in_the_order_of_their_messages(void **state)
{
    (void)state;
    struct pump p;
    char expected[4 * 600 + TW_MQTT_ACK_SIZE];
    struct tw_strbuf out = {0};
    begin(&p, true);
    int fd = dial(&p, "a", true, false);
    for (uint16_t i = 1; i <= 600; i++) { /* more than may wait; every third is refused at once */
        char payload[64];
        (void)snprintf(payload, sizeof payload, "{\"ts\":%d,\"value\":%s}", 1719800100 + i,
                       i % 3 == 0 ? "\"?\"" : "1");
        const struct tw_mqtt_packet packet = {.topic = tw_mqtt_span_of("flow"),
                                              .payload = tw_mqtt_span_of(payload),
                                              .qos = 1,
                                              .id = i};
        (void)tw_mqtt_write_publish(&out, TW_MQTT_3, &packet);
        (void)tw_mqtt_write_ack((uint8_t *)expected + 4 * (i - 1), TW_MQTT_PUBACK, i, TW_MQTT_3,
                                TW_MQTT_SUCCESS);
    }
    say(fd, &out);
    hear(&p, fd, expected, 4 * 600);
    assert_stored(&p, 1, 400, 1.0);
    (void)close(fd);
    end(&p);
}

static void only_who_knows_the_password_comes_in(void **state)
{
    (void)state;
    struct pump p;
    begin(&p, false);
    struct tw_mqtt_packet packet = connect_of(TW_MQTT_3, "a", true);
    packet.password = tw_mqtt_span_of("Secret");
    int fd = station_connect(&p.station);
    say_connect(fd, &packet);
    HEAR(&p, fd, "\x20\x02\0\x04");
    hear_end(&p, fd);
    packet.version = TW_MQTT_5;
    packet.username = tw_mqtt_span_of("nobody");
    fd = station_connect(&p.station);
    say_connect(fd, &packet);
    HEAR(&p, fd, "\x20\x03\0\x86\0");
    hear_end(&p, fd);
    fd = station_connect(&p.station);
    publish(fd, TW_MQTT_3, "flow", "1", 1, 1); /* no CONNECT */
    hear_end(&p, fd);
    fd = station_connect(&p.station);
    station_send(fd, "\x10\x0c\0\x06MQIsdp\x03\x02\0", 14); /* MQTT 3.1 */
    HEAR(&p, fd, "\x20\x02\0\x01");
    hear_end(&p, fd);
    assert_stored(&p, 1, 0, 0.0);
    end(&p);
}

static void a_client_that_comes_again_takes_the_place_of_its_connection(void **state)
{
    (void)state;
    struct pump p;
    begin(&p, false);
    int first = dial(&p, "a", false, false);
    int second = dial(&p, "a", false, true);
    hear_end(&p, first);
    publish(second, TW_MQTT_3, "flow", "1", 1, 1);
    HEAR(&p, second, "\x40\x02\0\x01");
    int third = dial(&p, "a", true, false); /* a clean session forgets */
    hear_end(&p, second);
    (void)close(third);
    end(&p);
}

static void commands_wait_for_who_has_subscribed(void **state)
{
    (void)state;
    struct pump p;
    static const char seed[] = "\x82\x0a\0\x01\0\x05"
                               "cmd/#\x01";
    begin(&p, false);
    struct tw_device *other = NULL;
    char hash[TW_SHA256_HEX_SIZE];
    tw_sha256_hex("other", 5, hash);
    const struct tw_device_options options = {
        .protocol = "mqtt", .name = "other", .secret_sha256 = hash};
    assert_ok(tw_devices_add(p.station.devices, &options, &other));
    assert_ok(tw_device_setting_add(other, "ignore", "*"));
    int listener = dial(&p, "ear", false, false);
    station_send(listener, seed, sizeof seed - 1);
    HEAR(&p, listener, "\x90\x03\0\x01\x01");
    (void)close(listener);
    int fd = dial(&p, "mouth", true, false);
    publish(fd, TW_MQTT_3, "cmd/flow", "1", 1, 5); /* its last level is a tag */
    HEAR(&p, fd, "\x40\x02\0\x05");
    (void)close(fd);
    struct tw_mqtt_packet packet = connect_of(TW_MQTT_3, "spy", true);
    packet.username = tw_mqtt_span_of("other");
    packet.password = tw_mqtt_span_of("other");
    int spy = station_connect(&p.station);
    say_connect(spy, &packet);
    HEAR(&p, spy, "\x20\x02\0\0");
    station_send(spy, seed, sizeof seed - 1);
    HEAR(&p, spy, "\x90\x03\0\x01\x01");
    publish(spy, TW_MQTT_3, "cmd/x", "{\"x\":2}", 1, 5);
    listener = dial(&p, "ear", false, true);
    HEAR(&p, listener,
         "\x32\x0d\0\x08"
         "cmd/flow\0\x01"
         "1");
    station_send(listener, "\x40\x02\0\x01", 4);
    hear_nothing(&p, listener); /* what another device says is not heard */
    (void)close(listener);
    (void)close(spy);
    end(&p);
}

static void a_broken_connection_leaves_its_will(void **state)
{
    (void)state;
    struct pump p;
    begin(&p, false);
    int ear = dial(&p, "ear", true, false);
    station_send(ear, "\x82\x09\0\x01\0\x04will\0", 11);
    HEAR(&p, ear, "\x90\x03\0\x01\0");
    struct tw_mqtt_packet packet = connect_of(TW_MQTT_3, "a", true);
    packet.has_will = true;
    packet.will_topic = tw_mqtt_span_of("will");
    packet.will_payload = tw_mqtt_span_of("gone");
    int fd = station_connect(&p.station);
    say_connect(fd, &packet);
    HEAR(&p, fd, "\x20\x02\0\0");
    station_send(fd, "\xe0\0", 2); /* DISCONNECT: no will */
    hear_end(&p, fd);
    hear_nothing(&p, ear);
    fd = station_connect(&p.station);
    say_connect(fd, &packet);
    HEAR(&p, fd, "\x20\x02\0\0");
    (void)close(fd);
    HEAR(&p, ear, "\x30\x0a\0\x04willgone");
    (void)close(ear);
    end(&p);
}

static void aliases_stand_for_topics_and_limits_hold(void **state)
{
    (void)state;
    struct pump p;
    struct tw_strbuf out = {0};
    begin(&p, false);
    int fd = dial5(&p, "a");
    struct tw_mqtt_packet packet = {
        .topic = tw_mqtt_span_of("flow"), .payload = tw_mqtt_span_of("1"), .qos = 1, .id = 1};
    packet.properties.alias = 3;
    packet.properties.has = (uint64_t)1 << 0x23;
    (void)tw_mqtt_write_publish(&out, TW_MQTT_5, &packet);
    packet.topic.size = 0;
    packet.id = 2;
    packet.payload = tw_mqtt_span_of("{\"ts\":1719800100,\"value\":2}");
    (void)tw_mqtt_write_publish(&out, TW_MQTT_5, &packet);
    say(fd, &out);
    HEAR(&p, fd, "\x40\x02\0\x01\x40\x02\0\x02");
    packet.properties.alias = 4; /* was never said */
    (void)tw_mqtt_write_publish(&out, TW_MQTT_5, &packet);
    say(fd, &out);
    HEAR(&p, fd, "\xe0\x01\x82");
    hear_end(&p, fd);
    fd = dial5(&p, "a");
    packet.properties.alias = 33; /* more than was granted */
    (void)tw_mqtt_write_publish(&out, TW_MQTT_5, &packet);
    say(fd, &out);
    HEAR(&p, fd, "\xe0\x01\x94");
    hear_end(&p, fd);
    fd = dial5(&p, "a");
    station_send(fd, "\x30\x80\x80\x80\x01", 5); /* 2 MB are announced */
    HEAR(&p, fd, "\xe0\x01\x95");
    hear_end(&p, fd);
    fd = dial5(&p, "a");
    publish(fd, TW_MQTT_5, "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "1", 0, 0);
    HEAR(&p, fd, "\xe0\x01\x90");
    hear_end(&p, fd);
    end(&p);
}

static void a_sparkplug_node_is_asked_for_a_birth(void **state)
{
    (void)state;
    struct pump p;
    uint8_t rebirth[64];
    begin(&p, false);
    int fd = dial(&p, "node", true, false);
    station_send(fd,
                 "\x82\x15\0\x01\0\x10"
                 "spBv1.0/g/NCMD/n\x00",
                 23);
    HEAR(&p, fd, "\x90\x03\0\x01\0");
    publish(fd, TW_MQTT_3, "spBv1.0/g/NDATA/n", "\x18\x05", 0, 0); /* seq 5 without a birth */
    size_t size = tw_sparkplug_rebirth(INT64_C(1719800100000), rebirth);
    assert_int_equal(station_receive(fd, p.got, 2 + 18 + size + 1, 2 + 18 + size, STATION_WAIT_MS),
                     (ssize_t)(2 + 18 + size));
    assert_memory_equal(p.got + 2, "\0\x10spBv1.0/g/NCMD/n", 18);
    /* all but the time, which is 6 bytes after a tag */
    assert_memory_equal(p.got + 20 + 7, rebirth + 7, size - 7);
    (void)close(fd);
    end(&p);
}

static void a_node_hears_that_its_host_is_there(void **state)
{
    (void)state;
    struct pump p;
    begin(&p, false);
    int fd = dial(&p, "node", true, false);
    station_send(fd,
                 "\x82\x0c\0\x01\0\x07"
                 "STATE/+\x00",
                 14);
    HEAR(&p, fd, "\x90\x03\0\x01\0");
    HEAR(&p, fd,
         "\x31\x14\0\x0cSTATE/hollow"
         "ONLINE");
    (void)close(fd);
    end(&p);
}

static void one_byte_at_a_time_is_understood(void **state)
{
    (void)state;
    struct pump p;
    static const char bytes[] = "\x32\x08\0\x04"
                                "flow\0\x01"
                                "7\xc0\0";
    char exact[sizeof bytes];
    begin(&p, false);
    int fd = dial(&p, "a", true, false);
    memcpy(exact, bytes, sizeof bytes);
    exact[1] = 9;
    for (size_t i = 0; i < sizeof bytes - 1; i++)
        station_send(fd, exact + i, 1);
    assert_int_equal(station_receive(fd, p.got, 7, 6, STATION_WAIT_MS), 6);
    /* the answer to the ping does not wait for the disk */
    assert_true(memcmp(p.got, "\x40\x02\0\x01\xd0\0", 6) == 0 ||
                memcmp(p.got, "\xd0\0\x40\x02\0\x01", 6) == 0);
    (void)close(fd);
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_acknowledged_once_it_is_stored),
        cmocka_unit_test(quality_of_service_2_is_stored_once_and_released),
        cmocka_unit_test(what_cannot_be_taken_is_not_acknowledged),
        cmocka_unit_test(acknowledgements_come_in_the_order_of_their_messages),
        cmocka_unit_test(only_who_knows_the_password_comes_in),
        cmocka_unit_test(a_client_that_comes_again_takes_the_place_of_its_connection),
        cmocka_unit_test(commands_wait_for_who_has_subscribed),
        cmocka_unit_test(a_broken_connection_leaves_its_will),
        cmocka_unit_test(aliases_stand_for_topics_and_limits_hold),
        cmocka_unit_test(a_sparkplug_node_is_asked_for_a_birth),
        cmocka_unit_test(a_node_hears_that_its_host_is_there),
        cmocka_unit_test(one_byte_at_a_time_is_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
