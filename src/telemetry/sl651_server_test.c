#include "telemetry/sl651_server.h"

#include "station.h"
#include "telemetry/quality.h"
#include "telemetry/sl651_frame.h"
#include "telemetry/sl651_text.h"

struct gauge {
    struct station station;
    struct tw_sl651_server server;
    struct tw_device *device;
    int fd;
    char got[4096];
    struct tw_sl651_frame answer; /* its text lies in got */
};

static void begin(struct gauge *g)
{
    station_begin(&g->station);
    g->server = (struct tw_sl651_server){.ingest = g->station.ingest,
                                         .devices = g->station.devices,
                                         .zone_s = 28800,
                                         .now_ms = station_now_ms,
                                         .user = &g->station};
    g->device = station_device(&g->station, TW_SL651_PROTOCOL, "0011223344", "03E8");
    station_map(g->device, "39", "S1", NULL);
    station_map(g->device, "27", "S2", NULL);
    station_map(g->device, "0000000002.39", "S3", "mg/L");
    station_listen(&g->station, tw_sl651_protocol(), &g->server);
    g->fd = station_connect(&g->station);
}

static void end(struct gauge *g)
{
    (void)close(g->fd);
    station_end(&g->station);
}

static size_t bytes_of(const char *hex, uint8_t *out)
{
    size_t size = strlen(hex) / 2;
    for (size_t i = 0; i < size; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], 0};
        out[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return size;
}

static struct tw_sl651_frame frame_of(uint8_t function, const char *hex, uint8_t *text)
{
    struct tw_sl651_frame f = {.station = {0x00, 0x11, 0x22, 0x33, 0x44},
                               .password = {0x03, 0xE8},
                               .centre = 5,
                               .function = function,
                               .end = TW_SL651_ETX,
                               .text = text};
    f.size = bytes_of(hex, text);
    return f;
}

static void send_frame(struct gauge *g, const struct tw_sl651_frame *f)
{
    uint8_t bytes[TW_SL651_FRAME_MAX];
    station_send(g->fd, bytes, tw_sl651_frame_write(f, bytes));
}

static void say(struct gauge *g, uint8_t function, const char *hex)
{
    uint8_t text[512];
    struct tw_sl651_frame f = frame_of(function, hex, text);
    send_frame(g, &f);
}

static void hear(struct gauge *g)
{
    const char *why = NULL;
    size_t used = 0;
    ssize_t n = station_receive(g->fd, g->got, sizeof g->got, 25, STATION_WAIT_MS);
    assert_true(n > 0);
    assert_int_equal(
        tw_sl651_frame_cut((const uint8_t *)g->got, (size_t)n, &used, &g->answer, &why),
        TW_SL651_FRAME);
    assert_true(g->answer.down);
}

static void expect_silence(struct gauge *g)
{
    assert_int_equal(station_receive(g->fd, g->got, sizeof g->got, 1, 200), 0);
}

#define REPORT "0034240701101530F1F1001122334448F0F02407011015"

static void a_timed_report_is_answered_once_it_is_stored(void **state)
{
    (void)state;
    struct gauge g;
    size_t count = 0;
    begin(&g);
    say(&g, TW_SL651_TIMED,
        REPORT "39230001049038121209272B00000125004520"
               "00000000");
    hear(&g);
    assert_int_equal(g.answer.function, TW_SL651_TIMED);
    assert_int_equal(g.answer.end, TW_SL651_ESC);
    assert_int_equal(g.answer.centre, 5);
    assert_memory_equal(g.answer.station, "\x00\x11\x22\x33\x44", 5);
    assert_memory_equal(g.answer.password, "\x03\xE8", 2);
    assert_int_equal(g.answer.size, 8);
    assert_memory_equal(g.answer.text, "\x00\x34\x24\x07\x01\x10\x15\x00", 8);
    struct tw_store_sample *level = station_stored(&g.station, 0, &count);
    assert_int_equal(count, 1);
    assert_true(level[0].value == 10.49);
    assert_int_equal(level[0].time_ms, INT64_C(1719800100000));
    assert_int_equal(level[0].quality, 0);
    free(level);
    assert_near(station_view(g.device).clock_s, 30.0, 1e-12); /* whole seconds */
    end(&g);
}

