/* Arithmetic expressions with variables, as postfix tokens. */
#ifndef TW_NUM_EXPRESSION_H
#define TW_NUM_EXPRESSION_H

#include <stdint.h>

/* What a token of an expression does; functions take what is on top of the stack. */
enum tw_token_operation {
    TW_TOKEN_NUMBER = 0,
    TW_TOKEN_VARIABLE = 1,
    TW_TOKEN_ADD = '+',
    TW_TOKEN_SUBTRACT = '-',
    TW_TOKEN_MULTIPLY = '*',
    TW_TOKEN_DIVIDE = '/',
    TW_TOKEN_POWER = '^',
    TW_TOKEN_NEGATE = '~',
    TW_TOKEN_COS = 256, /* in the order of SWMM's list of functions */
    TW_TOKEN_SIN,
    TW_TOKEN_TAN,
    TW_TOKEN_COT,
    TW_TOKEN_ABS,
    TW_TOKEN_SGN,
    TW_TOKEN_SQRT,
    TW_TOKEN_LOG,
    TW_TOKEN_EXP,
    TW_TOKEN_ASIN,
    TW_TOKEN_ACOS,
    TW_TOKEN_ATAN,
    TW_TOKEN_ACOT,
    TW_TOKEN_SINH,
    TW_TOKEN_COSH,
    TW_TOKEN_TANH,
    TW_TOKEN_COTH,
    TW_TOKEN_LOG10,
    TW_TOKEN_STEP
};

/* A step of an expression. */
struct tw_token {
    int32_t operation; /* enum tw_token_operation */
    double number;
    int32_t variable;
};

/** Value of a variable. */
typedef double tw_expression_variable(const void *user, int32_t variable);

/**
 * Value of an expression.
 *
 * tokens   [count]
 * get      asked for each variable
 * returns  NAN when the tokens are no expression, or a variable is NAN
 */
double tw_expression_value(const struct tw_token *tokens, int32_t count,
                           tw_expression_variable *get, const void *user);

#endif
