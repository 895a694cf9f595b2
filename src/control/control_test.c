#include "control/control.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>

/* Two nodes; a conduit, a pump, an orifice and a weir. Room for a few rules. */
enum { NODES = 2, LINKS = 4, ROOM = 8, CONDUIT = 0, PUMP = 1, ORIFICE = 2, WEIR = 3 };

struct desk {
    struct tw_model model;
    struct tw_rules rules;
    struct tw_rule rule[ROOM];
    struct tw_rule_condition condition[ROOM];
    struct tw_rule_action action[ROOM];
    struct tw_rule_operand variable[ROOM];
    struct tw_token token[ROOM];
    int32_t expression_first[ROOM];
    int32_t link_kind[LINKS], link_row[LINKS];
    bool reversed[LINKS];
    double invert_m[NODES], full_depth_m[NODES];
    int32_t curve_first[2], series_first[2], series_kind[1];
    double curve_x[2], curve_y[2], series_x[2], series_y[2];
    struct tw_control control;
    struct tw_control_view view;
    double depth_m[NODES], volume_m3[NODES], lateral_m3s[NODES];
    double flow_m3s[LINKS], link_depth_m[LINKS], velocity_mps[LINKS], setting[LINKS];
    double target[LINKS], rain_mmh[1], past_mm[49], full[LINKS];
    void *memory;
};

static const double start_day = 45000.25; /* 06:00 of a Wednesday, 2023-03-15 */

static void desk_make(struct desk *d)
{
    memset(d, 0, sizeof *d);
    const int32_t kinds[LINKS] = {TW_LINK_CONDUIT, TW_LINK_PUMP, TW_LINK_ORIFICE, TW_LINK_WEIR};
    memcpy(d->link_kind, kinds, sizeof kinds);
    for (int i = 0; i < LINKS; i++)
        d->setting[i] = d->target[i] = 1.0;
    d->curve_first[1] = d->series_first[1] = 2;
    d->curve_x[1] = 4.0;
    d->curve_y[1] = 1.0;
    d->series_x[0] = start_day;
    d->series_x[1] = start_day + 1.0;
    d->series_y[1] = 0.5;
    struct tw_model *m = &d->model;
    m->options = (struct tw_options){.start_day = start_day, .flow_units = TW_FLOW_CMS};
    m->nodes =
        (struct tw_nodes){.count = NODES, .invert_m = d->invert_m, .full_depth_m = d->full_depth_m};
    m->links = (struct tw_links){
        .count = LINKS, .kind = d->link_kind, .row = d->link_row, .reversed = d->reversed};
    m->curves =
        (struct tw_tables){.count = 1, .first = d->curve_first, .x = d->curve_x, .y = d->curve_y};
    m->series = (struct tw_tables){.count = 1,
                                   .first = d->series_first,
                                   .kind = d->series_kind,
                                   .x = d->series_x,
                                   .y = d->series_y};
    m->rules = &d->rules;
    d->rules = (struct tw_rules){.rule = d->rule,
                                 .condition = d->condition,
                                 .action = d->action,
                                 .variable = d->variable,
                                 .expression_first = d->expression_first,
                                 .token = d->token};
    d->view = (struct tw_control_view){.lanes = 1,
                                       .start_day = start_day,
                                       .step_s = 60.0,
                                       .node_depth_m = d->depth_m,
                                       .node_volume_m3 = d->volume_m3,
                                       .node_lateral_m3s = d->lateral_m3s,
                                       .link_flow_m3s = d->flow_m3s,
                                       .link_depth_m = d->link_depth_m,
                                       .link_velocity_mps = d->velocity_mps,
                                       .link_setting = d->setting,
                                       .gage_rain_mmh = d->rain_mmh,
                                       .past_rain_mm = d->past_mm,
                                       .link_full_flow_m3s = d->full,
                                       .link_full_depth_m = d->full,
                                       .link_slope_ratio = d->full};
}

static struct tw_rule_operand number(double value)
{
    return (struct tw_rule_operand){.attribute = TW_RULE_NUMBER, .number = value, .expression = -1};
}

static struct tw_rule_operand look(enum tw_rule_object object, enum tw_rule_attribute attribute,
                                   int32_t index)
{
    return (struct tw_rule_operand){
        .object = object, .attribute = attribute, .index = index, .expression = -1};
}

static struct tw_rule *rule_add(struct desk *d, double priority)
{
    struct tw_rule *rule = &d->rule[d->rules.count++];
    *rule = (struct tw_rule){.priority = priority,
                             .condition_first = d->rules.condition_count,
                             .then_first = d->rules.action_count,
                             .else_first = d->rules.action_count};
    return rule;
}

