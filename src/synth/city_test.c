/* Laws that hold for every made city, whatever its size and seed. */
#include "synth/city.h"

#include "check.h"
#include "synth/hyetograph.h"
#include "synth/storms.h"

#include <stdlib.h>
#include <string.h>

/* Run a check on cities of several sizes. */
static void each_city(void (*check)(const struct tw_city *city, int32_t nodes))
{
    static const int32_t nodes[] = {200, 450, 1200, 4000};
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++)
        for (uint64_t seed = 7; seed < 9; seed++) {
            struct tw_city city;
            assert_ok(tw_city_make(seed, nodes[i], &city));
            check(&city, nodes[i]);
            tw_city_done(&city);
        }
}

static void check_size(const struct tw_city *city, int32_t nodes)
{
    assert_in_range(city->rows.node_count, nodes - 1, nodes);
}

static void a_city_has_the_nodes_it_was_asked_for(void **state)
{
    (void)state;
    each_city(check_size);
}

static int compare_names(const void *a, const void *b) { return strcmp(a, b); }

static void check_unique(const void *rows, size_t count, size_t size)
{
    char(*name)[TW_ROW_NAME] = calloc(count, sizeof *name);
    assert_non_null(name);
    for (size_t i = 0; i < count; i++)
        memcpy(name[i], (const char *)rows + i * size, TW_ROW_NAME); /* its first member */
    qsort(name, count, sizeof *name, compare_names);
    for (size_t i = 1; i < count; i++)
        assert_string_not_equal(name[i - 1], name[i]);
    free(name);
}

static void check_names(const struct tw_city *city, int32_t nodes)
{
    (void)nodes;
    const struct tw_rows *rows = &city->rows;
    check_unique(rows->node, (size_t)rows->node_count, sizeof rows->node[0]);
    check_unique(rows->link, (size_t)rows->link_count, sizeof rows->link[0]);
    check_unique(rows->curve, (size_t)rows->curve_count, sizeof rows->curve[0]);
}

static void no_two_things_have_one_name(void **state)
{
    (void)state;
    each_city(check_names);
}

static void check_conduits(const struct tw_city *city, int32_t nodes)
{
    (void)nodes;
    for (int32_t l = 0; l < city->rows.link_count; l++) {
        const struct tw_link_row *link = &city->rows.link[l];
        const struct tw_node_row *from = &city->rows.node[link->from];
        const struct tw_node_row *to = &city->rows.node[link->to];
        if (link->kind != TW_ROW_CONDUIT) continue;
        const double rounding = 1e-9;
        assert_true(link->up_m > link->down_m + 0.0025 * link->length_m);
        assert_true(link->up_m >= from->invert_m - rounding);
        assert_true(link->down_m >= to->invert_m - rounding);
        assert_true(link->up_m + link->section.height_m <= from->ground_m + rounding);
        if (to->kind != TW_ROW_OUTFALL)
            assert_true(link->down_m + link->section.height_m <= to->ground_m + rounding);
        assert_in_range((int)link->length_m, 10, 120);
    }
}

static void conduits_fall_and_lie_in_the_ground(void **state)
{
    (void)state;
    each_city(check_conduits);
}

/* Walk down the first link of each node. */
static void check_outlets(const struct tw_city *city, int32_t nodes)
{
    (void)nodes;
    const struct tw_rows *rows = &city->rows;
    int32_t *next = malloc((size_t)rows->node_count * sizeof *next);
    assert_non_null(next);
    for (int32_t i = 0; i < rows->node_count; i++)
        next[i] = -1;
    for (int32_t l = rows->link_count - 1; l >= 0; l--)
        next[rows->link[l].from] = rows->link[l].to;
    for (int32_t i = 0; i < rows->node_count; i++) {
        int32_t at = i;
        for (int32_t step = 0; next[at] >= 0; step++, at = next[at])
            assert_true(step < rows->node_count);
        assert_int_equal(rows->node[at].kind, TW_ROW_OUTFALL);
    }
    free(next);
}

static void all_water_finds_an_outfall(void **state)
{
    (void)state;
    each_city(check_outlets);
}

/* SWMM allows an outfall one link, and none that leaves it. */
static void check_outfalls(const struct tw_city *city, int32_t nodes)
{
    (void)nodes;
    const struct tw_rows *rows = &city->rows;
    int32_t *arriving = calloc((size_t)rows->node_count, sizeof *arriving);
    assert_non_null(arriving);
    for (int32_t l = 0; l < rows->link_count; l++) {
        arriving[rows->link[l].to]++;
        assert_int_not_equal(rows->node[rows->link[l].from].kind, TW_ROW_OUTFALL);
    }
    for (int32_t i = 0; i < rows->node_count; i++)
        if (rows->node[i].kind == TW_ROW_OUTFALL) assert_int_equal(arriving[i], 1);
    free(arriving);
}

static void an_outfall_has_one_link(void **state)
{
    (void)state;
    each_city(check_outfalls);
}

