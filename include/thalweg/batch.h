/* A batch: many futures of one model at once. Its members differ in rain, inflows, parameters and
 * state, and share everything else. */
#ifndef THALWEG_BATCH_H
#define THALWEG_BATCH_H

#include "thalweg/run.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Simulations of one model that go on together. */
typedef struct tw_batch tw_batch;

/* A call that sets something in a member sets it in every one. */
#define TW_ALL_MEMBERS (-1)

/** What a batch is to be; start from TW_BATCH_OPTIONS_DEFAULT. */
typedef struct {
    int32_t members;    /* 1..65536 */
    int32_t threads;    /* 1..; results do not depend on it */
    int32_t lanes;      /* members computed together: 8, or 1, each by itself; 0: 1, which was no
                           slower on any model measured (docs/decisions/0008-batches.md) */
    tw_run_options run; /* of every member; results_path and report_path stay NULL */
} tw_batch_options;

#define TW_BATCH_OPTIONS_DEFAULT ((tw_batch_options){.members = 1, .threads = 1})

/**
 * Make a batch and put all members at the start of the model, all alike.
 *
 * A member computed by itself has the bits of the same run alone. With eight lanes members are
 * computed in groups, in their order: 0..7 share their steps, 8..15 theirs. A group takes the step
 * that its most lively member needs, and runoff steps as long as its wettest member allows: a
 * member's result depends on its neighbours by that alone, and with run.fixed_step not even by that.
 *
 * model      borrowed until tw_batch_destroy
 * options    copied
 * out_batch  owned by the caller; untouched on failure
 * errors     TW_ERR_NOMEM, TW_ERR_ARG (counts, times that make no sense, paths)
 */
tw_status tw_batch_create(const tw_model *model, const tw_batch_options *options,
                          tw_batch **out_batch);

/** Free a batch; NULL is fine. */
void tw_batch_destroy(tw_batch *batch);

/**
 * Advance all members to a time, as tw_run_advance.
 *
 * A member with a head or flow that is no longer finite has failed: it stays behind, and the others
 * go on (tw_batch_status tells).
 *
 * until_s  seconds since the members' start; beyond their end: the end
 * errors   TW_ERR_NUMERIC every member has failed; TW_ERR_STATE states of different times were put
 *          into members; TW_ERR_ARG
 */
tw_status tw_batch_advance(tw_batch *batch, double until_s);

/** Number of members. */
int32_t tw_batch_member_count(const tw_batch *batch);

/** True when the members have reached their end time. */
bool tw_batch_finished(const tw_batch *batch);

/** Seconds since the members' start. */
double tw_batch_elapsed_s(const tw_batch *batch);

/** How a member is: TW_OK; TW_ERR_NUMERIC it has failed; TW_ERR_ARG there is no such member. */
tw_status tw_batch_status(const tw_batch *batch, int32_t member);

/* ---- what is there now, as the calls of a run of the same name; NAN for an id or a member that
 * does not exist, and for a member that has failed ---- */

/** As tw_run_node_depth_m, of a member. */
double tw_batch_node_depth_m(const tw_batch *batch, int32_t member, tw_node_id id);
/** As tw_run_node_street_depth_m, of a member. */
double tw_batch_node_street_depth_m(const tw_batch *batch, int32_t member, tw_node_id id);
/** As tw_run_node_flooding_m3s, of a member. */
double tw_batch_node_flooding_m3s(const tw_batch *batch, int32_t member, tw_node_id id);
/** As tw_run_node_inflow_m3s, of a member. */
double tw_batch_node_inflow_m3s(const tw_batch *batch, int32_t member, tw_node_id id);
/** As tw_run_link_flow_m3s, of a member. */
double tw_batch_link_flow_m3s(const tw_batch *batch, int32_t member, tw_link_id id);
/** As tw_run_link_depth_m, of a member. */
double tw_batch_link_depth_m(const tw_batch *batch, int32_t member, tw_link_id id);
/** As tw_run_link_setting, of a member. */
double tw_batch_link_setting(const tw_batch *batch, int32_t member, tw_link_id id);
/** As tw_run_subcatchment_runoff_m3s, of a member. */
double tw_batch_subcatchment_runoff_m3s(const tw_batch *batch, int32_t member,
                                        tw_subcatchment_id id);