static void condition_add(struct desk *d, struct tw_rule *rule, bool is_or,
                          struct tw_rule_operand left, enum tw_rule_relation relation,
                          struct tw_rule_operand right)
{
    d->condition[d->rules.condition_count++] =
        (struct tw_rule_condition){is_or, left, relation, right};
    rule->condition_count++;
}

static struct tw_rule_action *then_add(struct desk *d, struct tw_rule *rule, int32_t link,
                                       double value)
{
    struct tw_rule_action *action = &d->action[d->rules.action_count++];
    *action = (struct tw_rule_action){
        .link = link, .attribute = TW_RULE_SETTING, .value = value, .pid = -1};
    rule->then_count++;
    rule->else_first = d->rules.action_count;
    return action;
}

static void else_add(struct desk *d, struct tw_rule *rule, int32_t link, double value)
{
    (void)then_add(d, rule, link, value);
    rule->then_count--;
    rule->else_first = d->rules.action_count - 1;
    rule->else_count = 1;
}

static void desk_begin(struct desk *d)
{
    struct tw_pool count = {0}, real = {0};
    tw_control_lay(&d->control, &d->model, 1, &count);
    real.base = d->memory = aligned_alloc(64, count.used);
    memset(d->memory, 0, count.used);
    tw_control_lay(&d->control, &d->model, 1, &real);
    tw_control_begin(&d->control, start_day);
}

static int32_t step_at(struct desk *d, double elapsed_s)
{
    d->view.elapsed_s = elapsed_s;
    return tw_control_step(&d->control, &d->view, d->target, NULL, 0);
}

static void depth_switches_a_pump_with_then_and_else(void **state)
{
    (void)state;
    struct desk d;
    desk_make(&d);
    struct tw_rule *rule = rule_add(&d, 0.0);
    condition_add(&d, rule, false, look(TW_RULE_NODE, TW_RULE_DEPTH, 1), TW_RULE_GE, number(2.0));
    (void)then_add(&d, rule, PUMP, 1.0);
    else_add(&d, rule, PUMP, 0.0);
    desk_begin(&d);
    d.depth_m[1] = 1.9;
    assert_int_equal(step_at(&d, 60.0), 1);
    assert_near(d.target[PUMP], 0.0, 0.0);
    assert_int_equal(step_at(&d, 120.0), 0); /* it is so already */
    d.depth_m[1] = 2.1;
    assert_int_equal(step_at(&d, 180.0), 1);
    assert_near(d.target[PUMP], 1.0, 0.0);
    free(d.memory);
}

/* SWMM 5.2.4 turns metres into feet and back: 3.5 m / 0.3048 * 0.3048 lies below 3.5, 1.5 above. In
 * feet nothing is turned. */
