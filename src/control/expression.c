#include "control/expression.h"

#include <math.h>

enum { STACK_ROOM = 64 };

/* Where a function is not defined, SWMM's answers, e.g. log of what is not positive is 0. */
static double function_value(int32_t function, double x)
{
    switch (function) {
    case TW_RULE_NEGATE:
        return -x;
    case TW_RULE_COS:
        return cos(x);
    case TW_RULE_SIN:
        return sin(x);
    case TW_RULE_TAN:
        return tan(x);
    case TW_RULE_COT:
        return x == 0.0 ? 0.0 : 1.0 / tan(x);
    case TW_RULE_ABS:
        return fabs(x);
    case TW_RULE_SGN:
        return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0;
    case TW_RULE_SQRT:
        return x < 0.0 ? 0.0 : sqrt(x);
    case TW_RULE_LOG:
        return x <= 0.0 ? 0.0 : log(x);
    case TW_RULE_EXP:
        return exp(x);
    case TW_RULE_ASIN:
        return asin(x);
    case TW_RULE_ACOS:
        return acos(x);
    case TW_RULE_ATAN:
        return atan(x);
    case TW_RULE_ACOT:
        return 1.57079632679489661923 - atan(x);
    case TW_RULE_SINH:
        return sinh(x);
    case TW_RULE_COSH:
        return cosh(x);
    case TW_RULE_TANH:
        return tanh(x);
    case TW_RULE_COTH:
        return 1.0 / tanh(x);
    case TW_RULE_LOG10:
        return x == 0.0 ? 0.0 : log10(x);
    case TW_RULE_STEP:
        return x <= 0.0 ? 0.0 : 1.0;
    default:
        return NAN;
    }
}

static double pair_value(int32_t operation, double a, double b)
{
    switch (operation) {
    case TW_RULE_ADD:
        return a + b;
    case TW_RULE_SUBTRACT:
        return a - b;
    case TW_RULE_MULTIPLY:
        return a * b;
    case TW_RULE_DIVIDE:
        return a / b;
    case TW_RULE_POWER:
        return a <= 0.0 ? 0.0 : pow(a, b);
    default:
        return NAN;
    }
}

static bool joins_two(int32_t operation)
{
    return operation == TW_RULE_ADD || operation == TW_RULE_SUBTRACT ||
           operation == TW_RULE_MULTIPLY || operation == TW_RULE_DIVIDE ||
           operation == TW_RULE_POWER;
}

double tw_rule_expression_value(const struct tw_rule_moment *moment, int32_t expression)
{
    const struct tw_rules *rules = moment->model->rules;
    double stack[STACK_ROOM];
    int32_t height = 0;
    for (int32_t i = rules->expression_first[expression];
         i < rules->expression_first[expression + 1]; i++) {
        const struct tw_rule_token *token = &rules->token[i];
        if (token->operation == TW_RULE_PUSH_NUMBER || token->operation == TW_RULE_PUSH_VARIABLE) {
            if (height == STACK_ROOM) return NAN;
            stack[height++] =
                token->operation == TW_RULE_PUSH_NUMBER
                    ? token->number
                    : tw_rule_operand_value(moment, &rules->variable[token->variable]);
        } else if (joins_two(token->operation)) {
            if (height < 2) return NAN;
            height--;
            stack[height - 1] = pair_value(token->operation, stack[height - 1], stack[height]);
        } else {
            if (height < 1) return NAN;
            stack[height - 1] = function_value(token->operation, stack[height - 1]);
        }
    }
    return height == 1 ? stack[0] : NAN;
}
