#include "synth/put.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the fields that `write` puts come to in a file. */
static void expect(void (*write)(tw_outfile *file), const char *text)
{
    char path[] = "/tmp/thalweg-put-XXXXXX", *got = NULL;
    close(mkstemp(path));
    tw_outfile *file;
    assert_ok(tw_outfile_open(path, &file));
    write(file);
    assert_ok(tw_outfile_commit(file));
    assert_ok(tw_file_read(path, 1000, &got, NULL));
    assert_string_equal(got, text);
    free(got);
    unlink(path);
}

static void put_rounded(tw_outfile *file)
{
    static const struct {
        double value;
        int decimals;
    } numbers[] = {{0.0, 0},     {0.0, 2},     {-0.001, 2}, {0.005, 2},  {-1.25, 1},
                   {12.3456, 3}, {99.9996, 3}, {7.0, 0},    {0.049, 1},  {1e9, 1},
                   {-20.5, 0},   {0.5, 0},     {106.55, 6}, {0.0625, 3}, {-0.25, 1}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        tw_put_number(file, numbers[i].value, numbers[i].decimals, 1);
}

static void numbers_are_rounded_half_away_from_zero(void **state)
{
    (void)state;
    expect(put_rounded, "0 0.00 0.00 0.01 -1.3 12.346 100.000 7 0.0 1000000000.0 -21 1 106.550000 "
                        "0.063 -0.3 ");
}

static void put_columns(tw_outfile *file)
{
    tw_put_text(file, "J1", 5);
    tw_put_number(file, 3.14159, 2, 7);
    tw_put_text(file, "longer than", 4);
    tw_put_text(file, "end", 0);
    tw_put_end(file);
}

static void columns_are_aligned_and_never_touch(void **state)
{
    (void)state;
    expect(put_columns, "J1   3.14   longer than end\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_rounded_half_away_from_zero),
        cmocka_unit_test(columns_are_aligned_and_never_touch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
