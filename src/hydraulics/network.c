#include "hydraulics/network.h"

#include "hydraulics/constants.h"
#include "hydraulics/force_main.h"
#include "hydraulics/regulators.h"
#include "hydraulics/rim.h"
#include "model/tree.h"

#include <math.h>
#include <stdlib.h>

static tw_status make_sections(struct tw_network *net, struct tw_arena *arena)
{
    const struct tw_model *model = net->model;
    int32_t count = model->xsects.count;
    net->xsects = TW_ARENA_NEW(arena, struct tw_xsect, count);
    if (net->xsects == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < count; i++) {
        double *tables = NULL;
        if (model->xsects.shape[i] == TW_SHAPE_CUSTOM) {
            tables = TW_ARENA_NEW(arena, double, 3 * (TW_TRANSECT_CELLS + 1));
            if (tables == NULL) return TW_ERR_NOMEM;
        }
        TW_TRY(tw_xsect_init(&net->xsects[i], model, i, tables));
    }
    double crown = model->options.surcharge == TW_SURCHARGE_SLOT ? TW_CROWN_CUTOFF_SLOT
                                                                 : TW_CROWN_CUTOFF_EXTRAN;
    return tw_geometry_init(&net->geometry, model, net->xsects, crown, arena);
}

/* A conduit that is routed by the momentum equation; a dummy only passes on what it gets. */
static bool is_conduit(const struct tw_model *model, int32_t link)
{
    int32_t x = model->links.xsect[link];
    return model->links.kind[link] == TW_LINK_CONDUIT && x >= 0 &&
           model->xsects.shape[x] != TW_SHAPE_DUMMY;
}

/* Conduits in the order of their tables, so that neighbours in a loop read the same rows; a
 * counting sort by section class keeps the model's order within a class. */
static tw_status number_rows(struct tw_network *net, struct tw_arena *arena)
{
    const struct tw_model *model = net->model;
    int32_t n = net->link_count;
    net->link_of_row = TW_ARENA_NEW(arena, int32_t, n);
    net->row_of_link = TW_ARENA_NEW(arena, int32_t, n);
    net->from = TW_ARENA_NEW(arena, int32_t, n);
    net->to = TW_ARENA_NEW(arena, int32_t, n);
    if (net->link_of_row == NULL || net->row_of_link == NULL || net->from == NULL ||
        net->to == NULL) {
        return TW_ERR_NOMEM;
    }
    int32_t row = 0;
    for (int32_t shape = 0; shape < TW_SHAPE_COUNT; shape++) {
        for (int32_t i = 0; i < n; i++) {
            if (!is_conduit(model, i)) continue;
            if (model->xsects.shape[model->links.xsect[i]] == shape) net->link_of_row[row++] = i;
        }
    }
    net->conduit_count = row;
    for (int32_t i = 0; i < n; i++) {
        if (!is_conduit(model, i)) net->link_of_row[row++] = i;
    }
    for (row = 0; row < n; row++) {
        int32_t link = net->link_of_row[row];
        net->row_of_link[link] = row;
        net->from[row] = model->links.from[link];
        net->to[row] = model->links.to[link];
    }
    return TW_OK;
}

/* Nodes at which water leaves the network, or stays in it. A link that begins at an outfall counts
 * for the node at its end; one that was turned round for where it began. */
static tw_status find_ends(struct tw_network *net, struct tw_arena *arena)
{
    const struct tw_links *l = &net->model->links;
    const int32_t *kind = net->model->nodes.kind;
    net->ends = TW_ARENA_NEW(arena, bool, net->node_count);
    if (net->ends == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < net->node_count; i++)
        net->ends[i] = true;
    for (int32_t i = 0; i < net->link_count; i++) {
        int32_t from = l->reversed[i] ? l->to[i] : l->from[i];
        if (kind[from] == TW_NODE_OUTFALL) from = l->reversed[i] ? l->from[i] : l->to[i];
        if (kind[from] != TW_NODE_OUTFALL) net->ends[from] = false;
    }
    return TW_OK;
}

/* What routing without dynamic waves goes by. */
static tw_status order_rows(struct tw_network *net, struct tw_arena *arena)
{
    const struct tw_model *model = net->model;
    if (model->options.routing == TW_ROUTING_DYNWAVE || model->options.ignore_routing) return TW_OK;
    struct tw_tree tree;
    TW_TRY(tw_tree_init(&tree, model, arena));
    net->order = tree.order;
    net->leaves = TW_ARENA_NEW(arena, bool, net->node_count);
    if (net->leaves == NULL) return TW_ERR_NOMEM;
    for (int32_t k = 0; k < tree.ordered; k++) {
        net->leaves[model->links.from[tree.order[k]]] = true;
        net->order[k] = net->row_of_link[tree.order[k]];
    }
    return tree.ordered == net->link_count ? TW_OK : TW_ERR_ARG;
}