static void a_full_node_is_as_deep_as_swmm_takes_it_to_be(void **state)
{
    (void)state;
    static const struct {
        bool us;
        double depth;
        enum tw_rule_attribute attribute;
        enum tw_rule_relation relation;
        bool holds;
    } cases[] = {{false, 3.5, TW_RULE_DEPTH, TW_RULE_GE, false},
                 {false, 1.5, TW_RULE_DEPTH, TW_RULE_GT, true},
                 {false, 2.5, TW_RULE_DEPTH, TW_RULE_GE, true},
                 {false, 3.5, TW_RULE_HEAD, TW_RULE_GE, false},
                 {true, 3.5, TW_RULE_DEPTH, TW_RULE_GE, true},
                 {true, 1.5, TW_RULE_DEPTH, TW_RULE_GT, false},
                 {true, 5.3, TW_RULE_HEAD, TW_RULE_EQ, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct desk d;
        desk_make(&d);
        d.model.us_units = cases[i].us;
        double unit_m = cases[i].us ? 0.3048 : 1.0;
        struct tw_rule *rule = rule_add(&d, 0.0);
        condition_add(&d, rule, false, look(TW_RULE_NODE, cases[i].attribute, 1), cases[i].relation,
                      number(cases[i].depth * unit_m));
        (void)then_add(&d, rule, PUMP, 0.0);
        desk_begin(&d);
        d.depth_m[1] = cases[i].depth * unit_m;
        (void)step_at(&d, 60.0);
        assert_near(d.target[PUMP], cases[i].holds ? 0.0 : 1.0, 0.0);
        free(d.memory);
    }
}

static void the_higher_priority_wins_and_the_first_rule_among_equals(void **state)
{
    (void)state;
    const double priorities[][2] = {{1.0, 1.0}, {1.0, 2.0}, {2.0, 1.0}};
    const double expected[] = {0.25, 0.75, 0.25};
    for (int i = 0; i < 3; i++) {
        struct desk d;
        desk_make(&d);
        (void)then_add(&d, rule_add(&d, priorities[i][0]), ORIFICE, 0.25);
        (void)then_add(&d, rule_add(&d, priorities[i][1]), ORIFICE, 0.75);
        desk_begin(&d);
        (void)step_at(&d, 0.0);
        assert_near(d.target[ORIFICE], expected[i], 0.0);
        free(d.memory);
    }
}

static void the_first_of_a_rules_own_actions_wins(void **state)
{
    (void)state;
    struct desk d;
    desk_make(&d);
    struct tw_rule *rule = rule_add(&d, 1.0);
    (void)then_add(&d, rule, ORIFICE, 0.5);
    (void)then_add(&d, rule, ORIFICE, 0.25);
    desk_begin(&d);
    (void)step_at(&d, 0.0);
    assert_near(d.target[ORIFICE], 0.5, 0.0);
    free(d.memory);
}

/* A or B; A and B or C. An AND that meets a false answer ends the rule, whatever comes after. */
static void conditions_are_read_from_left_to_right(void **state)
{
    (void)state;
    struct tw_rule_operand deep = look(TW_RULE_NODE, TW_RULE_DEPTH, 0);
    for (int bits = 0; bits < 8; bits++)
        for (int form = 0; form < 2; form++) {
            struct desk d;
            bool a = bits & 1, b = bits & 2, c = bits & 4;
            desk_make(&d);
            struct tw_rule *rule = rule_add(&d, 0.0);
            condition_add(&d, rule, false, deep, TW_RULE_GT, number(a ? 0.5 : 1.5));
            condition_add(&d, rule, form == 0, deep, TW_RULE_GT, number(b ? 0.5 : 1.5));
            condition_add(&d, rule, true, deep, TW_RULE_GT, number(c ? 0.5 : 1.5));
            (void)then_add(&d, rule, WEIR, 0.0);
            desk_begin(&d);
            d.depth_m[0] = 1.0;
            bool expected = form == 0 ? a || b || c : a && (b || c);
            assert_int_equal(step_at(&d, 0.0), expected ? 1 : 0);
            free(d.memory);
        }
}

static void a_time_is_met_once_within_half_a_step(void **state)
{
    (void)state;
    struct desk d;
    desk_make(&d);
    struct tw_rule *rule = rule_add(&d, 0.0);
    condition_add(&d, rule, false, look(TW_RULE_SIMULATION, TW_RULE_TIME, 0), TW_RULE_EQ,
                  number(1.0 / 24.0));
    (void)then_add(&d, rule, WEIR, 0.5);
    else_add(&d, rule, WEIR, 1.0);
    desk_begin(&d);
    int met = 0;
    for (int i = 0; i < 120; i++) {
        double t = 17.0 + 60.0 * i;
        (void)step_at(&d, t);
        if (d.target[WEIR] != 0.5) continue;
        met++;
        assert_near(t, 3600.0, 30.0);
    }
    assert_int_equal(met, 1);
    free(d.memory);
}

static void clock_and_calendar_are_those_of_the_run(void **state)
{
    (void)state;
    const struct {
        enum tw_rule_attribute attribute;
        double value;
    } facts[] = {
        {TW_RULE_DATE, 45000.0},     {TW_RULE_DAY, 4.0},        {TW_RULE_MONTH, 3.0},
        {TW_RULE_DAY_OF_YEAR, 74.0}, {TW_RULE_CLOCK_TIME, 0.5}, {TW_RULE_TIME, 0.25},
    };
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        struct desk d;
        desk_make(&d);
        struct tw_rule *rule = rule_add(&d, 0.0);
        condition_add(&d, rule, false, look(TW_RULE_SIMULATION, facts[i].attribute, 0), TW_RULE_EQ,
                      number(facts[i].value));
        (void)then_add(&d, rule, WEIR, 0.0);
        desk_begin(&d);
        assert_int_equal(step_at(&d, 6.0 * 3600.0), 1);
        free(d.memory);
    }
}

