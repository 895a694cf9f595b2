/* Shared by the files of the folder. */
#ifndef TW_QUALITY_PARTS_H
#define TW_QUALITY_PARTS_H

#include "quality/quality.h"

#include <stddef.h>

#define TW_FOOT_M 0.3048
#define TW_FOOT3_M3 (TW_FOOT_M * TW_FOOT_M * TW_FOOT_M)
#define TW_LEAST_RUNOFF_MPS (2.31481e-8 * TW_FOOT_M) /* as SWMM: less is none */
#define TW_LEAST_SNOW_M (0.001 * 0.0254)             /* as SWMM: less is none */
#define TW_SWEPT_SNOW_M (0.05 * 0.0254)              /* as SWMM: no street is swept under more */
#define TW_ZERO_FLOW_M3S (1e-10 * TW_FOOT3_M3)
#define TW_ZERO_VOLUME_M3 0.001                /* a litre: as SWMM, a tank is empty then */
#define TW_ZERO_DEPTH_M (0.003281 * TW_FOOT_M) /* a millimetre: as SWMM, a conduit is empty */

/** Place of a pollutant of an element. */
static inline size_t tw_quality_at(const struct tw_quality *q, int32_t element, int32_t pollutant,
                                   int32_t lane)
{
    return ((size_t)element * (size_t)q->model->quality.count + (size_t)pollutant) *
               (size_t)q->lanes +
           (size_t)lane;
}

/** Place of a booked mass, or of a source's load. */
static inline size_t tw_mass_at(const struct tw_quality *q, int what, int32_t pollutant,
                                int32_t lane)
{
    return tw_quality_at(q, (int32_t)what, pollutant, lane);
}

/** Book a mass of surfaces. */
static inline void tw_surface_book(struct tw_quality *q, enum tw_surface_mass what,
                                   int32_t pollutant, int32_t lane, double mass)
{
    q->surface_mass[tw_mass_at(q, (int)what, pollutant, lane)] += mass;
}

/** A step begins whose sources are known. */
void tw_quality_begin_step(struct tw_quality *q, double dt_s);

/** Build-up of a land use at the start, masses of the file. */
double tw_buildup_begin(const struct tw_quality *q, int32_t subcatchment, int32_t landuse,
                        int32_t pollutant);

/* What happens at a node with treatment. */
struct tw_treated {
    const struct tw_quality *quality;
    int32_t node, lane;
    double dt_s, inflow_m3s, depth_m, surface_m2;
    const double *inflow; /* [pollutants] concentrations of what comes in */
    double *mixed;        /* [pollutants] in the node; on return what leaves */
};

/** Apply the expressions of a node, rows first .. end of the model's treatments. */
void tw_treatment_apply(struct tw_treated *t, int32_t first, int32_t end);

#endif
