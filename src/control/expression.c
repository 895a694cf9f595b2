#include "control/expression.h"

static double variable_value(const void *user, int32_t variable)
{
    const struct tw_rule_moment *moment = user;
    return tw_rule_operand_value(moment, &moment->model->rules->variable[variable]);
}

double tw_rule_expression_value(const struct tw_rule_moment *moment, int32_t expression)
{
    const struct tw_rules *rules = moment->model->rules;
    int32_t first = rules->expression_first[expression];
    return tw_expression_value(rules->token + first,
                               rules->expression_first[expression + 1] - first, variable_value,
                               moment);
}
