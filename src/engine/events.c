/* [EVENTS]: between them the network stands still. Nothing flows in, nothing is routed, and what
 * comes from surfaces in that time is lost to it; steps are as long as the runoff steps and reports
 * allow (SWMM User's Manual 5.2, section 11.2 Routing Events; order and limits as SWMM 5.2.4 has
 * them: docs/numerics/events.md). */
#include "engine/run_state.h"

#include <math.h>
#include <string.h>

/* SWMM looks a millisecond ahead when it makes a date of its clock. */
static double day_at(const struct tw_run *run, double at_ms)
{
    return run->clock->start_day + (at_ms + 1.0) / 86400.0e3;
}

static double next_start_day(const struct tw_run *run)
{
    const struct tw_events *e = &run->model->events;
    int32_t next = run->clock->next_event;
    return next < e->count ? e->event[next].start_day : INFINITY;
}

/* The next report, whether somebody wants it or not: steps must not depend on that. */
static double next_report_ms(const struct tw_run *run)
{
    double each_ms = 1000.0 * run->options.report_step_s;
    return (floor(run->clock->elapsed_ms / each_ms) + 1.0) * each_ms;
}

enum tw_between tw_run_between_step(const struct tw_run *run, double *out_step_s)
{
    const struct tw_run_clock *clock = run->clock;
    if (!clock->between_events) return TW_BETWEEN_NOT;
    double start_day = next_start_day(run), fixed_s = run->routing.routing_step_s;
    double until_ms = fmin(run->hydrology.clock->new_runoff_ms, next_report_ms(run));
    if (until_ms > clock->elapsed_ms && day_at(run, until_ms) < start_day) {
        *out_step_s = (until_ms - clock->elapsed_ms) / 1000.0;
        return TW_BETWEEN_LONG;
    }
    if (day_at(run, clock->elapsed_ms + 1000.0 * fixed_s) < start_day) {
        *out_step_s = fixed_s;
        return TW_BETWEEN_FIXED;
    }
    return TW_BETWEEN_NOT;
}

bool tw_run_is_between_events(struct tw_run *run)
{
    struct tw_run_clock *clock = run->clock;
    const struct tw_events *e = &run->model->events;
    double day = day_at(run, clock->old_ms);
    if (clock->next_event < e->count) {
        const struct tw_event *event = &e->event[clock->next_event];
        if (day > event->end_day) {
            clock->between_events = true;
            clock->next_event++;
        } else if (day >= event->start_day) {
            clock->between_events = false;
        }
    }
    return clock->between_events;
}

void tw_run_rest_between(struct tw_run *run)
{
    struct tw_node_state *n = &run->hydraulics.node;
    size_t w = (size_t)run->lanes, nodes = (size_t)run->net->node_count * w;
    memcpy(n->old_lateral_m3s, n->lateral_m3s, nodes * sizeof(double));
    memset(n->lateral_m3s, 0, nodes * sizeof(double));
    for (size_t l = 0; l < w; l++)
        run->sums[l].rates = (struct tw_flow_rates){0};
    tw_quality_rest(&run->quality);
}