static tw_status allocate_conduits(struct tw_conduit_rows *c, int32_t n, struct tw_arena *arena)
{
    int32_t **ints[] = {&c->from, &c->to, &c->section, &c->traits, &c->cells};
    for (size_t i = 0; i < sizeof ints / sizeof ints[0]; i++) {
        *ints[i] = TW_ARENA_NEW(arena, int32_t, n);
        if (*ints[i] == NULL) return TW_ERR_NOMEM;
    }
    c->first_row = TW_ARENA_NEW(arena, const double *, n);
    c->fall = TW_ARENA_NEW(arena, struct tw_conduit_fall, n);
    if (c->first_row == NULL || c->fall == NULL) return TW_ERR_NOMEM;
    double **doubles[] = {&c->invert1_m,      &c->invert2_m,         &c->offset1_m,
                          &c->offset2_m,      &c->length_m,          &c->routing_length_m,
                          &c->barrels,        &c->friction,          &c->beta,
                          &c->full_flow_m3s,  &c->greatest_flow_m3s, &c->slope_ratio,
                          &c->loss_inlet,     &c->loss_outlet,       &c->loss_average,
                          &c->flow_limit_m3s, &c->full_depth_m,      &c->full_area_m2,
                          &c->cells_per_m,    &c->area_m2,           &c->width_m,
                          &c->radius_m,       &c->frozen_depth_m,    &c->frozen_width_m,
                          &c->wave_ratio,     &c->full1_m,           &c->full2_m};
    for (size_t i = 0; i < sizeof doubles / sizeof doubles[0]; i++) {
        *doubles[i] = TW_ARENA_NEW(arena, double, n);
        if (*doubles[i] == NULL) return TW_ERR_NOMEM;
    }
    return TW_OK;
}

static bool outfall_with_gate(const struct tw_model *model, int32_t node)
{
    return model->nodes.kind[node] == TW_NODE_OUTFALL &&
           model->outfalls.flap_gate[model->nodes.row[node]];
}

static int32_t traits_of(const struct tw_network *net, int32_t row)
{
    const struct tw_model *model = net->model;
    int32_t link = net->link_of_row[row];
    int32_t section = model->links.xsect[link], k = model->links.row[link];
    const struct tw_xsect *x = &net->xsects[section];
    int32_t traits = 0;
    if (x->open) traits |= TW_CONDUIT_OPEN;
    if (x->shape == TW_SHAPE_FORCE_MAIN) traits |= TW_CONDUIT_FORCE_MAIN;
    if (model->conduits.loss_inlet[k] > 0.0 || model->conduits.loss_outlet[k] > 0.0 ||
        model->conduits.loss_average[k] > 0.0) {
        traits |= TW_CONDUIT_LOSSES;
    }
    if (model->conduits.seepage_mmh[k] > 0.0 || x->open) traits |= TW_CONDUIT_LEAKS;
    if (model->xsects.culvert_code[section] > 0) traits |= TW_CONDUIT_CULVERT;
    if (net->geometry.by_perimeter[section]) traits |= TW_CONDUIT_BY_PERIMETER;
    if (net->geometry.outline[section]) traits |= TW_CONDUIT_OUTLINE;
    if (model->nodes.kind[net->from[row]] == TW_NODE_OUTFALL) traits |= TW_CONDUIT_OUTFALL1;
    if (model->nodes.kind[net->to[row]] == TW_NODE_OUTFALL) traits |= TW_CONDUIT_OUTFALL2;
    bool gate = model->links.flap_gate[link], turned = model->links.reversed[link];
    if ((gate && !turned) || outfall_with_gate(model, net->to[row])) {
        traits |= TW_CONDUIT_NO_REVERSE;
    }
    if ((gate && turned) || outfall_with_gate(model, net->from[row])) {
        traits |= TW_CONDUIT_NO_FORWARD;
    }
    return traits;
}

