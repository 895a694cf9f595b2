/* Writer of SWMM's binary results file (.out), readable by any tool that reads those. */
#ifndef TW_IO_OUT_H
#define TW_IO_OUT_H

#include "model/model.h"
#include "thalweg/status.h"

/** A results file being written. */
typedef struct tw_out tw_out;

/**
 * Begin a results file; only what the model reports is in it.
 *
 * model          borrowed until closed
 * start_day      decimal day of the report period before the first one
 * report_step_s  [s]
 * out_file       owned by the caller until close or abandon
 * errors         TW_ERR_FILE, TW_ERR_NOMEM, TW_ERR_FULL (names of more than 2 GB; results may be
 *                longer, for nothing in the file points into them)
 * source         SWMM 5.2 binary output format: magic 516114522, version 52004
 */
tw_status tw_out_open(const struct tw_model *model, const char *path, double start_day,
                      double report_step_s, tw_out **out_file);

/**
 * Have the periods written by a thread of its own from now on, unless they are small. The bytes are
 * the same; an error is told by one of the next calls.
 *
 * errors  TW_ERR_NOMEM also when the system gives no more threads
 */
tw_status tw_out_write_by_thread(tw_out *out);

/**
 * Write a report period: values of all elements in SI, in the model's order. Units of the file and
 * the signs of turned conduits are set here.
 *
 * day           decimal day
 * With pollutants their concentrations follow the values of each subcatchment, node and link.
 *
 * subcatchment  [subcatchments * 8] rain mm/h, snow mm, evaporation mm/d, infiltration mm/h,
 *               runoff m3/s, groundwater m3/s, its level m, soil moisture ratio
 * node          [nodes * 6] depth m, head m, volume m3, lateral inflow, inflow, flooding m3/s
 * link          [links * 5] flow m3/s, depth m, velocity m/s, volume m3, capacity ratio
 * system        [15] temperature C, rain mm/h, snow mm, infiltration mm/h, runoff, dry weather,
 *               groundwater, RDII, external, lateral, flooding, outflow m3/s, storage m3,
 *               evaporation mm/d, potential evaporation mm/d
 * errors        TW_ERR_FILE
 */
tw_status tw_out_write(tw_out *out, double day, const double *subcatchment, const double *node,
                       const double *link, const double *system);

/** Write the end and put the file in its place; frees `out` in any case. errors: TW_ERR_FILE */
tw_status tw_out_close(tw_out *out);

/** Drop what was written and free `out`; NULL is fine. */
void tw_out_abandon(tw_out *out);

#endif
