/* [CONTROLS]: rules as data. control/ evaluates them; io/ reads them. */
#ifndef TW_MODEL_RULES_H
#define TW_MODEL_RULES_H

#include "base/names.h"
#include "num/expression.h"

#include <stdbool.h>
#include <stdint.h>

/* What a condition looks at, or an action sets. */
enum tw_rule_object {
    TW_RULE_SIMULATION, /* TIME, DATE, CLOCKTIME, DAYOFWEEK, MONTH, DAY, DAYOFYEAR */
    TW_RULE_NODE,
    TW_RULE_LINK, /* LINK, CONDUIT, PUMP, ORIFICE, WEIR, OUTLET */
    TW_RULE_GAGE
};
enum tw_rule_attribute {
    TW_RULE_DEPTH,
    TW_RULE_MAX_DEPTH,
    TW_RULE_HEAD,
    TW_RULE_VOLUME,
    TW_RULE_INFLOW,
    TW_RULE_FLOW,
    TW_RULE_FULL_FLOW,
    TW_RULE_FULL_DEPTH,
    TW_RULE_VELOCITY,
    TW_RULE_LENGTH,
    TW_RULE_SLOPE,
    TW_RULE_STATUS,
    TW_RULE_SETTING,
    TW_RULE_TIME_OPEN,
    TW_RULE_TIME_CLOSED,
    TW_RULE_TIME,
    TW_RULE_DATE,
    TW_RULE_CLOCK_TIME,
    TW_RULE_DAY_OF_WEEK,
    TW_RULE_MONTH,
    TW_RULE_DAY,
    TW_RULE_DAY_OF_YEAR,
    TW_RULE_RAIN_INTENSITY,
    TW_RULE_RAIN_PAST, /* PAST: window in `hours` */
    TW_RULE_NUMBER     /* a constant */
};
enum tw_rule_relation { TW_RULE_EQ, TW_RULE_NE, TW_RULE_LT, TW_RULE_LE, TW_RULE_GT, TW_RULE_GE };

/* One side of a condition. Values are SI (m, m3/s, m3, mm/h; times in d). `expression` >= 0: the
 * value of an [CONTROLS] EXPRESSION instead. */
struct tw_rule_operand {
    enum tw_rule_object object;
    enum tw_rule_attribute attribute;
    int32_t index; /* of the node, link or gage */
    double number; /* TW_RULE_NUMBER */
    double hours;
    int32_t expression;
};

struct tw_rule_condition {
    bool is_or; /* joined to the one before by OR instead of AND */
    struct tw_rule_operand left;
    enum tw_rule_relation relation;
    struct tw_rule_operand right;
};

enum tw_rule_setter { TW_RULE_TO_VALUE, TW_RULE_BY_CURVE, TW_RULE_BY_SERIES, TW_RULE_BY_PID };
struct tw_rule_action {
    int32_t link;
    enum tw_rule_attribute attribute; /* STATUS or SETTING */
    enum tw_rule_setter setter;
    double value;              /* 0..1; conduits, pumps: 0 or 1 (a pump's speed may be >1) */
    int32_t table;             /* curve or time series */
    double kp, ki_min, kd_min; /* PID: gain, integral time, derivative time [min] */
    int32_t pid;               /* index of the action's controller state; -1 */
};

/* Actions are in the order in which they are looked at: the last of the file first. */
struct tw_rule {
    const char *name;
    double priority;
    int32_t condition_first, condition_count;
    int32_t then_first, then_count;
    int32_t else_first, else_count;
};

/* The right side of EXPRESSION lines is tokens of num/expression.h. Numbers in expressions, and
 * numbers compared with expressions, stay in the file's units. */
struct tw_rules {
    int32_t count, condition_count, action_count, pid_count;
    struct tw_rule *rule;
    struct tw_rule_condition *condition;
    struct tw_rule_action *action;
    int32_t variable_count;
    struct tw_rule_operand *variable; /* VARIABLE lines */
    int32_t expression_count;
    int32_t *expression_first; /* [expression_count + 1] into token */
    struct tw_token *token;
};

#endif
