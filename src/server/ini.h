/* INI files with the line of every entry, so that a fault can be pointed at. */
#ifndef TW_SERVER_INI_H
#define TW_SERVER_INI_H

#include "base/arena.h"
#include "base/names.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

/** An entry; strings live as long as its file's arena. */
struct tw_ini_entry {
    const char *section, *key, *value;
    int line;
    bool used; /* somebody asked for it */
};

/** A file that was read. */
struct tw_ini {
    const char *path; /* as it was given, copied */
    struct tw_ini_entry *entries;
    int32_t count, capacity;
    struct tw_names names; /* [count] section and key of each entry, a line break between them */
};

/**
 * Read a file. A line that begins with a blank continues the one before.
 *
 * arena   everything lives in it
 * faults  lines that are no entry, keys that come twice
 * errors  TW_ERR_FILE it cannot be read (a fault says so), TW_ERR_NOMEM
 */
tw_status tw_ini_read(const char *path, struct tw_arena *arena, tw_faults *faults,
                      struct tw_ini *out_ini);

/** The entry of a key; NULL when there is none or its value is empty. Marks it used. */
const struct tw_ini_entry *tw_ini_find(struct tw_ini *ini, const char *section, const char *key);

/** A text; `otherwise` when the key is not there. */
const char *tw_ini_text(struct tw_ini *ini, const char *section, const char *key,
                        const char *otherwise);

/** A number within limits; a fault and `otherwise` when it is none. */
double tw_ini_number(struct tw_ini *ini, const char *section, const char *key, double otherwise,
                     const double limits[2], tw_faults *faults);

/** yes or no; a fault and `otherwise` for anything else. */
bool tw_ini_yes(struct tw_ini *ini, const char *section, const char *key, bool otherwise,
                tw_faults *faults);

/** Warn of entries that nobody asked for: a slip of the pen has no effect otherwise. */
void tw_ini_warn_unused(const struct tw_ini *ini, tw_faults *faults);

#endif
