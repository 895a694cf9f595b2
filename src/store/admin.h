/* What an administrator does with a store: check it, copy it. It may be in use meanwhile. */
#ifndef TW_STORE_ADMIN_H
#define TW_STORE_ADMIN_H

#include "thalweg/status.h"

#include <stddef.h>
#include <stdint.h>

/** What was found in a store, or copied from it. */
struct tw_store_found {
    int64_t series, sources, months;
    int64_t chunks, points, chunk_bytes;
    int64_t log_rows, log_samples;
    int64_t warnings, audit_lines, forecasts;
    int64_t faults;
};

/** Called with each fault: where, what. */
typedef void tw_store_fault_told(void *user, const char *text);

/**
 * Read all of a store: the database is sound, every chunk unpacks, its counts and sums are those of
 * its points, no two overlap, the log is continuous, the last values are those of the last chunks.
 *
 * where      file, or address of a database
 * told       called for each fault
 * out_found  faults 0: it is sound
 * errors     TW_ERR_FILE, TW_ERR_FORMAT no store of ours, TW_ERR_NOMEM; why in words
 */
tw_status tw_store_check(const char *where, tw_store_fault_told *told, void *user, char *why,
                         size_t why_size, struct tw_store_found *out_found);

/**
 * Copy a store to a place where there is none, read the copy again and compare.
 *
 * from, to   files, or addresses of databases
 * out_found  what was copied
 * errors     TW_ERR_FILE, TW_ERR_FORMAT from is none or damaged, TW_ERR_STATE to is not empty,
 *            TW_ERR_NOMEM; why in words
 */
tw_status tw_store_copy(const char *from, const char *to, char *why, size_t why_size,
                        struct tw_store_found *out_found);

#endif
