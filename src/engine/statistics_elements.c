/* Most of what a report says changes seldom: a greatest depth while the water rises, the time that
 * a node is surcharged in a storm. So a stretch of 64 elements is looked at first, and written only
 * where something changes: the memory that is touched, not arithmetic, is what a step costs. */
#include "engine/statistics_elements.h"

#include "hydraulics/constants.h"

#include <math.h>
#include <string.h>

#define SMALL_FLOW_M3S (0.001 * TW_FOOT3_M3)
#define NEARLY_FULL (1.0 - 1e-9) /* but for the rounding of depths */

enum { STRETCH = 64 };

/* Bits of a conduit's mode. */
enum { CLASSES = 7, LIMITED = 3, AT_INLET = 4, FULL = 5 };

/* Kernels: plain loops over arrays that never overlap. */

static bool any_beyond(int32_t n, const double *restrict x, const double *restrict most)
{
    int64_t any = 0;
    for (int32_t i = 0; i < n; i++)
        any |= fabs(x[i]) > most[i] ? 1 : 0;
    return any != 0;
}

static bool any_from(int32_t n, const double *restrict x, const double *restrict least)
{
    int64_t any = 0;
    for (int32_t i = 0; i < n; i++)
        any |= x[i] >= least[i] ? 1 : 0;
    return any != 0;
}

static bool any_flow(int32_t n, const double *restrict a, const double *restrict b)
{
    int64_t any = 0;
    for (int32_t i = 0; i < n; i++)
        any |= a[i] != 0.0 || b[i] != 0.0 ? 1 : 0;
    return any != 0;
}

static void keep_greatest(int32_t n, const double *restrict x, double day, double *restrict most,
                          double *restrict when)
{
    if (!any_beyond(n, x, most)) return;
    for (int32_t i = 0; i < n; i++) {
        double size = fabs(x[i]);
        when[i] = size > most[i] ? day : when[i];
        most[i] = size > most[i] ? size : most[i];
    }
}

static void keep_greatest_depth(int32_t n, const double *restrict x, double *restrict most)
{
    if (!any_beyond(n, x, most)) return;
    for (int32_t i = 0; i < n; i++)
        most[i] = x[i] > most[i] ? x[i] : most[i];
}

static void keep_greatest_sized(int32_t n, const double *restrict x, double *restrict most)
{
    for (int32_t i = 0; i < n; i++)
        most[i] = fabs(x[i]) > fabs(most[i]) ? x[i] : most[i];
}

static void add(int32_t n, const double *restrict x, double *restrict sum)
{
    for (int32_t i = 0; i < n; i++)
        sum[i] += x[i];
}

/* Half a step with the old rate and half a step with the new one. */
static void add_halves(int32_t n, double half_s, const double *restrict old,
                       const double *restrict now, double *restrict sum)
{
    for (int32_t i = 0; i < n; i++) {
        double before = sum[i] + half_s * old[i];
        sum[i] = before + half_s * now[i];
    }
}

static void add_time_from(int32_t n, double dt_s, const double *restrict x,
                          const double *restrict least, double *restrict time_s)
{
    if (!any_from(n, x, least)) return;
    for (int32_t i = 0; i < n; i++)
        time_s[i] += x[i] >= least[i] ? dt_s : 0.0;
}

/* What leaves a node and is lost to it: overflow into its pond is still there. */
static void add_leaving(int32_t n, double half_s, const struct tw_node_state *h,
                        const struct tw_node_statistics *s, int32_t first)
{
    const double *restrict outflow = h->outflow_m3s + first;
    const double *restrict overflow = h->overflow_m3s + first;
    const double *restrict volume = h->volume_m3 + first;
    const double *restrict full = s->full_m3 + first;
    double *restrict last = s->last_outflow_m3s + first, *restrict sum = s->outflow_m3 + first;
    for (int32_t i = 0; i < n; i++) {
        double lost = volume[i] <= full[i] ? overflow[i] : 0.0;
        double before = sum[i] + half_s * last[i];
        last[i] = outflow[i] + lost;
        sum[i] = before + half_s * last[i];
    }
}

static bool any_flooded(int32_t n, const double *restrict overflow, const double *restrict volume,
                        const double *restrict full)
{
    int64_t any = 0;
    for (int32_t i = 0; i < n; i++)
        any |= overflow[i] > 0.0 || volume[i] > full[i] ? 1 : 0;
    return any != 0;
}