static void time_open_counts_from_the_last_opening(void **state)
{
    (void)state;
    struct desk d;
    desk_make(&d);
    struct tw_rule *rule = rule_add(&d, 0.0);
    condition_add(&d, rule, false, look(TW_RULE_LINK, TW_RULE_TIME_OPEN, ORIFICE), TW_RULE_GE,
                  number(0.5 / 24.0));
    (void)then_add(&d, rule, ORIFICE, 0.0);
    desk_begin(&d);
    tw_control_note_setting(&d.control, ORIFICE, 0, 0.0, 1.0, 3600.0);
    tw_control_note_setting(&d.control, ORIFICE, 0, 1.0, 0.4, 4000.0); /* stays open */
    assert_int_equal(step_at(&d, 3600.0 + 1700.0), 0);
    d.setting[ORIFICE] = 0.0;
    assert_int_equal(step_at(&d, 3600.0 + 1900.0), 0); /* closed: there is no time open */
    d.setting[ORIFICE] = 1.0;
    assert_int_equal(step_at(&d, 3600.0 + 1900.0), 1);
    free(d.memory);
}

static void a_curve_follows_the_compared_value_in_the_files_units(void **state)
{
    (void)state;
    struct desk d;
    desk_make(&d);
    d.model.us_units = true;
    struct tw_rule *rule = rule_add(&d, 0.0);
    condition_add(&d, rule, false, look(TW_RULE_NODE, TW_RULE_DEPTH, 0), TW_RULE_GE, number(0.0));
    then_add(&d, rule, ORIFICE, 0.0)->setter = TW_RULE_BY_CURVE;
    desk_begin(&d);
    d.depth_m[0] = 0.3048;
    (void)step_at(&d, 0.0);
    assert_near(d.target[ORIFICE], 0.25, 1e-15); /* 1 ft on a curve from 0 to 4 */
    free(d.memory);
}

static void a_series_gives_a_setting_and_holds_its_ends(void **state)
{
    (void)state;
    struct desk d;
    desk_make(&d);
    then_add(&d, rule_add(&d, 0.0), ORIFICE, 0.0)->setter = TW_RULE_BY_SERIES;
    desk_begin(&d);
    (void)step_at(&d, 43200.0);
    assert_near(d.target[ORIFICE], 0.25, 1e-7); /* a millisecond is added to the time */
    (void)step_at(&d, 3.0 * 86400.0);
    assert_near(d.target[ORIFICE], 0.5, 0.0);
    free(d.memory);
}

/* By hand: e = (2 - 1.5) / 2, change = kp (e + e dt / ki), then e the same: its memory is lost. */
static void a_pid_moves_the_target_by_its_formula(void **state)
{
    (void)state;
    struct desk d;
    desk_make(&d);
    struct tw_rule *rule = rule_add(&d, 0.0);
    condition_add(&d, rule, false, look(TW_RULE_NODE, TW_RULE_DEPTH, 0), TW_RULE_NE, number(2.0));
    struct tw_rule_action *action = then_add(&d, rule, ORIFICE, 0.0);
    action->setter = TW_RULE_BY_PID;
    action->kp = -0.4;
    action->ki_min = 5.0;
    action->pid = 0;
    d.rules.pid_count = 1;
    desk_begin(&d);
    d.depth_m[0] = 1.5;
    (void)step_at(&d, 60.0);
    assert_near(d.target[ORIFICE], 1.0 - 0.4 * (0.25 + 0.25 / 5.0), 1e-15);
    (void)step_at(&d, 120.0);
    assert_near(d.target[ORIFICE], 1.0 - 0.8 * (0.25 + 0.25 / 5.0), 1e-15);
    d.depth_m[0] = 3.0;
    for (int i = 0; i < 20; i++)
        (void)step_at(&d, 180.0 + 60.0 * i);
    assert_near(d.target[ORIFICE], 1.0, 0.0); /* no further than open */
    free(d.memory);
}

/* sqrt(V) * 2 - 1 of a depth in feet. */
static void an_expression_has_variables_in_the_files_units(void **state)
{
    (void)state;
    struct desk d;
    desk_make(&d);
    d.model.us_units = true;
    const struct tw_token tokens[] = {{.operation = TW_TOKEN_VARIABLE},
                                      {.operation = TW_TOKEN_SQRT},
                                      {.operation = TW_TOKEN_NUMBER, .number = 2.0},
                                      {.operation = TW_TOKEN_MULTIPLY},
                                      {.operation = TW_TOKEN_NUMBER, .number = 1.0},
                                      {.operation = TW_TOKEN_SUBTRACT}};
    memcpy(d.token, tokens, sizeof tokens);
    d.expression_first[1] = 6;
    d.rules.expression_count = d.rules.variable_count = 1;
    d.variable[0] = look(TW_RULE_NODE, TW_RULE_DEPTH, 0);
    struct tw_rule *rule = rule_add(&d, 0.0);
    struct tw_rule_operand expression = number(0.0);
    expression.expression = 0;
    condition_add(&d, rule, false, expression, TW_RULE_GT, number(2.99));
    (void)then_add(&d, rule, WEIR, 0.0);
    desk_begin(&d);
    d.depth_m[0] = 3.9 * 0.3048;
    assert_int_equal(step_at(&d, 0.0), 0);
    d.depth_m[0] = 4.0 * 0.3048; /* 2 sqrt(4) - 1 = 3 */
    assert_int_equal(step_at(&d, 0.0), 1);
    free(d.memory);
}

