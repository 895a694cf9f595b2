/* Advice for a plant: set-points for the hours ahead, found by optimising the plant's own model over
 * what is foretold to arrive, beside leaving everything as it is. And what people made of it: a person
 * accepts, changes or refuses it, that is kept, and it is scored by what then happened. */
#ifndef TW_OPERATE_ADVICE_H
#define TW_OPERATE_ADVICE_H

#include "base/text.h"
#include "operate/inspect.h"
#include "operate/limits.h"
#include "store/record.h"
#include "thalweg/plant.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

enum { TW_ADVICE_KNOBS = 12, TW_ADVICE_BLOCKS = 8, TW_ADVICE_LIMITS = TW_LIMITS_MOST };

/** What is asked for. Begin with TW_ADVICE_OPTIONS_DEFAULT. */
struct tw_advice_options {
    double hours;      /* ahead, 1..72 */
    double block_h;    /* a set-point stays for so long; at most TW_ADVICE_BLOCKS blocks */
    double after_h;    /* further hours with the set-points of now, in which debts show */
    double sample_min; /* of scores; 15 as the benchmarks have it */
    int32_t rounds;    /* of the search, at most; each tries every set-point both ways */
    int32_t threads;   /* runs at the same time; the advice is the same for any number */
    int32_t limit_count;
    const struct tw_limit *limits; /* [limit_count] of a day's mean; borrowed */
    double temp_c;                 /* of the water; NAN: limits of warm water */
    double penalty_ratio; /* what breaking a limit by its own height costs, in OCI of a day */
    double
        reach_ratio; /* a set-point moves by that share of its present value at most, in its range */
};

#define TW_ADVICE_OPTIONS_DEFAULT                                                                  \
    (struct tw_advice_options)                                                                     \
    {                                                                                              \
        .hours = 24.0, .block_h = 4.0, .after_h = 6.0, .sample_min = 15.0, .rounds = 12,           \
        .threads = 2, .temp_c = (double)NAN, .penalty_ratio = 1.0, .reach_ratio = 0.8              \
    }

/** A set-point and what it should be. */
struct tw_advice_knob {
    int32_t knob;            /* of the plant */
    const char *name;        /* borrowed from the plant */
    double now, least, most; /* in the plant's units; the range that was searched */
    bool range_given; /* by the plant's file; else only the reach around its present value counts */
    double value[TW_ADVICE_BLOCKS];
};

/** What becomes of the plant over the hours ahead. */
struct tw_advice_outcome {
    struct tw_plant_scores scores;
    double mean_gm3[TW_ADVICE_LIMITS]; /* of each limit's substance; NAN: the model has none */
    int32_t broken;                    /* limits whose mean is above */
    double penalty, cost;              /* cost = OCI + penalty */
    double with_after_oci, with_after_eqi_kgd; /* with the hours after */
    double saturated_d; /* longest that a controller is at an end of its range */
    int32_t saturated;  /* that controller; -1: none */
    double short_d;     /* pumps asked for more than arrived */
};

/** Advice. */
struct tw_advice {
    const tw_plant *plant; /* borrowed */
    double from_d, hours, block_h, after_h, sample_min;
    int32_t block_count, knob_count, left_out, limit_count;
    struct tw_advice_knob knobs[TW_ADVICE_KNOBS];
    struct tw_limit limits[TW_ADVICE_LIMITS];
    double limit_gm3[TW_ADVICE_LIMITS]; /* that counts at this temperature */
    struct tw_advice_outcome as_is, advised;
    bool better;   /* false: leaving everything as it is is the advice */
    int32_t tried; /* runs of the model */
    double saved;  /* share of cost, 0..1 */
};

/**
 * Find advice for a plant from the state of a run, which is not changed: the run is fed with what is
 * foretold to arrive. Advice costs less than leaving as is, pollutes no more (EQI), and breaks no limit
 * that would hold else, as far as the model tells. Set-points that a controller moves are left to it;
 * so are those that are 0 and have no range.
 *
 * from        a run of the plant at the moment the advice is for, fed with the forecast
 * out_advice  borrows the plant
 * errors      TW_ERR_ARG options that make no sense, or nothing of the plant can be set;
 *             TW_ERR_NUMERIC the model can't be followed with things as they are; TW_ERR_NOMEM
 * source      sequential linear programming with a trust region: R. E. Griffith, R. A. Stewart,
 *             Management Science 7 (1961) 379-392
 */
tw_status tw_advice_find(const tw_plant *plant, const tw_plant_run *from,
                         const struct tw_advice_options *options, struct tw_advice *out_advice);

/**
 * Go on with a run to the end of the advice's hours.
 *
 * followed  the set-points are set as advised; else everything stays as it is
 * sums      scores are added to; NULL: not wanted
 * errors    TW_ERR_NUMERIC, TW_ERR_ARG
 */