static void add_flooding(const struct tw_statistics_pass *pass, int32_t first, int32_t n)
{
    struct tw_statistics *s = pass->statistics;
    const struct tw_node_state *h = &pass->h->node;
    struct tw_node_statistics *to = &s->node;
    if (!any_flooded(n, h->overflow_m3s + first, h->volume_m3 + first, to->full_m3 + first)) return;
    for (int32_t at = first; at < first + n; at++) {
        double over = h->overflow_m3s[at], pond = h->volume_m3[at] - to->full_m3[at];
        int32_t i = at / s->lanes;
        if (!(pond > 0.0) && !(over > 0.0)) continue;
        if (s->net->outfall[i]) continue;
        to->flooded_s[at] += pass->dt_s;
        to->flooded_m3[at] += over * pass->dt_s;
        if (s->net->can_pond[i] && pond > to->max_ponded_m3[at]) to->max_ponded_m3[at] = pond;
        if (!(over > to->max_flooding_m3s[at])) continue;
        to->max_flooding_m3s[at] = over;
        to->max_flooding_day[at] = pass->day;
    }
}

void tw_statistics_add_nodes(const struct tw_statistics_pass *pass, int32_t begin, int32_t end)
{
    struct tw_node_statistics *s = &pass->statistics->node;
    const struct tw_node_state *h = &pass->h->node;
    int32_t w = pass->statistics->lanes;
    double half_s = 0.5 * pass->dt_s;
    for (int32_t at = begin * w; at < end * w; at += STRETCH) {
        int32_t n = end * w - at < STRETCH ? end * w - at : STRETCH;
        add_halves(n, half_s, h->old_inflow_m3s + at, h->inflow_m3s + at, s->inflow_m3 + at);
        add_leaving(n, half_s, h, s, at);
        if (!pass->reported) continue;
        const double *depth = h->depth_m + at, *lateral = h->lateral_m3s + at;
        add(n, depth, s->depth_sum_m + at);
        keep_greatest(n, depth, pass->day, s->max_depth_m + at, s->max_depth_day + at);
        add_time_from(n, pass->dt_s, depth, s->surcharge_m + at, s->surcharged_s + at);
        keep_greatest(n, h->inflow_m3s + at, pass->day, s->max_inflow_m3s + at,
                      s->max_inflow_day + at);
        if (any_flow(n, lateral, h->old_lateral_m3s + at)) {
            keep_greatest_sized(n, lateral, s->max_lateral_m3s + at);
            add_halves(n, half_s, h->old_lateral_m3s + at, lateral, s->lateral_m3 + at);
        }
        add_flooding(pass, at, n);
    }
}

static void count_turns(int32_t n, const double *restrict flow, const double *restrict old,
                        double *restrict last_sign, double *restrict turns)
{
    for (int32_t i = 0; i < n; i++) {
        double change = flow[i] - old[i], sign = change < 0.0 ? -1.0 : 1.0;
        double turned = sign * last_sign[i] < 0.0 ? 1.0 : 0.0;
        turns[i] += fabs(change) > SMALL_FLOW_M3S ? turned : 0.0;
        last_sign[i] = sign;
    }
}

/* Full at mid-length. Without a slot that is at both ends, whose full depths are rounded as SWMM's. */
static bool full_inside(const struct tw_statistics *s, const struct tw_hydraulics *h, int32_t row,
                        int32_t at)
{
    double depth = h->link.depth_m[at], top = s->net->conduit.full_depth_m[row];
    if (s->model->options.surcharge == TW_SURCHARGE_SLOT) return depth >= top;
    return depth >= NEARLY_FULL * top && h->link.full[at] == 3;
}

/* A full conduit whose nodes' heads fall more than it does could take no more; without dynamic waves
 * every full one could not, as in SWMM. */
static bool capacity_limited(const struct tw_statistics *s, const struct tw_hydraulics *h,
                             int32_t row, int32_t lane)
{
    const struct tw_network *net = s->net;
    int32_t a = net->from[row], b = net->to[row], w = s->lanes, at = row * w + lane;
    if (s->model->options.routing != TW_ROUTING_DYNWAVE) return h->link.full[at] == 3;
    if (!full_inside(s, h, row, at)) return false;
    double head1 = h->node.depth_m[a * w + lane] + s->model->nodes.invert_m[a];
    double head2 = h->node.depth_m[b * w + lane] + s->model->nodes.invert_m[b];
    int32_t conduit = s->model->links.row[net->link_of_row[row]];
    double fall = net->conduit.slope_ratio[row] * s->model->conduits.length_m[conduit];
    return head1 - head2 > fall;
}

