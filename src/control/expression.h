/* EXPRESSION lines of rules. Internal to the folder. */
#ifndef TW_CONTROL_EXPRESSION_H
#define TW_CONTROL_EXPRESSION_H

#include "control/operand.h"

/** Value of an expression, with variables in the file's units; NAN when a variable has none. */
double tw_rule_expression_value(const struct tw_rule_moment *moment, int32_t expression);

#endif
