/* SWMM's routing interface files: flows and concentrations at the outlets of one model, which flow
 * into another. Text, one line a node and time. source: SWMM User's Manual 5.2, section 11.7. */
#ifndef TW_IO_INTERFACE_FILE_H
#define TW_IO_INTERFACE_FILE_H

#include "base/file.h"
#include "model/model.h"
#include "thalweg/faults.h"

/**
 * Read a file.
 *
 * text    [size]
 * path    said in faults
 * faults  each with its line; nodes that the model does not have are a warning
 * errors  TW_ERR_INPUT a fault was added; TW_ERR_NOMEM
 */
tw_status tw_interface_flows_read(const struct tw_model *model, const char *text, size_t size,
                                  const char *path, tw_faults *faults, struct tw_arena *arena,
                                  struct tw_interface_flows *out_flows);

/** Write the head of a file for the nodes in `is_outlet` [nodes]. errors: TW_ERR_FILE */
tw_status tw_interface_head_write(const struct tw_model *model, const bool *is_outlet,
                                  double report_step_s, tw_outfile *file);

/**
 * Write the lines of a time.
 *
 * inflow_m3s  [nodes]
 * quality     [nodes * pollutants] concentrations
 * errors      TW_ERR_FILE
 */
tw_status tw_interface_time_write(const struct tw_model *model, const bool *is_outlet, double day,
                                  const double *inflow_m3s, const double *quality,
                                  tw_outfile *file);

#endif
