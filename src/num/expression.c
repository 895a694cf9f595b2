#include "num/expression.h"

#include <math.h>
#include <stdbool.h>

enum { STACK_ROOM = 64 };

/* Where a function is not defined, SWMM's answers, e.g. log of what is not positive is 0. */
static double function_value(int32_t function, double x)
{
    switch (function) {
    case TW_TOKEN_NEGATE:
        return -x;
    case TW_TOKEN_COS:
        return cos(x);
    case TW_TOKEN_SIN:
        return sin(x);
    case TW_TOKEN_TAN:
        return tan(x);
    case TW_TOKEN_COT:
        return x == 0.0 ? 0.0 : 1.0 / tan(x);
    case TW_TOKEN_ABS:
        return fabs(x);
    case TW_TOKEN_SGN:
        return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0;
    case TW_TOKEN_SQRT:
        return x < 0.0 ? 0.0 : sqrt(x);
    case TW_TOKEN_LOG:
        return x <= 0.0 ? 0.0 : log(x);
    case TW_TOKEN_EXP:
        return exp(x);
    case TW_TOKEN_ASIN:
        return asin(x);
    case TW_TOKEN_ACOS:
        return acos(x);
    case TW_TOKEN_ATAN:
        return atan(x);
    case TW_TOKEN_ACOT:
        return 1.57079632679489661923 - atan(x);
    case TW_TOKEN_SINH:
        return sinh(x);
    case TW_TOKEN_COSH:
        return cosh(x);
    case TW_TOKEN_TANH:
        return tanh(x);
    case TW_TOKEN_COTH:
        return 1.0 / tanh(x);
    case TW_TOKEN_LOG10:
        return x == 0.0 ? 0.0 : log10(x);
    case TW_TOKEN_STEP:
        return x <= 0.0 ? 0.0 : 1.0;
    default:
        return NAN;
    }
}

static double pair_value(int32_t operation, double a, double b)
{
    switch (operation) {
    case TW_TOKEN_ADD:
        return a + b;
    case TW_TOKEN_SUBTRACT:
        return a - b;
    case TW_TOKEN_MULTIPLY:
        return a * b;
    case TW_TOKEN_DIVIDE:
        return a / b;
    case TW_TOKEN_POWER:
        return a <= 0.0 ? 0.0 : pow(a, b);
    default:
        return NAN;
    }
}

static bool joins_two(int32_t operation)
{
    return operation == TW_TOKEN_ADD || operation == TW_TOKEN_SUBTRACT ||
           operation == TW_TOKEN_MULTIPLY || operation == TW_TOKEN_DIVIDE ||
           operation == TW_TOKEN_POWER;
}

double tw_expression_value(const struct tw_token *tokens, int32_t count,
                           tw_expression_variable *get, const void *user)
{
    double stack[STACK_ROOM];
    int32_t height = 0;
    for (int32_t i = 0; i < count; i++) {
        const struct tw_token *token = &tokens[i];
        if (token->operation == TW_TOKEN_NUMBER || token->operation == TW_TOKEN_VARIABLE) {
            if (height == STACK_ROOM) return NAN;
            stack[height++] =
                token->operation == TW_TOKEN_NUMBER ? token->number : get(user, token->variable);
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