/* Slope as SWMM has it: drop over the horizontal length, at least a thousandth of a foot. */
static double slope_of(const struct tw_network *net, int32_t row, double length_m)
{
    const struct tw_conduit_rows *c = &net->conduit;
    double drop = fabs(c->invert1_m[row] - c->invert2_m[row]);
    double least = 0.001 * TW_FOOT_M;
    if (drop < least) drop = least;
    double slope =
        drop >= length_m ? drop / length_m : drop / sqrt(length_m * length_m - drop * drop);
    double floor_slope = net->model->options.minimum_slope_ratio;
    return slope < floor_slope ? floor_slope : slope;
}

double tw_network_length_step_s(const struct tw_model *model)
{
    return fmax(model->options.uncut_routing_step_s, model->options.routing_step_s);
}

/* Times longer that a conduit is made so that a wave does not cross it within the step.
 * SWMM Reference Manual II, 3.4. */
static double lengthening(const struct tw_network *net, const struct tw_xsect *x, int32_t row,
                          double roughness, double slope)
{
    const struct tw_options *o = &net->model->options;
    if (!(o->lengthening_step_s > 0.0) || o->routing != TW_ROUTING_DYNWAVE) return 1.0;
    double most = tw_network_length_step_s(net->model);
    double step = o->lengthening_step_s < most ? o->lengthening_step_s : most;
    double full_depth =
        x->open ? x->full_area_m2 / tw_xsect_width(x, x->full_depth_m) : x->full_depth_m;
    double velocity = TW_MANNING_SI / roughness * x->full_factor * sqrt(slope) / x->full_area_m2;
    double ratio =
        (sqrt(TW_GRAVITY_MPS2 * full_depth) + velocity) * step / net->conduit.length_m[row];
    return ratio > 1.0 ? ratio : 1.0;
}

/* Length of a transect's main channel over that of its flood plain; 1 of other sections. */
static double channel_factor(const struct tw_model *model, int32_t section)
{
    if (model->xsects.shape[section] != TW_SHAPE_IRREGULAR) return 1.0;
    return model->transects.length_factor[model->xsects.curve[section]];
}

static void set_flow_constants(struct tw_network *net, int32_t row, const struct tw_xsect *x)
{
    const struct tw_model *model = net->model;
    struct tw_conduit_rows *c = &net->conduit;
    int32_t k = model->links.row[net->link_of_row[row]];
    double roughness = model->conduits.roughness[k];
    double slope = slope_of(net, row, c->length_m[row]);
    /* without dynamic waves SWMM takes a force main's Manning roughness, but its section factor */
    bool pressed = x->shape == TW_SHAPE_FORCE_MAIN;
    if (pressed && model->options.routing == TW_ROUTING_DYNWAVE) {
        roughness = tw_force_main_roughness(model->options.force_main, x, slope);
    }
    roughness *= sqrt(channel_factor(model, model->links.xsect[net->link_of_row[row]]));
    c->slope_ratio[row] = slope;
    double factor = lengthening(net, x, row, roughness, slope);
    /* SWMM's momentum has the channel's length, unless it lengthens: then the flood plain's. */
    c->routing_length_m[row] =
        factor > 1.0 ? factor * c->length_m[row] : model->conduits.length_m[k];
    c->wave_ratio[row] = c->routing_length_m[row] / c->length_m[row] / c->barrels[row];
    slope /= factor;
    roughness /= sqrt(factor);
    double over_k = roughness / TW_MANNING_SI;
    c->friction[row] = TW_GRAVITY_MPS2 * over_k * over_k;
    c->beta[row] = sqrt(slope) / over_k;
    c->full_flow_m3s[row] = x->full_factor * c->beta[row];
    c->greatest_flow_m3s[row] = x->max_factor * c->beta[row];
}

static void set_geometry(struct tw_network *net, int32_t row, int32_t section)
{
    const struct tw_geometry *g = &net->geometry;
    struct tw_conduit_rows *c = &net->conduit;
    c->section[row] = section;
    c->first_row[row] = g->first_row[section];
    c->cells[row] = g->cells[section];
    c->cells_per_m[row] = g->cells_per_m[section];
    c->area_m2[row] = g->area_m2[section];
    c->width_m[row] = g->width_m[section];
    c->radius_m[row] = g->radius_m[section];
    c->frozen_depth_m[row] = g->frozen_depth_m[section];
    c->frozen_width_m[row] = g->frozen_width_m[section];
    c->full_depth_m[row] = net->xsects[section].full_depth_m;
    c->full_area_m2[row] = net->xsects[section].full_area_m2;
    c->fall[row] = (struct tw_conduit_fall){
        .critical = g->critical_of[section],
        .normal = g->normal_of[section],
        .critical_flow_m3s = g->critical_flow_m3s[section],
        .full_depth_m = c->full_depth_m[row],
        .slice_m = c->full_depth_m[row] / TW_XSECT_SLICES,
        .beta = c->beta[row],
        .per_full_flow = 1.0 / c->full_flow_m3s[row],
        .section = section,
    };
}

