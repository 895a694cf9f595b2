/* Cross-sections that a made city builds with, and the choice of one for a flow. */
#ifndef TW_SYNTH_SECTION_H
#define TW_SYNTH_SECTION_H

#include <stdint.h>

/** What is built. The words of the SWMM format are in section_kinds. */
enum tw_section_kind {
    TW_SECTION_NONE,
    TW_SECTION_CIRCULAR,
    TW_SECTION_RECT_CLOSED,
    TW_SECTION_RECT_OPEN,
    TW_SECTION_TRAPEZOIDAL,
    TW_SECTION_CUSTOM /* the old town's brick vault: tw_section_vault */
};

/** A cross-section. */
struct tw_section {
    enum tw_section_kind kind;
    double height_m;
    double width_m;    /* rectangles; a trapezoid's at the bottom */
    double side_slope; /* of a trapezoid, run over rise */
    double roughness;  /* Manning's n */
    int32_t step;      /* its place in the order of sizes */
};

/** Series of sizes. */
enum tw_section_series {
    TW_SERIES_PIPE,    /* concrete pipes, then boxes */
    TW_SERIES_VAULT,   /* the same with brick vaults from 1.2 m to 2 m */
    TW_SERIES_CHANNEL, /* boxes without a lid, then trapezoids, of rough stone */
    TW_SERIES_FOUL     /* smooth plastic pipes */
};

/** Widths of the vault at equal steps of height, over its height: 0 to 1 in TW_VAULT_STEPS. */
enum { TW_VAULT_STEPS = 10 };

/** Width over height of the vault at step k, 0..TW_VAULT_STEPS. */
double tw_section_vault(int k);

/**
 * What a section carries when it is full (an open one to 90 %), by Manning's formula.
 *
 * slope    of the energy line, > 0
 * returns  [m3/s]
 */
double tw_section_capacity_m3s(const struct tw_section *section, double slope);

/** Area of the full section (an open one to 90 %) [m2]. */
double tw_section_area_m2(const struct tw_section *section);

/**
 * The smallest section of a series that carries a flow and takes it in from a manhole.
 *
 * flow_m3s    to be carried
 * slope       > 0
 * least_step  no smaller one: what arrives from upstream
 * returns     the largest of the series if none is large enough
 */
struct tw_section tw_section_choose(enum tw_section_series series, double flow_m3s, double slope,
                                    int32_t least_step);

/** A pipe of any diameter, for places where someone economised. */
struct tw_section tw_section_pipe(double diameter_m);

#endif
