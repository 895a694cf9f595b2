/* What the parts of the report share; only src/io/report*.c include it. */
#ifndef TW_IO_REPORT_WRITER_H
#define TW_IO_REPORT_WRITER_H

#include "base/compiler.h"
#include "base/file.h"
#include "io/report.h"
#include "io/units.h"

#include <stdbool.h>

/* A report being written. A failure to write stays in the file and shows when it is committed. */
struct tw_report_writer {
    const struct tw_report *report;
    const struct tw_model *model;
    struct tw_units units;
    tw_outfile *file;
    bool begun;              /* a heading was written */
    int flow_decimals;       /* of flows */
    const char *flow_unit;   /* CFS ... */
    const char *volume_unit; /* 10^6 gal or 10^6 ltr */
};

/** Write formatted text. */
void tw_report_print(struct tw_report_writer *w, const char *format, ...) TW_PRINTF(2, 3);

/** Write a heading between two lines of stars. */
void tw_report_heading(struct tw_report_writer *w, const char *text);

/** A moment as days, hours and minutes since the start, e.g. `   0  04:24`. */
void tw_report_moment(struct tw_report_writer *w, double day);

/** A flow in the file's units, right-aligned in 9 columns. */
void tw_report_flow(struct tw_report_writer *w, double flow_m3s);

/** What a node is called in tables, e.g. JUNCTION. */
const char *tw_report_node_word(const struct tw_model *model, int32_t node);

/** Names at the begin of table rows. */
const char *tw_report_node_name(const struct tw_report_writer *w, int32_t node);
/** Name of a link. */
const char *tw_report_link_name(const struct tw_report_writer *w, int32_t link);

/** Whether runoff has tables and series: not when rain, snow and groundwater are all left out. */
bool tw_report_runs_off(const struct tw_report_writer *w);

/** Elements of the model and its options. */
void tw_report_input(struct tw_report_writer *w);
/** Pollutants of the model. */
void tw_report_pollutants(struct tw_report_writer *w);
/** Land uses of the model. */
void tw_report_landuses(struct tw_report_writer *w);
/** Units of low impact development. */
void tw_report_lids(struct tw_report_writer *w);
/** Tables of custom shapes, transects and streets. */
void tw_report_section_tables(struct tw_report_writer *w);
/** Rain on sewersheds and the inflow that it makes. */
void tw_report_rdii(struct tw_report_writer *w);
/** Where groundwater came from and went. */
void tw_report_ground_balance(struct tw_report_writer *w);
/** Unit at a place of the tables: as in SWMM, the last of a subcatchment comes first. */
int32_t tw_report_lid_at(const struct tw_model *m, int32_t place);
/** Table of LIDs. */
void tw_report_lid_table(struct tw_report_writer *w);
/** Table of groundwater. */
void tw_report_ground_table(struct tw_report_writer *w);
/** Where pollutants of surfaces came from and went. */
void tw_report_surface_quality(struct tw_report_writer *w);
/** Where pollutants of the network came from and went. */
void tw_report_network_quality(struct tw_report_writer *w);
/** Pollutants washed off subcatchments. */
void tw_report_washoff(struct tw_report_writer *w);
/** Loads that passed links. */
void tw_report_link_loads(struct tw_report_writer *w);
enum tw_report_outfall_part {
    TW_REPORT_OUTFALL_RULE,
    TW_REPORT_OUTFALL_TOTAL,
    TW_REPORT_OUTFALL_NAMES,
    TW_REPORT_OUTFALL_UNITS
};
/** End of a line of the heading of outfalls' table: a column for each pollutant. */
void tw_report_outfall_heading(struct tw_report_writer *w, enum tw_report_outfall_part part);
/** End of a line of outfalls' table: the loads of an outfall; -1: of all. */
void tw_report_outfall_loads(struct tw_report_writer *w, int32_t outfall);
/** Series of a results file. errors: TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_report_series(struct tw_report_writer *w, const char *path);
/** A ratio in percent; what three decimals do not show is 0. */
double tw_report_percent(double ratio);
/** A line of dashes. */
void tw_report_rule(struct tw_report_writer *w, int width);
/** Tables of subcatchments and nodes. */
void tw_report_node_tables(struct tw_report_writer *w);
/** What flowed in streets, and what their inlets caught. */
void tw_report_streets(struct tw_report_writer *w);
/** Tables of links. */
void tw_report_link_tables(struct tw_report_writer *w);

#endif
