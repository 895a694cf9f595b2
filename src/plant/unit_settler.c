/* Secondary settler of ten layers without reactions (Takacs, Patry, Nolasco 1991, as the IWA
 * benchmark uses it). Layer 0 is the top.
 *
 *   v(X)  = v0 (exp(-r_h (X - X_min)) - exp(-r_p (X - X_min))) within 0..v0_max, X_min = f_ns X_feed
 *   J(i)  = v(i) X(i) above the feed while the layer below is thinner than X_t,
 *           else min(v(i) X(i), v(i+1) X(i+1))          flux from layer i to i+1
 *
 * Solids keep the composition of the feed; solubles are carried with the water through layers.
 * States: TSS by layer, then all soluble components layer by layer.                           */
#include "num/fast_exp.h"
#include "plant/flowsheet.h"

#include <stddef.h>

enum { AREA, DEPTH, FEED, V0_MAX, V0, R_H, R_P, F_NS, X_T };
enum { EFFLUENT, UNDERFLOW };

static const struct tw_plant_key keys[] = {
    {"area_m2", TW_REQUIRED, 1e-2, 1e6}, {"depth_m", TW_REQUIRED, 0.1, 50.0},
    {"feed_layer", 5.0, 2.0, 9.0},       {"v0_max_md", 250.0, 1.0, 1e4},
    {"v0_md", 474.0, 1.0, 1e4},          {"r_h_m3g", 0.000576, 1e-6, 1.0},
    {"r_p_m3g", 0.00286, 1e-6, 1.0},     {"f_ns", 0.00228, 0.0, 0.5},
    {"x_t_gm3", 3000.0, 0.0, 1e5},
};

static int32_t states(const tw_plant *plant) { return TW_LAYERS * (1 + plant->soluble_count); }

static void start(const tw_plant *plant, const struct tw_unit *unit, double *y)
{
    static const double share[TW_LAYERS] = {0.004, 0.006, 0.01, 0.02, 0.1, 0.1, 0.1, 0.1, 0.1, 2.0};
    double tss = tw_plant_tss(plant, plant->start);
    (void)unit;
    for (int32_t i = 0; i < TW_LAYERS; i++)
        *y++ = share[i] * tss;
    for (int32_t i = 0; i < TW_LAYERS; i++) {
        for (int32_t c = 0; c < plant->components; c++) {
            if (plant->soluble[c]) *y++ = plant->start[c];
        }
    }
}

/* How solids are shared among the middle layers decides, hours later, how high a storm lifts them:
 * a difference of 0.1 g/m3 there may become one of 1 g/m3 at the top. */
static void tolerate(const tw_plant *plant, const struct tw_unit *unit, double *relative,
                     double *absolute)
{
    (void)plant;
    (void)unit;
    for (int32_t i = 0; i < TW_LAYERS; i++) {
        relative[i] = 0.0;
        absolute[i] = 0.005;
    }
}

/* The underflow is what its pipes ask for; the rest leaves at the top. */
static void outflow(struct tw_eval *e, const struct tw_unit *unit)
{
    const tw_plant *plant = e->plant;
    int32_t u = tw_unit_index(plant, unit);
    double below = 0.0;
    for (int32_t i = 0; i < unit->out_count; i++) {
        int32_t p = plant->outlets[unit->first_out + i];
        if (plant->pipes[p].port == UNDERFLOW) below += e->pipe_m3d[p];
    }
    double above = e->in_m3d[u] - below;
    if (above < 0.0) e->short_m3d -= above;
    e->out_m3d[u * TW_UNIT_PORTS + EFFLUENT] = above > 0.0 ? above : 0.0;
    e->out_m3d[u * TW_UNIT_PORTS + UNDERFLOW] = below;
}

static void outlet(struct tw_eval *e, const struct tw_unit *unit)
{
    const tw_plant *plant = e->plant;
    int32_t u = tw_unit_index(plant, unit), width = plant->width;
    const double *restrict load = e->load + u * width, *y = e->y + unit->state;
    double *restrict top = tw_eval_out(e, u, EFFLUENT), *restrict bottom = top + width;
    double feed = tw_plant_tss(plant, load);
    double up = feed > 0.0 ? y[0] / feed : 0.0, down = feed > 0.0 ? y[TW_LAYERS - 1] / feed : 0.0;
    for (int32_t c = 0; c < width; c++) {
        top[c] = load[c] * up;
        bottom[c] = load[c] * down;
    }
    const double *first = y + TW_LAYERS, *last = first + (TW_LAYERS - 1) * plant->soluble_count;
    for (int32_t i = 0; i < plant->soluble_count; i++) {
        top[plant->solubles[i]] = first[i];
        bottom[plant->solubles[i]] = last[i];
    }
}

