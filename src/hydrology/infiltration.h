/* Infiltration into the pervious part of a subcatchment: one method is one row of
 * model/infiltration.def and one file infiltration_<prefix>.c. */
#ifndef TW_HYDROLOGY_INFILTRATION_H
#define TW_HYDROLOGY_INFILTRATION_H

#include <stdint.h>

enum tw_infiltration {
#define TW_INFILTRATION(id, prefix, keyword) TW_INFILTRATION_##id,
#include "model/infiltration.def"
#undef TW_INFILTRATION
    TW_INFILTRATION_COUNT
};

/* What a method sees in one runoff step of one lane. */
struct tw_infiltration_input {
    double dt_s;
    double rain_mps;
    double runon_mps; /* from other subareas and subcatchments */
    double depth_m;   /* ponded at the beginning of the step */
    double
        recovery_factor; /* of the rate at which dry soil regains capacity; 1: as the file says */
    double soil_ratio;   /* for adjust, by whoever calls rate; 1: as the file says */
};

/* A method. `soil` is [5] made by prepare, `state` is [6] and belongs to the method. */
struct tw_infiltration_method {
    const char *keyword;
    /* multiplies what the soil can take: rates, conductivity or capacity among parameters [5] */
    void (*scale)(double *parameters, double factor);
    /* parameters [5] in the units of the model (mm, mm/h, h, d) to SI as the method wants them */
    void (*prepare)(const double *parameters, double *soil);
    /* multiplies what prepared soil takes, as a season does: rates or conductivity */
    void (*adjust)(double *soil, double ratio);
    void (*begin)(const double *soil, double *state);
    /* mean infiltration rate of the step [m/s], 0 .. rain + runon + depth / dt; advances state */
    double (*rate)(const double *soil, double *state, const struct tw_infiltration_input *in);
};

/** The method of a row, 0 <= method < TW_INFILTRATION_COUNT. */
const struct tw_infiltration_method *tw_infiltration_method_get(int32_t method);

/* SWMM computes in feet; its thresholds, converted. */
#define TW_FOOT_M 0.3048
#define TW_ZERO_RATE_MPS (1.0e-10 * TW_FOOT_M) /* less than this counts as no water */

#endif
