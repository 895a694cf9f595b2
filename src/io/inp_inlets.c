/* [INLETS] and [INLET_USAGE]. */
#include "io/inp_reader.h"

#include "model/xsect_shape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

tw_status tw_inp_inlet_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_inlets *n = &inp->model->inlets;
    TW_TRY(tw_inp_declare(inp, row, &n->names, inp->inlet_line, true));
    if (row->object == n->design_count) {
        inp->inlet_line[row->object] = row->line;
        n->design[n->design_count].curve = -1;
        n->design[n->design_count++].kind = TW_INLET_KIND_COUNT;
    }
    return TW_OK;
}

/* ---- [INLETS] ---- */

static bool read_size(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                      double *out_m)
{
    double value;
    if (!tw_inp_positive(inp, row, i, what, &value)) return false;
    if (value > 0.0) {
        *out_m = value * inp->units.length_m;
        return true;
    }
    tw_inp_fault(inp, row, "%s must be above 0" TW_SWMM_ERROR("211"), what);
    return false;
}

/* A polynomial in feet, as HEC-22 has it. */
static double splash_mps(enum tw_grate grate, double length_m)
{
    static const double factors[][4] = {
#define TW_GRATE(id, keyword, open, a, b, c, d) {a, b, c, d},
#include "model/inlet_grates.def"
#undef TW_GRATE
    };
    const double foot_m = 0.3048;
    const double *f = factors[grate];
    double length = length_m / foot_m;
    return foot_m * (f[0] + length * (f[1] + length * (-f[2] + length * f[3])));
}

static bool read_grate(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_inlet_design *d)
{
    static const char *const words[] = {
#define TW_GRATE(id, keyword, open, a, b, c, d) keyword,
#include "model/inlet_grates.def"
#undef TW_GRATE
        NULL};
    static const double open[] = {
#define TW_GRATE(id, keyword, open, a, b, c, d) open,
#include "model/inlet_grates.def"
#undef TW_GRATE
    };
    int32_t grate;
    double length;
    double width;
    if (!read_size(inp, row, 2, "the grate's length", &length) ||
        !read_size(inp, row, 3, "the grate's width", &width) ||
        !tw_inp_choice(inp, row, 4, "the kind of grate", words, &grate))
        return false;
    double ratio = open[grate];
    double splash = splash_mps((enum tw_grate)grate, length);
    if (grate == TW_GRATE_GENERIC) {
        if (!tw_inp_positive(inp, row, 5, "the open share", &ratio) ||
            !tw_inp_optional(inp, row, 6, "the splash-over velocity", &splash))
            return false;
        if (ratio <= 0.0 || ratio > 1.0) {
            tw_inp_fault(inp, row,
                         "the open share must be above 0 and not above 1" TW_SWMM_ERROR("211"));
            return false;
        }
        if (row->count > 6) splash *= inp->units.length_m;
    }
    if (tw_inp_begins(tw_inp_word(inp, row, 4), "P_BAR-50X"))
        tw_inp_warn(inp, row, "SWMM takes a P_BAR-50x100 for a P_BAR-50, and so it is here");
    d->grate_length_m = length;
    d->grate_width_m = width;
    d->grate_open_ratio = ratio;
    d->splash_mps = splash;
    return true;
}

static bool read_curb(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_inlet_design *d,
                      bool has_throat)
{
    static const char *const words[] = {"HORIZONTAL", "INCLINED", "VERTICAL", NULL};
    int32_t throat = TW_THROAT_VERTICAL;
    double length;
    double height;
    if (!read_size(inp, row, 2, "the opening's length", &length) ||
        !read_size(inp, row, 3, "the opening's height", &height))
        return false;
    if (has_throat && row->count > 4 && !tw_inp_choice(inp, row, 4, "the throat", words, &throat))
        return false;
    d->curb_length_m = length;
    d->curb_height_m = height;
    d->throat = (enum tw_inlet_throat)throat;
    return true;
}

static bool read_slot(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_inlet_design *d)
{
    return read_size(inp, row, 2, "the slot's length", &d->slot_length_m) &&
           read_size(inp, row, 3, "the slot's width", &d->slot_width_m);
}

static bool read_custom(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_inlet_design *d)
{
    int32_t curve;
    if (!tw_inp_find(inp, row, 2, &inp->model->curves.names, "curve", &curve)) return false;
    int32_t kind = inp->model->curves.kind[curve];
    if (kind != TW_CURVE_DIVERSION && kind != TW_CURVE_RATING) {
        tw_inp_fault(inp, row,
                     "curve \"%s\" is neither a DIVERSION nor a RATING curve" TW_SWMM_ERROR("209"),
                     tw_inp_word(inp, row, 2));
        return false;
    }
    d->curve = curve;
    return true;
}

