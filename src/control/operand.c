#include "control/operand.h"

#include "control/expression.h"
#include "model/flow_unit.h"
#include "thalweg/time.h"

#include <math.h>

static const double foot_m = 0.3048;

static bool is_length(enum tw_rule_attribute attribute)
{
    return attribute == TW_RULE_DEPTH || attribute == TW_RULE_MAX_DEPTH ||
           attribute == TW_RULE_HEAD || attribute == TW_RULE_FULL_DEPTH ||
           attribute == TW_RULE_LENGTH;
}

/* A length that SWMM has in feet, in the file's unit. Metres come back from feet with another last
 * digit: a storage full to 3.5 m is not as deep as 3.5 to a rule, one full to 1.5 m is deeper. */
static double length_of_feet(const struct tw_model *model, double ft)
{
    return model->us_units ? ft : ft * foot_m;
}

/* The file's units for one SI unit; physics inside is SI, but rules compare what users wrote. */
static double file_units(const struct tw_model *model, enum tw_rule_attribute attribute)
{
    bool us = model->us_units, exact = model->options.strict;
    switch (attribute) {
    case TW_RULE_VELOCITY:
        return us ? 1.0 / foot_m : 1.0;
    case TW_RULE_VOLUME:
        return 1.0 / tw_volume_unit_m3(us, exact);
    case TW_RULE_INFLOW:
    case TW_RULE_FLOW:
    case TW_RULE_FULL_FLOW:
        return 1.0 / tw_flow_unit_m3s(model->options.flow_units, exact);
    case TW_RULE_RAIN_INTENSITY:
    case TW_RULE_RAIN_PAST:
        return us ? 1.0 / 25.4 : 1.0;
    default:
        return 1.0;
    }
}

double tw_rule_day(double start_day, double elapsed_s)
{
    double date = floor(start_day);
    double start_s = floor((start_day - date) * 86400.0 + 0.5);
    return date + (start_s + (elapsed_s * 1000.0 + 1.0) / 1000.0) / 86400.0;
}

static double day_now(const struct tw_rule_moment *moment)
{
    return tw_rule_day(moment->view->start_day, moment->view->elapsed_s);
}

static double clock_value(const struct tw_rule_moment *moment, enum tw_rule_attribute attribute)
{
    double day = day_now(moment), date = floor(day);
    switch (attribute) {
    case TW_RULE_TIME:
        return day - moment->view->start_day;
    case TW_RULE_DATE:
        return date;
    case TW_RULE_CLOCK_TIME:
        return day - date;
    case TW_RULE_DAY:
    case TW_RULE_DAY_OF_WEEK:
        return tw_day_weekday(date) + 1.0; /* Sunday is 1 */
    case TW_RULE_MONTH:
        return tw_day_to_calendar(date).month;
    case TW_RULE_DAY_OF_YEAR: {
        struct tw_calendar c = {.year = tw_day_to_calendar(date).year, .month = 1, .day = 1};
        double first;
        return tw_day_from_calendar(&c, &first) == TW_OK ? date - first + 1.0 : NAN;
    }
    default:
        return NAN;
    }
}

static double node_value(const struct tw_rule_moment *moment, enum tw_rule_attribute attribute,
                         int32_t node)
{
    const struct tw_control_view *view = moment->view;
    const struct tw_nodes *nodes = &moment->model->nodes;
    size_t here = (size_t)node * (size_t)view->lanes + (size_t)moment->lane;
    switch (attribute) {
    case TW_RULE_DEPTH:
        return view->node_depth_m[here];
    case TW_RULE_MAX_DEPTH:
        return nodes->full_depth_m[node];
    case TW_RULE_VOLUME:
        return view->node_volume_m3[here];
    case TW_RULE_INFLOW:
        return view->node_lateral_m3s[here];
    default:
        return NAN;
    }
}

static double conduit_value(const struct tw_rule_moment *moment, enum tw_rule_attribute attribute,
                            int32_t link)
{
    const struct tw_control_view *view = moment->view;
    const struct tw_model *model = moment->model;
    if (model->links.kind[link] != TW_LINK_CONDUIT) return NAN;
    switch (attribute) {
    case TW_RULE_FULL_FLOW:
        return view->link_full_flow_m3s[link];
    case TW_RULE_FULL_DEPTH:
        return view->link_full_depth_m[link];
    case TW_RULE_VELOCITY:
        return view->link_velocity_mps[(size_t)link * (size_t)view->lanes + (size_t)moment->lane];
    case TW_RULE_LENGTH:
        return model->conduits.length_m[model->links.row[link]];
    case TW_RULE_SLOPE:
        return view->link_slope_ratio[link];
    default:
        return NAN;
    }
}

