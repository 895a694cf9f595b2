/* Tables of measurements as people and loggers write them: CSV, long or wide.
 *
 * Long: columns time, sensor, value, and if there are any unit and quality (letters of HJ 212), in any
 * order, named in English or Chinese. Wide: time, then a column for each sensor, named by its id and,
 * in brackets, the unit; an empty cell is no measurement. UTF-8 with or without a byte order mark;
 * what is not UTF-8 is read as GB 18030 (and so GBK). */
#ifndef TW_TELEMETRY_CSV_TABLE_H
#define TW_TELEMETRY_CSV_TABLE_H

#include "telemetry/ingest.h"

#define TW_CSV_BYTES_MAX ((size_t)64 << 20)

/** A table that was read. */
struct tw_csv_table {
    struct tw_measurement *list; /* [count] */
    int32_t *lines;              /* [count] of the file, from 1 */
    size_t count;
    void *owner; /* of the strings */
};

/**
 * Read a table.
 *
 * text       [size] borrowed; nothing of it is kept
 * zone_s     seconds east of Greenwich of times that name no zone
 * out        the caller's: tw_csv_table_done; after a failure too
 * out_fault  index is the line, from 1
 * errors     TW_ERR_FORMAT, TW_ERR_NOMEM
 */
tw_status tw_csv_table_read(const char *text, size_t size, int32_t zone_s, struct tw_csv_table *out,
                            struct tw_samples_fault *out_fault);

/** Free what was read. */
void tw_csv_table_done(struct tw_csv_table *table);

#endif
