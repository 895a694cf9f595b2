#include "telemetry/hj212_server.h"

#include "station.h"
#include "telemetry/hj212_frame.h"
#include "telemetry/quality.h"

#define MN "010000A8900016F000169DC0"
#define HEAD(cn, flag) "QN=20240701101500123;ST=32;CN=" cn ";PW=123456;MN=" MN ";Flag=" flag ";"

struct plant {
    struct station station;
    struct tw_hj212_server server;
    struct tw_device *device;
    int fd;
    char got[4096];
};

static void begin(struct plant *p)
{
    station_begin(&p->station);
    p->server = (struct tw_hj212_server){.ingest = p->station.ingest,
                                         .devices = p->station.devices,
                                         .catalogue = &p->station.catalogue,
                                         .store = p->station.store,
                                         .zone_s = 28800,
                                         .now_ms = station_now_ms,
                                         .user = &p->station};
    p->device = station_device(&p->station, TW_HJ212_PROTOCOL, MN, "123456");
    station_map(p->device, "w00000", "S2", NULL);
    station_map(p->device, "w01018-Rtd", "S3", NULL);
    station_map(p->device, "2051.w01018-Avg", "S3", NULL);
    station_map(p->device, "2061.w01018-Max", "S4", NULL);
    station_listen(&p->station, tw_hj212_protocol(), &p->server);
    p->fd = station_connect(&p->station);
}

static void end(struct plant *p)
{
    (void)close(p->fd);
    station_end(&p->station);
}

static void say(struct plant *p, const char *segment)
{
    struct tw_strbuf frame = {0};
    assert_ok(tw_hj212_frame_add(&frame, segment));
    station_send(p->fd, frame.text, frame.length);
    tw_strbuf_done(&frame);
}

/* The next frame from the server. */
static const char *hear(struct plant *p)
{
    (void)station_receive(p->fd, p->got, sizeof p->got, 40, STATION_WAIT_MS);
    return p->got;
}

static void expect_silence(struct plant *p)
{
    assert_int_equal(station_receive(p->fd, p->got, sizeof p->got, 1, 200), 0);
}

static void expect_goodbye(struct plant *p)
{
    assert_int_equal(station_receive(p->fd, p->got, sizeof p->got, 1, STATION_WAIT_MS), -1);
    (void)close(p->fd);
    p->fd = station_connect(&p->station);
}

static void real_time_is_answered_once_it_is_stored(void **state)
{
    (void)state;
    struct plant p;
    size_t count = 0;
    begin(&p);
    say(&p, HEAD("2011", "5") "CP=&&DataTime=20240701101500;w00000-Rtd=17.5,w00000-Flag=N;"
                              "w01018-SampleTime=20240701100000,w01018-Rtd=22.2,w01018-Flag=D;"
                              "w99999-Rtd=1&&");
    assert_non_null(
        strstr(hear(&p), "QN=20240701101500123;ST=91;CN=9014;PW=123456;MN=" MN ";Flag=4;CP=&&&&"));
    struct tw_store_sample *flow = station_stored(&p.station, 1, &count);
    assert_int_equal(count, 1);
    assert_near(flow[0].value, 0.0175, 1e-15); /* 17.5 L/s; one multiplication */
    assert_int_equal(flow[0].time_ms, INT64_C(1719800100000));
    assert_int_equal(flow[0].quality, 0);
    free(flow);
    struct tw_store_sample *cod = station_stored(&p.station, 2, &count);
    assert_int_equal(count, 1);
    assert_true(cod[0].value == 22.2);
    assert_int_equal(cod[0].time_ms, INT64_C(1719799200000)); /* when the sample was taken */
    assert_int_equal(cod[0].quality, TW_QUALITY_FAULT);
    free(cod);
    assert_near(station_view(p.device).clock_s, 0.123,
                1e-12); /* QN less our clock; rounding only */
    end(&p);
}

static void what_wants_no_answer_gets_none(void **state)
{
    (void)state;
    struct plant p;
    size_t count = 0;
    begin(&p);
    say(&p, HEAD("2011", "4") "CP=&&DataTime=20240701101500;w01018-Rtd=22.2&&");
    expect_silence(&p);
    free(station_stored(&p.station, 2, &count));
    assert_int_equal(count, 1);
    end(&p);
}

static void the_older_standard_is_answered_in_its_own_way(void **state)
{
    (void)state;
    struct plant p;
    begin(&p);
    say(&p, "QN=20240701101500123;ST=32;CN=2011;PW=123456;MN=" MN ";Flag=1;"
            "CP=&&DataTime=20240701101500;w01018-Rtd=22.2&&");
    assert_non_null(strstr(hear(&p), ";Flag=0;CP=&&QN=20240701101500123;CN=2011&&"));
    end(&p);
}