/* name kind dimensions */
tw_status tw_inp_inlet_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const kinds[] = {"GRATE",      "CURB",      "SLOTTED", "CUSTOM",
                                        "DROP_GRATE", "DROP_CURB", NULL};
    int32_t kind;
    if (row->object < 0 || !tw_inp_need(inp, row, 3) ||
        !tw_inp_choice(inp, row, 1, "the kind", kinds, &kind))
        return TW_OK;
    struct tw_inlet_design *d = &inp->model->inlets.design[row->object];
    bool good = kind == TW_INLET_SLOTTED  ? read_slot(inp, row, d)
                : kind == TW_INLET_CUSTOM ? read_custom(inp, row, d)
                : kind == TW_INLET_GRATE || kind == TW_INLET_DROP_GRATE
                    ? read_grate(inp, row, d)
                    : read_curb(inp, row, d, kind == TW_INLET_CURB);
    if (!good) return TW_OK;
    bool street = kind == TW_INLET_GRATE || kind == TW_INLET_CURB;
    bool both = d->grate_length_m > 0.0 && d->curb_length_m > 0.0;
    d->kind = street && both ? TW_INLET_COMBINATION : (enum tw_inlet_kind)kind;
    return TW_OK;
}

/* ---- [INLET_USAGE] ---- */

/* The row of a conduit that has one already replaces it, as in SWMM. */
static struct tw_inlet *place_of(struct tw_inp *inp, const struct tw_inp_row *row, int32_t link)
{
    struct tw_inlets *n = &inp->model->inlets;
    if (inp->inlet_of_link[link] > 0) {
        tw_inp_warn(inp, row, "the conduit had an inlet already, which this one replaces");
        return &n->inlet[inp->inlet_of_link[link] - 1];
    }
    inp->inlet_of_link[link] = ++n->count;
    return &n->inlet[n->count - 1];
}

static bool read_options(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_inlet *to)
{
    double v[5] = {1.0, 0.0, 0.0, 0.0, 0.0};
    static const char *const what[] = {"the number of inlets", "the clogged share",
                                       "the flow limit", "the local depression",
                                       "the depression's width"};
    for (int k = 0; k < 5; k++)
        if (!tw_inp_optional(inp, row, k + 3, what[k], &v[k])) return false;
    if (!(v[0] >= 1.0) || v[0] > 1e6 || v[0] != floor(v[0])) {
        tw_inp_fault(
            inp, row,
            "the number of inlets must be a whole number, at least 1" TW_SWMM_ERROR("211"));
        return false;
    }
    if (v[1] > 99.0) {
        tw_inp_fault(inp, row, "the clogged share %s %% is above 99" TW_SWMM_ERROR("211"),
                     tw_inp_word(inp, row, 4));
        return false;
    }
    to->number = (int32_t)v[0];
    to->open_ratio = 1.0 - v[1] / 100.0;
    to->flow_limit_m3s = v[2] * inp->units.flow_m3s;
    to->depression_m = v[3] * inp->units.length_m;
    to->depression_width_m = v[4] * inp->units.length_m;
    return true;
}

/* conduit inlet node [number [%clogged [limit [depression [its width [placement]]]]]] */
tw_status tw_inp_inlet_usage_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const placements[] = {"AUTOMATIC", "ON_GRADE", "ON_SAG", NULL};
    struct tw_model *m = inp->model;
    struct tw_inlet inlet = {.street = -1};
    int32_t placement = TW_INLET_AUTOMATIC;
    if (!tw_inp_need(inp, row, 3) ||
        !tw_inp_find(inp, row, 0, &m->links.names, "link", &inlet.link) ||
        !tw_inp_find(inp, row, 1, &m->inlets.names, "inlet", &inlet.design) ||
        !tw_inp_find(inp, row, 2, &m->nodes.names, "node", &inlet.node) ||
        !read_options(inp, row, &inlet))
        return TW_OK;
    if (row->count > 8 && !tw_inp_choice(inp, row, 8, "the placement", placements, &placement))
        return TW_OK;
    struct tw_inlet *to = place_of(inp, row, inlet.link);
    *to = inlet;
    inp->inlet_placement[to - m->inlets.inlet] = placement;
    return TW_OK;
}

/* ---- when all is read ---- */

static bool fits(enum tw_inlet_kind kind, int32_t shape)
{
    bool channel = shape == TW_SHAPE_RECT_OPEN || shape == TW_SHAPE_TRAPEZOIDAL;
    if (kind == TW_INLET_CUSTOM) return channel || shape == TW_SHAPE_STREET;
    if (kind == TW_INLET_DROP_GRATE || kind == TW_INLET_DROP_CURB) return channel;
    return shape == TW_SHAPE_STREET;
}