/** As tw_run_gage_rain_mmh, of a member. */
double tw_batch_gage_rain_mmh(const tw_batch *batch, int32_t member, tw_gage_id id);
/** As tw_run_surface_depth_m, of a member. */
double tw_batch_surface_depth_m(const tw_batch *batch, int32_t member, tw_subcatchment_id id,
                                tw_surface_part part);
/** As tw_run_soil, of a member. errors: TW_ERR_ARG */
tw_status tw_batch_soil(const tw_batch *batch, int32_t member, tw_subcatchment_id id,
                        double out_soil[TW_SOIL_VALUES]);
/** As tw_run_balance, of a member; all NAN for one that does not exist or has failed. */
struct tw_balance tw_batch_balance(const tw_batch *batch, int32_t member);
/** As tw_run_stats_get, of a member; all 0 for one that does not exist. */
struct tw_run_stats tw_batch_stats(const tw_batch *batch, int32_t member);

/* ---- what can be set, in a member or TW_ALL_MEMBERS; errors as those of a run, and TW_ERR_ARG for
 * a member that does not exist; a member that has failed takes no notice ---- */

/** As tw_run_set_gage_rain, in a member. errors: TW_ERR_ARG, TW_ERR_STATE */
tw_status tw_batch_set_gage_rain(tw_batch *batch, int32_t member, tw_gage_id id, double rain_mmh);
/** As tw_run_set_subcatchment_rain, in a member. errors: TW_ERR_ARG, TW_ERR_STATE */
tw_status tw_batch_set_subcatchment_rain(tw_batch *batch, int32_t member, tw_subcatchment_id id,
                                         double rain_mmh);
/** As tw_run_set_node_inflow, in a member. errors: TW_ERR_ARG */
tw_status tw_batch_set_node_inflow(tw_batch *batch, int32_t member, tw_node_id id,
                                   double inflow_m3s);
/** As tw_run_set_node_depth, in a member. errors: TW_ERR_ARG */
tw_status tw_batch_set_node_depth(tw_batch *batch, int32_t member, tw_node_id id, double depth_m);
/** As tw_run_set_link_flow, in a member. errors: TW_ERR_ARG */
tw_status tw_batch_set_link_flow(tw_batch *batch, int32_t member, tw_link_id id, double flow_m3s);
/** As tw_run_set_surface_depth, in a member. errors: TW_ERR_ARG */
tw_status tw_batch_set_surface_depth(tw_batch *batch, int32_t member, tw_subcatchment_id id,
                                     tw_surface_part part, double depth_m);
/** As tw_run_set_soil, in a member. errors: TW_ERR_ARG */
tw_status tw_batch_set_soil(tw_batch *batch, int32_t member, tw_subcatchment_id id,
                            const double soil[TW_SOIL_VALUES]);
/** As tw_run_set_factor, in a member. errors: TW_ERR_ARG, TW_ERR_STATE */
tw_status tw_batch_set_factor(tw_batch *batch, int32_t member, tw_factor which, int32_t index,
                              double factor);

/* ---- state ---- */

/** Size of a saved state of a member [bytes]. */
size_t tw_batch_state_size(const tw_batch *batch);

/**
 * Save everything of a member that moves, its factors too; restored into a run or a member it goes
 * on with the same bits.
 *
 * out_state  [tw_batch_state_size] bytes
 * errors     TW_ERR_ARG, TW_ERR_NUMERIC the member has failed
 */
tw_status tw_batch_state_save(const tw_batch *batch, int32_t member, void *out_state);

/**
 * Restore a state of a run or member of the same model into a member, or all; a failed member lives
 * again. Members share a clock: when a state is of another time than the batch, every member has to
 * be given one of that time before it can advance.
 *
 * errors  TW_ERR_FORMAT not a state of this model and build; TW_ERR_ARG
 */
tw_status tw_batch_state_restore(tw_batch *batch, int32_t member, const void *state, size_t size);

/** Copy the state of a run of the same model into a member, or all, as tw_batch_state_restore. */
tw_status tw_batch_copy_from_run(tw_batch *batch, int32_t member, const tw_run *from);

/** Copy the state of a member into a run of the same model. errors: TW_ERR_ARG, TW_ERR_NUMERIC */
tw_status tw_batch_copy_to_run(const tw_batch *batch, int32_t member, tw_run *to);

#ifdef __cplusplus
}
#endif
#endif
