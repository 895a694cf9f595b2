/* What is broken gives faults: cut files, no memory, no text, large files; and all models of the
 * corpus are read. */
#include "io/inp.h"
#include "io/inp_reader.h"

#include "base/file.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_FILE = 64 << 20 };

static const char small_model[] =
    "[TITLE]\nsmall\n[OPTIONS]\nFLOW_UNITS LPS\nEND_TIME 1:00\nWET_STEP 0:01\n"
    "[RAINGAGES]\nG VOLUME 0:05 1 TIMESERIES T\n[EVAPORATION]\nCONSTANT 1\n"
    "[SUBCATCHMENTS]\nS G J 1 50 100 1 0\n[SUBAREAS]\nS .01 .1 1 2 25 OUTLET\n"
    "[INFILTRATION]\nS 50 5 4 7 0\n[JUNCTIONS]\nJ 10 2 0 0 10\n[OUTFALLS]\nO 8 TIDAL c NO\n"
    "[STORAGE]\nW 9 3 0 TABULAR s 0 0 10 1 0.2\n[CONDUITS]\nC J W 50 0.013 0 0.1\n"
    "D J W 50 0.013 0 0\n[PUMPS]\nP W O p ON 1 0.5\n"
    "[XSECTIONS]\nC CIRCULAR 0.5 0 0 0 2\nD IRREGULAR t\n"
    "[TRANSECTS]\nNC 0.05 0.05 0.03\nX1 t 4 1 3 0 0 0 0 0\nGR 2 0 0 1 0 3 2 4\n"
    "[LOSSES]\nC 0.1 0.2 0.3 YES 1\n[CONTROLS]\nVARIABLE d = NODE W DEPTH\nEXPRESSION e = d * 2\n"
    "RULE r\nIF e > 1\nAND NODE J DEPTH < 0.5\nTHEN PUMP P STATUS = ON\nELSE PUMP P SETTING = 0.5\n"
    "[DWF]\nJ FLOW 1 m\n[PATTERNS]\nm MONTHLY 1 2\n[INFLOWS]\nJ FLOW Q FLOW 1 1 2 m\n"
    "[CURVES]\nc TIDAL 0 8 12 9\ns STORAGE 0 10 3 20\np PUMP3 0 10 5 0\n"
    "[TIMESERIES]\nT 0 1 0:05 2 0:10 0\nQ 0 1\n[REPORT]\nNODES ALL\n[COORDINATES]\nJ 1 2\n"
    "[VERTICES]\nC 1 2\n[SYMBOLS]\nG 3 4\n"
    "[TEMPERATURE]\nTIMESERIES Q\nSNOWMELT 1 0.5 0.6 0 40 0\nADC PERV 0 0 0 0 0 0 0 0 0 1\n"
    "[SNOWPACKS]\nk PLOW 1 2 0 .1 1 0 .5\nk REMOV 5 .1 .1 .1 .1 .1 S\n"
    "[ADJUSTMENTS]\nRAIN 1 1 1 1 1 1 1 1 1 1 1 1\nDSTORE S m\n";

