/* What the readers of single sections share; only src/io/inp_*.c include it. */
#ifndef TW_IO_INP_READER_H
#define TW_IO_INP_READER_H

#include "base/compiler.h"
#include "io/swmm_numbers.h"
#include "io/units.h"
#include "model/model.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

enum { TW_INP_TOKENS = 40, TW_INP_LINE = 1023, TW_INP_PATH = 4096 };

enum tw_section {
#define TW_SECTION(id, heading, noun, declare, read) TW_SECTION_##id,
#include "io/inp_sections.def"
#undef TW_SECTION
    TW_SECTION_COUNT
};

/* A row of a section: its words lie in the text of the file. */
struct tw_inp_row {
    int32_t line;
    int32_t object; /* what the first pass made of its name; -1: nothing, or a duplicate */
    uint32_t first; /* of its words in tw_inp.word_at */
    int16_t count;  /* of words, >= 1 */
    int16_t section;
};

/* What [OPTIONS] says that the model does not keep. */
struct tw_inp_options {
    bool elevation_offsets; /* LINK_OFFSETS ELEVATION */
    bool ignore_snowmelt, ignore_rdii, ignore_quality;
    int32_t infiltration;
    double start_date, start_time, end_date, end_time, report_date, report_time;
};

/* A transect while its rows are read. */
struct tw_inp_transect {
    bool begun;
    int32_t index;
    int32_t line;
    double n_left, n_right, n_channel;
    double left_bank, right_bank, station_factor, elevation_shift, length_factor;
    int32_t points;
    double *station, *elevation;
    bool bad;
};

/* A point of a curve or series, before all are sorted into arrays. */
struct tw_inp_point {
    int32_t table;
    double x, y;
};
struct tw_inp_points {
    int32_t count, room;
    struct tw_inp_point *point;
};

/* Tokens of expressions, in scratch. */
struct tw_inp_tokens {
    struct tw_token *token;
    int32_t count, room;
};

/* Rules while their clauses are read. */
struct tw_inp_rules {
    int32_t state; /* the last clause; see inp_controls.c */
    struct tw_names names, variables, expressions;
    int32_t rule_room, condition_room, action_room, variable_room; /* counted in the first pass */
    struct tw_inp_tokens tokens;
    int32_t *expression_first, *expression_count; /* [expressions] tokens of each */
};

/* A row of [FILES]; line 0: none. */
struct tw_inp_file {
    int32_t line;
    const char *name;
};
enum tw_inp_file_kind {
    TW_FILE_RAINFALL,
    TW_FILE_RUNOFF,
    TW_FILE_HOTSTART,
    TW_FILE_RDII,
    TW_FILE_INFLOWS,
    TW_FILE_OUTFLOWS,
    TW_FILE_KINDS
};

/* The reader's state. */
struct tw_inp {
    struct tw_model *model;
    struct tw_arena scratch; /* until the reading ends */
    tw_faults *faults;
    bool strict;                       /* SWMM's known faults are mended */
    bool advised;                      /* what is hardly meant is warned of */
    size_t faults_before, kept_before; /* that the list held already */
    const char *path;
    char *text;
    struct tw_inp_row *row;
    int32_t row_count, row_room;
    uint32_t *word_at;
    uint32_t word_count, word_room;
    int32_t section_rows[TW_SECTION_COUNT];
    struct tw_units units;
    struct tw_inp_options options;
    /* lines where objects were first named, for faults found later */
    int32_t node_kinds[4], link_kinds[5]; /* objects of each kind so far */
    int32_t *node_line, *link_line, *subcatchment_line, *gage_line, *curve_line, *series_line,
        *pattern_line, *aquifer_line, *ground_line, *lid_line, *lid_unit_line, *pollutant_line,
        *landuse_line, *hydrograph_line, *inlet_line;
    int32_t *inlet_of_link;   /* row + 1; 0: none */
    int32_t *inlet_placement; /* enum tw_inlet_placement */
    bool *subarea_given;
    double *given_depth_m;                 /* of nodes, before links make them deeper */
    int32_t *inflow_of_node, *dwf_of_node; /* row + 1 of each node; 0: none yet */
    int32_t *pattern_count;                /* factors read so far */
    bool *curve_kind_given;
    struct tw_inp_points curve_points, series_points;
    struct tw_names stations; /* of rain files */
    int32_t *station_gage;    /* [stations] the first gage of each */
    bool *rain_series;        /* [series] of a rain file */
    double *series_date;      /* day that rows without a date continue */
    bool *series_dated;       /* it was given, not the start */
    struct tw_names streets;  /* they follow the transects in model.transects */
    int32_t *transect_line, *street_line, *rule_line;
    struct tw_inp_transect transect;
    struct tw_inp_points vertices; /* table: link */
    struct tw_inp_points corners;  /* table: subcatchment */
    struct tw_inp_rules rules;
    struct tw_inp_file use[TW_FILE_KINDS], save[TW_FILE_KINDS];
    char *rain_bytes; /* of the rain interface file that is used; from malloc */
    size_t rain_size;
    bool rain_tried;
    int32_t title_lines;
    int32_t *snow_line;       /* [packs] where each was first named */
    int32_t climate_line;     /* of the row that names the climate file; 0: none */
    bool climate_read;        /* that file could be read */
    int32_t evaporation_line; /* of the row that says where evaporation comes from */
    int32_t wind_line;        /* of WINDSPEED FILE; 0: not of the file */
};

