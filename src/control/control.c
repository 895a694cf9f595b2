/* Rules. Numbers meet in the file's units: curves and expressions of rules are given in them. */
#include "control/control.h"

#include "base/require.h"
#include "control/operand.h"
#include "num/series.h"
#include "num/table.h"

#include <math.h>

static const double pid_dead_band = 0.0001; /* changes of error or setting below this are none */
static const double pid_least_error = 1.0e-6;

static size_t at(const struct tw_control *c, int32_t element, int32_t lane)
{
    return (size_t)element * (size_t)c->lanes + (size_t)lane;
}

void tw_control_lay(struct tw_control *c, const struct tw_model *model, int32_t lanes,
                    struct tw_pool *state)
{
    const struct tw_rules *rules = model->rules;
    c->model = model;
    c->lanes = lanes;
    c->active = rules != NULL && rules->count > 0;
    size_t width = c->active ? (size_t)lanes : 0;
    size_t pids = c->active ? (size_t)rules->pid_count * width : 0;
    c->link_set_day = TW_POOL_NEW(state, double, (size_t)model->links.count *width);
    c->pid_error1 = TW_POOL_NEW(state, double, pids);
    c->pid_error2 = TW_POOL_NEW(state, double, pids);
    c->start_day = TW_POOL_NEW(state, double, 1);
    c->controller_value = TW_POOL_NEW(state, double, width);
    c->set_point = TW_POOL_NEW(state, double, width);
    c->series_cursor = TW_POOL_NEW(state, int32_t, c->active ? model->series.count : 0);
    c->action_value =
        TW_POOL_NEW(state, double, c->active ? (size_t)rules->action_count *width : 0);
    c->winner = TW_POOL_NEW(state, int32_t, c->active ? model->links.count : 0);
    c->winner_rule = TW_POOL_NEW(state, int32_t, c->active ? model->links.count : 0);
}

void tw_control_begin(struct tw_control *c, double start_day)
{
    *c->start_day = start_day;
    if (!c->active) return;
    for (int32_t lane = 0; lane < c->lanes; lane++) {
        c->controller_value[lane] = 0.0;
        c->set_point[lane] = 0.0;
        for (int32_t i = 0; i < c->model->links.count; i++)
            c->link_set_day[at(c, i, lane)] = floor(start_day); /* SWMM counts from midnight */
        for (int32_t i = 0; i < c->model->rules->pid_count; i++) {
            c->pid_error1[at(c, i, lane)] = 0.0;
            c->pid_error2[at(c, i, lane)] = 0.0;
        }
    }
    for (int32_t i = 0; i < c->model->series.count; i++)
        c->series_cursor[i] = 0;
    for (int32_t i = 0; i < c->model->rules->action_count * c->lanes; i++)
        c->action_value[i] = 0.0;
    for (int32_t i = 0; i < c->model->links.count; i++) {
        c->winner[i] = -1;
        c->winner_rule[i] = -1;
    }
}

void tw_control_note_setting(struct tw_control *c, int32_t link, int32_t lane, double setting,
                             double target, double elapsed_s)
{
    if (!c->active || setting == target || setting * target != 0.0) return;
    c->link_set_day[at(c, link, lane)] = tw_rule_day(*c->start_day, elapsed_s);
}

static bool values_compare(double left, enum tw_rule_relation relation, double right)
{
    switch (relation) {
    case TW_RULE_EQ:
        return left == right;
    case TW_RULE_NE:
        return left != right;
    case TW_RULE_LT:
        return left < right;
    case TW_RULE_LE:
        return left <= right;
    case TW_RULE_GT:
        return left > right;
    case TW_RULE_GE:
        return left >= right;
    }
    return false;
}

static bool is_time(const struct tw_rule_operand *operand)
{
    return operand->expression < 0 &&
           (operand->attribute == TW_RULE_TIME || operand->attribute == TW_RULE_CLOCK_TIME ||
            operand->attribute == TW_RULE_TIME_OPEN || operand->attribute == TW_RULE_TIME_CLOSED);
}

/* Both sides of a comparison are remembered: modulated settings of this and later rules follow
 * them. Equality of times does not count as such a comparison, in SWMM. */
static bool condition_holds(struct tw_control *c, const struct tw_control_view *view, int32_t lane,
                            const struct tw_rule_condition *condition)
{
    struct tw_rule_moment moment = {c->model, view, c->link_set_day, lane};
    const struct tw_rule_operand *on_left = &condition->left;
    double left = tw_rule_operand_value(&moment, on_left);
    double right = tw_rule_operand_right(&moment, on_left, &condition->right);
    if (isnan(left) || isnan(right)) return false;
    bool equality = condition->relation == TW_RULE_EQ || condition->relation == TW_RULE_NE;
    bool holds;
    if (is_time(on_left) && equality) {
        double half_d = 0.5 * view->step_s / 86400.0;
        bool same = left >= right - half_d && left < right + half_d;
        holds = same == (condition->relation == TW_RULE_EQ);
    } else {
        c->controller_value[lane] = left;
        c->set_point[lane] = right;
        holds = values_compare(left, condition->relation, right);
    }
    if (on_left->expression < 0 &&
        (on_left->attribute == TW_RULE_TIME_OPEN || on_left->attribute == TW_RULE_TIME_CLOSED))
        c->controller_value[lane] = left * 24.0; /* curves have hours */
    return holds;
}

