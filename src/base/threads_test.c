#include "base/threads.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = 100000, LONG_NS = 1000000 /* of an item: every loop is worth sharing */ };

struct counts {
    int32_t visits[MOST];
    int32_t begins;
};

static void visit(void *job, int32_t begin, int32_t end)
{
    struct counts *counts = job;
    for (int32_t i = begin; i < end; i++)
        counts->visits[i]++;
}

static void every_item_is_done_once_by_any_number_of_threads(void **state)
{
    (void)state;
    static const int32_t sizes[] = {0, 1, 63, 64, 65, 127, 128, 129, 1000, 4096, MOST};
    struct counts *counts = malloc(sizeof *counts);
    assert_non_null(counts);
    for (int32_t n = 1; n <= 5; n++) {
        struct tw_threads *threads;
        assert_ok(tw_threads_create(n, &threads));
        assert_int_equal(tw_threads_count(threads), n);
        for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            memset(counts, 0, sizeof *counts);
            tw_threads_for(threads, sizes[k], LONG_NS, visit, counts);
            for (int32_t i = 0; i < MOST; i++)
                assert_int_equal(counts->visits[i], i < sizes[k] ? 1 : 0);
        }
        tw_threads_destroy(threads);
    }
    free(counts);
}

/* Ranges are disjoint, so each thread adds to a sum of its own. */
struct thirds {
    const double *x;
    double *y;
};

static void third(void *job, int32_t begin, int32_t end)
{
    const struct thirds *t = job;
    for (int32_t i = begin; i < end; i++)
        t->y[i] = t->x[i] / 3.0 + t->y[i];
}

static void thousands_of_short_loops_follow_each_other(void **state)
{
    (void)state;
    enum { N = 640, LOOPS = 20000 };
    double x[N], y[N] = {0}, expected = 0.0;
    for (int32_t i = 0; i < N; i++)
        x[i] = 1.0;
    for (int32_t k = 0; k < LOOPS; k++)
        expected = 1.0 / 3.0 + expected;
    struct tw_threads *threads;
    assert_ok(tw_threads_create(3, &threads));
    struct thirds job = {x, y};
    for (int32_t k = 0; k < LOOPS; k++)
        tw_threads_for(threads, N, LONG_NS, third, &job);
    tw_threads_destroy(threads);
    for (int32_t i = 0; i < N; i++)
        assert_true(y[i] == expected); /* the same bits: the same sum in the same order */
}

static void begins(void *job, int32_t begin, int32_t end)
{
    struct counts *counts = job;
    (void)end;
    counts->visits[begin]++;
}

static void ranges_begin_at_whole_cache_lines_of_bytes(void **state)
{
    (void)state;
    struct counts *counts = calloc(1, sizeof *counts);
    assert_non_null(counts);
    struct tw_threads *threads;
    assert_ok(tw_threads_create(4, &threads));
    tw_threads_for(threads, 10007, LONG_NS, begins, counts);
    tw_threads_destroy(threads);
    int32_t ranges = 0;
    for (int32_t i = 0; i < MOST; i++) {
        ranges += counts->visits[i];
        if (counts->visits[i] > 0) assert_int_equal(i % 64, 0);
    }
    assert_int_equal(ranges, 4);
    free(counts);
}

static void a_short_loop_is_not_shared(void **state)
{
    (void)state;
    struct counts *counts = calloc(1, sizeof *counts);
    assert_non_null(counts);
    struct tw_threads *threads;
    assert_ok(tw_threads_create(2, &threads));
    assert_false(tw_threads_worth(1000, 10));
    tw_threads_for(threads, 1000, 10, begins, counts);
    tw_threads_destroy(threads);
    assert_int_equal(counts->visits[0], 1);
    for (int32_t i = 1; i < MOST; i++)
        assert_int_equal(counts->visits[i], 0);
    assert_true(tw_threads_worth(MOST, 10));
    free(counts);
}

static double processor_seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC; /* of all threads of the process */
}

static void threads_without_work_sleep(void **state)
{
    (void)state;
    struct tw_threads *threads;
    assert_ok(tw_threads_create(4, &threads));
    double before = processor_seconds();
    struct timespec pause = {.tv_nsec = 200000000};
    nanosleep(&pause, NULL);
    /* one thread that spun would have taken 0.2 s; sanitizers have work of their own */
    assert_true(processor_seconds() - before < 0.1);
    tw_threads_destroy(threads);
}

static void no_threads_are_one(void **state)
{
    (void)state;
    double x[3] = {3.0, 6.0, 9.0}, y[3] = {0};
    struct thirds job = {x, y};
    assert_int_equal(tw_threads_count(NULL), 1);
    assert_true(tw_threads_processors() >= 1);
    tw_threads_for(NULL, 3, LONG_NS, third, &job);
    assert_true(y[0] == 1.0 && y[1] == 2.0 && y[2] == 3.0);
    tw_threads_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_is_done_once_by_any_number_of_threads),
        cmocka_unit_test(thousands_of_short_loops_follow_each_other),
        cmocka_unit_test(ranges_begin_at_whole_cache_lines_of_bytes),
        cmocka_unit_test(a_short_loop_is_not_shared),
        cmocka_unit_test(threads_without_work_sleep),
        cmocka_unit_test(no_threads_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
