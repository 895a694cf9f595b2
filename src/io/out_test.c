/* The results file, byte by byte: as SWMM 5.2 lays it out. */
#include "io/out.h"

#include "base/file.h"
#include "check.h"
#include "io/inp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_BYTES = 1 << 20, SUBCATCHMENTS = 8, NODES = 6, LINKS = 5, SYSTEM = 15 };

/* S2, node B and link up are not reported; "down" is turned round by the reader. */
static const char model_text[] =
    "[OPTIONS]\nFLOW_UNITS %s\nEND_TIME 2:00\n[RAINGAGES]\nG VOLUME 1:00 1 TIMESERIES T\n"
    "[TIMESERIES]\nT 0 1\n"
    "[SUBCATCHMENTS]\nS1 G A 2.5 100 10 1 0\nS2 G A 1 100 10 1 0\n[SUBAREAS]\n"
    "S1 .01 .1 0 0 0 OUTLET\nS2 .01 .1 0 0 0 OUTLET\n"
    "[JUNCTIONS]\nA 12 3\nB 11 4\n[OUTFALLS]\nO 10 FREE\n[CONDUITS]\nup A B 50 0.01 0 0\n"
    "down O B 60 0.01 0.2 0.1\n[PUMPS]\nP A B p\n[CURVES]\np PUMP4 0 1 1 2\n"
    "[XSECTIONS]\nup CIRCULAR 1 0 0 0\ndown CIRCULAR 1.5 0 0 0\n"
    "[REPORT]\nSUBCATCHMENTS S1\nNODES A O\nLINKS down P\n";

static struct tw_model *make_model(const char *flow_units)
{
    char text[2 * sizeof model_text];
    int size = snprintf(text, sizeof text, model_text, flow_units);
    struct tw_model *model = NULL;
    assert_ok(tw_inp_read_text(text, (size_t)size, "out.inp", NULL, &model));
    return model;
}

/* A place in a file's bytes that walks on as values are taken. */
struct cursor {
    const char *bytes;
    size_t size, at;
};

static void take(struct cursor *c, void *to, size_t size)
{
    assert_true(c->at + size <= c->size);
    memcpy(to, c->bytes + c->at, size);
    c->at += size;
}
static int32_t take_int(struct cursor *c)
{
    int32_t value;
    take(c, &value, sizeof value);
    return value;
}
static double take_float(struct cursor *c)
{
    float value;
    take(c, &value, sizeof value);
    return (double)value;
}
static double take_double(struct cursor *c)
{
    double value;
    take(c, &value, sizeof value);
    return value;
}
static void take_name(struct cursor *c, const char *expected)
{
    char name[40] = {0};
    int32_t length = take_int(c);
    assert_true(length > 0 && length < 40);
    take(c, name, (size_t)length);
    assert_string_equal(name, expected);
}
static void take_ints(struct cursor *c, const int32_t *expected, int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(take_int(c), expected[i]);
}

/* single precision, and the factors' own rounding */
#define assert_float(cursor, expected)                                                             \
    assert_near(take_float(cursor), expected, 1e-6 * fabs(expected) + 1e-30)

/* Values that tell where they come from: kind, element, variable, period. */
static void fill(double *values, int elements, int width, double kind, int period)
{
    for (int i = 0; i < elements; i++)
        for (int k = 0; k < width; k++)
            values[i * width + k] = kind + 10.0 * i + k + 0.25 * period;
}

static void write_file(const struct tw_model *model, const char *path, int periods)
{
    double s[2 * SUBCATCHMENTS], n[3 * NODES], l[3 * LINKS], y[SYSTEM];
    tw_out *out = NULL;
    assert_ok(tw_out_open(model, path, 37987.0, 900.0, &out));
    for (int period = 0; period < periods; period++) {
        fill(s, 2, SUBCATCHMENTS, 1000.0, period);
        fill(n, 3, NODES, 2000.0, period);
        fill(l, 3, LINKS, 3000.0, period);
        fill(y, 1, SYSTEM, 4000.0, period);
        assert_ok(tw_out_write(out, 37987.0 + (period + 1) / 96.0, s, n, l, y));
    }
    assert_ok(tw_out_close(out));
}

static void check_head(struct cursor *c)
{
    take_ints(c, (const int32_t[]){516114522, 52004}, 2);
    assert_true(take_int(c) <= 5);                  /* the flow unit */
    take_ints(c, (const int32_t[]){1, 2, 2, 0}, 4); /* how many of each are reported */
    take_name(c, "S1");
    take_name(c, "A");
    take_name(c, "O");
    take_name(c, "down");
    take_name(c, "P");
    take_ints(c, (const int32_t[]){1, 1}, 2); /* one property: area */
    assert_float(c, 2.5);
    take_ints(c, (const int32_t[]){3, 0, 2, 3}, 4); /* type, invert, depth */
    assert_int_equal(take_int(c), 0);
    assert_float(c, 12.0);
    assert_float(c, 3.0);
    assert_int_equal(take_int(c), 1);
    assert_float(c, 10.0);
    assert_float(c, 0.2 + 1.5);                           /* as deep as its conduit needs */
    take_ints(c, (const int32_t[]){5, 0, 4, 4, 3, 5}, 6); /* type, offsets, height, length */
    assert_int_equal(take_int(c), 0);
    assert_float(c, 0.2); /* as in the file, though it is turned round */
    assert_float(c, 0.1);
    assert_float(c, 1.5);
    assert_float(c, 60.0);
    assert_int_equal(take_int(c), 1);
    for (int i = 0; i < 4; i++)
        assert_float(c, 0.0);
}