/* A failed AND ends the rule: what comes after it is not looked at. */
static bool rule_holds(struct tw_control *c, const struct tw_control_view *view, int32_t lane,
                       const struct tw_rule *rule)
{
    bool holds = true;
    for (int32_t i = 0; i < rule->condition_count; i++) {
        const struct tw_rule_condition *condition =
            &c->model->rules->condition[rule->condition_first + i];
        if (i > 0 && condition->is_or) {
            if (!holds) holds = condition_holds(c, view, lane, condition);
        } else {
            if (!holds) return false;
            holds = condition_holds(c, view, lane, condition);
        }
    }
    return holds;
}

/* Recursive form of a PID controller on the relative error e of the controlled value.
 *
 *   change = kp (e - e1 + e dt / ki + kd (e - 2 e1 + e2) / dt)      dt, ki, kd in minutes */
static double pid_setting(struct tw_control *c, const struct tw_control_view *view, int32_t lane,
                          const struct tw_rule_action *action, double target)
{
    double dt_min = view->step_s / 60.0;
    double value = c->controller_value[lane], goal = c->set_point[lane];
    double *error1 = &c->pid_error1[at(c, action->pid, lane)];
    double *error2 = &c->pid_error2[at(c, action->pid, lane)];
    double error = goal - value;
    if (fabs(error) > pid_least_error) error /= goal != 0.0 ? goal : value;
    if (fabs(error - *error1) < pid_dead_band) {
        *error1 = 0.0;
        *error2 = 0.0;
    }
    double change = error - *error1;
    if (action->ki_min != 0.0) change += error * dt_min / action->ki_min;
    change += action->kd_min * (error - 2.0 * *error1 + *error2) / dt_min;
    change *= action->kp;
    if (fabs(change) < pid_dead_band) change = 0.0;
    *error2 = *error1;
    *error1 = error;
    double setting = target + change;
    if (setting < 0.0) setting = 0.0;
    bool pump = c->model->links.kind[action->link] == TW_LINK_PUMP;
    return !pump && setting > 1.0 ? 1.0 : setting;
}

static double series_value(struct tw_control *c, const struct tw_control_view *view, int32_t series)
{
    const struct tw_tables *all = &c->model->series;
    int32_t first = all->first[series];
    double day = tw_rule_day(view->start_day, view->elapsed_s);
    if (all->kind[series] == 1) day -= view->start_day - c->model->options.start_day;
    return tw_series_at(all->x + first, all->y + first, all->first[series + 1] - first, day, true,
                        &c->series_cursor[series]);
}

static double action_setting(struct tw_control *c, const struct tw_control_view *view, int32_t lane,
                             const struct tw_rule_action *action, double target)
{
    if (action->setter == TW_RULE_BY_CURVE) {
        const struct tw_tables *curves = &c->model->curves;
        int32_t first = curves->first[action->table];
        struct tw_points points = {curves->x + first, curves->y + first,
                                   curves->first[action->table + 1] - first};
        return tw_points_at(points, c->controller_value[lane]);
    }
    if (action->setter == TW_RULE_BY_SERIES) return series_value(c, view, action->table);
    if (action->setter == TW_RULE_BY_PID) return pid_setting(c, view, lane, action, target);
    return action->value;
}

/* Rules see the targets as they were when the evaluation began; the winners are written last. */
static void rule_fire(struct tw_control *c, const struct tw_control_view *view, int32_t lane,
                      int32_t rule_index, const double *link_target)
{
    const struct tw_rules *rules = c->model->rules;
    const struct tw_rule *rule = &rules->rule[rule_index];
    bool holds = rule_holds(c, view, lane, rule);
    int32_t first = holds ? rule->then_first : rule->else_first;
    int32_t count = holds ? rule->then_count : rule->else_count;
    for (int32_t i = first; i < first + count; i++) {
        const struct tw_rule_action *action = &rules->action[i];
        int32_t link = action->link;
        c->action_value[at(c, i, lane)] =
            action_setting(c, view, lane, action, link_target[at(c, link, lane)]);
        if (c->winner[link] >= 0 && !(rule->priority > rules->rule[c->winner_rule[link]].priority))
            continue;
        c->winner[link] = i;
        c->winner_rule[link] = rule_index;
    }
}

int32_t tw_control_step(struct tw_control *c, const struct tw_control_view *view,
                        double *link_target, struct tw_control_change *changes, int32_t room)
{
    if (!c->active) return 0;
    TW_REQUIRE(view->lanes == c->lanes);
    const struct tw_rules *rules = c->model->rules;
    int32_t changed = 0;
    for (int32_t lane = 0; lane < c->lanes; lane++) {
        for (int32_t i = 0; i < rules->count; i++)
            rule_fire(c, view, lane, i, link_target);
        for (int32_t i = 0; i < rules->action_count; i++) {
            const struct tw_rule_action *action = &rules->action[i];
            int32_t link = action->link;
            if (c->winner[link] != i) continue;
            double *target = &link_target[at(c, link, lane)];
            int32_t rule = c->winner_rule[link];
            c->winner[link] = -1;
            c->winner_rule[link] = -1;
            if (*target == c->action_value[at(c, i, lane)]) continue;
            *target = c->action_value[at(c, i, lane)];
            if (changes != NULL && changed < room)
                changes[changed] = (struct tw_control_change){
                    link, lane, rule, action->setter != TW_RULE_TO_VALUE, *target};
            changed++;
        }
    }
    return changed;
}