static void history_goes_to_its_own_times_and_series(void **state)
{
    (void)state;
    struct plant p;
    size_t count = 0;
    begin(&p);
    say(&p, HEAD("2051", "5") "CP=&&DataTime=20240701100000;w01018-Cou=1,w01018-Min=40.1,"
                              "w01018-Avg=40.2,w01018-Max=40.3,w01018-Flag=N&&");
    assert_non_null(strstr(hear(&p), "CN=9014"));
    say(&p, HEAD("2061", "5") "CP=&&DataTime=20240701090000;w01018-Avg=41,w01018-Max=42&&");
    assert_non_null(strstr(hear(&p), "CN=9014"));
    struct tw_store_sample *minutes = station_stored(&p.station, 2, &count);
    assert_int_equal(count, 1);
    assert_true(minutes[0].value == 40.2);
    assert_int_equal(minutes[0].time_ms, INT64_C(1719799200000));
    free(minutes);
    struct tw_store_sample *hours = station_stored(&p.station, 3, &count);
    assert_int_equal(count, 1);
    assert_true(hours[0].value == 42.0);
    free(hours);
    end(&p);
}

static void a_resent_message_is_stored_once(void **state)
{
    (void)state;
    struct plant p;
    size_t count = 0;
    begin(&p);
    for (int i = 0; i < 50; i++) {
        say(&p, HEAD("2011", "5") "CP=&&DataTime=20240701101500;w01018-Rtd=22.2&&");
        assert_non_null(strstr(hear(&p), "CN=9014"));
    }
    free(station_stored(&p.station, 2, &count));
    assert_int_equal(count, 1);
    end(&p);
}

static void a_stranger_and_a_wrong_password_are_sent_away(void **state)
{
    (void)state;
    struct plant p;
    size_t count = 0;
    begin(&p);
    say(&p, "ST=32;CN=2011;PW=123456;MN=NOBODY;Flag=5;CP=&&DataTime=20240701101500;w01018-Rtd=1&&");
    expect_goodbye(&p);
    say(&p, "ST=32;CN=2011;PW=123457;MN=" MN ";Flag=5;CP=&&DataTime=20240701101500;w01018-Rtd=1&&");
    expect_goodbye(&p);
    assert_non_null(strstr(station_refused(p.device, 1).refused_why, "PW"));
    say(&p, "ST=32;CN=2011;MN=" MN ";Flag=5;CP=&&DataTime=20240701101500;w01018-Rtd=1&&");
    expect_goodbye(&p);
    free(station_stored(&p.station, 2, &count));
    assert_int_equal(count, 0);
    end(&p);
}

static void what_cannot_be_stored_is_not_answered(void **state)
{
    (void)state;
    struct plant p;
    begin(&p);
    say(&p, HEAD("2011", "5") "CP=&&w01018-Rtd=22.2&&");
    assert_non_null(strstr(station_refused(p.device, 1).refused_why, "DataTime is missing"));
    say(&p, HEAD("2011", "5") "CP=&&DataTime=20241301101500;w01018-Rtd=22.2&&");
    (void)station_refused(p.device, 2);
    say(&p, HEAD("7777", "5") "CP=&&&&");
    (void)station_refused(p.device, 3);
    expect_silence(&p);
    station_send(p.fd, "##0003abc0000\r\n", 15);
    assert_non_null(strstr(station_refused(p.device, 4).refused_why, "CRC"));
    say(&p, HEAD("2011", "5") "CP=&&DataTime=20240701101500;w01018-Rtd=22.2&&");
    assert_non_null(strstr(hear(&p), "CN=9014")); /* the connection lives on */
    end(&p);
}

static void endless_noise_ends_the_connection(void **state)
{
    (void)state;
    struct plant p;
    begin(&p);
    for (int i = 0; i < 100; i++)
        (void)send(p.fd, "##0003abc0000\r\n", 15, MSG_NOSIGNAL);
    expect_goodbye(&p);
    end(&p);
}

static void one_byte_at_a_time_is_a_message_all_the_same(void **state)
{
    (void)state;
    struct plant p;
    struct tw_strbuf frame = {0};
    begin(&p);
    assert_ok(tw_hj212_frame_add(&frame, HEAD("2011", "5") "CP=&&DataTime=20240701101500;"
                                                           "w01018-Rtd=22.2&&"));
    for (size_t i = 0; i < frame.length; i++)
        station_send(p.fd, frame.text + i, 1);
    tw_strbuf_done(&frame);
    assert_non_null(strstr(hear(&p), "CN=9014"));
    end(&p);
}

static void packets_are_put_together_in_any_order_and_cut(void **state)
{
    (void)state;
    static const char *const cuts[][3] = {
        {"DataTime=20240701100000;w01018-Avg=40.", "2,w01018-Flag=N;DataTime=202407011",
         "01000;w01018-Avg=41.5"},
        {"DataTime=20240701100000;w01018-Avg=40.2", "w01018-Flag=N",
         "DataTime=20240701101000;w01018-Avg=41.5"},
        {"DataTime=20240701100000;w01018-A", "vg=40.2;",
         "DataTime=20240701101000,w01018-Avg=41.5"}};
    static const int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}};
    struct plant p;
    begin(&p);
    for (size_t cut = 0; cut < 3; cut++) {
        for (size_t order = 0; order < 3; order++) {
            size_t count = 0;
            for (int i = 0; i < 3; i++) {
                char segment[512];
                int part = orders[order][i];
                (void)snprintf(segment, sizeof segment, HEAD("2051", "7") "PNUM=3;PNO=%d;CP=&&%s&&",
                               part + 1, cuts[cut][part]);
                say(&p, segment);
            }
            assert_non_null(strstr(hear(&p), "CN=9014"));
            struct tw_store_sample *stored = station_stored(&p.station, 2, &count);
            assert_int_equal(count, 2);
            assert_true(stored[0].value == 40.2 && stored[1].value == 41.5);
            assert_int_equal(stored[1].time_ms - stored[0].time_ms, 600000);
            free(stored);
        }
    }
    end(&p);
}