tw_status tw_advice_follow(tw_plant_run *run, const struct tw_advice *advice, bool followed,
                           struct tw_plant_sums *sums);

/** Write the advice as JSON: set-points, both outcomes, reasons, what it rests on. */
void tw_advice_write(struct tw_strbuf *out, const struct tw_advice *advice);

/** Words of the reason and of what it rests on, each a sentence or more: zh or en. */
void tw_advice_reason(struct tw_strbuf *out, const struct tw_advice *advice, bool zh);
/** As tw_advice_reason: what the advice rests on and what speaks against it. */
void tw_advice_basis(struct tw_strbuf *out, const struct tw_advice *advice, bool zh);

/* ---- what people made of it ---- */

/** Answers. */
enum tw_advice_answer { TW_ADVICE_ACCEPT, TW_ADVICE_CHANGE, TW_ADVICE_REFUSE, TW_ADVICE_ANSWERS };

/** Its word: accept, change, refuse. */
const char *tw_advice_answer_word(enum tw_advice_answer answer);

/** The answer of a word; TW_ADVICE_ANSWERS: none. */
enum tw_advice_answer tw_advice_answer_find(const char *word);

/** Kinds of store records about advice: itself, answers to it, its scores. Subject: the plant. */
#define TW_ADVICE_RECORD "advice"
#define TW_ADVICE_ANSWER_RECORD "advice-answer"
#define TW_ADVICE_SCORE_RECORD "advice-score"

/**
 * Keep advice: a record whose body is what tw_advice_write writes.
 *
 * plant_id  of the city's plant
 * out_id    of the record
 * errors    as tw_store_record_add
 */
tw_status tw_advice_keep(struct tw_store *store, const char *plant_id, int64_t time_ms,
                         const struct tw_advice *advice, int64_t *out_id);

/** What a person did with advice. */
struct tw_advice_said {
    enum tw_advice_answer answer;
    int64_t time_ms;
    const char *who, *reason; /* reason: NULL: none */
    const char *values;       /* for a change: JSON object of set-points by name; else NULL */
};

/**
 * Keep what a person did with advice; nothing before is changed, the last answer counts.
 *
 * errors  TW_ERR_NAME there is no such advice for the plant; TW_ERR_ARG no person is named, a change
 *         without values or values without a change; as tw_store_record_add
 */
tw_status tw_advice_answer(struct tw_store *store, const char *plant_id, int64_t advice_id,
                           const struct tw_advice_said *said);

/** What happened in the advice's hours, means weighted by flow; NAN: not known. */
struct tw_advice_happened {
    double energy_kwhd, flow_m3d, cod_gm3, ammonia_gm3, tn_gm3, tp_gm3, tss_gm3;
    bool simulated; /* at least one of the values was */
};

/** Where a plant's measured values come from. */
struct tw_advice_source {
    tw_inspect_reader *read;
    void *user;
};

/**
 * What a plant's tags say of some hours: those of the effluent (its flow, or else the influent's),
 * and power of the plant's meter, or else of all machines.
 *
 * hours   0.25 .. 72
 * errors  TW_ERR_ARG, TW_ERR_NOMEM, those of the source
 */
tw_status tw_advice_happened_get(const struct tw_works *works,
                                 const struct tw_advice_source *source, int64_t from_ms,
                                 double hours, struct tw_advice_happened *out_happened);

/**
 * Keep what then happened, to stand beside what was foretold. The last score counts.
 *
 * errors  TW_ERR_NAME no such advice; as tw_store_record_add
 */
tw_status tw_advice_score(struct tw_store *store, const char *plant_id, int64_t advice_id,
                          int64_t time_ms, const struct tw_advice_happened *happened);

/**
 * Score all late advice for a plant whose hours are over and that has no score yet; what nothing was
 * measured of is left for the next time.
 *
 * errors  as tw_advice_score, tw_advice_happened_get
 */
tw_status tw_advice_score_due(struct tw_store *store, const struct tw_works *works,
                              const struct tw_advice_source *source, int64_t now_ms);

/** One advice as it was kept, with the last answer and score. Borrowed texts. */
struct tw_advice_kept {
    int64_t id, time_ms;
    const char *body;   /* JSON */
    const char *answer; /* JSON {"answer","who","time_ms","reason","values"}; NULL: none yet */
    const char *score;  /* JSON; NULL: none yet */
};

/** Called with each; false stops. */
typedef bool tw_advice_visit(void *user, const struct tw_advice_kept *kept);

/** The last advice for a plant, newest first. errors: TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_advice_list(struct tw_store *store, const char *plant_id, size_t limit,
                         tw_advice_visit *visit, void *user);

#endif