static void check_variables(struct cursor *c)
{
    static const int counts[] = {SUBCATCHMENTS, NODES, LINKS, SYSTEM};
    for (int k = 0; k < 4; k++) {
        assert_int_equal(take_int(c), counts[k]);
        for (int i = 0; i < counts[k]; i++)
            assert_int_equal(take_int(c), i);
    }
    assert_near(take_double(c), 37987.0, 0.0);
    assert_int_equal(take_int(c), 900);
}

/* rain, snow and evaporation in the unit of rain, flows, levels */
static void check_period(struct cursor *c, int period, const double *unit)
{
    enum { RAIN, LENGTH, FLOW, VOLUME, ONE };
    static const int s[] = {RAIN, RAIN, RAIN, RAIN, FLOW, FLOW, LENGTH, ONE};
    static const int n[] = {LENGTH, LENGTH, VOLUME, FLOW, FLOW, FLOW};
    static const int l[] = {FLOW, LENGTH, LENGTH, VOLUME, ONE};
    static const int y[] = {ONE,  RAIN, RAIN, RAIN, FLOW,   FLOW, FLOW, FLOW,
                            FLOW, FLOW, FLOW, FLOW, VOLUME, RAIN, RAIN};
    double t = 0.25 * period;
    assert_near(take_double(c), 37987.0 + (period + 1) / 96.0, 0.0);
    for (int k = 0; k < SUBCATCHMENTS; k++)
        assert_float(c, (1000.0 + k + t) / unit[s[k]]);
    for (int i = 0; i < 3; i += 2) /* A and O */
        for (int k = 0; k < NODES; k++)
            assert_float(c, (2000.0 + 10.0 * i + k + t) / unit[n[k]]);
    for (int i = 1; i < 3; i++) /* down and P */
        for (int k = 0; k < LINKS; k++) {
            double sign = i == 1 && (k == 0 || k == 2) ? -1.0 : 1.0;
            assert_float(c, sign * (3000.0 + 10.0 * i + k + t) / unit[l[k]]);
        }
    double celsius = 4000.0 + t;
    assert_float(c, unit[LENGTH] == 1.0 ? celsius : 32.0 + 1.8 * celsius);
    for (int k = 1; k < SYSTEM; k++)
        assert_float(c, (4000.0 + k + t) / unit[y[k]]);
}

static void check_file(const char *flow_units, const double *unit)
{
    static const char path[] = "/tmp/thalweg-out-test.out";
    struct tw_model *model = make_model(flow_units);
    assert_true(model->links.reversed[1]);
    write_file(model, path, 3);
    char *bytes;
    struct cursor c = {0};
    assert_ok(tw_file_read(path, MOST_BYTES, &bytes, &c.size));
    c.bytes = bytes;
    check_head(&c);
    check_variables(&c);
    int32_t results_at = (int32_t)c.at;
    for (int period = 0; period < 3; period++)
        check_period(&c, period, unit);
    assert_int_equal(take_int(&c), 28);
    assert_true(take_int(&c) < results_at);
    assert_int_equal(take_int(&c), results_at);
    assert_int_equal(take_int(&c), 3);
    assert_int_equal(take_int(&c), 0); /* no error */
    assert_int_equal(take_int(&c), 516114522);
    assert_int_equal(c.at, c.size);
    free(bytes);
    remove(path);
    tw_inp_free(model);
}

static void a_metric_file_holds_what_was_written(void **state)
{
    (void)state;
    /* by SWMM's factors from cubic feet */
    double cubic = 0.3048 * 0.3048 * 0.3048, metre3 = cubic / 0.02832;
    check_file("CMS", (const double[]){1.0, 1.0, metre3, metre3, 1.0});
    check_file("LPS", (const double[]){1.0, 1.0, cubic / 28.317, metre3, 1.0});
}

static void a_customary_file_holds_it_in_its_units(void **state)
{
    (void)state;
    double foot = 0.3048, cubic = 0.3048 * 0.3048 * 0.3048;
    check_file("CFS", (const double[]){25.4, foot, cubic, cubic, 1.0});
    check_file("GPM", (const double[]){25.4, foot, cubic / 448.831, cubic, 1.0});
}

static void what_is_abandoned_leaves_nothing(void **state)
{
    (void)state;
    static const char path[] = "/tmp/thalweg-out-abandoned.out";
    struct tw_model *model = make_model("CMS");
    tw_out *out = NULL;
    assert_ok(tw_out_open(model, path, 1.0, 60.0, &out));
    tw_out_abandon(out);
    assert_int_not_equal(access(path, F_OK), 0);
    tw_out_abandon(NULL);
    tw_inp_free(model);
}

static void a_full_disk_and_a_missing_folder_are_told(void **state)
{
    (void)state;
    struct tw_model *model = make_model("CMS");
    tw_out *out = NULL;
    assert_status(tw_out_open(model, "/no/such/folder/x.out", 1.0, 60.0, &out), TW_ERR_FILE);
    assert_null(out);
    if (access("/dev/full", W_OK) == 0) {
        double zeros[3 * SUBCATCHMENTS] = {0.0};
        tw_status status = tw_out_open(model, "/dev/full", 1.0, 60.0, &out);
        for (int i = 0; i < 1000 && status == TW_OK; i++) /* more than what is buffered */
            status = tw_out_write(out, 1.0, zeros, zeros, zeros, zeros);
        tw_status closed = out == NULL ? status : tw_out_close(out);
        assert_true(status == TW_ERR_FILE || closed == TW_ERR_FILE);
    }
    tw_inp_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_metric_file_holds_what_was_written),
        cmocka_unit_test(a_customary_file_holds_it_in_its_units),
        cmocka_unit_test(what_is_abandoned_leaves_nothing),
        cmocka_unit_test(a_full_disk_and_a_missing_folder_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
