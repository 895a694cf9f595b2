/* What the kernels read: rows and nodes by TW_BLOCK. */
#include "hydraulics/kernels.h"
#include "hydraulics/network.h"

#include <math.h>

static int32_t blocks_of(int32_t count) { return (count + TW_BLOCK - 1) / TW_BLOCK; }

static void set_ends(const struct tw_network *net, int32_t row, struct tw_conduit_block *b,
                     int32_t k)
{
    const struct tw_conduit_rows *c = &net->conduit;
    const double *invert_m = net->model->nodes.invert_m;
    b->from[k] = c->from[row];
    b->to[k] = c->to[row];
    b->node_invert1_m[k] = invert_m[c->from[row]];
    b->node_invert2_m[k] = invert_m[c->to[row]];
    b->invert1_m[k] = c->invert1_m[row];
    b->invert2_m[k] = c->invert2_m[row];
    b->offset1_m[k] = c->offset1_m[row];
    b->offset2_m[k] = c->offset2_m[row];
    b->full1_m[k] = c->full1_m[row];
    b->full2_m[k] = c->full2_m[row];
}

static void set_section(const struct tw_network *net, int32_t row, struct tw_conduit_block *b,
                        int32_t k)
{
    const struct tw_conduit_rows *c = &net->conduit;
    b->first_row[k] = c->first_row[row];
    b->full_depth_m[k] = c->full_depth_m[row];
    b->full_area_m2[k] = c->full_area_m2[row];
    b->cells_per_m[k] = c->cells_per_m[row];
    b->last_cell[k] = nextafter(c->cells[row], 0.0);
    b->area_m2[k] = c->area_m2[row];
    b->width_m[k] = c->width_m[row];
    b->radius_m[k] = c->radius_m[row];
    b->frozen_depth_m[k] = c->frozen_depth_m[row];
    b->frozen_width_m[k] = c->frozen_width_m[row];
}

static void set_flow(const struct tw_network *net, int32_t row, struct tw_conduit_block *b,
                     int32_t k)
{
    const struct tw_conduit_rows *c = &net->conduit;
    b->traits[k] = c->traits[row];
    b->quarter_length_m[k] = 0.25 * c->routing_length_m[row];
    b->per_length[k] = 1.0 / c->routing_length_m[row];
    b->length_m[k] = c->length_m[row];
    b->barrels_length_m[k] = c->length_m[row] * c->barrels[row];
    b->barrels[k] = c->barrels[row];
    b->per_barrel[k] = 1.0 / c->barrels[row];
    b->friction[k] = c->friction[row];
    b->beta[k] = c->beta[row];
    b->loss_inlet[k] = c->loss_inlet[row];
    b->loss_outlet[k] = c->loss_outlet[row];
    b->loss_average[k] = c->loss_average[row];
    b->flow_limit_m3s[k] = c->flow_limit_m3s[row];
}

static void fill_conduit_blocks(struct tw_network *net)
{
    for (int32_t at = 0; at < blocks_of(net->conduit_count) * TW_BLOCK; at++) {
        int32_t row = at < net->conduit_count ? at : net->conduit_count - 1, k = at % TW_BLOCK;
        struct tw_conduit_block *b = &net->conduit_blocks[at / TW_BLOCK];
        set_ends(net, row, b, k);
        set_section(net, row, b, k);
        set_flow(net, row, b, k);
    }
    for (int32_t i = 0; i < net->node_first[net->node_count]; i++) {
        int32_t row = net->incident[i] >> 1;
        struct tw_conduit_block *b = &net->conduit_blocks[row / TW_BLOCK];
        int32_t *ends = net->incident[i] & 1 ? b->end2 : b->end1;
        ends[row % TW_BLOCK] = i;
    }
}

static int64_t node_traits(const struct tw_network *net, int32_t node)
{
    int64_t traits = 0;
    if (net->plain[node]) traits |= TW_NODE_PLAIN;
    if (net->can_pond[node]) traits |= TW_NODE_CAN_POND;
    if (net->outfall[node]) traits |= TW_NODE_NO_DEPTH;
    if (net->model->nodes.kind[node] == TW_NODE_STORAGE || net->full_volume_m3[node] > 0.0) {
        traits |= TW_NODE_STORES;
    }
    return traits;
}

static void fill_node_blocks(struct tw_network *net)
{
    const struct tw_nodes *nodes = &net->model->nodes;
    for (int32_t at = 0; at < blocks_of(net->node_count) * TW_BLOCK; at++) {
        struct tw_node_block *b = &net->node_blocks[at / TW_BLOCK];
        int32_t k = at % TW_BLOCK;
        b->traits[k] = TW_NODE_PLAIN | TW_NODE_NO_DEPTH;
        if (at >= net->node_count) continue;
        b->traits[k] = node_traits(net, at);
        b->full_depth_m[k] = nodes->full_depth_m[at];
        b->full_volume_m3[k] = net->full_volume_m3[at];
        b->most_depth_m[k] = net->most_depth_m[at];
        b->crown_depth_m[k] = net->crown_depth_m[at];
        b->pressed_depth_m[k] = net->pressed_depth_m[at];
        b->surcharge_factor[k] = net->surcharge_factor[at];
        b->ponded_area_m2[k] = nodes->ponded_area_m2[at];
        int32_t ends = net->node_first[at + 1] - net->node_first[at];
        if (ends > b->most_ends) b->most_ends = ends;
    }
}

/* Places of the ends of neighbouring nodes side by side. */
static tw_status make_node_ends(struct tw_network *net, struct tw_arena *arena)
{
    int32_t blocks = blocks_of(net->node_count), count = 0;
    int32_t nothing = net->node_first[net->node_count];
    for (int32_t i = 0; i < blocks; i++) {
        net->node_blocks[i].first_end = count;
        count += net->node_blocks[i].most_ends * TW_BLOCK;
    }
    net->node_ends = TW_ARENA_NEW(arena, int32_t, count);
    if (net->node_ends == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < count; i++)
        net->node_ends[i] = nothing;
    for (int32_t node = 0; node < net->node_count; node++) {
        int32_t at = net->node_blocks[node / TW_BLOCK].first_end + node % TW_BLOCK;
        for (int32_t i = net->node_first[node]; i < net->node_first[node + 1]; i++) {
            net->node_ends[at] = i;
            at += TW_BLOCK;
        }
    }
    return TW_OK;
}

tw_status tw_network_make_blocks(struct tw_network *net, struct tw_arena *arena)
{
    net->kernels = tw_kernels_get();
    net->conduit_blocks =
        TW_ARENA_NEW(arena, struct tw_conduit_block, blocks_of(net->conduit_count));
    net->node_blocks = TW_ARENA_NEW(arena, struct tw_node_block, blocks_of(net->node_count));
    net->mixed_nodes = TW_ARENA_NEW(arena, int32_t, net->node_count);
    if (net->conduit_blocks == NULL || net->node_blocks == NULL || net->mixed_nodes == NULL) {
        return TW_ERR_NOMEM;
    }
    for (int32_t i = 0; i < net->node_count; i++) {
        if (!net->plain[i]) net->mixed_nodes[net->mixed_count++] = i;
    }
    fill_conduit_blocks(net);
    fill_node_blocks(net);
    return make_node_ends(net, arena);
}
