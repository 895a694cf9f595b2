/* A study: many futures of one model that differ in parameters, and what is recorded of them. It is
 * written as a text, so that any worker on any machine can compute a part of it. */
#ifndef TW_FORECAST_STUDY_H
#define TW_FORECAST_STUDY_H

#include "base/arena.h"
#include "base/text.h"
#include "thalweg/batch.h"
#include "thalweg/faults.h"

#include <stdbool.h>
#include <stdint.h>

/** What is recorded: rows of study.def. */
enum tw_variable {
#define TW_VARIABLE(id, word, kind, id_type, unit, call) TW_VARIABLE_##id,
#include "forecast/study.def"
#undef TW_VARIABLE
    TW_VARIABLE_COUNT
};

/** One thing that is recorded. */
struct tw_study_watch {
    enum tw_variable variable;
    const char *object; /* its name in the model */
    int line;           /* of WATCH.csv; 0: not from there */
};

/** A parameter of a member that is not the file's. */
struct tw_study_change {
    int32_t member; /* 0.. */
    tw_factor parameter;
    const char *object; /* its name in the model; "*": all */
    double factor;
    int line; /* of MEMBERS.csv; 0: not from there */
};

/** A study; all zeros is an empty one. */
struct tw_study {
    struct tw_arena arena; /* holds the names */
    int32_t members;
    double end_s, step_s; /* from the model's start; between two recorded values */
    struct tw_study_watch *watches;
    int32_t watch_count, watch_capacity;
    struct tw_study_change *changes; /* by line */
    int32_t change_count, change_capacity;
    const char *model; /* the text of the model's file; borrowed */
    size_t model_size;
};

/** Free what is in it. */
void tw_study_done(struct tw_study *study);

/** Word and unit of a variable, e.g. "depth", "m". */
const char *tw_variable_word(enum tw_variable variable);
/** Unit of a variable, e.g. "m3/s". */
const char *tw_variable_unit(enum tw_variable variable);

/**
 * Add the members of a table `member,parameter,object,factor` (members count from 1; parameters are
 * those of TW_FACTOR_LIST in small letters with hyphens; object * is all).
 *
 * text    a whole file, terminated; path is only for faults
 * errors  TW_ERR_INPUT (told in faults), TW_ERR_NOMEM
 */
tw_status tw_study_members_read(struct tw_study *study, const char *path, const char *text,
                                tw_faults *faults);

/** Add what to record, a table `variable,object`. errors: as tw_study_members_read */
tw_status tw_study_watches_read(struct tw_study *study, const char *path, const char *text,
                                tw_faults *faults);

/** Check that the model has all that is named. errors: TW_ERR_INPUT (told in faults) */
tw_status tw_study_check(const struct tw_study *study, const tw_model *model,
                         const char *members_path, const char *watches_path, tw_faults *faults);

/** Write a study with its model. errors: TW_ERR_NOMEM */
tw_status tw_study_write(const struct tw_study *study, struct tw_strbuf *out);

/**
 * Read what tw_study_write wrote; the model's text stays in bytes.
 *
 * study   empty
 * errors  TW_ERR_FORMAT, TW_ERR_NOMEM; nothing is left to free then
 */
tw_status tw_study_read(const char *bytes, size_t size, struct tw_study *study);

/** Values recorded of each watch: one at 0 and one after each step to the end. */
int32_t tw_study_times(const struct tw_study *study);

/** Some of a study's members. */
struct tw_study_part {
    int32_t first, count, threads;
};

/** Told after each recorded step; false: leave it. */
typedef bool tw_study_progress(void *user);

/**
 * Compute some of the members.
 *
 * model       made of study->model
 * progress    may be NULL
 * out_values  [part->count][tw_study_times][watch_count]; NAN for a member that failed
 * errors      TW_ERR_NOMEM, TW_ERR_ARG, TW_ERR_NAME, TW_ERR_STATE left when progress said so
 */
tw_status tw_study_run(const struct tw_study *study, const tw_model *model,
                       const struct tw_study_part *part, tw_study_progress *progress, void *user,
                       double *out_values);

#endif
