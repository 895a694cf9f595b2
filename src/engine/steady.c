/* Steady state: while what comes in and what goes out stand still, SKIP_STEADY_STATE keeps the
 * network as it is (SWMM 5.2.4, routing.c: routing_execute, inflowHasChanged). */
#include "engine/run_state.h"

#include "hydraulics/constants.h"

#include <math.h>

static const double tiny_m3s = 1e-6 * TW_FOOT3_M3; /* a flow that is none */

/* Evaporation and seepage of the last step [m3/s]. */
static double losses_m3s(const struct tw_run *run)
{
    const struct tw_hydraulics *h = &run->hydraulics;
    double sum = 0.0;
    for (int32_t k = 0; k < run->model->storages.count; k++) {
        sum += h->storage_evaporation_m3s[k] + h->storage_seepage_m3s[k];
    }
    for (int32_t row = 0; row < run->net->conduit_count; row++) {
        sum += h->conduit.loss_m3s[row] * run->net->conduit.barrels[row];
    }
    return sum;
}

double tw_run_flow_error_ratio(const struct tw_run *run)
{
    const struct tw_flow_rates *r = &run->sums[0].rates;
    double in = r->dry_m3s + r->wet_m3s + r->ground_m3s + r->rdii_m3s + r->external_m3s;
    double out = r->flooding_m3s + r->outflow_m3s + losses_m3s(run);
    if (in != 0.0) return 1.0 - out / in;
    return out != 0.0 ? 1.0 - in / out : 0.0;
}

/* How much a flow changed, as a share of what it was; one that began counts as wholly new. */
static double change_ratio(double old_m3s, double now_m3s)
{
    if (fabs(old_m3s) > tiny_m3s) return fabs(now_m3s / old_m3s - 1.0);
    return fabs(now_m3s) > tiny_m3s ? 1.0 : 0.0;
}

/* Lateral inflows of all nodes, and all that arrives where the network ends. */
static bool inflows_stand_still(const struct tw_run *run)
{
    const struct tw_node_state *n = &run->hydraulics.node;
    double most = run->model->options.lateral_flow_tolerance_ratio;
    for (int32_t i = 0; i < run->net->node_count; i++) {
        if (change_ratio(n->old_lateral_m3s[i], n->lateral_m3s[i]) > most) return false;
        if (!run->net->ends[i]) continue;
        if (change_ratio(n->old_inflow_m3s[i], n->inflow_m3s[i]) > most) return false;
    }
    return true;
}

bool tw_run_stands_still(const struct tw_run *run, double flow_error_ratio)
{
    const struct tw_options *o = &run->model->options;
    if (run->clock->old_ms == 0.0) return false; /* the first step */
    if (fabs(flow_error_ratio) > o->system_flow_tolerance_ratio) return false;
    return inflows_stand_still(run);
}
