/* Plants side by side: which first, by risk, by energy. */
#ifndef TW_OPERATE_RANK_H
#define TW_OPERATE_RANK_H

#include "base/text.h"
#include "operate/inspect.h"
#include "operate/sheet.h"

/** A plant in a ranking. Strings are borrowed. */
struct tw_rank {
    const char *id, *name;
    double risk, energy_kwhm3, load_ratio; /* NAN: not known */
    double worst_ratio;                    /* of a limit; of an inspection: its probability */
    const char *worst;                     /* which; "" */
    const char *report;                    /* file of the report; "" */
    int32_t urgent, repair, look;
    int by_risk, by_energy; /* places, from 1; 0: not known */
};

/** Limits that plants are compared with. */
struct tw_rank_limits {
    struct tw_limit limit[TW_LIMITS_MOST];
    int32_t count;
};

/** Plants. */
struct tw_rank_list {
    struct tw_rank *plants;
    int32_t count;
};

/** Put plants into places; those with equal figures in the order of their ids. */
void tw_rank_order(struct tw_rank *plants, int32_t count);

/**
 * Plants from a table of yearly figures: one a row, with columns id, a name, capacity and volume
 * (10^4 m3 a day and a year), effluent of each substance [g/m3], electricity [kWh a year].
 *
 * text      of the file; overwritten, borrowed by the plants
 * limits    that effluent is compared with
 * faults    rows and columns that are wrong
 * out_list  in the arena, not yet in places
 * errors    TW_ERR_INPUT, TW_ERR_NOMEM
 */
tw_status tw_rank_read(const char *path, char *text, const struct tw_rank_limits *limits,
                       tw_faults *faults, struct tw_arena *arena, struct tw_rank_list *out_list);

/** Write a ranking as JSON, by risk. errors: TW_ERR_NOMEM */
tw_status tw_rank_write_json(const struct tw_rank *plants, int32_t count, struct tw_strbuf *out);

/** Write a ranking as a page. errors: TW_ERR_NOMEM */
tw_status tw_rank_write_html(const struct tw_rank *plants, int32_t count, struct tw_strbuf *out);

#endif