static void modes_and_end_characters_are_as_the_device_is_set(void **state)
{
    (void)state;
    struct gauge g;
    uint8_t text[512];
    size_t count = 0;
    begin(&g);
    struct tw_sl651_frame f = frame_of(TW_SL651_ADDED, REPORT "392300010490", text);
    f.end = TW_SL651_ETB; /* another report follows */
    send_frame(&g, &f);
    hear(&g);
    assert_int_equal(g.answer.end, TW_SL651_ACK);
    assert_ok(tw_device_setting_add(g.device, "end", "EOT"));
    say(&g, TW_SL651_HOURLY, REPORT "392300010490");
    hear(&g);
    assert_int_equal(g.answer.end, TW_SL651_EOT);
    assert_ok(tw_device_setting_add(g.device, "mode", "M1"));
    say(&g, TW_SL651_TIMED, "0034240701102030F1F1001122334448F0F02407011020392300010500");
    expect_silence(&g);
    free(station_stored(&g.station, 0, &count));
    assert_int_equal(count, 2);
    end(&g);
}

static void a_keep_alive_has_no_answer_but_is_contact(void **state)
{
    (void)state;
    struct gauge g;
    begin(&g);
    say(&g, TW_SL651_KEEP_ALIVE, "0034240701101530");
    expect_silence(&g);
    assert_int_equal(station_view(g.device).messages, 1);
    end(&g);
}

static void a_test_report_is_kept_but_marked(void **state)
{
    (void)state;
    struct gauge g;
    size_t count = 0;
    begin(&g);
    say(&g, TW_SL651_TEST, REPORT "392300010490");
    hear(&g);
    struct tw_store_sample *level = station_stored(&g.station, 0, &count);
    assert_int_equal(count, 1);
    assert_true(tw_quality_is_bad(level[0].quality));
    free(level);
    end(&g);
}

static void a_relay_s_other_stations_have_tags_of_their_own(void **state)
{
    (void)state;
    struct gauge g;
    size_t count = 0;
    begin(&g);
    say(&g, TW_SL651_TIMED, REPORT "392300010490F1F1000000000248F0F02407011010392300000100");
    hear(&g);
    struct tw_store_sample *other = station_stored(&g.station, 2, &count);
    assert_int_equal(count, 1);
    assert_true(other[0].value == 0.1);
    free(other);
    free(station_stored(&g.station, 0, &count));
    assert_int_equal(count, 1);
    end(&g);
}

static void strangers_and_wrong_passwords_are_sent_away(void **state)
{
    (void)state;
    for (int which = 0; which < 3; which++) {
        struct gauge g;
        uint8_t text[512];
        begin(&g);
        struct tw_sl651_frame f = frame_of(TW_SL651_TIMED, REPORT "392300010490", text);
        if (which == 0) f.station[4] = 0x45;
        if (which == 1) f.password[1] = 0xE9;
        if (which == 2) f.down = true;
        send_frame(&g, &f);
        assert_int_equal(station_receive(g.fd, g.got, sizeof g.got, 1, STATION_WAIT_MS), -1);
        if (which == 1) assert_non_null(strstr(station_view(g.device).refused_why, "password"));
        end(&g);
    }
}

static void what_cannot_be_read_is_not_answered(void **state)
{
    (void)state;
    struct gauge g;
    size_t count = 0;
    begin(&g);
    say(&g, TW_SL651_TIMED, REPORT "3923000104902723");
    assert_non_null(strstr(station_refused(g.device, 1).refused_why, "cut off"));
    say(&g, TW_SL651_TIMED, "00342407");
    (void)station_refused(g.device, 2);
    say(&g, TW_SL651_MANUAL, "0034240701101530F2F251312E3233");
    (void)station_refused(g.device, 3);
    station_send(g.fd, "noise", 5);
    (void)station_refused(g.device, 4);
    expect_silence(&g);
    free(station_stored(&g.station, 0, &count));
    assert_int_equal(count, 0); /* all of it or nothing */
    say(&g, TW_SL651_TIMED, REPORT "392300010490");
    hear(&g);
    end(&g);
}

