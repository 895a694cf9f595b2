#include "synth/rows.h"

#include "base/require.h"

#include <stdio.h>
#include <string.h>

tw_status tw_rows_init(struct tw_arena *arena, int32_t nodes, struct tw_rows *out_rows)
{
    struct tw_rows rows = {.digits = nodes < 9000 ? 4 : 6};
    rows.node_room = nodes + nodes / 4 + 500;
    rows.link_room = rows.node_room + nodes / 8;
    rows.curve_room = nodes / 8 + 200;
    rows.basin_room = rows.node_room;
    rows.node = TW_ARENA_NEW(arena, struct tw_node_row, rows.node_room);
    rows.link = TW_ARENA_NEW(arena, struct tw_link_row, rows.link_room);
    rows.curve = TW_ARENA_NEW(arena, struct tw_curve_row, rows.curve_room);
    rows.basin = TW_ARENA_NEW(arena, struct tw_basin_row, rows.basin_room);
    if (rows.node == NULL || rows.link == NULL || rows.curve == NULL || rows.basin == NULL)
        return TW_ERR_NOMEM;
    *out_rows = rows;
    return TW_OK;
}

void tw_row_name(char *out, const char *prefix, int digits, int32_t number)
{
    (void)snprintf(out, TW_ROW_NAME, "%.12s%0*d", prefix, digits, number);
}

void tw_rows_done(struct tw_rows *rows)
{
    if (rows != NULL) tw_strbuf_done(&rows->rules);
}

int32_t tw_rows_node(struct tw_rows *rows, enum tw_row_node kind, const char *prefix,
                     int32_t number)
{
    TW_REQUIRE(rows->node_count < rows->node_room);
    struct tw_node_row *node = &rows->node[rows->node_count];
    *node = (struct tw_node_row){.kind = kind, .curve = -1};
    tw_row_name(node->name, prefix, rows->digits, number);
    return rows->node_count++;
}

int32_t tw_rows_link(struct tw_rows *rows, enum tw_row_link kind, int32_t from, int32_t to)
{
    TW_REQUIRE(rows->link_count < rows->link_room);
    static const char *const ending[] = {[TW_ROW_CONDUIT] = "",
                                         [TW_ROW_PUMP] = "p",
                                         [TW_ROW_ORIFICE] = "o",
                                         [TW_ROW_WEIR] = "w",
                                         [TW_ROW_OUTLET] = "r"};
    int32_t number = 1; /* links from one node are added one after another */
    for (int32_t l = rows->link_count - 1; l >= 0 && l > rows->link_count - 8; l--)
        if (rows->link[l].from == from && rows->link[l].kind == kind) number++;
    struct tw_link_row *link = &rows->link[rows->link_count];
    *link = (struct tw_link_row){.kind = kind, .from = from, .to = to, .curve = -1};
    (void)snprintf(link->name, sizeof link->name, "%.16s_%s%d", rows->node[from].name, ending[kind],
                   number);
    return rows->link_count++;
}

int32_t tw_rows_curve(struct tw_rows *rows, const char *kind, const char *prefix, int32_t number)
{
    TW_REQUIRE(rows->curve_count < rows->curve_room);
    struct tw_curve_row *curve = &rows->curve[rows->curve_count];
    *curve = (struct tw_curve_row){.kind = kind};
    tw_row_name(curve->name, prefix, rows->digits, number);
    return rows->curve_count++;
}

void tw_curve_add(struct tw_curve_row *curve, double x, double y)
{
    TW_REQUIRE(curve->count < TW_ROW_PAIRS);
    curve->x[curve->count] = x;
    curve->y[curve->count] = y;
    curve->count++;
}
