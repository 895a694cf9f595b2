/* A plant's inspection: every tag and every thing of it, by the check list inspection.def, from the
 * values of the last 24 hours. */
#ifndef TW_OPERATE_INSPECT_H
#define TW_OPERATE_INSPECT_H

#include "base/text.h"
#include "operate/works.h"
#include "store/store.h"

enum {
    TW_INSPECT_STEPS = 288, /* stretches of 5 min that are looked at */
    TW_INSPECT_CURVE = 96,  /* of 15 min that are shown */
    TW_INSPECT_PAST_H = 168 /* hours before, of effluent and inflow */
};

/** Items, as inspection.def lists them. */
enum tw_item {
#define TW_ITEM(id, key, group, zh, en, advice_zh, advice_en) TW_ITEM_##id,
#include "operate/inspection.def"
#undef TW_ITEM
    TW_ITEM_COUNT
};

/** A row of inspection.def. */
struct tw_item_info {
    const char *key, *group, *zh, *en, *advice_zh, *advice_en;
};

/** What an item is. */
const struct tw_item_info *tw_item_get(enum tw_item item);

/** How bad a finding is. */
enum tw_severity {
    TW_SEVERITY_UNKNOWN = -1, /* there is nothing to judge by */
    TW_SEVERITY_FINE,
    TW_SEVERITY_LOOK,
    TW_SEVERITY_REPAIR,
    TW_SEVERITY_URGENT
};

/** The word of a severity in reports. */
const char *tw_severity_word(int severity);

/** One line of a report. Strings live in the inspection's arena. */
struct tw_finding {
    enum tw_item item;
    const char *id;      /* KEY/SUBJECT: the same in every report */
    const char *subject; /* a tag, an asset, a kind of limit */
    const char *zh, *en; /* the subject's title */
    int severity;
    const char *finding_zh, *finding_en;
    const char *rule; /* by which it was judged */
    const char *advice_zh, *advice_en;
    double value, limit; /* NAN: none */
    const char *unit;
    int32_t tag; /* whose curve is the evidence; -1: none */
    bool simulated;
    char *still; /* of a camera: a JPEG as base64, owned; NULL: none */
};

/** Values of a tag. */
struct tw_tag_values {
    double mean[TW_INSPECT_STEPS]; /* NAN: a gap */
    double low, high;              /* of single values; NAN: none */
    double last;
    int64_t last_ms; /* TW_STORE_NEVER: there is none */
    int32_t numbers; /* single values */
    bool simulated;
};

/** Stretches of equal length, one behind the other. */
struct tw_inspect_span {
    int64_t from_ms, to_ms; /* both included */
    int32_t count;
};

/**
 * Where values come from.
 *
 * tag           index in works->tags
 * out_buckets   [span->count]
 * errors        those of the store
 */
typedef tw_status tw_inspect_reader(void *user, const struct tw_works *works, int32_t tag,
                                    const struct tw_inspect_span *span,
                                    struct tw_store_bucket *out_buckets, bool *out_simulated);

/** Makes a still of a camera: a JPEG as base64 from malloc, or why there is none. */
typedef char *tw_inspect_still(void *user, const char *address, char *why, size_t why_size);

/** What an inspection is made from. */
struct tw_inspect_options {
    int64_t at_ms;     /* its end */
    int32_t zone_s;    /* of the city: a day begins at its midnight */
    const char *cause; /* hand, schedule, alarm ... */
    tw_inspect_reader *read;
    tw_inspect_still *still; /* NULL: there is no ffmpeg */
    void *user;
};

/** An inspection that was done. */
struct tw_inspection {
    struct tw_arena arena;
    const struct tw_works *works; /* borrowed */
    int64_t from_ms, at_ms;
    int32_t zone_s;
    const char *cause;
    struct tw_tag_values *values; /* [tags] */
    struct tw_finding *findings;
    int32_t count, room;
    int32_t by_severity[5];                     /* unknown, fine, look, repair, urgent */
    double inflow_m3, energy_kwh, energy_kwhm3; /* of the 24 h; NAN: not known */
    double worst_probability;                   /* of a limit being broken today; NAN */
    double risk;                                /* by which plants are ranked */
    bool simulated;                             /* at least one tag is */
};

/**
 * Inspect a plant.
 *
 * works           borrowed until the inspection is destroyed
 * out_inspection  owned by the caller
 * errors          those of the reader, TW_ERR_NOMEM
 */
