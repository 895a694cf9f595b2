#include "telemetry/sl651_frame.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Frames that stations and centres have sent: keep-alive, test report and the answer to it
 * (e-com-net.com/article/1736683930196697088). */
static const char KEEP_ALIVE[] = "7E7E01001234567812342F0008020003591011155111036BCA";
static const char REPORT[] =
    "7E7E010012345678123430002B020003591011154947F1F1001234567848F0F05910111549"
    "20190000052619000005392300000127381211150320FA";
static const char ANSWER[] = "7E7E00123456780112343080080200035910111549471B75D4";

static size_t bytes_of(const char *hex, uint8_t *out)
{
    size_t size = strlen(hex) / 2;
    for (size_t i = 0; i < size; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], 0};
        out[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return size;
}

static enum tw_sl651_cut cut(const uint8_t *bytes, size_t size, size_t *used,
                             struct tw_sl651_frame *frame)
{
    const char *why = NULL;
    enum tw_sl651_cut found = tw_sl651_frame_cut(bytes, size, used, frame, &why);
    if (found == TW_SL651_BAD) assert_non_null(why);
    return found;
}

static void a_keep_alive_is_taken_apart(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct tw_sl651_frame f;
    size_t used = 0;
    size_t size = bytes_of(KEEP_ALIVE, bytes);
    assert_int_equal(cut(bytes, size, &used, &f), TW_SL651_FRAME);
    assert_int_equal(used, size);
    assert_memory_equal(f.station, "\x00\x12\x34\x56\x78", 5);
    assert_memory_equal(f.password, "\x12\x34", 2);
    assert_int_equal(f.centre, 1);
    assert_int_equal(f.function, 0x2F);
    assert_false(f.down);
    assert_int_equal(f.packets, 0);
    assert_int_equal(f.size, 8);
    assert_int_equal(f.end, TW_SL651_ETX);
}

static void an_answer_has_the_addresses_the_other_way_round(void **state)
{
    (void)state;
    uint8_t bytes[64];
    uint8_t written[TW_SL651_FRAME_MAX];
    struct tw_sl651_frame f;
    size_t used = 0;
    size_t size = bytes_of(ANSWER, bytes);
    assert_int_equal(cut(bytes, size, &used, &f), TW_SL651_FRAME);
    assert_true(f.down);
    assert_memory_equal(f.station, "\x00\x12\x34\x56\x78", 5);
    assert_int_equal(f.centre, 1);
    assert_int_equal(f.end, TW_SL651_ESC);
    assert_int_equal(tw_sl651_frame_write(&f, written), size);
    assert_memory_equal(written, bytes, size);
}

static void a_packet_carries_its_numbers(void **state)
{
    (void)state;
    uint8_t text[TW_SL651_TEXT_MAX] = {1, 2, 3};
    uint8_t written[TW_SL651_FRAME_MAX];
    struct tw_sl651_frame f = {.centre = 1,
                               .function = 0x36,
                               .end = TW_SL651_ETB,
                               .packets = 0xABC,
                               .packet = 0x123,
                               .text = text,
                               .size = TW_SL651_TEXT_MAX - 3};
    struct tw_sl651_frame back;
    size_t used = 0;
    size_t size = tw_sl651_frame_write(&f, written);
    assert_int_equal(size, TW_SL651_FRAME_MAX);
    assert_int_equal(cut(written, size, &used, &back), TW_SL651_FRAME);
    assert_int_equal(back.packets, 0xABC);
    assert_int_equal(back.packet, 0x123);
    assert_int_equal(back.size, f.size);
    f.size++;
    assert_int_equal(tw_sl651_frame_write(&f, written), 0);
}

static void a_frame_that_comes_byte_by_byte_is_waited_for(void **state)
{
    (void)state;
    uint8_t bytes[128];
    struct tw_sl651_frame f;
    size_t used = 0;
    size_t size = bytes_of(REPORT, bytes);
    for (size_t n = 0; n < size; n++) {
        assert_int_equal(cut(bytes, n, &used, &f), TW_SL651_MORE);
        assert_int_equal(used, 0);
    }
    assert_int_equal(cut(bytes, size, &used, &f), TW_SL651_FRAME);
}

static void a_wrong_byte_fails_the_check(void **state)
{
    (void)state;
    uint8_t bytes[128];
    size_t size = bytes_of(REPORT, bytes);
    for (size_t i = 2; i < size; i++) {
        struct tw_sl651_frame f;
        size_t used = 0;
        bytes[i] ^= 0x01;
        enum tw_sl651_cut found = cut(bytes, size, &used, &f);
        bytes[i] ^= 0x01;
        if (i == 11 || i == 12) continue; /* a longer length may have to be waited for */
        assert_int_equal(found, TW_SL651_BAD);
        assert_true(used > 0);
    }
}

static void count(const uint8_t *bytes, size_t size, int *frames, int *faults)
{
    size_t at = 0;
    *frames = *faults = 0;
    for (;;) {
        struct tw_sl651_frame f;
        size_t used = 0;
        enum tw_sl651_cut found = cut(bytes + at, size - at, &used, &f);
        assert_true(found == TW_SL651_MORE || used > 0); /* else it would never end */
        at += used;
        if (found == TW_SL651_MORE) return;
        *(found == TW_SL651_FRAME ? frames : faults) += 1;
    }
}

static void noise_and_short_lengths_cost_one_frame_at_most(void **state)
{
    (void)state;
    uint8_t bytes[512] = {0x7E, 0x33, 0x7E};
    int frames = 0;
    int faults = 0;
    size_t size = 3 + bytes_of(REPORT, bytes + 3);
    size += bytes_of(KEEP_ALIVE, bytes + size);
    count(bytes, size, &frames, &faults);
    assert_int_equal(frames, 2);
    for (int length = 0; length < 43; length++) { /* shorter than it is: 43 */
        bytes[3 + 12] = (uint8_t)length;
        count(bytes, size, &frames, &faults);
        assert_int_equal(frames, 1);
        assert_true(faults > 0);
    }
}

/* ../shared/corpus/plant/frames: frames of other programs' test suites, with the verdicts of an
 * independent reading. */
static void frames_of_other_programs_get_their_verdicts(void **state)
{
    (void)state;
    FILE *file = fopen(TW_SHARED_DIR "/corpus/plant/frames/sl651_frames.tsv", "r");
    if (file == NULL) skip();
    static char line[3 * TW_SL651_FRAME_MAX];
    static uint8_t bytes[TW_SL651_FRAME_MAX];
    int rows = 0;
    int good = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        size_t hex = strcspn(line, "\t");
        if (strncmp(line, "7E7E", 4) != 0) continue;
        bool expected = strstr(line + hex, "\tTrue\t") != NULL;
        line[hex] = 0;
        struct tw_sl651_frame f;
        size_t used = 0;
        size_t size = bytes_of(line, bytes);
        if ((cut(bytes, size, &used, &f) == TW_SL651_FRAME) != expected) fail_msg("%s", line);
        rows++;
        good += expected;
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(rows, 46);
    assert_int_equal(good, 39);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_keep_alive_is_taken_apart),
        cmocka_unit_test(an_answer_has_the_addresses_the_other_way_round),
        cmocka_unit_test(a_packet_carries_its_numbers),
        cmocka_unit_test(a_frame_that_comes_byte_by_byte_is_waited_for),
        cmocka_unit_test(a_wrong_byte_fails_the_check),
        cmocka_unit_test(noise_and_short_lengths_cost_one_frame_at_most),
        cmocka_unit_test(frames_of_other_programs_get_their_verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