/* Time since the link went from closed to open or back. */
static double state_time_d(const struct tw_rule_moment *moment, size_t here)
{
    double day = day_now(moment), date = floor(day);
    return date + (day - date) - moment->link_set_day[here];
}

static double link_value(const struct tw_rule_moment *moment, enum tw_rule_attribute attribute,
                         int32_t link)
{
    const struct tw_control_view *view = moment->view;
    const struct tw_links *links = &moment->model->links;
    size_t here = (size_t)link * (size_t)view->lanes + (size_t)moment->lane;
    double setting = view->link_setting[here];
    int32_t kind = links->kind[link];
    switch (attribute) {
    case TW_RULE_STATUS:
        return kind == TW_LINK_CONDUIT || kind == TW_LINK_PUMP ? setting : NAN;
    case TW_RULE_SETTING: /* outlets have none, in SWMM */
        return kind == TW_LINK_PUMP || kind == TW_LINK_ORIFICE || kind == TW_LINK_WEIR ? setting
                                                                                       : NAN;
    case TW_RULE_FLOW:
        return links->reversed[link] ? -view->link_flow_m3s[here] : view->link_flow_m3s[here];
    case TW_RULE_DEPTH:
        return view->link_depth_m[here];
    case TW_RULE_TIME_OPEN:
        return setting > 0.0 ? state_time_d(moment, here) : NAN;
    case TW_RULE_TIME_CLOSED:
        return setting > 0.0 ? NAN : state_time_d(moment, here);
    default:
        return conduit_value(moment, attribute, link);
    }
}

static double gage_value(const struct tw_rule_moment *moment, const struct tw_rule_operand *operand)
{
    const struct tw_control_view *view = moment->view;
    size_t lanes = (size_t)view->lanes, gage = (size_t)operand->index, lane = (size_t)moment->lane;
    if (operand->attribute == TW_RULE_RAIN_INTENSITY)
        return view->gage_rain_mmh[gage * lanes + lane];
    double sum_mm = 0.0;
    for (size_t hour = 1; hour <= TW_CONTROL_PAST_HOURS && (double)hour <= operand->hours; hour++)
        sum_mm += view->past_rain_mm[(gage * (TW_CONTROL_PAST_HOURS + 1) + hour) * lanes + lane];
    return sum_mm;
}

static double si_value(const struct tw_rule_moment *moment, const struct tw_rule_operand *operand)
{
    if (operand->attribute == TW_RULE_NUMBER) return operand->number;
    switch (operand->object) {
    case TW_RULE_SIMULATION:
        return clock_value(moment, operand->attribute);
    case TW_RULE_NODE:
        return node_value(moment, operand->attribute, operand->index);
    case TW_RULE_LINK:
        return link_value(moment, operand->attribute, operand->index);
    case TW_RULE_GAGE:
        return gage_value(moment, operand);
    }
    return NAN;
}

/* SWMM adds depth and invert in feet. */
static double head_ft(const struct tw_rule_moment *moment, int32_t node)
{
    const struct tw_model *m = moment->model;
    double depth_m = node_value(moment, TW_RULE_DEPTH, node);
    return tw_length_ft(m->us_units, depth_m) + tw_length_ft(m->us_units, m->nodes.invert_m[node]);
}

double tw_rule_operand_value(const struct tw_rule_moment *moment,
                             const struct tw_rule_operand *operand)
{
    const struct tw_model *m = moment->model;
    if (operand->expression >= 0) return tw_rule_expression_value(moment, operand->expression);
    if (operand->attribute == TW_RULE_HEAD && operand->object == TW_RULE_NODE)
        return length_of_feet(m, head_ft(moment, operand->index));
    double value = si_value(moment, operand);
    if (is_length(operand->attribute)) return length_of_feet(m, tw_length_ft(m->us_units, value));
    return value * file_units(m, operand->attribute);
}

double tw_rule_operand_right(const struct tw_rule_moment *moment,
                             const struct tw_rule_operand *left,
                             const struct tw_rule_operand *right)
{
    bool number = right->expression < 0 && right->attribute == TW_RULE_NUMBER;
    if (!number || left->expression >= 0) return tw_rule_operand_value(moment, right);
    bool us = moment->model->us_units;
    if (is_length(left->attribute)) return us ? tw_length_ft(us, right->number) : right->number;
    return right->number * file_units(moment->model, left->attribute);
}