static tw_status make_conduits(struct tw_network *net, struct tw_arena *arena)
{
    const struct tw_model *model = net->model;
    struct tw_conduit_rows *c = &net->conduit;
    TW_TRY(allocate_conduits(c, net->conduit_count, arena));
    for (int32_t row = 0; row < net->conduit_count; row++) {
        int32_t link = net->link_of_row[row];
        int32_t k = model->links.row[link], section = model->links.xsect[link];
        c->from[row] = net->from[row];
        c->to[row] = net->to[row];
        c->offset1_m[row] = model->links.offset1_m[link];
        c->offset2_m[row] = model->links.offset2_m[link];
        c->invert1_m[row] = model->nodes.invert_m[c->from[row]] + c->offset1_m[row];
        c->invert2_m[row] = model->nodes.invert_m[c->to[row]] + c->offset2_m[row];
        c->length_m[row] = model->conduits.length_m[k] / channel_factor(model, section);
        c->barrels[row] = model->xsects.barrels[section];
        c->loss_inlet[row] = model->conduits.loss_inlet[k];
        c->loss_outlet[row] = model->conduits.loss_outlet[k];
        c->loss_average[row] = model->conduits.loss_average[k];
        double limit = model->links.flow_limit_m3s[link];
        c->flow_limit_m3s[row] = limit > 0.0 ? limit : INFINITY;
        c->traits[row] = traits_of(net, row);
        set_flow_constants(net, row, &net->xsects[section]);
        set_geometry(net, row, section);
    }
    return TW_OK;
}

/* Conduits at each node, in row order: sums over them never depend on threads. */
static tw_status make_incidence(struct tw_network *net, struct tw_arena *arena)
{
    net->node_first = TW_ARENA_NEW(arena, int32_t, net->node_count + 1);
    net->incident = TW_ARENA_NEW(arena, int32_t, 2 * net->conduit_count);
    int32_t *next = TW_ARENA_NEW(arena, int32_t, net->node_count);
    if (net->node_first == NULL || net->incident == NULL || next == NULL) return TW_ERR_NOMEM;
    for (int32_t row = 0; row < net->conduit_count; row++) {
        net->node_first[net->from[row] + 1]++;
        net->node_first[net->to[row] + 1]++;
    }
    for (int32_t i = 0; i < net->node_count; i++) {
        net->node_first[i + 1] += net->node_first[i];
        next[i] = net->node_first[i];
    }
    for (int32_t row = 0; row < net->conduit_count; row++) {
        net->incident[next[net->from[row]]++] = 2 * row;
        net->incident[next[net->to[row]]++] = 2 * row + 1;
    }
    return TW_OK;
}

static double larger(double a, double b) { return a > b ? a : b; }

double tw_network_link_height_m(const struct tw_network *net, int32_t link)
{
    int32_t section = net->model->links.xsect[link];
    if (section >= 0) return net->xsects[section].full_depth_m;
    return net->model->links.kind[link] == TW_LINK_OUTLET ? TW_OUTLET_HEIGHT_M : 0.0;
}

/* Highest tops of links and the nodes where a sewer begins (links leave, none arrives). */
static tw_status survey_links(struct tw_network *net, struct tw_arena *arena)
{
    const struct tw_links *links = &net->model->links;
    int32_t *arrivals = TW_ARENA_NEW(arena, int32_t, net->node_count);
    int32_t *departures = TW_ARENA_NEW(arena, int32_t, net->node_count);
    if (arrivals == NULL || departures == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < links->count; i++) {
        int32_t a = links->from[i], b = links->to[i];
        double height = tw_network_link_height_m(net, i);
        net->crown_depth_m[a] = larger(net->crown_depth_m[a], links->offset1_m[i] + height);
        net->crown_depth_m[b] = larger(net->crown_depth_m[b], links->offset2_m[i] + height);
        departures[a]++;
        arrivals[net->outfall[a] ? a : b]++;
        bool conduit = is_conduit(net->model, i);
        net->plain[a] = net->plain[a] && conduit;
        net->plain[b] = net->plain[b] && conduit;
        /* between two outfalls SWMM sets the level of the second only */
        if (net->outfall[b]) net->outfall_row[net->model->nodes.row[b]] = net->row_of_link[i];
        if (net->outfall[a] && (!net->outfall[b] || net->model->options.strict)) {
            net->outfall_row[net->model->nodes.row[a]] = net->row_of_link[i];
        }
    }
    for (int32_t i = 0; i < net->node_count; i++) {
        net->surcharge_factor[i] = arrivals[i] == 0 && departures[i] > 0 ? 0.6 : 1.0;
    }
    return TW_OK;
}

