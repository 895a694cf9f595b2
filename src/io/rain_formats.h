/* Shared by rain_file.c and rain_formats.c: how a line of each format is read. */
#ifndef TW_IO_RAIN_FORMATS_H
#define TW_IO_RAIN_FORMATS_H

#include "io/rain_file.h"
#include "io/scan.h"

struct tw_rain_reader;

/* What a line was: one of the format, one to be left out, or nonsense. */
enum tw_rain_line { TW_RAIN_TAKEN, TW_RAIN_SKIPPED, TW_RAIN_SENSELESS, TW_RAIN_STOP };

/* A format: whether a line is of it (which sets interval and offsets), how a line is read. */
struct tw_rain_format {
    bool (*is)(struct tw_rain_reader *r, const char *line, size_t length);
    enum tw_rain_line (*read)(struct tw_rain_reader *r, const char *line, size_t length);
};

/* The state of a reading. */
struct tw_rain_reader {
    const struct tw_rain_request *request;
    tw_faults *faults;
    struct tw_arena *arena;
    struct tw_rain_record record;
    tw_status status;
    const char *text, *text_end;
    int line;
    bool last_line_open; /* the text ends without a line's end */
    int32_t offset_s;    /* that a record's time lies behind its interval's beginning */
    double to_inches;
    size_t fields_at;              /* where the date stands in a line */
    size_t value_at, time_at;      /* of the online format */
    float accumulated;             /* of cumulative rain */
    double previous_day;           /* of the record before; NAN: none */
    double accumulation_start_day; /* of an amount that is told at its end; NAN: none */
};

/** The formats in the order in which a line is tried; ended by one without functions. */
extern const struct tw_rain_format tw_rain_formats[];

/** Keep a record: the interval that begins so many seconds after midnight. */
void tw_rain_keep(struct tw_rain_reader *r, double day, float inches);

#endif
