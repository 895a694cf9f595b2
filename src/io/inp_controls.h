/* Parts of [CONTROLS]: inp_controls.c reads clauses, inp_conditions.c what stands in them. */
#ifndef TW_IO_INP_CONTROLS_H
#define TW_IO_INP_CONTROLS_H

#include "io/inp_reader.h"
#include "model/rules.h"

/**
 * Read what an object or the simulation is asked for, e.g. NODE J1 DEPTH.
 *
 * next     place of the first word; then the place behind the last
 * returns  false after a fault
 */
bool tw_inp_rule_quantity(struct tw_inp *inp, const struct tw_inp_row *row, int *next,
                          struct tw_rule_operand *out);

/** Add the condition of a clause; the number of conditions added. */
int32_t tw_inp_rule_condition(struct tw_inp *inp, const struct tw_inp_row *row, bool is_or);

/** Add the action of a clause; the number of actions added. */
int32_t tw_inp_rule_action(struct tw_inp *inp, const struct tw_inp_row *row);

#endif