/* What a conduit is in, as one number: its class, whether normal flow or its inlet limits it, its full
 * ends. */
static uint8_t mode_of(const struct tw_link_state *h, int32_t at)
{
    return (uint8_t)(h->flow_class[at] | h->limited[at] << LIMITED | h->full[at] << FULL);
}

void tw_statistics_end_mode(const struct tw_conduit_statistics *c, int32_t at, double now_s)
{
    uint8_t mode = c->mode[at];
    double time_s = now_s - c->mode_since_s[at];
    c->mode_since_s[at] = now_s;
    c->class_s[at * TW_REPORT_FLOW_CLASSES + (mode & CLASSES)] += time_s;
    if (mode & 1 << LIMITED) c->normal_limited_s[at] += time_s;
    if (mode & 1 << AT_INLET) c->inlet_controlled_s[at] += time_s;
    int32_t ends = mode >> FULL;
    if (ends & 1) c->upstream_full_s[at] += time_s;
    if (ends & 2) c->downstream_full_s[at] += time_s;
    if (ends == 3) c->both_full_s[at] += time_s;
}

static void keep_modes(const struct tw_statistics_pass *pass, int32_t first, int32_t n)
{
    const struct tw_link_state *h = &pass->h->link;
    const struct tw_statistics *s = pass->statistics;
    uint8_t changed = 0;
    for (int32_t at = first; at < first + n; at++)
        changed |= mode_of(h, at) ^ s->conduit.mode[at];
    if (changed == 0) return;
    for (int32_t at = first; at < first + n; at++) {
        uint8_t mode = mode_of(h, at);
        if (mode == s->conduit.mode[at]) continue;
        tw_statistics_end_mode(&s->conduit, at, s->clock->reported_s);
        s->conduit.mode[at] = mode;
    }
}

/* Loads of conduits without dynamic waves. Both ends of a conduit have areas of their own: SWMM takes
 * that of the mean depth for the velocity. */
static void add_tree(const struct tw_statistics_pass *pass, int32_t first, int32_t n)
{
    const struct tw_statistics *s = pass->statistics;
    const struct tw_link_state *h = &pass->h->link;
    for (int32_t at = first; at < first + n; at++) {
        int32_t row = at / s->lanes;
        double q = fabs(pass->h->conduit.flow_m3s[at]), *most = s->conduit.max_velocity_mps + at;
        if (q >= s->net->conduit.full_flow_m3s[row]) s->conduit.above_full_flow_s[at] += pass->dt_s;
        if (capacity_limited(s, pass->h, row, at % s->lanes))
            s->conduit.capacity_limited_s[at] += pass->dt_s;
        double v = tw_network_velocity_mps(s->net, row, h->flow_m3s[at], h->depth_m[at]);
        if (fabs(v) > *most) *most = fabs(v);
    }
}

/* What a stretch of slots has of its conduits' rows. */
struct limits {
    const double *full_flow_m3s, *full_depth_m, *full_area_m2;
    double room[3][STRETCH]; /* for lanes */
};

static void find_limits(struct limits *out, const struct tw_conduit_rows *rows, int32_t first,
                        int32_t n, int32_t lanes)
{
    out->full_flow_m3s = lanes == 1 ? rows->full_flow_m3s + first : out->room[0];
    out->full_depth_m = lanes == 1 ? rows->full_depth_m + first : out->room[1];
    out->full_area_m2 = lanes == 1 ? rows->full_area_m2 + first : out->room[2];
    for (int32_t i = 0; lanes > 1 && i < n; i++) {
        int32_t row = (first + i) / lanes;
        out->room[0][i] = rows->full_flow_m3s[row];
        out->room[1][i] = rows->full_depth_m[row];
        out->room[2][i] = rows->full_area_m2[row];
    }
}

