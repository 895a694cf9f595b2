/* The one simulation of the drop-in, and what all its parts share. */
#ifndef TW_DROPIN_SESSION_H
#define TW_DROPIN_SESSION_H

#include "thalweg/thalweg.h"

#include <stdbool.h>

/* Codes of SWMM's errors that this library can give: number, words. */
#define TW_SWMM_ERROR_LIST(X)                                                                      \
    X(101, "\n  ERROR 101: memory allocation error.")                                              \
    X(200, "\n  ERROR 200: one or more errors in input file.")                                     \
    X(301, "\n  ERROR 301: files share same names.")                                               \
    X(303, "\n  ERROR 303: cannot open input file.")                                               \
    X(305, "\n  ERROR 305: cannot open report file.")                                              \
    X(307, "\n  ERROR 307: cannot open binary results file.")                                      \
    X(309, "\n  ERROR 309: error writing to binary results file.")                                 \
    X(331, "\n  ERROR 331: cannot open hot start interface file.")                                 \
    X(333, "\n  ERROR 333: incompatible data found in hot start interface file.")                  \
    X(401, "\n  ERROR 401: general system error.")                                                 \
    X(501, "\n  API Error 501: project not opened.")                                               \
    X(502, "\n  API Error 502: simulation not started.")                                           \
    X(503, "\n  API Error 503: simulation not ended.")                                             \
    X(504, "\n  API Error 504: invalid object type.")                                              \
    X(505, "\n  API Error 505: invalid object index.")                                             \
    X(506, "\n  API Error 506: invalid object name.")                                              \
    X(507, "\n  API Error 507: invalid property type.")                                            \
    X(508, "\n  API Error 508: invalid property value.")                                           \
    X(509, "\n  API Error 509: invalid time period.")                                              \
    X(2000, "\n API Key Error: Object Type Outside Bonds")                                         \
    X(2001, "\n API Key Error: Network Not Initialized (Input file open?)")                        \
    X(2002, "\n API Key Error: Simulation Not Running")                                            \
    X(2003, "\n API Key Error: Incorrect object type for parameter chosen")                        \
    X(2004, "\n API Key Error: Object index out of Bounds.")                                       \
    X(2005, "\n API Key Error: Invalid Pollutant Index")                                           \
    X(2006, "\n API Key Error: Invalid Inflow Type")                                               \
    X(2007, "\n API Key Error: Invalid Timeseries Index")                                          \
    X(2008, "\n API Key Error: Invalid Pattern Index")                                             \
    X(2009, "\n API Key Error: Invalid Lid Unit Index")                                            \
    X(2010, "\n API Key Error: Undefined Subcatchment Lid")                                        \
    X(2011, "\n API Key Error: No memory allocated for return value")                              \
    X(2012, "\n API Key Error: Specified link is not assigned an inlet")                           \
    X(2013, "\n API Key Error: Simulation Already Started or Running.")

/* Codes as names: TW_SWMM_ERROR_303 is 303. */
enum tw_swmm_error {
#define TW_SWMM_ERROR_ENUM(code, text) TW_SWMM_ERROR_##code = (code),
    TW_SWMM_ERROR_LIST(TW_SWMM_ERROR_ENUM)
#undef TW_SWMM_ERROR_ENUM
};

/** Words of an error; empty for a code that is not in the list. */
const char *tw_swmm_error_text(int code);
/** Code of a failure of the engine. */
int tw_swmm_error_of(tw_status status);

/* Last of the object types of the API. */
enum { TW_SWMM_LID = 15 };

/* What programs set from outside. */
enum tw_swmm_held {
    TW_SWMM_HELD_SETTING,
    TW_SWMM_HELD_INFLOW,
    TW_SWMM_HELD_STAGE,
    TW_SWMM_HELD_RAIN,
    TW_SWMM_HELD_KINDS
};

/* Where the simulation is: closed (model NULL), open, started (run not NULL). After swmm_end the run
 * is kept, ended, for its values. */
struct tw_swmm_session {
    tw_model *model;
    tw_run *run;
    bool ended, changed; /* changed: parameters have to be settled before a run */
    bool saved;          /* results were written */
    int error;           /* the last one, of swmm_getError */
    int fatal;           /* what ended the simulation: 0 or the code of all that follows */
    int warnings;
    int32_t threads; /* 0: as the file says */
    char *inp, *rpt, *out;
    char *lines; /* of swmm_writeLine; NULL: none */
    char *hot;   /* hot start file to begin from; NULL: none */
    struct tw_swmm_setting {
        enum tw_swmm_held kind;
        int32_t index;
        double value;
    } * setting; /* [setting_count] set before the start, in order */
    int32_t setting_count;
    double start_day, end_day, report_day;
    struct tw_model_units units;
};

/** The simulation of this process. */
struct tw_swmm_session *tw_swmm_session(void);
/**
 * Set a value of an object in the simulation; before it begins, for its beginning.
 *
 * value    in SI
 * returns  0 or an error code
 */
int tw_swmm_hold(enum tw_swmm_held kind, int index, double value);
/** Set in a simulation that begins what was set before it. errors: as the setters of the engine */
tw_status tw_swmm_hold_all(void);
/** True while a simulation goes on. */
bool tw_swmm_running(void);
/**
 * Whether a function can answer about an object.
 *
 * answer   where the answer goes: NULL gives 2011
 * returns  0 or an error code of the toolkit
 */
int tw_swmm_check(tw_object kind, int index, const void *answer);
/** The object type of the API in the engine's lists; TW_OBJECT_COUNT: none. */
tw_object tw_swmm_object(int type);

/* What a value is divided by to be in the model's units. */
enum tw_swmm_unit {
    TW_SWMM_NONE,
    TW_SWMM_LENGTH,
    TW_SWMM_AREA,
    TW_SWMM_LAND,
    TW_SWMM_VOLUME,
    TW_SWMM_FLOW,
    TW_SWMM_DEPTH,    /* from m to in or mm */
    TW_SWMM_RAIN,     /* from mm/h to in/h or mm/h */
    TW_SWMM_RATE,     /* from m/s to in/h or mm/h */
    TW_SWMM_DAY_RATE, /* from m/s to in/day or mm/day */
    TW_SWMM_HOURS,    /* from s */
    TW_SWMM_PER_KWH   /* from J */
};

/** A mass as SWMM gives loads: counts by their logarithm. */
double tw_swmm_load(double mass, int pollutant);
/** What one unit of the model is in ours. */
double tw_swmm_factor(enum tw_swmm_unit unit);
/** A value in the model's units, to 15 digits: the last bit, which the change of units costs, is
 *  not shown, so that a flow limit of 10 is 10 again. NAN gives 0. */
double tw_swmm_shown(double value, enum tw_swmm_unit unit);

#endif
