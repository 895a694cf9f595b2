/* A wastewater treatment plant: a flowsheet of tanks, settlers and digesters with biology (ASM1,
 * ASM2d, ADM1), measured and controlled, through an influent that changes. Like a model and its
 * runs: a tw_plant is read once and never changes; a tw_plant_run holds all that moves, so that any
 * number of runs may go on in any threads (one thread at a time per run).
 *
 * Units are the field's: days [d], m3/d, g/m3 (COD, N, P; alkalinity mol/m3), degrees C. */
#ifndef THALWEG_PLANT_H
#define THALWEG_PLANT_H

#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A plant as its file describes it. */
typedef struct tw_plant tw_plant;

/** Flow and concentrations over time. */
typedef struct tw_plant_series tw_plant_series;

/** One simulation of a plant. */
typedef struct tw_plant_run tw_plant_run;

/* ---- the plant ---- */

/**
 * Read a plant's file (docs/plants.md).
 *
 * faults     every fault of the file, with its line
 * out_plant  owned by the caller; untouched on failure
 * errors     TW_ERR_INPUT faults were found; TW_ERR_FILE; TW_ERR_NOMEM
 */
tw_status tw_plant_read(const char *path, tw_faults *faults, tw_plant **out_plant);

/**
 * Read a plant from a text.
 *
 * name    stands for the file in faults; series of noise are looked for in its folder
 * errors  as tw_plant_read
 */
tw_status tw_plant_parse(const char *text, const char *name, tw_faults *faults,
                         tw_plant **out_plant);

/** Free a plant; no run may use it any more. NULL is fine. */
void tw_plant_destroy(tw_plant *plant);

/** What the file calls the plant; never NULL. */
const char *tw_plant_title(const tw_plant *plant);

/** Number of components of its water: the model's and, where it moves, temperature `T`. */
int32_t tw_plant_component_count(const tw_plant *plant);

/** Name of a component, 0 <= i < count. */
const char *tw_plant_component_name(const tw_plant *plant, int32_t i);

/** Something that can be set: a pipe's flow, a tank's kLa, a controller's set-point. */
struct tw_plant_knob {
    const char *name;          /* e.g. intr.flow, T5.kla, do5.setpoint; borrowed from the plant */
    double value, least, most; /* of the file */
    const char *controller;    /* that moves it; NULL */
};

/** Number of knobs. */
int32_t tw_plant_knob_count(const tw_plant *plant);

/** A knob, 0 <= i < count. */
struct tw_plant_knob tw_plant_knob_get(const tw_plant *plant, int32_t i);

/** Index of a knob by name. errors: TW_ERR_NAME */
tw_status tw_plant_knob_find(const tw_plant *plant, const char *name, int32_t *out_knob);

/** Number of controllers. */
int32_t tw_plant_controller_count(const tw_plant *plant);

/** Name of a controller, 0 <= i < count. */
const char *tw_plant_controller_name(const tw_plant *plant, int32_t i);

/** Where a value is read; valid for the plant it was found for. */
typedef struct {
    int32_t unit, component;
} tw_plant_place;

/**
 * Find a place: UNIT.component, UNIT.TSS, UNIT.COD, UNIT.TKN, UNIT.TN, UNIT.TP, UNIT.BOD5 or
 * UNIT.flow of what leaves a unit (of what enters it when nothing does), or the name of a knob (its
 * value now, as set or as a controller moves it). errors: TW_ERR_NAME
 */
tw_status tw_plant_place_find(const tw_plant *plant, const char *text, tw_plant_place *out_place);

/** Number of columns that the file asks for beside the effluent ([output]). */
int32_t tw_plant_column_count(const tw_plant *plant);

/** Name of a column, 0 <= i < count. */
const char *tw_plant_column_name(const tw_plant *plant, int32_t i);

/** Place of a column, 0 <= i < count. */
tw_plant_place tw_plant_column_place(const tw_plant *plant, int32_t i);

