/* SWMM's RDII files: flows of rain-dependent inflow to nodes, binary or text. They hold from their time
 * for the file's step. source: SWMM User's Manual 5.2, section 11.7. */
#ifndef TW_IO_RDII_FILE_H
#define TW_IO_RDII_FILE_H

#include "base/file.h"
#include "model/model.h"
#include "thalweg/faults.h"

/**
 * Read a file.
 *
 * bytes   [size]
 * errors  TW_ERR_INPUT a fault was added; TW_ERR_NOMEM
 */
tw_status tw_rdii_file_read(const struct tw_model *model, const char *bytes, size_t size,
                            const char *path, tw_faults *faults, struct tw_arena *arena,
                            struct tw_interface_flows *out_flows);

/** Write the head of a binary file for the nodes of [RDII], in their order. errors: TW_ERR_FILE */
tw_status tw_rdii_head_write(const struct tw_model *model, double step_s, tw_outfile *file);

/** Write a time: flow_m3s [rows of RDII]. errors: TW_ERR_FILE */
tw_status tw_rdii_time_write(const struct tw_model *model, double day, const double *flow_m3s,
                             tw_outfile *file);

#endif