/** The i-th word of a row, 0 <= i < row->count. */
static inline const char *tw_inp_word(const struct tw_inp *inp, const struct tw_inp_row *row, int i)
{
    return inp->text + inp->word_at[row->first + (uint32_t)i];
}

/* ---- faults: "kind name: what is wrong" ---- */

/** Fault of a row, after its kind and its first word. */
void tw_inp_fault(struct tw_inp *inp, const struct tw_inp_row *row, const char *format, ...)
    TW_PRINTF(3, 4);
/** Warning of a row. */
void tw_inp_warn(struct tw_inp *inp, const struct tw_inp_row *row, const char *format, ...)
    TW_PRINTF(3, 4);
/** Fault of a link found after all rows are read. */
void tw_inp_link_fault(struct tw_inp *inp, int32_t link, const char *format, ...) TW_PRINTF(3, 4);
/** Warning of a link. */
void tw_inp_link_warn(struct tw_inp *inp, int32_t link, const char *format, ...) TW_PRINTF(3, 4);
/** Fault of a node. */
void tw_inp_node_fault(struct tw_inp *inp, int32_t node, const char *format, ...) TW_PRINTF(3, 4);
/** Warning of a node. */
void tw_inp_node_warn(struct tw_inp *inp, int32_t node, const char *format, ...) TW_PRINTF(3, 4);

/* ---- words of a row; each says false after it has added a fault ---- */

/** True when a row has at least `count` words. */
bool tw_inp_need(struct tw_inp *inp, const struct tw_inp_row *row, int count);
/** A number; `what` names it in the fault. Beyond the row's end: false. */
bool tw_inp_number(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                   double *out_value);
/** A number that may not be negative. */
bool tw_inp_positive(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                     double *out_value);
/** A number, not negative, that keeps its value when the row ends before it. */
bool tw_inp_optional(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                     double *value);
/** YES or NO; keeps its value when the row ends before it or a * stands there. */
bool tw_inp_yes_no(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                   bool *value);
/** Place of a word in a list ended by NULL; its entries match words that begin with them. */
bool tw_inp_choice(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                   const char *const list[], int32_t *out_index);
/** Index of the object a word names; `kind` is said in the fault. */
bool tw_inp_find(struct tw_inp *inp, const struct tw_inp_row *row, int i,
                 const struct tw_names *names, const char *kind, int32_t *out_index);

/* ---- plain texts ---- */

/** True when a word begins with a keyword, in any case. */
bool tw_inp_begins(const char *word, const char *keyword);
/** Place in a list ended by NULL of the keyword that a word begins with; -1: none. */
int32_t tw_inp_match(const char *word, const char *const list[]);
/** A calendar day, month/day/year with / or -, months as numbers or by their first letters. */
bool tw_inp_date(const char *word, double *out_day);
/** month/day as the day of a year that is not a leap year, 1..365. */
bool tw_inp_day_of_year(const char *word, double *out_day);
/** A time h[:m[:s]] in days; hours may exceed 24. */
bool tw_inp_clock(const char *word, double *out_days);
/** A time as decimal hours or h:m[:s], in days. */
bool tw_inp_hours(const char *word, double *out_days);
/** Name of a link's kind, e.g. conduit. */
const char *tw_inp_link_noun(int32_t kind);
/** Name of a node's kind, e.g. junction. */
const char *tw_inp_node_noun(int32_t kind);

