/* US customary units, and the metric ones of input files: factors to SI. The only place that knows
 * them. */
#ifndef TW_IO_UNITS_H
#define TW_IO_UNITS_H

#include "model/model.h"

#include <stdbool.h>

/* A value of the file times its factor is SI. */
struct tw_units {
    bool us;
    double length_m;         /* foot or metre */
    double area_m2;          /* square foot or square metre: surface areas of nodes */
    double land_m2;          /* acre or hectare */
    double volume_m3;        /* cubic foot or cubic metre */
    double flow_m3s;         /* flow unit */
    double rain_mm;          /* inch or millimetre: depths, and rates per hour or day */
    double degree_c;         /* a difference of one degree F or C */
    double melt_per_c;       /* by which a melt per degree F or C is one per degree C */
    double wind_mps;         /* mile or kilometre an hour */
    double big_volume_m3;    /* 10^6 gallons or 10^6 litres: volumes in reports, rounded so */
    double land_volume_m3;   /* acre-foot or hectare-metre: volumes in reports */
    double routed_volume_m3; /* the same for volumes of the network, rounded as SWMM has it */
};

/** Factors of the unit system that a flow unit belongs to.
 * exact  flows, volumes and land areas are what their names say (NIST Handbook 44, appendix C); else they
 *        are SWMM 5.2.4's, which rounds a CMS and a cubic metre by 0.011 %, an acre by 0.0037 % */
struct tw_units tw_units_of(enum tw_flow_units flow_units, bool exact);

/** Degrees Celsius of a temperature of the file. */
double tw_units_celsius(const struct tw_units *units, double temperature);

/** Degrees Fahrenheit of degrees Celsius. */
double tw_units_fahrenheit(double celsius);

#endif
