/* Forecasts of rain that others made, from files: docs/rain.md has the formats. */
#ifndef TW_FORECAST_OUTLOOK_READ_H
#define TW_FORECAST_OUTLOOK_READ_H

#include "forecast/nowcast.h"
#include "thalweg/faults.h"

struct tw_projection;

/** How files are to be understood. */
struct tw_outlook_how {
    double origin_day; /* decimal day (local) at which the nowcast's clock is 0 s */
    int32_t zone_s;    /* the city's clock is so far ahead of UTC, for times that tell a zone */
    const struct tw_rain_gauge *gauges; /* [gauge_count] those of the nowcast, for their names */
    int32_t gauge_count;
    const struct tw_projection *projection; /* from GeoJSON's degrees to map coordinates; NULL: none
                                               is known, and polygons are a fault */
};

/**
 * Read a file and add what it holds to a nowcast: CSV by the ending .csv, else JSON or GeoJSON.
 *
 * text    its bytes, terminated; overwritten
 * faults  every fault with path and line; what has one is left out
 * errors  TW_ERR_INPUT nothing in it can be used (faults say why), TW_ERR_NOMEM
 */
tw_status tw_outlook_read(const char *path, char *text, const struct tw_outlook_how *how,
                          tw_faults *faults, struct tw_nowcast *nowcast);

#endif