static void what_a_link_does_not_have_makes_a_condition_false(void **state)
{
    (void)state;
    struct desk d;
    desk_make(&d);
    struct tw_rule *rule = rule_add(&d, 0.0);
    condition_add(&d, rule, false, look(TW_RULE_LINK, TW_RULE_LENGTH, WEIR), TW_RULE_NE,
                  number(-1.0));
    condition_add(&d, rule, true, look(TW_RULE_LINK, TW_RULE_STATUS, ORIFICE), TW_RULE_NE,
                  number(-1.0));
    (void)then_add(&d, rule, WEIR, 0.0);
    desk_begin(&d);
    assert_int_equal(step_at(&d, 0.0), 0);
    free(d.memory);
}

static void past_rain_sums_whole_hours(void **state)
{
    (void)state;
    struct desk d;
    desk_make(&d);
    struct tw_rule *rule = rule_add(&d, 0.0);
    struct tw_rule_operand past = look(TW_RULE_GAGE, TW_RULE_RAIN_PAST, 0);
    past.hours = 3.0;
    condition_add(&d, rule, false, past, TW_RULE_EQ, number(6.0));
    (void)then_add(&d, rule, WEIR, 0.0);
    desk_begin(&d);
    for (int i = 0; i < 5; i++)
        d.past_mm[i] = i; /* 0 is still running */
    assert_int_equal(step_at(&d, 0.0), 1);
    free(d.memory);
}

static void a_turned_conduit_shows_its_flow_as_the_file_has_it(void **state)
{
    (void)state;
    struct desk d;
    desk_make(&d);
    d.reversed[CONDUIT] = true;
    struct tw_rule *rule = rule_add(&d, 0.0);
    condition_add(&d, rule, false, look(TW_RULE_LINK, TW_RULE_FLOW, CONDUIT), TW_RULE_LT,
                  number(0.0));
    (void)then_add(&d, rule, WEIR, 0.0);
    desk_begin(&d);
    d.flow_m3s[CONDUIT] = 0.5;
    assert_int_equal(step_at(&d, 0.0), 1);
    free(d.memory);
}

static void changes_name_link_rule_and_target(void **state)
{
    (void)state;
    struct desk d;
    struct tw_control_change changes[1];
    desk_make(&d);
    (void)then_add(&d, rule_add(&d, 0.0), ORIFICE, 0.25);
    (void)then_add(&d, rule_add(&d, 0.0), WEIR, 0.5);
    desk_begin(&d);
    assert_int_equal(tw_control_step(&d.control, &d.view, d.target, changes, 1), 2);
    assert_int_equal(changes[0].link, ORIFICE);
    assert_int_equal(changes[0].rule, 0);
    assert_false(changes[0].modulated);
    assert_near(changes[0].target, 0.25, 0.0);
    free(d.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_switches_a_pump_with_then_and_else),
        cmocka_unit_test(a_full_node_is_as_deep_as_swmm_takes_it_to_be),
        cmocka_unit_test(the_higher_priority_wins_and_the_first_rule_among_equals),
        cmocka_unit_test(the_first_of_a_rules_own_actions_wins),
        cmocka_unit_test(conditions_are_read_from_left_to_right),
        cmocka_unit_test(a_time_is_met_once_within_half_a_step),
        cmocka_unit_test(clock_and_calendar_are_those_of_the_run),
        cmocka_unit_test(time_open_counts_from_the_last_opening),
        cmocka_unit_test(a_curve_follows_the_compared_value_in_the_files_units),
        cmocka_unit_test(a_series_gives_a_setting_and_holds_its_ends),
        cmocka_unit_test(a_pid_moves_the_target_by_its_formula),
        cmocka_unit_test(an_expression_has_variables_in_the_files_units),
        cmocka_unit_test(what_a_link_does_not_have_makes_a_condition_false),
        cmocka_unit_test(past_rain_sums_whole_hours),
        cmocka_unit_test(a_turned_conduit_shows_its_flow_as_the_file_has_it),
        cmocka_unit_test(changes_name_link_rule_and_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
