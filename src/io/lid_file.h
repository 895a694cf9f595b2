/* The report of a LID unit, a row for each runoff step in which something moves.
 * source: SWMM User's Manual 5.2, section 9.3 (LID Report File); columns are parted by tabs. */
#ifndef TW_IO_LID_FILE_H
#define TW_IO_LID_FILE_H

#include "base/file.h"
#include "model/model.h"

enum { TW_LID_ROW_TEXT = 320 };

/** Write the head of a unit's report. errors: TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_lid_head_write(const struct tw_model *model, const struct tw_lid_unit *unit,
                            tw_outfile *file);

/**
 * A row as text in the units of the model's file, with the line break that SWMM puts before it.
 *
 * day      at the step's end
 * hours    from the run's start
 * out      [TW_LID_ROW_TEXT] cut where a number is longer than any should be
 */
void tw_lid_row_text(const struct tw_model *model, double day, double hours,
                     const struct tw_lid_row *row, char *out);

#endif