/* A sender that waits for an answer to each packet repeats the first until it gets one. */
static void a_repeated_packet_is_answered_for_what_is_whole_in_it(void **state)
{
    (void)state;
    struct plant p;
    size_t count = 0;
    begin(&p);
    static const char first[] = HEAD(
        "2051", "7") "PNUM=2;PNO=1;CP=&&DataTime=20240701100000;w01018-Avg=40.2;w01018-Avg=4&&";
    say(&p, first);
    expect_silence(&p);
    say(&p, first);
    assert_non_null(strstr(hear(&p), "CN=9014"));
    struct tw_store_sample *stored = station_stored(&p.station, 2, &count);
    assert_int_equal(count, 1);
    assert_true(stored[0].value == 40.2); /* not 4: that may go on in the next packet */
    free(stored);
    say(&p, HEAD("2051", "7") "PNUM=2;PNO=2;CP=&&1.5&&");
    assert_non_null(strstr(hear(&p), "CN=9014"));
    stored = station_stored(&p.station, 2, &count);
    assert_true(stored[0].value == 41.5);
    free(stored);
    end(&p);
}

static void endless_packets_are_dropped(void **state)
{
    (void)state;
    struct plant p;
    begin(&p);
    char *segment = calloc(1, 9000);
    assert_non_null(segment);
    for (int i = 1; i <= 9; i++) { /* more than 64 KiB */
        int head = snprintf(segment, 9000, HEAD("2051", "7") "PNUM=256;PNO=%d;CP=&&", i);
        memset(segment + head, 'x', 8000);
        memcpy(segment + head + 8000, "&&", 3);
        say(&p, segment);
    }
    free(segment);
    assert_non_null(strstr(station_refused(p.device, 1).refused_why, "too large"));
    end(&p);
}

static void history_is_asked_for_after_a_gap(void **state)
{
    (void)state;
    struct plant p;
    begin(&p);
    say(&p, HEAD("2011", "5") "CP=&&DataTime=20240701090000;w01018-Rtd=22.2&&");
    assert_non_null(strstr(hear(&p), "CN=9014")); /* nothing is stored yet: no gap is known */
    (void)close(p.fd);
    p.fd = station_connect(&p.station);
    say(&p, HEAD("2011", "5") "CP=&&DataTime=20240701101500;w01018-Rtd=22.2&&");
    ssize_t n = station_receive(p.fd, p.got, sizeof p.got, 250, STATION_WAIT_MS);
    assert_true(n > 0);
    assert_non_null(strstr(p.got, "CN=9014"));
    assert_non_null(strstr(p.got, ";ST=32;CN=2051;PW=123456;MN=" MN ";Flag=5;"
                                  "CP=&&BeginTime=20240701090000,EndTime=20240701101500&&"));
    say(&p, HEAD("2011", "5") "CP=&&DataTime=20240701120000;w01018-Rtd=22.2&&");
    assert_non_null(strstr(hear(&p), "CN=9014"));
    expect_silence(&p); /* once */
    end(&p);
}

static void a_plant_that_asks_for_the_time_gets_it(void **state)
{
    (void)state;
    struct plant p;
    begin(&p);
    say(&p, HEAD("1013", "5") "CP=&&PolId=w01018&&");
    (void)station_receive(p.fd, p.got, sizeof p.got, 230, STATION_WAIT_MS);
    assert_non_null(strstr(p.got, "CN=9013"));
    assert_non_null(strstr(p.got, "CN=1012"));
    assert_non_null(strstr(p.got, "SystemTime=20240701101500"));
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_time_is_answered_once_it_is_stored),
        cmocka_unit_test(what_wants_no_answer_gets_none),
        cmocka_unit_test(the_older_standard_is_answered_in_its_own_way),
        cmocka_unit_test(history_goes_to_its_own_times_and_series),
        cmocka_unit_test(a_resent_message_is_stored_once),
        cmocka_unit_test(a_stranger_and_a_wrong_password_are_sent_away),
        cmocka_unit_test(what_cannot_be_stored_is_not_answered),
        cmocka_unit_test(endless_noise_ends_the_connection),
        cmocka_unit_test(one_byte_at_a_time_is_a_message_all_the_same),
        cmocka_unit_test(packets_are_put_together_in_any_order_and_cut),
        cmocka_unit_test(a_repeated_packet_is_answered_for_what_is_whole_in_it),
        cmocka_unit_test(endless_packets_are_dropped),
        cmocka_unit_test(history_is_asked_for_after_a_gap),
        cmocka_unit_test(a_plant_that_asks_for_the_time_gets_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