/* Whether a stretch has a conduit that is full, or one that flows faster than ever. */
static bool any_load(const struct tw_statistics_pass *pass, const struct limits *limits,
                     int32_t first, int32_t n, bool *out_faster)
{
    const double *restrict flow = pass->h->conduit.flow_m3s + first;
    const double *restrict area = pass->h->conduit.area_m2 + first;
    const double *restrict depth = pass->h->link.depth_m + first;
    const double *restrict full_flow = limits->full_flow_m3s;
    const double *restrict full_depth = limits->full_depth_m;
    const double *restrict most = pass->statistics->conduit.max_velocity_mps + first;
    int64_t full = 0, faster = 0;
    for (int32_t i = 0; i < n; i++) {
        double q = fabs(flow[i]);
        bool over = q > most[i] * area[i];
        full |= ((q >= full_flow[i]) | (depth[i] >= NEARLY_FULL * full_depth[i])) ? 1 : 0;
        faster |= (over & (depth[i] > TW_TINY_VELOCITY_DEPTH_M)) ? 1 : 0;
    }
    *out_faster = faster != 0 || full != 0;
    return full != 0;
}

static void keep_velocities(const struct tw_statistics_pass *pass, const struct limits *limits,
                            int32_t first, int32_t n)
{
    const double *restrict flow = pass->h->conduit.flow_m3s + first;
    const double *restrict own_area = pass->h->conduit.area_m2 + first;
    const double *restrict depth = pass->h->link.depth_m + first;
    const double *restrict full_depth = limits->full_depth_m;
    const double *restrict full_area = limits->full_area_m2; /* without the slot */
    double *restrict most = pass->statistics->conduit.max_velocity_mps + first;
    for (int32_t i = 0; i < n; i++) {
        double q = fabs(flow[i]), area = depth[i] >= full_depth[i] ? full_area[i] : own_area[i];
        bool wet = (depth[i] > TW_TINY_VELOCITY_DEPTH_M) & (area > TW_TINY_AREA_M2);
        bool faster = wet & (q > most[i] * area);
        double velocity = q / (faster ? area : 1.0);
        most[i] = faster ? velocity : most[i];
    }
}

/* What the sections of conduits hold, and the flows that fill them, by dynamic wave. */
static void add_loads(const struct tw_statistics_pass *pass, const struct limits *limits,
                      int32_t first, int32_t n)
{
    const struct tw_statistics *s = pass->statistics;
    const double *restrict flow = pass->h->conduit.flow_m3s + first;
    const double *restrict full_flow = limits->full_flow_m3s;
    const double *depth = pass->h->link.depth_m + first;
    double *restrict above_s = s->conduit.above_full_flow_s + first, dt_s = pass->dt_s;
    for (int32_t i = 0; i < n; i++)
        above_s[i] += fabs(flow[i]) >= full_flow[i] ? dt_s : 0.0;
    for (int32_t i = 0; i < n; i++) {
        if (!(depth[i] >= NEARLY_FULL * limits->full_depth_m[i]))
            continue; /* least of full_inside */
        int32_t at = first + i;
        if (capacity_limited(s, pass->h, at / s->lanes, at % s->lanes))
            s->conduit.capacity_limited_s[at] += dt_s;
    }
}

static void add_conduits(const struct tw_statistics_pass *pass, int32_t begin, int32_t end)
{
    const struct tw_statistics *s = pass->statistics;
    int32_t w = s->lanes;
    bool tree = s->model->options.routing != TW_ROUTING_DYNWAVE, faster = false;
    if (end <= begin) return;
    struct limits limits = {0};
    for (int32_t at = begin * w; at < end * w; at += STRETCH) {
        int32_t n = end * w - at < STRETCH ? end * w - at : STRETCH;
        keep_modes(pass, at, n);
        if (tree) {
            add_tree(pass, at, n);
            continue;
        }
        find_limits(&limits, &s->net->conduit, at, n, w);
        if (any_load(pass, &limits, at, n, &faster)) add_loads(pass, &limits, at, n);
        if (faster) keep_velocities(pass, &limits, at, n);
    }
}

void tw_statistics_add_links(const struct tw_statistics_pass *pass, int32_t begin, int32_t end)
{
    struct tw_link_statistics *s = &pass->statistics->link;
    const struct tw_link_state *h = &pass->h->link;
    int32_t w = pass->statistics->lanes, conduits = pass->statistics->net->conduit_count;
    for (int32_t at = begin * w; at < end * w; at += STRETCH) {
        int32_t n = end * w - at < STRETCH ? end * w - at : STRETCH;
        keep_greatest(n, h->flow_m3s + at, pass->day, s->max_flow_m3s + at, s->max_flow_day + at);
        keep_greatest_depth(n, h->depth_m + at, s->max_depth_m + at);
        count_turns(n, h->flow_m3s + at, h->old_flow_m3s + at, s->last_sign + at, s->turns + at);
    }
    add_conduits(pass, begin, end < conduits ? end : conduits);
}
