/* As SWMM 5.2.4 has it, in feet:
 *
 *   crown of a node    max over its links of (z + o + d), less z
 *   depth at an end    (y + z) - (z + o)
 *
 * z invert, y depth of the node, o offset, d height of the link. */
#include "hydraulics/rim.h"

#include "model/flow_unit.h"

#include <math.h>

/* Both in feet, per node: the full depth and the elevation of the highest top. */
struct rims {
    const struct tw_network *net;
    double *full, *crown;
};

static double feet_of(const struct tw_model *model, double length_m)
{
    return tw_length_ft(model->us_units, length_m);
}

static double invert_of(const struct tw_model *model, int32_t node)
{
    return feet_of(model, model->nodes.invert_m[node]);
}

/* Elevations of the file are turned into feet before the invert is taken off. */
static double offset_of(const struct tw_model *model, int32_t node, double offset_m)
{
    static const double digits = 1e9;
    if (!model->options.elevation_offsets || offset_m == 0.0) return feet_of(model, offset_m);
    double elevation_m = round((model->nodes.invert_m[node] + offset_m) * digits) / digits;
    return feet_of(model, elevation_m) - invert_of(model, node);
}

static double height_of(const struct rims *r, int32_t link)
{
    return feet_of(r->net->model, tw_network_link_height_m(r->net, link));
}

/* A node whose depth in metres is that of the link's top was deepened to it, or given so. */
static void reach(struct rims *r, int32_t link, int32_t node, double offset_m)
{
    const struct tw_model *model = r->net->model;
    double top_m = offset_m + tw_network_link_height_m(r->net, link);
    double offset = offset_of(model, node, offset_m), height = height_of(r, link);
    double crown = invert_of(model, node) + offset + height;
    if (crown > r->crown[node]) r->crown[node] = crown;
    if (top_m == model->nodes.full_depth_m[node]) r->full[node] = offset + height;
}

static void set_pressed(struct rims *r, struct tw_network *net, int32_t node)
{
    const struct tw_model *model = net->model;
    const struct tw_nodes *nodes = &model->nodes;
    double full_m = nodes->full_depth_m[node], crown_m = net->crown_depth_m[node];
    double *pressed_m = &net->pressed_depth_m[node];
    *pressed_m = INFINITY;
    if (model->options.surcharge != TW_SURCHARGE_EXTRAN) return;
    if (nodes->kind[node] == TW_NODE_STORAGE) {
        if (nodes->surcharge_depth_m[node] > 0.0) *pressed_m = full_m;
        return;
    }
    if (!(crown_m > 0.0)) return;
    *pressed_m = crown_m;
    if (fabs(crown_m - full_m) > 1e-9 * full_m) return;
    bool below = r->crown[node] - invert_of(model, node) < r->full[node];
    *pressed_m = below ? nextafter(full_m, 0.0) : fmax(full_m, crown_m);
}

/* Depth from which an end of a conduit counts as full: water at its crown is a depth on an elevation,
 * and the difference of the two heads need not be the height again. */
static double full_from(const struct rims *r, int32_t row, int32_t node, double offset_m)
{
    static const double any_rounding_m = 1e-10; /* of ours */
    const struct tw_model *model = r->net->model;
    double top_m = r->net->conduit.full_depth_m[row], rim_m = model->nodes.full_depth_m[node];
    double top = height_of(r, r->net->link_of_row[row]);
    double z = invert_of(model, node), offset = offset_of(model, node, offset_m);
    bool flooded = fabs(offset_m + top_m - rim_m) <= any_rounding_m;
    double y = flooded ? r->full[node] : top + offset;
    return (y + z) - (z + offset) >= top ? top_m - any_rounding_m : top_m + any_rounding_m;
}

tw_status tw_rims_set(struct tw_network *net, struct tw_arena *scratch)
{
    const struct tw_model *model = net->model;
    const struct tw_links *links = &model->links;
    struct tw_conduit_rows *c = &net->conduit;
    struct rims r = {.net = net,
                     .full = TW_ARENA_NEW(scratch, double, net->node_count),
                     .crown = TW_ARENA_NEW(scratch, double, net->node_count)};
    if (r.full == NULL || r.crown == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < net->node_count; i++) {
        r.full[i] = feet_of(model, model->nodes.full_depth_m[i]);
        r.crown[i] = invert_of(model, i);
    }
    for (int32_t i = 0; i < links->count; i++) {
        reach(&r, i, links->from[i], links->offset1_m[i]);
        reach(&r, i, links->to[i], links->offset2_m[i]);
    }
    for (int32_t i = 0; i < net->node_count; i++)
        set_pressed(&r, net, i);
    for (int32_t row = 0; row < net->conduit_count; row++) {
        c->full1_m[row] = full_from(&r, row, c->from[row], c->offset1_m[row]);
        c->full2_m[row] = full_from(&r, row, c->to[row], c->offset2_m[row]);
    }
    return TW_OK;
}
