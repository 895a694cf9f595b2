/* The functions that EPA SWMM 5.2's library exports, by its names, numbers and error codes, on the
 * engine of Thalweg. One simulation at a time, in one thread: that is what the interface is. Programs
 * that are written anew take thalweg/run.h, which has any number of runs.
 *
 * Functions that return an int return 0 or an error code, whose words swmm_getAPIError gives.
 * source: SWMM 5.2 toolkit, list of functions and of property codes */
#ifndef TW_DROPIN_SWMM5_H
#define TW_DROPIN_SWMM5_H

#ifdef __cplusplus
extern "C" {
#endif

#define TW_SWMM_API __attribute__((visibility("default")))

/** Read a model, run it to its end and write report and results. */
TW_SWMM_API int swmm_run(const char *inp, const char *rpt, const char *out);
/** The same; `progress` is called with the part that is done, 0..1, after every step. */
TW_SWMM_API int swmm_run_cb(const char *inp, const char *rpt, const char *out,
                            void (*progress)(double *done));
/** Read a model; closes the one that is open. `out` may be empty: no results are kept. */
TW_SWMM_API int swmm_open(const char *inp, const char *rpt, const char *out);
/** Begin a simulation; results are written only when save is not 0. */
TW_SWMM_API int swmm_start(int save);
/** A routing step. elapsed: days since the start; 0 at the end. */
TW_SWMM_API int swmm_step(double *elapsed);
/** As many steps as `seconds` take; the last is cut to end there. */
TW_SWMM_API int swmm_stride(int seconds, double *elapsed);
/** End the simulation: report and results are in their place after it. */
TW_SWMM_API int swmm_end(void);
/** Nothing is left to write: swmm_end has done so. */
TW_SWMM_API int swmm_report(void);
/** Free everything. */
TW_SWMM_API int swmm_close(void);
/** Begin from a hot start file, between open and start. */
TW_SWMM_API int swmm_useHotStart(const char *path);
/** Write the present state to a hot start file, between start and end. */
TW_SWMM_API int swmm_saveHotStart(const char *path);
/** 1 while a model is open. */
TW_SWMM_API int swmm_IsOpenFlag(void);
/** 1 while a simulation goes on. */
TW_SWMM_API int swmm_IsStartedFlag(void);

/** Continuity errors [%] after swmm_end, else 0. */
TW_SWMM_API int swmm_getMassBalErr(float *runoff, float *flow, float *quality);
/** 52004: the version whose interface and numbers this is. */
TW_SWMM_API int swmm_getVersion(void);
/** Words of the last error, cut to size; returns its code. */
TW_SWMM_API int swmm_getError(char *text, int size);
/** Number of warnings of the model that is open. */
TW_SWMM_API int swmm_getWarnings(void);

/** Number of objects of a type; 0 when there is no such type. */
TW_SWMM_API int swmm_getCount(int type);
/** Name of an object, cut to size; empty when there is none. */
TW_SWMM_API void swmm_getName(int type, int index, char *name, int size);
/** Index of a name; -1 when there is none. */
TW_SWMM_API int swmm_getIndex(int type, const char *name);
/** A property now, in the model's units; 0 when there is none. */
TW_SWMM_API double swmm_getValue(int property, int index);
/** Set a property; what cannot be set stays. */
TW_SWMM_API void swmm_setValue(int property, int index, double value);
/** A property at a report time, 1.., after swmm_end; 0 when it was not saved. */
TW_SWMM_API double swmm_getSavedValue(int property, int index, int period);
/** A line for the report; it stands at the report's end. */
TW_SWMM_API void swmm_writeLine(const char *line);
/** Calendar time of a date; day_of_week 1 Sunday .. 7 Saturday. Any place may be NULL. */
TW_SWMM_API void swmm_decodeDate(double date, int *year, int *month, int *day, int *hour,
                                 int *minute, int *second, int *day_of_week);

#ifdef __cplusplus
}
#endif
#endif
