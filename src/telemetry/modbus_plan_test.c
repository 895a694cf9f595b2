#include "telemetry/modbus_plan.h"

#include "check.h"

#include <string.h>

static struct tw_modbus_item item(const char *tag)
{
    struct tw_modbus_item i = {.index = 7};
    const char *why = NULL;
    if (tw_modbus_item_parse(tag, TW_MODBUS_ABCD, &i, &why) != TW_OK) fail_msg("%s: %s", tag, why);
    return i;
}

static void a_tag_names_slave_function_address_and_type(void **state)
{
    (void)state;
    struct tw_modbus_item i = item("17.3.100.float32.CDAB");
    assert_int_equal(i.slave, 17);
    assert_int_equal(i.function, 3);
    assert_int_equal(i.address, 100);
    assert_int_equal(i.type, TW_MODBUS_FLOAT32);
    assert_int_equal(i.order, TW_MODBUS_CDAB);
    assert_int_equal(i.words, 2);
    assert_int_equal(item("1.4.0").type, TW_MODBUS_UINT16);
    assert_int_equal(item("1.1.0").type, TW_MODBUS_BIT);
    assert_int_equal(item("1.4.65532.float64").words, 4);
}

static void a_wrong_tag_is_explained(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {{"", "SLAVE"},
                                           {"1.3", "SLAVE"},
                                           {"1.3.0.int16.ABCD.x", "SLAVE"},
                                           {"256.3.0", "slave"},
                                           {"x.3.0", "slave"},
                                           {"250.3.0", "slave"},
                                           {"1.5.0", "function"},
                                           {"1.0.0", "function"},
                                           {"1.3.65536", "address"},
                                           {"1.3.-1", "address"},
                                           {"1.3.0.int8", "type"},
                                           {"1.1.0.int16", "bits"},
                                           {"1.3.0.bit", "bits"},
                                           {"1.3.65535.int32", "end"},
                                           {"1.3.0.int32.AB", "order"},
                                           {"1.3.0.int16.ABCDABCDABCDABCD", "SLAVE"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct tw_modbus_item out = {.index = 7};
        const char *why = NULL;
        assert_status(tw_modbus_item_parse(wrong[i][0], TW_MODBUS_ABCD, &out, &why), TW_ERR_FORMAT);
        if (strstr(why, wrong[i][1]) == NULL) fail_msg("%s: %s", wrong[i][0], why);
        assert_int_equal(out.index, 7); /* untouched */
    }
}

static void neighbours_share_a_request(void **state)
{
    (void)state;
    struct tw_modbus_item items[] = {item("1.3.10"),  item("1.3.0.float32"), item("1.3.30"),
                                     item("1.4.0"),   item("2.3.0"),         item("1.3.1.int32"),
                                     item("1.3.124"), item("1.3.0")};
    struct tw_modbus_read reads[8];
    int32_t n = tw_modbus_reads_plan(items, 8, TW_MODBUS_GAP, reads);
    assert_int_equal(n, 5); /* 0..10, 30, 124, the other function, the other slave */
    assert_int_equal(reads[0].address, 0);
    assert_int_equal(reads[0].words, 11);
    assert_int_equal(reads[0].count, 4);
    assert_int_equal(tw_modbus_reads_plan(items, 8, 0, reads), 6);
}

/* No request is longer than the protocol allows, every item lies in one request, none in two. */
static void requests_stay_within_the_protocol(void **state)
{
    (void)state;
    static const int functions[] = {1, 3};
    for (size_t f = 0; f < 2; f++) {
        static struct tw_modbus_item items[5000];
        static struct tw_modbus_read reads[5000];
        int32_t most = functions[f] == 1 ? TW_MODBUS_READ_BITS : TW_MODBUS_READ_REGISTERS;
        for (int32_t i = 0; i < 5000; i++) {
            items[i] = item(functions[f] == 1 ? "1.1.0" : "1.3.0.float32");
            items[i].address = (uint16_t)(i * 7 % 10007);
            items[i].index = i;
        }
        int32_t n = tw_modbus_reads_plan(items, 5000, TW_MODBUS_GAP, reads);
        int32_t covered = 0;
        for (int32_t r = 0; r < n; r++) {
            assert_int_equal(reads[r].first, covered);
            assert_true(reads[r].words <= most);
            for (int32_t i = covered; i < covered + reads[r].count; i++) {
                assert_true(items[i].address >= reads[r].address);
                assert_true(items[i].address + items[i].words <= reads[r].address + reads[r].words);
            }
            covered += reads[r].count;
        }
        assert_int_equal(covered, 5000);
    }
}

static double value(const char *tag, const uint16_t *words)
{
    struct tw_modbus_item i = item(tag);
    struct tw_modbus_read read = {.address = i.address, .words = i.words, .count = 1};
    double v = NAN;
    assert_true(tw_modbus_value(&i, &read, words, &v));
    return v;
}

static void every_order_gives_the_same_number(void **state)
{
    (void)state;
    /* 123456.0f is 0x47F12000, -2 as int32 0xFFFFFFFE, 123456.0 0x40FE240000000000. */
    assert_true(value("1.3.0.float32.ABCD", (uint16_t[]){0x47F1, 0x2000}) == 123456.0);
    assert_true(value("1.3.0.float32.CDAB", (uint16_t[]){0x2000, 0x47F1}) == 123456.0);
    assert_true(value("1.3.0.float32.BADC", (uint16_t[]){0xF147, 0x0020}) == 123456.0);
    assert_true(value("1.3.0.float32.DCBA", (uint16_t[]){0x0020, 0xF147}) == 123456.0);
    assert_true(value("1.3.0.int32.CDAB", (uint16_t[]){0xFFFE, 0xFFFF}) == -2.0);
    assert_true(value("1.3.0.uint32", (uint16_t[]){0xFFFF, 0xFFFE}) == 4294967294.0);
    assert_true(value("1.3.0.int16", (uint16_t[]){0xFFFE}) == -2.0);
    assert_true(value("1.3.0.int16.DCBA", (uint16_t[]){0xFEFF}) == -2.0);
    assert_true(value("1.3.0.uint16", (uint16_t[]){0xFFFE}) == 65534.0);
    assert_true(value("1.3.0.float64", (uint16_t[]){0x40FE, 0x2400, 0, 0}) == 123456.0);
    assert_true(value("1.3.0.float64.DCBA", (uint16_t[]){0, 0, 0x0024, 0xFE40}) == 123456.0);
    assert_true(value("1.3.0.float64.CDAB", (uint16_t[]){0, 0, 0x2400, 0x40FE}) == 123456.0);
    assert_true(value("1.2.0", (uint16_t[]){1}) == 1.0);
}

static void what_is_not_finite_is_no_value(void **state)
{
    (void)state;
    struct tw_modbus_item i = item("1.3.0.float32");
    struct tw_modbus_read read = {.words = 2, .count = 1};
    double v = 5.0;
    assert_false(tw_modbus_value(&i, &read, (uint16_t[]){0x7FC0, 0}, &v)); /* NaN */
    assert_false(tw_modbus_value(&i, &read, (uint16_t[]){0x7F80, 0}, &v)); /* infinity */
    assert_true(v == 5.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tag_names_slave_function_address_and_type),
        cmocka_unit_test(a_wrong_tag_is_explained),
        cmocka_unit_test(neighbours_share_a_request),
        cmocka_unit_test(requests_stay_within_the_protocol),
        cmocka_unit_test(every_order_gives_the_same_number),
        cmocka_unit_test(what_is_not_finite_is_no_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
