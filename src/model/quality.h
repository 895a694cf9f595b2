/* [POLLUTANTS], [LANDUSES] and what belongs to them. A concentration is in the pollutant's own unit
 * (mg/L, ug/L or a count per L); a load is that times m3/s, a mass that times m3. */
#ifndef TW_MODEL_QUALITY_H
#define TW_MODEL_QUALITY_H

#include "base/names.h"
#include "num/expression.h"

#include <stdbool.h>
#include <stdint.h>

enum tw_pollutant_unit { TW_POLLUTANT_MG, TW_POLLUTANT_UG, TW_POLLUTANT_COUNT };
struct tw_pollutant {
    enum tw_pollutant_unit unit;
    double rain, ground, rdii, dry, initial; /* concentrations */
    double decay_per_s;
    bool snow_only; /* builds up only with snow */
    int32_t co;     /* pollutant of which a part comes with its wash-off; -1: none */
    double co_ratio;
    double file_mass; /* of the file (lb, kg, count) in one mass of ours */
};

/* Build-up, in masses of the file per area or kerb length of the file. */
enum tw_buildup_kind {
    TW_BUILDUP_NONE,
    TW_BUILDUP_POWER,
    TW_BUILDUP_EXPONENTIAL,
    TW_BUILDUP_SATURATION,
    TW_BUILDUP_EXTERNAL
};
struct tw_buildup {
    enum tw_buildup_kind kind;
    bool by_curb;
    double most, rate, power; /* power: exponent, or half-saturation time [d] */
    int32_t series;           /* external */
};
enum tw_washoff_kind {
    TW_WASHOFF_NONE,
    TW_WASHOFF_EXPONENTIAL,
    TW_WASHOFF_RATING,
    TW_WASHOFF_MEAN
};
struct tw_washoff {
    enum tw_washoff_kind kind;
    double coefficient, exponent;
    double sweeping_ratio, bmp_ratio; /* taken by sweeping, by practices */
};
struct tw_landuse {
    double sweep_days, sweep_ratio, last_swept_days; /* before the start */
};

/* Inflow of a pollutant to a node. */
struct tw_pollutant_inflow {
    int32_t node, pollutant, series, pattern; /* -1: none */
    int32_t flow_row;                         /* of the node in the model's inflows; -1: none */
    bool mass;           /* a load, not a concentration of the node's external inflow */
    double factor, base; /* of the series; both give ours */
};
struct tw_pollutant_dry {
    int32_t node, pollutant, pattern[4];
    int32_t flow_row; /* of the node in the model's dry weather flows; -1: none */
    double base;
};

/* Treatment at a node; variables of an expression: those of the list, then concentrations, then
 * removals of all pollutants. */
#define TW_TREATMENT_VARIABLE_LIST(X)                                                              \
    X(HRT, "hydraulic residence time [h]")                                                         \
    X(DT, "routing step [s]")                                                                      \
    X(FLOW, "inflow")                                                                              \
    X(DEPTH, "mean depth in the step")                                                             \
    X(AREA, "surface area at that depth")
enum tw_treatment_variable {
#define TW_TREATMENT_VARIABLE(word, text) TW_TREATMENT_##word,
    TW_TREATMENT_VARIABLE_LIST(TW_TREATMENT_VARIABLE)
#undef TW_TREATMENT_VARIABLE
        TW_TREATMENT_VARIABLE_COUNT
};
struct tw_treatment {
    int32_t node, pollutant;
    bool removal; /* the expression is a removal ratio, else the concentration that leaves */
    const struct tw_token *token;
    int32_t token_count;
};

enum { TW_MOST_POLLUTANTS = 256 };

struct tw_quality_model {
    struct tw_names pollutant_names, landuse_names;
    int32_t count, landuse_count;      /* of pollutants */
    int32_t told_count, told_landuses; /* of the file, which IGNORE_QUALITY may leave aside */
    struct tw_pollutant *pollutant;
    struct tw_landuse *landuse;
    struct tw_buildup *buildup; /* [landuses * pollutants] */
    struct tw_washoff *washoff; /* same */
    double *coverage_ratio;     /* [subcatchments * landuses] */
    double *loading;            /* [subcatchments * pollutants] at the start, file mass per area */
    int32_t inflow_count, dry_count, treatment_count;
    struct tw_pollutant_inflow *inflow;
    struct tw_pollutant_dry *dry;
    struct tw_treatment *treatment; /* by node */
};

#endif
