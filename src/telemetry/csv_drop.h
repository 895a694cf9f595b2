/* A folder into which people and loggers drop tables (csv_table.h).
 *
 * A file is taken when it is complete: renamed into the folder, or closed after writing; names that
 * begin with a point or end in .tmp or .part are not looked at. One that is stored goes to done/,
 * where the file hashes remembers its content, so that the same content again stores nothing; one
 * that has a fault goes to quarantine/ with a file NAME.why beside it. What the disk refused stays
 * and is tried again every minute. */
#ifndef TW_TELEMETRY_CSV_DROP_H
#define TW_TELEMETRY_CSV_DROP_H

#include "telemetry/ingest.h"

/** A watched folder, with a thread of its own. */
struct tw_csv_drop;

/** What became of files since the start. */
struct tw_csv_drop_counts {
    int64_t files, samples, repeated, quarantined, failed;
};

/** How to watch; everything is borrowed until tw_csv_drop_stop. */
struct tw_csv_drop_options {
    const char *folder; /* made when it is missing, with done and quarantine in it */
    struct tw_ingest *ingest;
    struct tw_device *device; /* whose counters are kept; NULL: nobody's */
    const char *source;       /* of the samples; NULL: the device's */
    int32_t zone_s;           /* seconds east of Greenwich of times that name no zone */
};

/**
 * Begin to watch; what lies there already is taken first.
 *
 * out_drop  owned by the caller
 * errors    TW_ERR_FILE the folder cannot be made or watched (errno says why), TW_ERR_NOMEM
 */
tw_status tw_csv_drop_start(const struct tw_csv_drop_options *options,
                            struct tw_csv_drop **out_drop);

/** Stop after the file that is being taken, and free; NULL is fine. The store must still run. */
void tw_csv_drop_stop(struct tw_csv_drop *drop);

/** What became of files. */
struct tw_csv_drop_counts tw_csv_drop_counts_get(struct tw_csv_drop *drop);

#endif
