/* What SWMM does to links when it has read a project: offsets, regulators' openings, conduits with
 * adverse slope, nodes deep enough for what is connected to them. */
#include "io/inp_reader.h"

#include "model/link_height.h"
#include "model/xsect_shape.h"

#include <math.h>

static const double least_drop_m = 0.001 * 0.3048;

static double invert_of(const struct tw_inp *inp, int32_t node)
{
    return inp->model->nodes.invert_m[node];
}

/* ---- offsets ---- */

static double depth_of_elevation(struct tw_inp *inp, int32_t link, double elevation_m, int32_t node)
{
    if (isnan(elevation_m)) return 0.0;
    double depth = elevation_m - invert_of(inp, node);
    if (depth >= 0.0) return depth;
    if (depth < -least_drop_m)
        tw_inp_link_warn(
            inp, link,
            "its offset lies below the invert of node %s: set to 0" TW_SWMM_WARNING("03"),
            tw_names_get(&inp->model->nodes.names, node));
    return 0.0;
}

static void convert_offsets(struct tw_inp *inp, int32_t i)
{
    struct tw_links *l = &inp->model->links;
    if (l->kind[i] == TW_LINK_PUMP) return;
    l->offset1_m[i] = depth_of_elevation(inp, i, l->offset1_m[i], l->from[i]);
    l->offset2_m[i] = l->kind[i] == TW_LINK_CONDUIT
                          ? depth_of_elevation(inp, i, l->offset2_m[i], l->to[i])
                          : l->offset1_m[i];
}

static void check_offset(struct tw_inp *inp, int32_t link, double *offset_m)
{
    if (*offset_m >= 0.0) return;
    tw_inp_link_warn(inp, link, "its negative offset is set to 0" TW_SWMM_WARNING("03"));
    *offset_m = 0.0;
}

/* ---- conduits ---- */

/* Sections that bring their own roughness. */
static void take_roughness(struct tw_inp *inp, int32_t i, int32_t at)
{
    const struct tw_xsects *x = &inp->model->xsects;
    int32_t xsect = inp->model->links.xsect[i];
    if (x->shape[xsect] == TW_SHAPE_IRREGULAR || x->shape[xsect] == TW_SHAPE_STREET)
        inp->model->conduits.roughness[at] = inp->model->transects.roughness[x->curve[xsect]];
}

static bool check_conduit(struct tw_inp *inp, int32_t i, int32_t at)
{
    const struct tw_model *m = inp->model;
    int32_t xsect = m->links.xsect[i];
    if (xsect < 0) {
        tw_inp_link_fault(inp, i, "has no cross-section" TW_SWMM_ERROR("117"));
        return false;
    }
    take_roughness(inp, i, at);
    if (!(m->conduits.length_m[at] > 0.0))
        tw_inp_link_fault(inp, i, "its length is not above 0" TW_SWMM_ERROR("111"));
    if (!(m->conduits.roughness[at] > 0.0))
        tw_inp_link_fault(inp, i, "its roughness is not above 0" TW_SWMM_ERROR("113"));
    bool dummy = m->xsects.shape[xsect] == TW_SHAPE_DUMMY;
    if (dummy && m->options.routing == TW_ROUTING_DYNWAVE &&
        m->nodes.kind[m->links.from[i]] == TW_NODE_STORAGE)
        tw_inp_link_fault(inp, i, "a dummy conduit cannot leave a storage" TW_SWMM_ERROR("134"));
    return m->conduits.length_m[at] > 0.0;
}

static double length_of(const struct tw_model *m, int32_t i, int32_t at)
{
    const struct tw_xsects *x = &m->xsects;
    int32_t xsect = m->links.xsect[i];
    double length = m->conduits.length_m[at];
    if (x->shape[xsect] != TW_SHAPE_IRREGULAR) return length;
    double factor = m->transects.length_factor[x->curve[xsect]];
    return factor > 0.0 ? length / factor : length; /* 0: the transect has a fault of its own */
}