/* Open area of an inlet through which water comes up, of one side. */
static double open_area_m2(const struct tw_inlet_design *d)
{
    double curb_m = d->curb_length_m;
    double grate_m2 = d->grate_length_m * d->grate_width_m * d->grate_open_ratio;
    if (d->kind == TW_INLET_SLOTTED) return d->slot_length_m * d->slot_width_m;
    if (d->kind == TW_INLET_COMBINATION) curb_m = fmax(curb_m - d->grate_length_m, 0.0);
    return grate_m2 + curb_m * d->curb_height_m;
}

/* What inlets of a node are together: custom ones have no area that is known. */
struct openings {
    double rows, custom_rows, custom_number, area_m2;
};

static double area_of(const struct tw_inlets *n, const struct tw_inlet *inlet)
{
    return inlet->number * inlet->open_ratio * open_area_m2(&n->design[inlet->design]);
}

/* Inlets of a node share what comes back by their open areas; each custom one gets an equal part
 * before that, and customs share theirs by their numbers. As SWMM; the sides of a street count for
 * nothing. */
static tw_status share_backflow(struct tw_inp *inp)
{
    struct tw_inlets *n = &inp->model->inlets;
    struct openings *at = TW_ARENA_NEW(&inp->scratch, struct openings, inp->model->nodes.count);
    if (at == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < n->count; i++) {
        const struct tw_inlet *inlet = &n->inlet[i];
        struct openings *o = &at[inlet->node];
        bool custom = n->design[inlet->design].kind == TW_INLET_CUSTOM;
        o->rows += 1.0;
        o->custom_rows += custom ? 1.0 : 0.0;
        o->custom_number += custom ? inlet->number : 0.0;
        o->area_m2 += custom ? 0.0 : area_of(n, inlet);
    }
    for (int32_t i = 0; i < n->count; i++) {
        struct tw_inlet *inlet = &n->inlet[i];
        const struct openings *o = &at[inlet->node];
        double customs = o->custom_rows / o->rows;
        if (n->design[inlet->design].kind == TW_INLET_CUSTOM)
            inlet->backflow_ratio = customs * inlet->number / o->custom_number;
        else
            inlet->backflow_ratio = (1.0 - customs) * area_of(n, inlet) / o->area_m2;
    }
    return TW_OK;
}

/* Nodes that a link leaves, as the file has it; one that begins at an outfall leaves its other node. */
static void find_departures(const struct tw_model *m, bool *leaves)
{
    const struct tw_links *l = &m->links;
    for (int32_t i = 0; i < l->count; i++) {
        int32_t from = l->reversed[i] ? l->to[i] : l->from[i];
        int32_t to = l->reversed[i] ? l->from[i] : l->to[i];
        if (from < 0 || to < 0) continue; /* told already */
        leaves[m->nodes.kind[from] == TW_NODE_OUTFALL ? to : from] = true;
    }
}

tw_status tw_inp_check_inlets(struct tw_inp *inp)
{
    struct tw_model *m = inp->model;
    struct tw_inlets *n = &m->inlets;
    bool *leaves = TW_ARENA_NEW(&inp->scratch, bool, m->nodes.count);
    if (leaves == NULL) return TW_ERR_NOMEM;
    find_departures(m, leaves);
    int32_t kept = 0;
    for (int32_t i = 0; i < n->count; i++) {
        struct tw_inlet inlet = n->inlet[i];
        const struct tw_inlet_design *d = &n->design[inlet.design];
        int32_t section = m->links.xsect[inlet.link];
        if (m->links.kind[inlet.link] != TW_LINK_CONDUIT) {
            tw_inp_link_warn(inp, inlet.link,
                             "its inlet is left out: it is no conduit" TW_SWMM_WARNING("12"));
            continue;
        }
        if (section < 0 || m->links.to[inlet.link] < 0 || d->kind == TW_INLET_KIND_COUNT)
            continue; /* told already */
        int32_t shape = m->xsects.shape[section];
        if (!fits(d->kind, shape)) {
            tw_inp_link_warn(
                inp, inlet.link,
                "its inlet is left out: drop inlets need a rectangular or trapezoidal "
                "open channel, custom ones that or a street, all others a street" TW_SWMM_WARNING(
                    "12"));
            continue;
        }
        if (shape == TW_SHAPE_STREET) {
            inlet.street = m->xsects.curve[section] - m->transects.names.count;
            if (inlet.street < 0 || n->street[inlet.street].sides == 0) continue; /* told already */
        }
        int32_t placement = inp->inlet_placement[i];
        inlet.on_sag = placement == TW_INLET_AUTOMATIC ? !leaves[m->links.to[inlet.link]]
                                                       : placement == TW_INLET_ON_SAG;
        n->inlet[kept++] = inlet;
    }
    n->count = kept;
    return share_backflow(inp);
}