/** Place of a component of the effluent; -1: its flow; the count of components: its TSS. */
tw_plant_place tw_plant_effluent_place(const tw_plant *plant, int32_t component);

/** Number of processes of the plant's model. */
int32_t tw_plant_process_count(const tw_plant *plant);

/** Name of a process, 0 <= i < count. */
const char *tw_plant_process_name(const tw_plant *plant, int32_t i);

/**
 * The model as a Petersen matrix, with the plant's parameters at its reference temperature.
 *
 * at                concentrations, [components]
 * out_rates         of each process there [g/m3/d], [processes]
 * out_coefficients  what a unit of its rate does to each component, [process * components]; NULL:
 *                   not asked
 */
void tw_plant_processes(const tw_plant *plant, const double *at, double *out_rates,
                        double *out_coefficients);

/** Number of parameters of the plant's model. */
int32_t tw_plant_parameter_count(const tw_plant *plant);

/** Name and value of a parameter, 0 <= i < count. */
const char *tw_plant_parameter_get(const tw_plant *plant, int32_t i, double *out_value);

/* ---- influent ---- */

/**
 * Read an influent: CSV with a header, columns t_d, the model's components and Q_m3d in any order
 * (T too when the plant's temperature moves; TSS is allowed, and follows from the components).
 *
 * faults      every fault, with its line
 * out_series  owned by the caller; untouched on failure
 * errors      TW_ERR_INPUT, TW_ERR_FILE, TW_ERR_NOMEM
 */
tw_status tw_plant_series_read(const tw_plant *plant, const char *path, tw_faults *faults,
                               tw_plant_series **out_series);

/**
 * Make an influent from numbers.
 *
 * at_d    [count] rising [d]
 * flow    [count] >= 0 [m3/d]
 * values  [count * components] >= 0, in the order of the plant's components
 * errors  TW_ERR_ARG numbers that make no sense, TW_ERR_NOMEM
 */
tw_status tw_plant_series_create(const tw_plant *plant, int32_t count, const double *at_d,
                                 const double *flow, const double *values,
                                 tw_plant_series **out_series);

/** Free a series; NULL is fine. */
void tw_plant_series_destroy(tw_plant_series *series);

/** Number of records. */
int32_t tw_plant_series_count(const tw_plant_series *series);

/** Time of a record [d]. */
double tw_plant_series_at_d(const tw_plant_series *series, int32_t i);

/** When the last record has lasted as long as the one before; a single one ends where it begins. */
double tw_plant_series_end_d(const tw_plant_series *series);

/* ---- runs ---- */

/** Make a run at the state of an empty start; settle or restore it next. errors: TW_ERR_NOMEM */
tw_status tw_plant_run_create(const tw_plant *plant, tw_plant_run **out_run);

/** Free a run; NULL is fine. */
void tw_plant_run_destroy(tw_plant_run *run);

/**
 * Bring a run to its steady state under a constant influent: the plant's file's, or the mean of a
 * series weighted by flow when the file has none. Controllers act, noise is silent. The clock then
 * stands at 0 with that influent.
 *
 * otherwise  for a plant without constant influent; may be NULL when it has one
 * errors     TW_ERR_ARG neither is given; TW_ERR_NUMERIC nothing became steady in 2000 days
 */
tw_status tw_plant_run_settle(tw_plant_run *run, const tw_plant_series *otherwise);

/**
 * Take the influent from a series from now on: the clock is put to at_d. Between records it is
 * linear; before the first and after the last it stays.
 *
 * series  borrowed until another is set or the run destroyed; NULL: the plant's constant influent
 */
void tw_plant_run_feed(tw_plant_run *run, const tw_plant_series *series, double at_d);

/** Let noise of sensors be heard (as the file says) or not (the default after settling). */
void tw_plant_run_noise(tw_plant_run *run, bool on);

/**
 * Set a knob from now on. A knob that a controller moves stays as set until tw_plant_run_automatic.
 *
 * errors  TW_ERR_ARG no such knob, or beyond its limits
 */