/* ---- lists that grow while rows are read ---- */

/** Add a point to a list in scratch. errors: TW_ERR_NOMEM */
tw_status tw_inp_points_add(struct tw_inp *inp, struct tw_inp_points *points, int32_t table,
                            double x, double y);
/**
 * Sort points by their table, keeping their order.
 *
 * out_first [count + 1] from the model's arena; x, y [points->count]
 */
tw_status tw_inp_points_sort(struct tw_inp *inp, const struct tw_inp_points *points, int32_t count,
                             int32_t **out_first, double **out_x, double **out_y);

/**
 * Read a file that a row names, relative to the model's folder; its bytes count in the digest.
 *
 * out_path  room of TW_INP_PATH bytes
 * out_text  from malloc; NULL after a fault
 * errors    TW_ERR_NOMEM
 */
tw_status tw_inp_load(struct tw_inp *inp, const struct tw_inp_row *row, int i, char *out_path,
                      char **out_text, size_t *out_size);

/** As tw_inp_load, for a file of [FILES] USE; file: a place of inp->use. */
tw_status tw_inp_load_named(struct tw_inp *inp, const struct tw_inp_file *file, char *out_path,
                            char **out_text, size_t *out_size);

/** Path of a file that the model names, in its arena. errors: TW_ERR_NOMEM; NULL: it is too long */
tw_status tw_inp_place(struct tw_inp *inp, const char *name, const char **out_path);

/** A digest (FNV-1a) with more bytes in it. */
uint64_t tw_inp_digest(uint64_t digest, const char *text, size_t size);

/** Words of a terminated line, without a comment; NULs are put at their ends. Returns how many. */
int tw_inp_cut(char *line, char *word[], int most);

/** Name in a section's first pass: adds it, with a fault for a second object of that name. */
tw_status tw_inp_declare(struct tw_inp *inp, struct tw_inp_row *row, struct tw_names *names,
                         const int32_t *lines, bool may_repeat);

/* ---- steps of the reading (inp_read.c calls them in this order) ---- */

/**
 * All of them: from inp->text, path, model (empty but for its arena) and faults to a whole model.
 *
 * size    of the text [bytes]; a byte behind it may be overwritten
 * errors  TW_ERR_INPUT, TW_ERR_NOMEM
 */
tw_status tw_inp_read_all(struct tw_inp *inp, size_t size);

/** Cut the text into rows. errors: TW_ERR_NOMEM */
tw_status tw_inp_split(struct tw_inp *inp, size_t size);
/** Arrays for nodes, links, gages and subcatchments, by the number of rows. */
tw_status tw_inp_allocate(struct tw_inp *inp);
/** Arrays for what the first pass counted: curves, series, patterns, transects, rules. */
tw_status tw_inp_allocate_tables(struct tw_inp *inp);
/** What [FILES] says is to be used. errors: TW_ERR_NOMEM */
tw_status tw_inp_files_finish(struct tw_inp *inp);
/** Events in the order of time, those that overlap cut. */
void tw_inp_events_finish(struct tw_inp *inp);
/** Arrays of pollutants and land uses, and those that have a place for both. */
tw_status tw_inp_quality_allocate(struct tw_inp *inp);
tw_status tw_inp_quality_allocate_tables(struct tw_inp *inp);
/** Tables out of the points; the order of their x. */
tw_status tw_inp_tables_finish(struct tw_inp *inp);
/** Last transect and what follows from all of them. */
tw_status tw_inp_transects_finish(struct tw_inp *inp);
/** Rules out of their clauses. */
tw_status tw_inp_rules_finish(struct tw_inp *inp);
/** Vertices out of the points. */
tw_status tw_inp_vertices_finish(struct tw_inp *inp);
/** Centroids of the polygons. errors: TW_ERR_NOMEM */
tw_status tw_inp_polygons_finish(struct tw_inp *inp);
/** Settings that hold when the file does not say otherwise. */
void tw_inp_options_begin(struct tw_inp *inp);
/** Dates, steps and routing method. */
void tw_inp_check_options(struct tw_inp *inp);
/** Groundwater: what rows left to the aquifer, and whether it makes sense. */
void tw_inp_check_ground(struct tw_inp *inp);
/** Pollutants: not too many; their inflows beside flows. */
void tw_inp_check_quality(struct tw_inp *inp);
/** Inlets: those that their conduit cannot have; where they are. errors: TW_ERR_NOMEM */
tw_status tw_inp_check_inlets(struct tw_inp *inp);
/** LIDs: layers that lack, units by subcatchment. errors: TW_ERR_NOMEM */
tw_status tw_inp_check_lids(struct tw_inp *inp);
/** Steps against each other, when gages have cut the wet one; values that 0 stands for. */
void tw_inp_check_wet_step(struct tw_inp *inp);
/** Gages against their series; shortens the wet step. */
tw_status tw_inp_check_gages(struct tw_inp *inp);
/** What holds where [TEMPERATURE], [SNOWPACKS] and [ADJUSTMENTS] say nothing. errors: TW_ERR_NOMEM */
tw_status tw_inp_climate_begin(struct tw_inp *inp);
/** Temperatures, wind and evaporation that lack their climate file; snow that cannot fall. */
void tw_inp_check_climate(struct tw_inp *inp);
/** Subcatchments that lack something. */
void tw_inp_check_subcatchments(struct tw_inp *inp);
/** Links, their sections and offsets; makes nodes deeper and turns conduits round. */
tw_status tw_inp_check_links(struct tw_inp *inp);
/** Things that are used together in a way that SWMM refuses. errors: TW_ERR_NOMEM */
tw_status tw_inp_check_uses(struct tw_inp *inp);
/** Warnings of what is allowed but hardly meant, of a model without faults. errors: TW_ERR_NOMEM */
tw_status tw_inp_advise(struct tw_inp *inp);
/** Those of values. errors: TW_ERR_NOMEM */
tw_status tw_inp_advise_values(struct tw_inp *inp);
/** Nodes after links. */
tw_status tw_inp_check_nodes(struct tw_inp *inp);
/** What routing without dynamic waves asks of the network. errors: TW_ERR_NOMEM */
tw_status tw_inp_check_tree(struct tw_inp *inp);