/* The least fall of streets is 0.6 %, so the parent's ground shows that the hollow was dug. */
static void check_points(const struct tw_city *city, int32_t nodes)
{
    (void)nodes;
    const struct tw_sites *sites = &city->sites;
    for (int p = 0; p < TW_POINT_COUNT; p++) {
        const struct tw_point *point = &city->points.point[p];
        int32_t n = point->site;
        assert_in_range(n, sites->root_count, sites->count - 1);
        assert_int_equal(city->points.at[n], p);
        assert_true(point->pond_m2 >= 20.0 && point->onset_m3s > 0.0);
        assert_near(city->rows.node[city->rain_node[n]].ponded_m2, point->pond_m2, 0.0);
        for (int q = 0; q < p; q++)
            assert_int_not_equal(city->points.point[q].site, n);
        /* the terrain file shows the hollow: the grid meets the site's ground there */
        double made_m =
            tw_lattice_ground_m(&city->lattice, &city->land, sites->x_m[n], sites->y_m[n]);
        assert_near(made_m, sites->ground_m[n], 0.05); /* six sweeps leave centimetres */
    }
}

static void points_lie_in_their_hollows(void **state)
{
    (void)state;
    each_city(check_points);
}

static void check_kinds(const struct tw_city *city, int32_t nodes)
{
    int nodes_of[3] = {0}, links_of[5] = {0}, sections_of[6] = {0};
    for (int32_t i = 0; i < city->rows.node_count; i++)
        nodes_of[city->rows.node[i].kind]++;
    for (int32_t l = 0; l < city->rows.link_count; l++) {
        links_of[city->rows.link[l].kind]++;
        if (city->rows.link[l].kind == TW_ROW_CONDUIT)
            sections_of[city->rows.link[l].section.kind]++;
    }
    for (int k = 0; k < 3; k++)
        assert_true(nodes_of[k] > 0);
    for (int k = 0; k < 5; k++)
        assert_true(k == TW_ROW_OUTLET ? nodes < 1200 || links_of[k] > 0 : links_of[k] > 0);
    assert_true(sections_of[TW_SECTION_CIRCULAR] > 0 && sections_of[TW_SECTION_NONE] == 0);
    if (nodes < 1200) return;
    assert_true(sections_of[TW_SECTION_RECT_OPEN] > 0 && sections_of[TW_SECTION_CUSTOM] > 0);
    assert_true(strstr(tw_strbuf_get(&city->rows.rules), "RULE ") != NULL);
}

static void a_city_has_all_kinds_of_works(void **state)
{
    (void)state;
    each_city(check_kinds);
}

static void check_rain(const struct tw_city *city, int32_t nodes)
{
    (void)nodes;
    assert_true(city->gage_count >= 4);
    for (int s = 0; s < TW_STORM_COUNT; s++) {
        struct tw_storm_over over = tw_storm_lay(city, tw_storm_get(s));
        double first_lag = 1e9;
        for (int32_t g = 0; g < over.gage_count; g++) {
            int64_t sum_um = 0;
            for (int32_t minute = 1; minute <= over.minutes; minute++) {
                int32_t um = tw_storm_minute_um(&over, g, minute);
                assert_true(um >= 0);
                sum_um += um;
            }
            struct tw_chicago whole = {tw_intensity_shapingba(), over.storm->period_years,
                                       over.storm->duration_min, 0.4};
            double depth_mm = over.share[g] * tw_chicago_depth_mm(&whole, 1e9);
            assert_near(1e-3 * (double)sum_um, depth_mm, 5.1e-4); /* rounded once, at the end */
            assert_true(over.share[g] > 0.7 && over.share[g] <= 1.0);
            first_lag = over.lag_min[g] < first_lag ? over.lag_min[g] : first_lag;
        }
        assert_near(first_lag, 0.0, 0.0);
    }
}

static void a_storms_minutes_add_up_to_its_depth(void **state)
{
    (void)state;
    each_city(check_rain);
}

/* The 1st, 2nd, 3rd ... allocation fails: that is said, and a later call succeeds. */
static void memory_that_runs_out_is_said(void **state)
{
    (void)state;
    struct tw_sites_options options = {.seed = 7, .weight = 200};
    for (int64_t n = 1;; n++) {
        struct tw_arena arena;
        struct tw_land land;
        struct tw_lattice lattice;
        struct tw_sites sites;
        struct tw_points points;
        struct tw_sewer rain;
        tw_arena_init(&arena);
        arena.fail_at = n;
        tw_status status = tw_sites_make(&arena, &options, &land, &lattice, &sites);
        if (status == TW_OK) status = tw_points_choose(&arena, &land, 7, &sites, &points);
        if (status == TW_OK) status = tw_sewer_design_rain(&arena, &sites, 7, &points, &rain);
        tw_arena_done(&arena);
        if (status == TW_OK) {
            assert_true(n > 20);
            break;
        }
        assert_status(status, TW_ERR_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_city_has_the_nodes_it_was_asked_for),
        cmocka_unit_test(no_two_things_have_one_name),
        cmocka_unit_test(conduits_fall_and_lie_in_the_ground),
        cmocka_unit_test(all_water_finds_an_outfall),
        cmocka_unit_test(an_outfall_has_one_link),
        cmocka_unit_test(points_lie_in_their_hollows),
        cmocka_unit_test(a_city_has_all_kinds_of_works),
        cmocka_unit_test(a_storms_minutes_add_up_to_its_depth),
        cmocka_unit_test(memory_that_runs_out_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
