/* Rain records of gages in files of their own: user-prepared ones and those of the weather services
 * of the USA and Canada. source: SWMM User's Manual 5.2, section 11.3 Rainfall Files. */
#ifndef TW_IO_RAIN_FILE_H
#define TW_IO_RAIN_FILE_H

#include "base/arena.h"
#include "model/model.h"
#include "thalweg/faults.h"

#include <stddef.h>
#include <stdint.h>

/* What a gage says of its file. The weather services' files hold one station and say the rest. */
struct tw_rain_request {
    const char *path;    /* said in faults */
    const char *station; /* of user-prepared files */
    enum tw_rain_kind kind;
    int32_t interval_s;
    bool millimetres;
    double first_day; /* records of earlier days are left out; -INFINITY: none are */
};

/* Rain of one station, as it stands in SWMM's rain interface files: depths of an interval in inches,
 * single precision, with what the record says of itself. */
struct tw_rain_record {
    int32_t interval_s;
    int64_t count, room;
    double *day; /* [count] when the interval begins */
    float *inches;
    int64_t rain_periods, missing_periods;
    double first_day, last_day; /* NAN: no record */
};

/**
 * Read a rain file.
 *
 * text    [size]
 * faults  what SWMM refuses is a fault with its line (unknown format, records out of order, dates
 *         that do not exist); lines that it leaves out silently are a warning
 * arena   of the record
 * errors  TW_ERR_INPUT a fault was added; TW_ERR_NOMEM
 */
tw_status tw_rain_file_read(const struct tw_rain_request *request, const char *text, size_t size,
                            tw_faults *faults, struct tw_arena *arena,
                            struct tw_rain_record *out_record);

#endif