/* Warnings about the slope that routing will use; true when it is adverse. */
static bool look_at_slope(struct tw_inp *inp, int32_t i, int32_t at)
{
    const struct tw_model *m = inp->model;
    const struct tw_links *l = &m->links;
    double length_m = length_of(m, i, at);
    double from_m = l->offset1_m[i] + invert_of(inp, l->from[i]);
    double to_m = l->offset2_m[i] + invert_of(inp, l->to[i]);
    double drop_m = fabs(from_m - to_m);
    if (drop_m < least_drop_m) {
        tw_inp_link_warn(inp, i, "the least drop of %g m is used" TW_SWMM_WARNING("04"),
                         least_drop_m);
        drop_m = least_drop_m;
    }
    if (drop_m >= length_m)
        tw_inp_link_warn(inp, i, "its drop is greater than its length" TW_SWMM_WARNING("08"));
    double slope = drop_m >= length_m ? drop_m / length_m
                                      : drop_m / sqrt(length_m * length_m - drop_m * drop_m);
    if (slope < m->options.minimum_slope_ratio)
        tw_inp_link_warn(inp, i, "the least slope of %g %% is used" TW_SWMM_WARNING("05"),
                         100.0 * m->options.minimum_slope_ratio);
    return from_m < to_m;
}

static void swap(double *a, double *b)
{
    double first = *a;
    *a = *b;
    *b = first;
}

static void turn_round(struct tw_model *m, int32_t i, int32_t at)
{
    struct tw_links *l = &m->links;
    int32_t from = l->from[i];
    l->from[i] = l->to[i];
    l->to[i] = from;
    swap(&l->offset1_m[i], &l->offset2_m[i]);
    swap(&m->conduits.loss_inlet[at], &m->conduits.loss_outlet[at]);
    l->initial_flow_m3s[i] = -l->initial_flow_m3s[i];
    l->reversed[i] = true;
}

static void finish_conduit(struct tw_inp *inp, int32_t i)
{
    struct tw_model *m = inp->model;
    struct tw_links *l = &m->links;
    int32_t at = l->row[i];
    if (!check_conduit(inp, i, at)) return;
    check_offset(inp, i, &l->offset1_m[i]);
    check_offset(inp, i, &l->offset2_m[i]);
    int32_t shape = m->xsects.shape[l->xsect[i]];
    if (shape == TW_SHAPE_FILLED_CIRCULAR) {
        l->offset1_m[i] += m->xsects.geom[l->xsect[i]][1];
        l->offset2_m[i] += m->xsects.geom[l->xsect[i]][1];
    }
    bool adverse = look_at_slope(inp, i, at);
    if (adverse && m->options.routing == TW_ROUTING_DYNWAVE && shape != TW_SHAPE_DUMMY)
        turn_round(m, i, at);
}

/* ---- pumps and regulators ---- */

static void finish_pump(struct tw_inp *inp, int32_t i)
{
    static const enum tw_pump_kind kinds[] = {TW_PUMP_VOLUME, TW_PUMP_DEPTH_STEPS, TW_PUMP_HEAD,
                                              TW_PUMP_DEPTH, TW_PUMP_AFFINITY};
    struct tw_model *m = inp->model;
    int32_t at = m->links.row[i];
    int32_t curve = m->pumps.curve[at];
    if (curve < 0) return;
    int32_t kind = m->curves.kind[curve];
    if (kind < TW_CURVE_PUMP1 || kind > TW_CURVE_PUMP5)
        tw_inp_link_fault(inp, i, "its curve %s is not a pump curve" TW_SWMM_ERROR("121"),
                          tw_names_get(&m->curves.names, curve));
    else
        m->pumps.kind[at] = (int32_t)kinds[kind - TW_CURVE_PUMP1];
}

static bool has_shape(struct tw_inp *inp, int32_t i, int32_t one, int32_t other, const char *words)
{
    const struct tw_model *m = inp->model;
    int32_t at = m->links.xsect[i];
    if (at >= 0 && (m->xsects.shape[at] == one || m->xsects.shape[at] == other)) return true;
    tw_inp_link_fault(inp, i,
                      at < 0 ? "has no opening in [XSECTIONS]; %s is needed" TW_SWMM_ERROR("143")
                             : "its opening must be %s" TW_SWMM_ERROR("143"),
                      words);
    return false;
}

static void finish_orifice(struct tw_inp *inp, int32_t i)
{
    struct tw_links *l = &inp->model->links;
    if (!has_shape(inp, i, TW_SHAPE_RECT_CLOSED, TW_SHAPE_CIRCULAR, "CIRCULAR or RECT_CLOSED"))
        return;
    if (l->offset1_m[i] < 0.0) l->offset1_m[i] = 0.0;
}

