/* Expressions with variables in rows of several sections. */
#ifndef TW_IO_INP_EXPRESSION_H
#define TW_IO_INP_EXPRESSION_H

#include "io/inp_reader.h"
#include "num/expression.h"

/** Index of a variable that an expression may name; -1: no such. */
typedef int32_t tw_inp_variable_find(const struct tw_inp *inp, const char *name);

/**
 * Read the words of a row from one on as an expression and add its tokens to a list in scratch, with
 * a fault where it has no sense.
 *
 * errors  TW_ERR_NOMEM
 */
tw_status tw_inp_expression_read(struct tw_inp *inp, const struct tw_inp_row *row, int first,
                                 tw_inp_variable_find *find, struct tw_inp_tokens *tokens);

#endif
