/* Factors of a city's model, fitted to storms that were measured, with how sure each is. */
#ifndef TW_SERVER_CALIBRATE_H
#define TW_SERVER_CALIBRATE_H

#include "base/text.h"
#include "forecast/filter.h"
#include "server/city.h"
#include "server/storm.h"

/** What is known of a factor. */
struct tw_calibrated {
    double middle;    /* median of the factor */
    double low, high; /* nine of ten believe it between them */
    double spread;    /* standard deviation of its logarithm */
};

/** What came out. */
struct tw_calibration {
    struct tw_calibrated factors[TW_FILTER_PARAMETERS];
    int32_t values;       /* measured, that were compared */
    double before, after; /* root mean square difference from them, in expected deviations */
};

/** Told after each storm of each round. */
typedef void tw_calibrate_progress(void *user, int32_t done, int32_t of);

/** How to fit; start from TW_CALIBRATE_OPTIONS_DEFAULT. */
struct tw_calibrate_options {
    int32_t members, rounds, threads;
    uint64_t seed;
    tw_calibrate_progress *progress; /* NULL: nobody is told */
    void *user;
};

#define TW_CALIBRATE_OPTIONS_DEFAULT                                                               \
    ((struct tw_calibrate_options){.members = 32, .rounds = 4, .threads = 1, .seed = 1})

/**
 * Fit the factors of filter_parameters.def to the levels and flows of storms.
 *
 * storms  [count] as tw_storm_read gives them
 * errors  TW_ERR_NAME no storm has a usable level or flow; TW_ERR_NUMERIC members failed; TW_ERR_NOMEM
 * source  ensemble smoother with multiple data assimilation, Emerick and Reynolds 2013; drawn without
 *         perturbed observations as in Whitaker and Hamill 2002
 */
tw_status tw_calibrate(struct tw_city *city, const struct tw_storm *const *storms, int32_t count,
                       const struct tw_calibrate_options *options,
                       struct tw_calibration *out_calibration);

/** Write what tw_calibration_read reads. storms: their names, for people */
void tw_calibration_write(const struct tw_calibration *calibration, const char *storms,
                          struct tw_strbuf *out);

/**
 * Read a calibration into the priors of a filter; factors that it does not name stay as they are, and
 * no spread gets less than half of what it was: storms differ by more than a few of them tell.
 *
 * path    a file that is not there changes nothing
 * errors  TW_ERR_INPUT (told in faults), TW_ERR_NOMEM
 */
tw_status tw_calibration_read(const char *path, tw_faults *faults,
                              struct tw_filter_prior priors[TW_FILTER_PARAMETERS]);

/**
 * What is thought of a city's factors: the usual priors, and calibration.ini of its folder if it has
 * one. errors: as tw_calibration_read
 */
tw_status tw_calibration_of(struct tw_city *city, tw_faults *faults,
                            struct tw_filter_prior priors[TW_FILTER_PARAMETERS]);

#endif