static void finish_weir(struct tw_inp *inp, int32_t i)
{
    struct tw_model *m = inp->model;
    int32_t at = m->links.row[i];
    int32_t shape = TW_SHAPE_RECT_OPEN;
    const char *word = "RECT_OPEN";
    if (m->weirs.kind[at] == TW_WEIR_VNOTCH) {
        shape = TW_SHAPE_TRIANGULAR;
        word = "TRIANGULAR";
    } else if (m->weirs.kind[at] == TW_WEIR_TRAPEZOIDAL) {
        shape = TW_SHAPE_TRAPEZOIDAL;
        word = "TRAPEZOIDAL";
    }
    if (!has_shape(inp, i, shape, shape, word)) return;
    const double *geom = m->xsects.geom[m->links.xsect[i]];
    if (shape == TW_SHAPE_TRIANGULAR) m->weirs.slope[at] = geom[1] / geom[0] / 2.0;
    if (shape == TW_SHAPE_TRAPEZOIDAL) m->weirs.slope[at] = (geom[2] + geom[3]) / 2.0;
    if (m->links.offset1_m[i] < 0.0) m->links.offset1_m[i] = 0.0;
}

/* Water must not fall from a regulator into a node that begins higher. */
static void raise_crest(struct tw_inp *inp, int32_t i)
{
    struct tw_links *l = &inp->model->links;
    double crest_m = invert_of(inp, l->from[i]) + l->offset1_m[i];
    double rise_m = invert_of(inp, l->to[i]) - invert_of(inp, l->from[i]);
    if (crest_m >= invert_of(inp, l->to[i])) return;
    bool dynamic = inp->model->options.routing == TW_ROUTING_DYNWAVE;
    tw_inp_link_warn(
        inp, i,
        dynamic ? "its crest is raised to the invert of the node behind it" TW_SWMM_WARNING("10")
                : "its crest lies below the invert of the node behind it" TW_SWMM_WARNING("10"));
    if (dynamic) l->offset1_m[i] = rise_m;
}

/* ---- nodes that are not deep enough ---- */

static void deepen(struct tw_model *m, int32_t node, double depth_m)
{
    struct tw_nodes *n = &m->nodes;
    bool fixed = n->kind[node] == TW_NODE_STORAGE && n->surcharge_depth_m[node] <= 0.0;
    if (!fixed && n->full_depth_m[node] < depth_m) n->full_depth_m[node] = depth_m;
}

static void deepen_ends(struct tw_inp *inp, int32_t i)
{
    struct tw_model *m = inp->model;
    const struct tw_links *l = &m->links;
    int32_t kind = l->kind[i];
    bool bottom =
        kind == TW_LINK_ORIFICE && m->orifices.kind[l->row[i]] == (int32_t)TW_ORIFICE_BOTTOM;
    if (kind == TW_LINK_PUMP || bottom) return;
    double height_m = tw_link_height_m(m, i);
    deepen(m, l->from[i], l->offset1_m[i] + height_m);
    if (kind == TW_LINK_CONDUIT) deepen(m, l->to[i], l->offset2_m[i] + height_m);
}

static void finish_link(struct tw_inp *inp, int32_t i)
{
    if (inp->options.elevation_offsets) convert_offsets(inp, i);
    switch (inp->model->links.kind[i]) {
    case TW_LINK_CONDUIT:
        finish_conduit(inp, i);
        break;
    case TW_LINK_PUMP:
        finish_pump(inp, i);
        break;
    case TW_LINK_ORIFICE:
        finish_orifice(inp, i);
        break;
    case TW_LINK_WEIR:
        finish_weir(inp, i);
        break;
    default:
        break;
    }
    int32_t kind = inp->model->links.kind[i];
    if (kind == TW_LINK_ORIFICE || kind == TW_LINK_WEIR || kind == TW_LINK_OUTLET)
        raise_crest(inp, i);
    deepen_ends(inp, i);
}

tw_status tw_inp_check_links(struct tw_inp *inp)
{
    const struct tw_links *l = &inp->model->links;
    const struct tw_nodes *n = &inp->model->nodes;
    inp->given_depth_m = TW_ARENA_NEW(&inp->scratch, double, n->count);
    if (inp->given_depth_m == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < n->count; i++)
        inp->given_depth_m[i] = n->full_depth_m[i];
    for (int32_t i = 0; i < l->count; i++) {
        if (l->from[i] < 0 || l->to[i] < 0) continue; /* told already */
        finish_link(inp, i);
        if (l->from[i] == l->to[i]) tw_inp_link_warn(inp, i, "begins and ends at the same node");
    }
    return TW_OK;
}