/* Cut into packets; the second comes last, after it was asked for. */
static void a_missing_packet_is_asked_for(void **state)
{
    (void)state;
    struct gauge g;
    uint8_t text[512];
    size_t count = 0;
    begin(&g);
    struct tw_sl651_frame whole =
        frame_of(TW_SL651_EVEN, REPORT "041800000539230000100000001100FFFFFFFF00001300", text);
    static const size_t cuts[] = {0, 20, 33};
    static const int order[] = {1, 3, 2};
    for (int i = 0; i < 3; i++) {
        int part = order[i];
        struct tw_sl651_frame f = whole;
        f.packets = 3;
        f.packet = (uint16_t)part;
        f.text = text + cuts[part - 1];
        f.size = (part == 3 ? whole.size : cuts[part]) - cuts[part - 1];
        f.end = part == 3 ? TW_SL651_ETX : TW_SL651_ETB;
        send_frame(&g, &f);
        if (part == 3) {
            hear(&g);
            assert_int_equal(g.answer.end, TW_SL651_NAK);
            assert_int_equal(g.answer.packets, 3);
            assert_int_equal(g.answer.packet, 2);
        }
    }
    hear(&g);
    assert_int_equal(g.answer.end, TW_SL651_ESC);
    assert_int_equal(g.answer.packet, 3);
    assert_memory_equal(g.answer.text, "\x00\x34", 2);
    struct tw_store_sample *level = station_stored(&g.station, 0, &count);
    assert_int_equal(count, 3);
    assert_true(level[2].value == 1.3);
    assert_int_equal(level[2].time_ms - level[0].time_ms, 3 * 300000);
    free(level);
    end(&g);
}

static void endless_packets_are_dropped(void **state)
{
    (void)state;
    struct gauge g;
    static uint8_t text[4000];
    begin(&g);
    for (int i = 1; i <= 70; i++) { /* more than 256 KiB */
        struct tw_sl651_frame f = frame_of(TW_SL651_PICTURE, "", text);
        f.size = sizeof text;
        f.packets = 4095;
        f.packet = (uint16_t)i;
        f.end = TW_SL651_ETB;
        send_frame(&g, &f);
    }
    assert_non_null(strstr(station_refused(g.device, 1).refused_why, "too large"));
    end(&g);
}

static void resends_and_slow_bytes_do_no_harm(void **state)
{
    (void)state;
    struct gauge g;
    uint8_t text[512];
    uint8_t bytes[TW_SL651_FRAME_MAX];
    size_t count = 0;
    begin(&g);
    struct tw_sl651_frame f = frame_of(TW_SL651_TIMED, REPORT "392300010490", text);
    size_t size = tw_sl651_frame_write(&f, bytes);
    for (size_t i = 0; i < size; i++)
        station_send(g.fd, bytes + i, 1);
    hear(&g);
    for (int i = 0; i < 50; i++) {
        station_send(g.fd, bytes, size);
        hear(&g);
    }
    free(station_stored(&g.station, 0, &count));
    assert_int_equal(count, 1);
    end(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_timed_report_is_answered_once_it_is_stored),
        cmocka_unit_test(modes_and_end_characters_are_as_the_device_is_set),
        cmocka_unit_test(a_keep_alive_has_no_answer_but_is_contact),
        cmocka_unit_test(a_test_report_is_kept_but_marked),
        cmocka_unit_test(a_relay_s_other_stations_have_tags_of_their_own),
        cmocka_unit_test(strangers_and_wrong_passwords_are_sent_away),
        cmocka_unit_test(what_cannot_be_read_is_not_answered),
        cmocka_unit_test(a_missing_packet_is_asked_for),
        cmocka_unit_test(endless_packets_are_dropped),
        cmocka_unit_test(resends_and_slow_bytes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
