/* A part of a study as a job for a worker: a range of its members, a model of its own. */
#ifndef TW_FORECAST_STUDY_WORK_H
#define TW_FORECAST_STUDY_WORK_H

#include "forecast/study.h"

#include <stddef.h>

enum { TW_WORK_SIZE = 48 };

/** Write a job's range as a text. */
void tw_work_write(int32_t first, int32_t count, char out[TW_WORK_SIZE]);

/** Read a job's range. errors: TW_ERR_FORMAT */
tw_status tw_work_read(const void *bytes, size_t size, struct tw_study_part *out_part);

/** Bytes of the values of some members of a study. */
size_t tw_work_values_size(const struct tw_study *study, int32_t members);

/**
 * Read the model that lies in a study.
 *
 * faults  told with the name "model.inp"
 * errors  as tw_model_read; TW_ERR_FILE no temporary file can be made
 */
tw_status tw_work_model_read(const struct tw_study *study, tw_faults *faults, tw_model **out_model);

#endif
