/* Limits of effluent, and the probability that today's mean breaks one. */
#ifndef TW_OPERATE_LIMITS_H
#define TW_OPERATE_LIMITS_H

#include "operate/influent.h"
#include "operate/kind.h"

/** A limit of a day's mean. */
struct tw_limit {
    enum tw_kind kind;
    double mean_gm3;
    double cold_gm3;         /* in water of 12 degC and less */
    double removal_from_gm3; /* of influent: above, a share must be removed instead; 0: never */
    double removal_ratio;
    const char *standard, *class_; /* whose limit it is */
};

enum { TW_LIMITS_MOST = 16 };

/** Water of this temperature and less counts as cold [degC]. GB 18918-2002, table 1, note 2 */
#define TW_LIMIT_COLD_C 12.0

/**
 * The limits of a class of a standard.
 *
 * old         the plant was built up to 2005-12-31
 * out_limits  [TW_LIMITS_MOST]
 * returns     how many; 0: there is no such class
 */
int32_t tw_limits_of(const char *standard, const char *class_, bool old,
                     struct tw_limit *out_limits);

/** What is known of today, hour by hour from midnight. */
struct tw_today {
    int32_t done;           /* hours of the day that are over, 0..24 */
    const double *flow_m3h; /* [done] NAN: a gap */
    const double *conc_gm3; /* [done] NAN: a gap */
    int32_t past;           /* hours before midnight that are known of, oldest first */
    const double *past_gm3; /* [past] NAN: a gap */
    /* quantiles of the hours to come, [24 - done], the first is hour `done`; NULL: as the day so far */
    const double (*ahead_m3h)[TW_INFLUENT_LEVELS];
    double temp_c;       /* of the water; NAN: not known, the limit of warm water counts */
    double influent_gm3; /* today's mean concentration of the influent; NAN: not known */
};

/** What becomes of today. */
struct tw_today_result {
    double limit_gm3;         /* that counts today */
    bool cold, by_removal;    /* which rule made it */
    double so_far_gm3;        /* mean of the hours over; NAN: nothing was measured */
    double expected_gm3;      /* mean of the day */
    double break_probability; /* 0..1; NAN: nothing is known */
    int32_t gaps;             /* hours over without a value */
};

/**
 * The probability that the day's mean, weighted by flow, breaks a limit. The hours to come are a
 * lognormal process around the hours of the days before, from where it stands now; their sum, weighted
 * with each quantile of the flow, is taken as lognormal with the same mean and variance.
 *
 * source  GB 18918-2002, 4.1.4.2 (means of a day); L. F. Fenton, IRE Trans. Communications Systems 8
 *         (1960) 57-67 (sums of lognormal variables)
 */
void tw_limit_today(const struct tw_limit *limit, const struct tw_today *today,
                    struct tw_today_result *out_result);

#endif
