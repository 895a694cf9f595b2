/* What the readers of the five kinds of link share. */
#ifndef TW_IO_INP_LINKS_H
#define TW_IO_INP_LINKS_H

#include "io/inp_reader.h"

/** End nodes of a row `name from to ...`; false after a fault. */
bool tw_inp_link_ends(struct tw_inp *inp, const struct tw_inp_row *row);

/** An offset [m]; NAN for the * that stands for the node's invert (with elevations). */
bool tw_inp_link_offset(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                        double *out_m);

#endif