tw_status tw_plant_run_set(tw_plant_run *run, int32_t knob, double value);

/** Give a knob back to its controller, or to the file's value. errors: TW_ERR_ARG */
tw_status tw_plant_run_automatic(tw_plant_run *run, int32_t knob);

/**
 * Advance to a time of the run's clock [d].
 *
 * errors  TW_ERR_NUMERIC a value is no longer finite or steps became too small
 */
tw_status tw_plant_run_advance(tw_plant_run *run, double until_d);

/** The run's clock [d]. */
double tw_plant_run_at_d(const tw_plant_run *run);

/** A value now; NAN for a place that is not of the plant. */
double tw_plant_run_value(tw_plant_run *run, tw_plant_place place);

/** How a run went since it was created or restored. */
struct tw_plant_stats {
    int64_t steps, refused, calls; /* steps of the method, those taken again, evaluations */
    double short_d;                /* time in which more was pumped than arrived [d] */
    double saturated_d;            /* time with a controller at a limit, longest of all [d] */
    int32_t saturated;             /* that controller; -1: none */
};

/** How a run went. */
struct tw_plant_stats tw_plant_run_stats(const tw_plant_run *run);

/** Size of a saved state [bytes]. */
size_t tw_plant_run_state_size(const tw_plant_run *run);

/** Save everything that moves; restored, the run goes on with the same bits. */
void tw_plant_run_state_save(const tw_plant_run *run, void *out_state);

/** Restore a state of the same plant and build. errors: TW_ERR_FORMAT */
tw_status tw_plant_run_state_restore(tw_plant_run *run, const void *state, size_t size);

/** Copy the state, clock and influent of one run into another of the same plant. errors: TW_ERR_ARG
 */
tw_status tw_plant_run_copy(tw_plant_run *to, const tw_plant_run *from);

/* ---- scores ---- */

/** Sums over samples of a run; begin with tw_plant_scores_begin. */
struct tw_plant_sums {
    double days, flow_m3, influent_m3;
    double component_g[32];
    double tss_g, cod_g, tkn_g, tn_g, tp_g, bod5_g, eqi_g, iqi_g;
    double aeration_kwh, pumping_kwh, mixing_kwh, sludge_g, carbon_g, methane_g, heat_kwh;
    double held_g; /* solids in the plant when the sums began */
    double over_d[6];
    int32_t over_count[6];
    bool over[6];
};

/** Limits of a score, in the order of over_d [g/m3]: 0 is none. */
enum {
    TW_PLANT_OVER_TN,
    TW_PLANT_OVER_COD,
    TW_PLANT_OVER_AMMONIA,
    TW_PLANT_OVER_TSS,
    TW_PLANT_OVER_BOD5,
    TW_PLANT_OVER_TP
};

/** What a plant did over some days; loads per day, means weighted by flow. */
struct tw_plant_scores {
    double days, flow_m3d;
    double component_gm3[32];
    double tss_gm3, cod_gm3, tkn_gm3, tn_gm3, tp_gm3, bod5_gm3, ammonia_gm3;
    double eqi_kgd, iqi_kgd, oci;
    double sludge_kgd, aeration_kwhd, pumping_kwhd, mixing_kwhd, carbon_kgd, methane_kgd, heat_kwhd;
    double over_ratio[6], over_d[6];
    int32_t over_count[6];
};

/** Begin to sum at the run's present moment. */
void tw_plant_scores_begin(tw_plant_run *run, struct tw_plant_sums *sums);

/** Add the run's present moment as holding for some time [d]. */
void tw_plant_scores_add(tw_plant_run *run, double for_d, struct tw_plant_sums *sums);

/** Scores up to the run's present moment. source: docs/plants.md, BSM1 and BSM2 reports */
struct tw_plant_scores tw_plant_scores_get(tw_plant_run *run, const struct tw_plant_sums *sums);

#ifdef __cplusplus
}
#endif
#endif
