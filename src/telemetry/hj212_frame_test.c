#include "telemetry/hj212_frame.h"

#include "check.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* HJ 212-2017, appendix A: the frame that the standard itself prints (the prose beside it says 1C08,
 * which is a slip). */
static const char STANDARD[] = "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;"
                               "MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n";

static enum tw_hj212_cut cut(const char *bytes, size_t size, size_t *used,
                             struct tw_hj212_text *segment)
{
    const char *why = NULL;
    enum tw_hj212_cut found = tw_hj212_frame_cut(bytes, size, used, segment, &why);
    assert_true((found == TW_HJ212_BAD) == (why != NULL));
    return found;
}

static void the_standard_s_own_frame_has_its_check(void **state)
{
    (void)state;
    struct tw_hj212_text segment = {NULL, 0};
    size_t used = 0;
    assert_int_equal(cut(STANDARD, strlen(STANDARD), &used, &segment), TW_HJ212_FRAME);
    assert_int_equal(segment.size, 101);
    assert_int_equal(used, strlen(STANDARD) - 2); /* CR LF is skipped with the next frame */
    assert_int_equal(tw_hj212_crc(segment.at, segment.size), 0x1C80);
}

static void a_frame_that_is_written_is_read(void **state)
{
    (void)state;
    struct tw_strbuf out = {0};
    struct tw_hj212_text segment = {NULL, 0};
    size_t used = 0;
    assert_ok(tw_hj212_frame_add(&out, "QN=20160801085857223;ST=32;CN=1062;PW=100000;"
                                       "MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&"));
    assert_string_equal(tw_strbuf_get(&out), STANDARD);
    char *longer = calloc(1, 10001);
    assert_non_null(longer);
    memset(longer, 'x', 10000);
    assert_status(tw_hj212_frame_add(&out, longer), TW_ERR_FULL);
    free(longer);
    assert_int_equal(cut(out.text, out.length, &used, &segment), TW_HJ212_FRAME);
    tw_strbuf_done(&out);
}

/* A modem hands over what it has; at no length of the beginning is anything decided too early. */
static void a_frame_that_comes_byte_by_byte_is_waited_for(void **state)
{
    (void)state;
    struct tw_hj212_text segment = {NULL, 0};
    size_t used = 0;
    for (size_t size = 0; size < strlen(STANDARD) - 2; size++) {
        assert_int_equal(cut(STANDARD, size, &used, &segment), TW_HJ212_MORE);
        assert_int_equal(used, 0);
    }
}

static void a_wrong_byte_fails_the_check(void **state)
{
    (void)state;
    for (size_t i = 6; i < strlen(STANDARD) - 2; i++) {
        char bytes[sizeof STANDARD];
        struct tw_hj212_text segment = {NULL, 0};
        size_t used = 0;
        memcpy(bytes, STANDARD, sizeof bytes);
        bytes[i] ^= 1;
        assert_int_equal(cut(bytes, strlen(bytes), &used, &segment), TW_HJ212_BAD);
        assert_int_equal(used, strlen(bytes)); /* no other frame begins in it */
    }
}

/* Counts frames and faults in a stream, as a session does. */
static void count(const char *bytes, size_t size, int *frames, int *faults)
{
    size_t at = 0;
    *frames = *faults = 0;
    for (;;) {
        struct tw_hj212_text segment = {NULL, 0};
        size_t used = 0;
        enum tw_hj212_cut found = cut(bytes + at, size - at, &used, &segment);
        assert_true(found == TW_HJ212_MORE || used > 0); /* else it would never end */
        at += used;
        if (found == TW_HJ212_MORE) return;
        *(found == TW_HJ212_FRAME ? frames : faults) += 1;
    }
}

static void a_length_that_lies_costs_its_own_frame_only(void **state)
{
    (void)state;
    char bytes[3 * sizeof STANDARD];
    int frames = 0;
    int faults = 0;
    for (int length = 0; length <= 9999; length += 33) {
        if (length == 101) continue;
        (void)snprintf(bytes, sizeof bytes, "%s%s%s", STANDARD, STANDARD, STANDARD);
        for (int digit = 3, rest = length; digit >= 0; digit--, rest /= 10)
            bytes[strlen(STANDARD) + 2 + (size_t)digit] = (char)('0' + rest % 10);
        count(bytes, strlen(bytes), &frames, &faults);
        assert_int_equal(frames, 2);
        assert_true(faults > 0);
    }
}

static void noise_between_frames_is_passed_over(void **state)
{
    (void)state;
    char bytes[3 * sizeof STANDARD];
    int frames = 0;
    int faults = 0;
    (void)snprintf(bytes, sizeof bytes, "noise#%s\r\n \r\n#%s##12", STANDARD, STANDARD);
    count(bytes, strlen(bytes), &frames, &faults);
    assert_int_equal(frames, 2);
    assert_int_equal(faults, 3); /* "noise", and before each frame a third # */
    (void)snprintf(bytes, sizeof bytes, "##12x4%s", STANDARD);
    count(bytes, strlen(bytes), &frames, &faults);
    assert_int_equal(frames, 1);
}

/* ../shared/corpus/plant/frames: frames of other programs' test suites, with the verdicts of an
 * independent reading. */
static void frames_of_other_programs_get_their_verdicts(void **state)
{
    (void)state;
    FILE *file = fopen(TW_SHARED_DIR "/corpus/plant/frames/hj212_frames.tsv", "r");
    if (file == NULL) skip();
    char line[4096];
    int rows = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        char *fields[8];
        int n = 0;
        for (char *at = line; n < 8 && at != NULL; n++) {
            fields[n] = at;
            at = strchr(at, '\t');
            if (at != NULL) *at++ = 0;
        }
        if (n < 7 || strncmp(fields[0], "##", 2) != 0) continue;
        bool good = strcmp(fields[5], "True") == 0 && strcmp(fields[6], "True") == 0;
        struct tw_hj212_text segment = {NULL, 0};
        size_t used = 0;
        enum tw_hj212_cut found = cut(fields[0], strlen(fields[0]), &used, &segment);
        assert_int_equal(found == TW_HJ212_FRAME, good);
        rows++;
    }
    assert_int_equal(fclose(file), 0);
    assert_true(rows >= 13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standard_s_own_frame_has_its_check),
        cmocka_unit_test(a_frame_that_is_written_is_read),
        cmocka_unit_test(a_frame_that_comes_byte_by_byte_is_waited_for),
        cmocka_unit_test(a_wrong_byte_fails_the_check),
        cmocka_unit_test(a_length_that_lies_costs_its_own_frame_only),
        cmocka_unit_test(noise_between_frames_is_passed_over),
        cmocka_unit_test(frames_of_other_programs_get_their_verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
