/* The part of the radar's fields that an issue works on, and how the rain in it moves. */
#ifndef TW_FORECAST_RADAR_VIEW_H
#define TW_FORECAST_RADAR_VIEW_H

#include "forecast/flow.h"
#include "forecast/nowcast_parts.h"

enum { TW_VIEW_FIELDS_MOST = 13 };

/** Fields around the places, coarser when there are many cells. Columns and rows may be fractions: 0
 * is the middle of the first cell. */
struct tw_radar_view {
    int32_t columns, rows;
    double west, north, dx, dy; /* of the outer corner of the first cell; of a cell */
    int32_t count;              /* of fields, newest first */
    double time_s[TW_VIEW_FIELDS_MOST];
    float *mmh[TW_VIEW_FIELDS_MOST]; /* [rows * columns] in all */
    float *all;                      /* owned */
    double interval_s;               /* the usual one between fields */
    struct tw_flow flow;
};

/**
 * Take the fields of the hour before a moment and find their motion.
 *
 * out_view  count is 0 when there are no fields; owned by the caller: tw_radar_view_done
 * errors    TW_ERR_NOMEM
 */
tw_status tw_radar_view_make(const struct tw_nowcast *nowcast, double now_s,
                             struct tw_radar_view *out_view);

/** Free what is in it. */
void tw_radar_view_done(struct tw_radar_view *view);

/** Column and row of map coordinates. */
void tw_radar_view_cell(const struct tw_radar_view *view, double x, double y, double *out_column,
                        double *out_row);

/** Follow the motion: where what is here at a time was some seconds before (or is after, < 0). */
void tw_radar_view_trace(const struct tw_radar_view *view, double seconds_back, double *column,
                         double *row);

/** Value between four cells of a field of the view; NAN outside or where one has none. */
double tw_radar_view_sample(const struct tw_radar_view *view, const float *mmh, double column,
                            double row);

#endif
