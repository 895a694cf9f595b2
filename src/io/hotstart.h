/* SWMM's hot start files: the state of a run, for the next one to begin with. Versions 1 to 4 are read,
 * version 4 is written. They name no element: only their numbers tell whether a file fits a model. */
#ifndef TW_IO_HOTSTART_H
#define TW_IO_HOTSTART_H

#include "base/file.h"
#include "model/model.h"
#include "thalweg/faults.h"

/** Make room for a state of a model, all zeros. errors: TW_ERR_NOMEM */
tw_status tw_hotstart_make(const struct tw_model *model, struct tw_arena *arena,
                           struct tw_hotstart *out_state);

/**
 * Read a file.
 *
 * bytes   [size]
 * path    said in faults
 * faults  not a hot start file, of another model, too short, or with a value that is none
 * state   has room for the model
 * errors  TW_ERR_INPUT a fault was added
 */
tw_status tw_hotstart_read(const struct tw_model *model, const char *bytes, size_t size,
                           const char *path, tw_faults *faults, struct tw_hotstart *state);

/** Write a state in version 4. errors: TW_ERR_FILE */
tw_status tw_hotstart_write(const struct tw_model *model, struct tw_hotstart *state,
                            tw_outfile *file);

#endif
