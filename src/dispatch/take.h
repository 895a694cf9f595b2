/* Members of a JSON object, taken with checks; every fault is named with its path. */
#ifndef TW_DISPATCH_TAKE_H
#define TW_DISPATCH_TAKE_H

#include "thalweg/faults.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/** What takes: where faults go, and how many there were. */
struct tw_take {
    const char *file;
    tw_faults *faults;
    int64_t count;
};

/** Where in a document something is: a member (key) or an element (index) of what is above. */
struct tw_path {
    const struct tw_path *up; /* NULL: the document */
    const char *key;          /* NULL: an element */
    size_t index;
};

/** A place below another. */
struct tw_path tw_path_key(const struct tw_path *up, const char *key);
struct tw_path tw_path_index(const struct tw_path *up, size_t index);

/** Add a fault: `depots[1].crews[0].size: text`. */
void tw_take_fault(struct tw_take *take, const struct tw_path *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * A whole number; untouched when the member is not there or null.
 *
 * returns  false with a fault when it is something else or out of low..high
 */
bool tw_take_int(struct tw_take *take, const struct tw_path *path, const json_t *object,
                 const char *key, const int32_t low_high[2], int32_t *io_value);

/** A number; as tw_take_int. */
bool tw_take_number(struct tw_take *take, const struct tw_path *path, const json_t *object,
                    const char *key, const double low_high[2], double *io_value);

/** True or false; as tw_take_int. */
bool tw_take_bool(struct tw_take *take, const struct tw_path *path, const json_t *object,
                  const char *key, bool *io_value);

/** A text, borrowed from the document; NULL when it is not there; a fault when it has to be. */
const char *tw_take_text(struct tw_take *take, const struct tw_path *path, const json_t *object,
                         const char *key, bool needed);

/** An array, or NULL when it is not there; a fault when it is something else. */
const json_t *tw_take_array(struct tw_take *take, const struct tw_path *path, const json_t *object,
                            const char *key);

/** An object, or NULL when it is not there; a fault when it is something else. */
const json_t *tw_take_object(struct tw_take *take, const struct tw_path *path, const json_t *object,
                             const char *key);

/** A fault for each member that is not in a list of words, which ends with NULL. */
void tw_take_known(struct tw_take *take, const struct tw_path *path, const json_t *object,
                   const char *const *words);

#endif