/* Flux of solids by their own weight out of each layer [g/m2/d]. */
static void settle(const struct tw_unit *unit, double feed_gm3, const double *x, double *out)
{
    const double *v = unit->value;
    double argument[2 * TW_LAYERS], power[2 * TW_LAYERS], least = v[F_NS] * feed_gm3;
    for (int32_t i = 0; i < TW_LAYERS; i++) {
        argument[i] = -v[R_H] * (x[i] - least);
        argument[i + TW_LAYERS] = -v[R_P] * (x[i] - least);
    }
    tw_fast_exp(2 * TW_LAYERS, argument, power);
    for (int32_t i = 0; i < TW_LAYERS; i++) {
        double speed = v[V0] * (power[i] - power[i + TW_LAYERS]);
        speed = speed > 0.0 ? speed : 0.0;
        out[i] = (speed < v[V0_MAX] ? speed : v[V0_MAX]) * x[i];
    }
    int32_t above = (int32_t)v[FEED] - 1;
    for (int32_t i = 0; i + 1 < TW_LAYERS; i++) {
        bool free = i < above && x[i + 1] <= v[X_T];
        out[i] = free || out[i] < out[i + 1] ? out[i] : out[i + 1];
    }
    out[TW_LAYERS - 1] = 0.0;
}

/* What water carries through the layers: `count` things side by side in each.
 *
 * v     speed upwards above the feed and downwards below it, by layer depth [1/d]
 * load  [count] into the feed layer, by its volume [g/m3/d] */
static void carry(int32_t feed, int32_t count, const double v[2], const double *restrict load,
                  const double *restrict x, double *restrict dx)
{
    double up = v[0], down = v[1];
    int32_t begin = feed * count, end = TW_LAYERS * count;
    for (int32_t i = 0; i < begin; i++)
        dx[i] = up * (x[i + count] - x[i]);
    for (int32_t i = 0; i < count; i++)
        dx[begin + i] = load[i] - (up + down) * x[begin + i];
    for (int32_t i = begin + count; i < end; i++)
        dx[i] = down * (x[i - count] - x[i]);
}

static void rate(struct tw_eval *e, const struct tw_unit *unit)
{
    const tw_plant *plant = e->plant;
    int32_t u = tw_unit_index(plant, unit), feed = (int32_t)unit->value[FEED] - 1;
    const double *load = e->load + u * plant->width, *y = e->y + unit->state;
    double *dy = e->dy + unit->state, flux[TW_LAYERS], loads[TW_BIOLOGY_COMPONENTS];
    double flow = e->in_m3d[u], area = unit->value[AREA];
    double per = (double)TW_LAYERS / (area * unit->value[DEPTH]), tss = tw_plant_tss(plant, load);
    const double v[2] = {e->out_m3d[u * TW_UNIT_PORTS + EFFLUENT] * per,
                         e->out_m3d[u * TW_UNIT_PORTS + UNDERFLOW] * per};
    settle(unit, flow > 0.0 ? tss / flow : 0.0, y, flux);
    loads[0] = tss * per;
    carry(feed, 1, v, loads, y, dy);
    double per_m = (double)TW_LAYERS / unit->value[DEPTH];
    dy[0] -= flux[0] * per_m;
    for (int32_t i = 1; i < TW_LAYERS; i++)
        dy[i] += (flux[i - 1] - flux[i]) * per_m;
    for (int32_t i = 0; i < plant->soluble_count; i++)
        loads[i] = load[plant->solubles[i]] * per;
    carry(feed, plant->soluble_count, v, loads, y + TW_LAYERS, dy + TW_LAYERS);
}

static double solids_g(const struct tw_eval *e, const struct tw_unit *unit)
{
    const double *y = e->y + unit->state;
    double sum = 0.0;
    for (int32_t i = 0; i < TW_LAYERS; i++)
        sum += y[i];
    return sum * unit->value[AREA] * unit->value[DEPTH] / (double)TW_LAYERS;
}

const struct tw_unit_kind tw_unit_settler = {.word = "settler",
                                             .ports = {"effluent", "underflow"},
                                             .port_count = 2,
                                             .inlet = true,
                                             .asked_port = 1 + UNDERFLOW,
                                             .keys = keys,
                                             .key_count = (int32_t)(sizeof keys / sizeof keys[0]),
                                             .states = states,
                                             .start = start,
                                             .tolerate = tolerate,
                                             .outflow = outflow,
                                             .outlet = outlet,
                                             .rate = rate,
                                             .solids_g = solids_g};
