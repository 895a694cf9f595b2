/* What `thalweg plant fit`, `forecast`, `sensors` and `soft` share. */
#ifndef TW_APPS_PLANT_DATA_H
#define TW_APPS_PLANT_DATA_H

#include "operate/influent.h"
#include "operate/load.h"
#include "operate/sheet.h"

#include <stdbool.h>

/** Which columns of a table are what; NULL: the usual names are tried. */
struct tw_plant_columns {
    const char *flow, *rain;
    double to_m3h; /* of one of the flow's units */
    int32_t zone_s;
};

/** A table of a plant as hours; all zeros is an empty one. */
struct tw_plant_hours {
    struct tw_sheet sheet;
    struct tw_arena arena;
    struct tw_influent_hours hours; /* clean */
    struct tw_influent_gaps gaps;
    const char *flow_name, *rain_name;     /* rain: NULL: none */
    const double *conc_gm3[TW_LOAD_COUNT]; /* [count] NULL: no such column */
};

/**
 * Read a table of a file into memory.
 *
 * errors  TW_ERR_INPUT (faults say why), TW_ERR_NOMEM
 */
tw_status tw_plant_sheet_load(const char *path, int32_t zone_s, tw_faults *faults,
                              struct tw_sheet *out_sheet);

/** Read a table of flow and rain as hours, clean. errors: TW_ERR_INPUT, TW_ERR_NOMEM */
tw_status tw_plant_hours_load(const char *path, const struct tw_plant_columns *columns,
                              tw_faults *faults, struct tw_plant_hours *out);

/** Free. */
void tw_plant_hours_done(struct tw_plant_hours *hours);

/** Read a flow's unit as the factor to m3/h; false when it is not known. */
bool tw_plant_unit(const char *text, double *out_to_m3h);

/** Index of the hour that begins at or before a time given as text; -1: no time, or outside. */
int32_t tw_plant_hour_of(const struct tw_plant_hours *hours, const char *text);

/** Print what is wrong, and the code to end with. */
int tw_plant_failed(const char *command, const tw_faults *faults, tw_status status);

/** The subcommands. argv[0] is the subcommand's name. */
int tw_plant_fit_command(int argc, char **argv);
int tw_plant_forecast_command(int argc, char **argv);
int tw_plant_sensors_command(int argc, char **argv);
int tw_plant_soft_command(int argc, char **argv);
int tw_plant_advise_command(int argc, char **argv);

#endif