tw_status tw_inspect(const struct tw_works *works, const struct tw_inspect_options *options,
                     struct tw_inspection **out_inspection);

/** True when a value needs somebody now: a trip, beyond a tag's alarms, or what is urgent by safety.def. */
bool tw_works_alarmed(const struct tw_works *works, const struct tw_works_tag *tag, double value);

/** Free; NULL is fine. */
void tw_inspection_destroy(struct tw_inspection *inspection);

/**
 * Write a report as JSON; docs/inspection.md says what is in it.
 *
 * all_curves  false: only of lines that are not fine, for keeping
 * errors      TW_ERR_NOMEM
 */
tw_status tw_inspection_write_json(const struct tw_inspection *inspection, bool all_curves,
                                   struct tw_strbuf *out);

/** A line of an earlier report. */
struct tw_finding_before {
    const char *id; /* borrowed */
    int severity;
};

/** An earlier report: the lines that a new one is compared with; all zeros is none. */
struct tw_inspection_before {
    struct tw_arena arena;
    struct tw_finding_before *list;
    int32_t count, room;
    int64_t at_ms;
};

/** Read a report that tw_inspection_write_json wrote. errors: TW_ERR_FORMAT, TW_ERR_NOMEM */
tw_status tw_inspection_before_read(const char *json, size_t size,
                                    struct tw_inspection_before *out_before);

/** Free; all zeros is fine. */
void tw_inspection_before_done(struct tw_inspection_before *before);

/** Severity of a line before; -2: it was not there. before: NULL: nothing was */
int tw_inspection_before_find(const struct tw_inspection_before *before, const char *id);

/**
 * Write a report as a page of its own, in Chinese and English, with curves; it prints well.
 *
 * before  what it is compared with; NULL: nothing
 * errors  TW_ERR_NOMEM
 */
tw_status tw_inspection_write_html(const struct tw_inspection *inspection,
                                   const struct tw_inspection_before *before,
                                   struct tw_strbuf *out);

/* ---- simulated values ---- */

/**
 * Values of a tag of a plant that does not exist: a day's waves, weather, noise, and a few faults so
 * that a report shows what it finds. The same for the same plant, tag and time.
 *
 * returns  NAN: there is no value then
 */
double tw_works_simulate(const struct tw_works *works, int32_t tag, int64_t time_ms);

/** A reader of simulated values of plants that are made up. user: not looked at */
tw_inspect_reader tw_inspect_read_simulated;

/* ---- for the files of the check list ---- */

/** An inspection while it is made. */
struct tw_inspecting {
    struct tw_inspection *in;
    const struct tw_works *works;
    const struct tw_inspect_options *options;
    bool no_memory;
    struct tw_finding spare; /* written to when memory is out */
};

/** Adds the findings of an item. errors: those of the reader, TW_ERR_NOMEM */
typedef tw_status tw_check(struct tw_inspecting *work);

#define TW_ITEM(id, key, group, zh, en, advice_zh, advice_en) tw_check tw_check_##id;
#include "operate/inspection.def"
#undef TW_ITEM

/**
 * Add a finding with the item's own advice, to be filled in further; never NULL, but one that is
 * thrown away when memory is out.
 *
 * subject, zh, en  borrowed from the works
 */
struct tw_finding *tw_finding_add(struct tw_inspecting *work, enum tw_item item,
                                  const char *subject, const char *zh, const char *en);

/** Say what was found: one text in each language, with the same values in the same order. */
void tw_finding_say(struct tw_inspecting *work, struct tw_finding *finding, int severity,
                    const char *zh, const char *en, ...) TW_PRINTF(5, 6);

/** Take the curve, last value and unit of a tag as the evidence. */
void tw_finding_show(struct tw_inspecting *work, struct tw_finding *finding, int32_t tag);

/** Hours of a tag before the inspection's end: means, oldest first. out: [hours] */
tw_status tw_inspect_hours(struct tw_inspecting *work, int32_t tag, int64_t end_ms, int32_t hours,
                           double *out_mean);

/** Index of the first tag of a kind at a place or asset; -1: none. */
int32_t tw_inspect_tag(const struct tw_inspecting *work, enum tw_kind kind, const char *at);

/** Mean of a tag's 24 h; NAN: none. */
double tw_inspect_mean(const struct tw_inspecting *work, int32_t tag);

#endif