/* A junction with a pump that runs by volume holds as much as the pump's curve covers, in
 * proportion to its depth. */
static void fill_wet_wells(struct tw_network *net)
{
    const struct tw_model *model = net->model;
    const struct tw_tables *curves = &model->curves;
    for (int32_t k = 0; k < model->pumps.count; k++) {
        if (model->pumps.kind[k] != TW_PUMP_VOLUME) continue;
        int32_t node = model->links.from[model->pumps.link[k]];
        double most = curves->x[curves->first[model->pumps.curve[k] + 1] - 1];
        if (model->nodes.kind[node] == TW_NODE_STORAGE) continue;
        net->full_volume_m3[node] = larger(net->full_volume_m3[node], most);
    }
}

static tw_status make_nodes(struct tw_network *net, struct tw_arena *arena)
{
    const struct tw_nodes *nodes = &net->model->nodes;
    int32_t n = net->node_count;
    net->crown_depth_m = TW_ARENA_NEW(arena, double, n);
    net->pressed_depth_m = TW_ARENA_NEW(arena, double, n);
    net->full_volume_m3 = TW_ARENA_NEW(arena, double, n);
    net->surcharge_factor = TW_ARENA_NEW(arena, double, n);
    net->most_depth_m = TW_ARENA_NEW(arena, double, n);
    net->outfall = TW_ARENA_NEW(arena, bool, n);
    net->can_pond = TW_ARENA_NEW(arena, bool, n);
    net->plain = TW_ARENA_NEW(arena, bool, n);
    net->outfall_row = TW_ARENA_NEW(arena, int32_t, net->model->outfalls.count);
    if (net->crown_depth_m == NULL || net->pressed_depth_m == NULL || net->full_volume_m3 == NULL ||
        net->can_pond == NULL || net->surcharge_factor == NULL || net->most_depth_m == NULL ||
        net->outfall == NULL || net->plain == NULL || net->outfall_row == NULL) {
        return TW_ERR_NOMEM;
    }
    for (int32_t i = 0; i < net->model->outfalls.count; i++)
        net->outfall_row[i] = -1;
    for (int32_t i = 0; i < n; i++) {
        net->outfall[i] = nodes->kind[i] == TW_NODE_OUTFALL;
        net->plain[i] = nodes->kind[i] != TW_NODE_STORAGE && !net->outfall[i];
        net->can_pond[i] = net->model->options.allow_ponding && nodes->ponded_area_m2[i] > 0.0;
        net->most_depth_m[i] =
            nodes->full_depth_m[i] + (net->can_pond[i] ? 0.0 : nodes->surcharge_depth_m[i]);
        if (nodes->kind[i] != TW_NODE_STORAGE) continue;
        net->full_volume_m3[i] =
            tw_storage_volume(net->model, nodes->row[i], nodes->full_depth_m[i]);
    }
    fill_wet_wells(net);
    return survey_links(net, arena);
}

tw_status tw_network_init(struct tw_network *out, const struct tw_model *model,
                          struct tw_arena *arena)
{
    struct tw_network net = {
        .model = model, .node_count = model->nodes.count, .link_count = model->links.count};
    TW_TRY(make_sections(&net, arena));
    TW_TRY(number_rows(&net, arena));
    TW_TRY(find_ends(&net, arena));
    TW_TRY(order_rows(&net, arena));
    TW_TRY(make_conduits(&net, arena));
    TW_TRY(make_incidence(&net, arena));
    TW_TRY(make_nodes(&net, arena));
    TW_TRY(tw_rims_set(&net, arena));
    TW_TRY(tw_network_make_blocks(&net, arena));
    *out = net;
    return TW_OK;
}

double tw_network_velocity_mps(const struct tw_network *net, int32_t row, double flow_m3s,
                               double depth_m)
{
    const struct tw_conduit_rows *c = &net->conduit;
    if (row >= net->conduit_count || depth_m <= TW_TINY_VELOCITY_DEPTH_M) return 0.0;
    double area = tw_xsect_area(&net->xsects[c->section[row]], depth_m);
    return area > TW_TINY_AREA_M2 ? flow_m3s / c->barrels[row] / area : 0.0;
}