/* ---- readers, as inp_sections.def names them ---- */
typedef tw_status tw_inp_declare_fn(struct tw_inp *inp, struct tw_inp_row *row);
typedef tw_status tw_inp_read_fn(struct tw_inp *inp, const struct tw_inp_row *row);

tw_inp_declare_fn tw_inp_pattern_declare, tw_inp_curve_declare, tw_inp_series_declare,
    tw_inp_gage_declare, tw_inp_subcatchment_declare, tw_inp_node_declare, tw_inp_link_declare,
    tw_inp_transect_declare, tw_inp_street_declare, tw_inp_rule_declare, tw_inp_aquifer_declare,
    tw_inp_lid_declare, tw_inp_hydrograph_declare, tw_inp_pollutant_declare, tw_inp_landuse_declare,
    tw_inp_inlet_declare, tw_inp_snow_pack_declare;

tw_inp_read_fn tw_inp_title_read, tw_inp_option_read, tw_inp_pattern_read, tw_inp_curve_read,
    tw_inp_series_read, tw_inp_gage_read, tw_inp_evaporation_read, tw_inp_subcatchment_read,
    tw_inp_subarea_read, tw_inp_infiltration_read, tw_inp_junction_read, tw_inp_outfall_read,
    tw_inp_storage_read, tw_inp_divider_read, tw_inp_transect_read, tw_inp_street_read,
    tw_inp_conduit_read, tw_inp_pump_read, tw_inp_orifice_read, tw_inp_weir_read,
    tw_inp_outlet_read, tw_inp_xsection_read, tw_inp_loss_read, tw_inp_rule_read,
    tw_inp_inflow_read, tw_inp_dwf_read, tw_inp_report_read, tw_inp_coordinate_read,
    tw_inp_vertex_read, tw_inp_polygon_read, tw_inp_symbol_read, tw_inp_file_read,
    tw_inp_hydrograph_read, tw_inp_landuse_read, tw_inp_coverage_read, tw_inp_loading_read,
    tw_inp_buildup_read, tw_inp_washoff_read, tw_inp_treatment_read, tw_inp_pollutant_inflow_read,
    tw_inp_pollutant_dry_read, tw_inp_lid_control_read, tw_inp_lid_usage_read,
    tw_inp_pollutant_read, tw_inp_aquifer_read, tw_inp_groundwater_read, tw_inp_gwf_read,
    tw_inp_rdii_read, tw_inp_ignored_read, tw_inp_temperature_read, tw_inp_snow_pack_read,
    tw_inp_adjustment_read, tw_inp_event_read, tw_inp_inlet_read, tw_inp_inlet_usage_read;

#endif