/* Text in memory of exactly its size, so that a sanitizer sees a step beyond it. */
static tw_status read_text(const char *text, size_t size, tw_faults *faults)
{
    char *copy = malloc(size + 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    copy[size] = '\0';
    struct tw_model *model = NULL;
    tw_status status = tw_inp_read_text(copy, size, "cut.inp", faults, &model);
    assert_int_equal(status == TW_OK, model != NULL);
    tw_inp_free(model);
    free(copy);
    return status;
}

/* Where a file may end and still be whole is for its rows to say; it must never crash or hang, and
 * before its first subcatchment it is no model. */
static void a_file_may_be_cut_at_any_byte(void **state)
{
    (void)state;
    size_t size = sizeof small_model - 1;
    assert_ok(read_text(small_model, size, NULL));
    for (size_t cut = 0; cut < size; cut++) {
        tw_faults *faults;
        assert_ok(tw_faults_create(0, &faults));
        tw_status status = read_text(small_model, cut, faults);
        assert_true(status == TW_OK || status == TW_ERR_INPUT);
        assert_int_equal(status == TW_ERR_INPUT, tw_faults_count(faults) > 0);
        if (cut < (size_t)(strstr(small_model, "S G J") - small_model))
            assert_status(status, TW_ERR_INPUT);
        tw_faults_destroy(faults);
    }
}

static void every_byte_may_be_wrong(void **state)
{
    (void)state;
    static const char wrong[] = {'\0', '\n', '"', ';', '[', '*', '-', '9', '\xff', ' '};
    char text[sizeof small_model];
    for (size_t at = 0; at < sizeof small_model - 1; at++) {
        memcpy(text, small_model, sizeof small_model);
        text[at] = wrong[at % sizeof wrong];
        tw_status status = read_text(text, sizeof small_model - 1, NULL);
        assert_true(status == TW_OK || status == TW_ERR_INPUT);
    }
}

static tw_status read_failing(int64_t model_at, int64_t scratch_at)
{
    char text[sizeof small_model];
    memcpy(text, small_model, sizeof small_model);
    tw_faults *faults;
    assert_ok(tw_faults_create(0, &faults));
    struct tw_model model = {.arena.fail_at = model_at};
    struct tw_inp inp = {.model = &model,
                         .scratch.fail_at = scratch_at,
                         .faults = faults,
                         .path = "small.inp",
                         .text = text};
    tw_status status = tw_inp_read_all(&inp, sizeof small_model - 1);
    tw_arena_done(&inp.scratch);
    tw_arena_done(&model.arena);
    tw_faults_destroy(faults);
    return status;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    assert_ok(read_failing(0, 0));
    int64_t n = 1;
    while (read_failing(n, 0) != TW_OK)
        assert_status(read_failing(n++, 0), TW_ERR_NOMEM);
    assert_true(n > 100);
    n = 1;
    while (read_failing(0, n) != TW_OK)
        assert_status(read_failing(0, n++), TW_ERR_NOMEM);
    assert_true(n > 20);
}

static void what_is_no_text_is_a_fault(void **state)
{
    (void)state;
    unsigned char noise[4096];
    uint32_t random = 1;
    for (size_t i = 0; i < sizeof noise; i++) {
        random = random * 1664525u + 1013904223u;
        noise[i] = (unsigned char)(random >> 24);
    }
    assert_status(read_text((const char *)noise, sizeof noise, NULL), TW_ERR_INPUT);
    for (size_t i = 0; i < sizeof noise; i++)
        if (noise[i] == 0) noise[i] = 1;
    assert_status(read_text((const char *)noise, sizeof noise, NULL), TW_ERR_INPUT);
    assert_status(read_text("", 0, NULL), TW_ERR_INPUT);
}

static void what_is_no_file_cannot_be_read(void **state)
{
    (void)state;
    struct tw_model *model = NULL;
    assert_status(tw_inp_read("/no/such/file.inp", NULL, &model), TW_ERR_FILE);
    assert_status(tw_inp_read("/tmp", NULL, &model), TW_ERR_FILE);
    assert_null(model);
    tw_inp_free(NULL);
}

/* Windows line ends, a byte order mark, a last row without line end. */
static void line_ends_and_marks_do_not_matter(void **state)
{
    (void)state;
    char text[2 * sizeof small_model + 8] = "\xEF\xBB\xBF";
    size_t used = 3;
    for (const char *at = small_model; *at != '\0'; at++) {
        if (*at == '\n') text[used++] = '\r';
        text[used++] = *at;
    }
    used -= 2;
    tw_faults *faults;
    assert_ok(tw_faults_create(0, &faults));
    assert_ok(read_text(text, used, faults));
    assert_int_equal(tw_faults_kept(faults), 0);
    tw_faults_destroy(faults);
}

static void a_line_may_not_be_too_long(void **state)
{
    (void)state;
    char text[4000];
    size_t used = (size_t)snprintf(text, sizeof text, "%s[JUNCTIONS]\nK 1 ", "");
    memset(text + used, ' ', 1100);
    used += 1100;
    memcpy(text + used, "2\n", 3);
    tw_faults *faults;
    assert_ok(tw_faults_create(0, &faults));
    assert_status(read_text(text, used + 2, faults), TW_ERR_INPUT);
    assert_int_equal(tw_faults_get(faults, 0).line, 2);
    assert_non_null(strstr(tw_faults_get(faults, 0).text, "1023"));
    tw_faults_destroy(faults);
    text[30] = ';'; /* a comment may be of any length */
    assert_ok(tw_faults_create(0, &faults));
    (void)read_text(text, used + 2, faults);
    assert_null(strstr(tw_faults_get(faults, 0).text, "1023"));
    tw_faults_destroy(faults);
}

static void equal_files_have_equal_digests(void **state)
{
    (void)state;
    uint64_t digest[3];
    for (int k = 0; k < 3; k++) {
        char text[sizeof small_model];
        memcpy(text, small_model, sizeof small_model);
        if (k == 2) *strstr(text, "0.013") = '1';
        struct tw_model *model = NULL;
        assert_ok(tw_inp_read_text(text, sizeof small_model - 1, "a.inp", NULL, &model));
        digest[k] = model->digest;
        tw_inp_free(model);
    }
    assert_true(digest[0] == digest[1]);
    assert_true(digest[0] != digest[2]);
}

static void write_large(FILE *file, int nodes)
{
    fprintf(file, "[OPTIONS]\nFLOW_UNITS CMS\nEND_TIME 1:00\n[JUNCTIONS]\n");
    for (int i = 1; i < nodes; i++)
        fprintf(file, "J%d %.3f 3.000 0 0 0\n", i, 0.01 * i);
    fprintf(file, "[OUTFALLS]\nJ0 0 FREE\n[CONDUITS]\n");
    for (int i = 1; i < nodes; i++)
        fprintf(file, "C%d J%d J%d 25.0 0.0130 0 0 0 0\n", i, i, i - 1);
    fprintf(file, "[XSECTIONS]\n");
    for (int i = 1; i < nodes; i++)
        fprintf(file, "C%d CIRCULAR 0.500 0 0 0 1\n", i);
    fprintf(file, "[COORDINATES]\n");
    for (int i = 0; i < nodes; i++)
        fprintf(file, "J%d %.3f %.3f\n", i, 500000.0 + i, 4000000.0 - i);
}

/* A second for 100,000 nodes on a slow machine, ten under a sanitizer. */
static void a_large_city_is_read_in_a_second(void **state)
{
    (void)state;
    static const char path[] = "/tmp/thalweg-inp-large.inp";
    enum { NODES = 100000 };
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    write_large(file, NODES);
    assert_int_equal(fclose(file), 0);
    struct tw_model *model = NULL;
    clock_t begin = clock();
    assert_ok(tw_inp_read(path, NULL, &model));
    double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    print_message("100,000 nodes: %.2f s\n", seconds);
    assert_int_equal(model->nodes.count, NODES);
    assert_int_equal(model->links.count, NODES - 1);
    assert_true(seconds < 10.0);
    tw_inp_free(model);
    remove(path);
}

/* Faults that say what Thalweg cannot do, in contrast to faults of the file. */
static bool is_missing_feature(const char *text)
{
    return strstr(text, "not available yet") != NULL || strstr(text, "available yet") != NULL ||
           strstr(text, "has no outfall") != NULL; /* kinematic wave models may have none */
}

static int read_list(const char *list, const char *folder, int *wrong)
{
    char path[2048];
    char *text;
    int count = 0;
    snprintf(path, sizeof path, TW_SHARED_DIR "/corpus/%s", list);
    if (tw_file_read(path, MOST_FILE, &text, NULL) != TW_OK) return 0;
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (line[0] == '#') continue;
        line[strcspn(line, "\t")] = '\0';
        snprintf(path, sizeof path, TW_SHARED_DIR "/corpus/%s/%s", folder, line);
        tw_faults *faults;
        struct tw_model *model = NULL;
        assert_ok(tw_faults_create(0, &faults));
        tw_status status = tw_inp_read(path, faults, &model);
        assert_true(status == TW_OK || status == TW_ERR_INPUT);
        for (size_t k = 0; k < tw_faults_kept(faults); k++) {
            struct tw_fault f = tw_faults_get(faults, k);
            if (f.warning || is_missing_feature(f.text)) continue;
            print_error("%s:%d: %s\n", line, f.line, f.text);
            ++*wrong;
        }
        count++;
        tw_inp_free(model);
        tw_faults_destroy(faults);
    }
    free(text);
    return count;
}

static void what_swmm_reads_is_read(void **state)
{
    (void)state;
    int wrong = 0;
    int count = read_list("swmm/core.txt", "swmm", &wrong) +
                read_list("swmm/wide.txt", "swmm", &wrong) +
                read_list("swmm/large.txt", "swmm", &wrong) +
                read_list("cities/list.txt", "cities", &wrong);
    if (count == 0) skip();
    print_message("%d models\n", count);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_may_be_cut_at_any_byte),
        cmocka_unit_test(every_byte_may_be_wrong),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(what_is_no_text_is_a_fault),
        cmocka_unit_test(what_is_no_file_cannot_be_read),
        cmocka_unit_test(line_ends_and_marks_do_not_matter),
        cmocka_unit_test(a_line_may_not_be_too_long),
        cmocka_unit_test(equal_files_have_equal_digests),
        cmocka_unit_test(a_large_city_is_read_in_a_second),
        cmocka_unit_test(what_swmm_reads_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
