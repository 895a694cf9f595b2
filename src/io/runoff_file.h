/* SWMM's runoff interface files: what runoff computed for all subcatchments, in steps of its own.
 * source: SWMM User's Manual 5.2, section 11.7; stamp, numbers of elements, steps, then records of a
 * length of step and the results of each subcatchment, floats in the units of the model's file. */
#ifndef TW_IO_RUNOFF_FILE_H
#define TW_IO_RUNOFF_FILE_H

#include "base/file.h"
#include "model/model.h"
#include "thalweg/faults.h"

/**
 * Read a file.
 *
 * bytes       [size]
 * path        said in faults
 * out_record  in SI, without its path
 * errors      TW_ERR_INPUT a fault was added; TW_ERR_NOMEM
 */
tw_status tw_runoff_file_read(const struct tw_model *model, const char *bytes, size_t size,
                              const char *path, tw_faults *faults, struct tw_arena *arena,
                              struct tw_runoff_record *out_record);

/** Write the head of a file that has no steps yet. errors: TW_ERR_FILE */
tw_status tw_runoff_head_write(const struct tw_model *model, tw_outfile *file);

/**
 * Write a step.
 *
 * value   [subcatchments * (8 + pollutants)] as in struct tw_runoff_record
 * errors  TW_ERR_FILE
 */
tw_status tw_runoff_step_write(const struct tw_model *model, double step_s, const double *value,
                               tw_outfile *file);

/** Write into the head how many steps there are. errors: TW_ERR_FILE */
tw_status tw_runoff_steps_write(int64_t steps, tw_outfile *file);

#endif
