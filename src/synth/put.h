/* Fields of text files: aligned words and numbers with a fixed number of decimals, the same digits
 * on every machine. A failed write stays in the file and shows when it is committed. */
#ifndef TW_SYNTH_PUT_H
#define TW_SYNTH_PUT_H

#include "base/file.h"

/** A text, then a blank and more until `width` is filled; width 0: nothing after it. */
void tw_put_text(tw_outfile *file, const char *text, int width);

/**
 * A number, rounded half away from zero, then blanks as after a text.
 *
 * value     |value| < 9e15 / 10^decimals
 * decimals  0..6
 */
void tw_put_number(tw_outfile *file, double value, int decimals, int width);

/** The end of a line. */
void tw_put_end(tw_outfile *file);

#endif
