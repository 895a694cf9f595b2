/* Reader of the EPA SWMM 5 input format (.inp). */
#ifndef TW_IO_INP_H
#define TW_IO_INP_H

#include "model/model.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stddef.h>

struct tw_model;

/**
 * Read a model's file.
 *
 * The model is in SI and as SWMM has it after its own checks: offsets are depths, conduits with
 * adverse slope are turned round (dynamic wave), nodes are as deep as their conduits need, time
 * steps fit each other, defaults are filled in.
 *
 * path      of the .inp file; files named in it are taken relative to its folder
 * faults    collects every fault and warning, each with its line; may be NULL
 * out_model from malloc with everything else in its arena: tw_inp_free; untouched on failure
 * errors    TW_ERR_FILE it cannot be read; TW_ERR_INPUT it has faults; TW_ERR_NOMEM
 * source    SWMM User's Manual 5.2, appendix D
 */
tw_status tw_inp_read(const char *path, tw_faults *faults, struct tw_model **out_model);

/** Read a model as tw_inp_read does, with what SWMM is known to get wrong mended. */
tw_status tw_inp_read_strict(const char *path, tw_faults *faults, struct tw_model **out_model);

/** Read a model as tw_inp_read does, with warnings of what SWMM takes without a word though it is
 * hardly meant: objects that nothing uses, rows that replace others, values out of place. */
tw_status tw_inp_check(const char *path, tw_faults *faults, struct tw_model **out_model);

/**
 * Read a model from text in memory, as tw_inp_read does.
 *
 * text      [size + 1] bytes, the last of them NUL; overwritten
 * path      said in faults; its folder is where other files are looked for
 */
tw_status tw_inp_read_text(char *text, size_t size, const char *path, tw_faults *faults,
                           struct tw_model **out_model);

/** As tw_inp_check, from text as tw_inp_read_text. */
tw_status tw_inp_check_text(char *text, size_t size, const char *path, tw_faults *faults,
                            struct tw_model **out_model);

/** Free a model and all that is in it; NULL is fine. */
void tw_inp_free(struct tw_model *model);

#endif
