/* What a side of a condition is worth at a moment. Internal to the folder. */
#ifndef TW_CONTROL_OPERAND_H
#define TW_CONTROL_OPERAND_H

#include "control/control.h"

/* Everything a value may depend on; borrowed for the time of a call. */
struct tw_rule_moment {
    const struct tw_model *model;
    const struct tw_control_view *view;
    const double *link_set_day; /* [link * lanes + lane] of struct tw_control */
    int32_t lane;
};

/**
 * Calendar day of a run's time, rounded as SWMM rounds it: whether a pump that is to run for 40
 * minutes is stopped in the 40th or in the next step hangs on the last bit.
 */
double tw_rule_day(double start_day, double elapsed_s);

/** Value in the file's units; NAN when the operand has none now. */
double tw_rule_operand_value(const struct tw_rule_moment *moment,
                             const struct tw_rule_operand *operand);

/** Value of the right side: a number there is of the same kind as the left side. */
double tw_rule_operand_right(const struct tw_rule_moment *moment,
                             const struct tw_rule_operand *left,
                             const struct tw_rule_operand *right);

#endif
