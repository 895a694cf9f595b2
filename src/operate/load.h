/* What influent carries, hour by hour: concentrations from flow, time of day, dilution and first
 * flush, where they were measured once; typical ones, said to be so, where not. */
#ifndef TW_OPERATE_LOAD_H
#define TW_OPERATE_LOAD_H

#include "operate/influent.h"
#include "operate/soft.h"

/** Substances, as loads.def lists them. */
enum tw_load {
#define TW_LOAD(id, key, columns, typical_gm3, zh, en) TW_LOAD_##id,
#include "operate/loads.def"
#undef TW_LOAD
    TW_LOAD_COUNT
};

enum { TW_LOAD_INPUTS = 9 };

/** A row of loads.def. */
struct tw_load_info {
    const char *key, *columns; /* names of its column, blanks between them */
    double typical_gm3;
    const char *zh, *en;
};

/** What a substance is. */
const struct tw_load_info *tw_load_info_get(enum tw_load load);

/** True when a column's name is one of a substance's. */
bool tw_load_is_column(enum tw_load load, const char *name);

/** How the concentration of a substance follows from flow and time. */
struct tw_load_model {
    bool measured;       /* false: a typical value, diluted */
    double dry_m3h;      /* the flow that counts as dry: the lower quartile */
    struct tw_soft soft; /* of the logarithm of the concentration */
};

/**
 * Make a model of one substance.
 *
 * hours     clean
 * conc_gm3  [count] NAN: a gap; NULL: never measured
 * arena     owns the model's arrays
 * errors    TW_ERR_NOMEM, TW_ERR_NUMERIC. Too few values make a model that is not measured.
 */
tw_status tw_load_fit(const struct tw_influent_hours *hours, const double *conc_gm3,
                      struct tw_arena *arena, struct tw_load_model *out_model);

/**
 * Concentrations that belong to flows.
 *
 * hours         flows without gaps from `from` on are best; a gap makes a gap
 * out_gm3       [count * 3] low, best, high: 0.1, middle and 0.9
 * errors        TW_ERR_NOMEM
 */
tw_status tw_load_make(const struct tw_load_model *model, enum tw_load load,
                       const struct tw_influent_hours *hours, double *out_gm3);

#endif
