/* A model with one section and one link between two storages, for tests of the hydraulics. */
#ifndef TW_TESTS_ONE_LINK_H
#define TW_TESTS_ONE_LINK_H

#include "hydraulics/regulators.h"
#include "hydraulics/xsect.h"
#include "num/transect.h"

#include <stdint.h>
#include <string.h>

enum { ONE_LINK_POINTS = 64 };

/* Everything that the model's pointers point to. */
struct one_link {
    struct tw_model model;
    struct tw_xsect xsect;
    int32_t shape, section_curve, zero, from, to, link_kind, kind, curve;
    int32_t curve_first[2], node_kind[2], node_row[2], integers[2];
    double geom[1][4], curve_x[ONE_LINK_POINTS], curve_y[ONE_LINK_POINTS];
    double offset_m, full_depth_m, values[12], custom[3 * TW_TRANSECT_TABLE];
    double full[4], area[1][TW_TRANSECT_TABLE], radius[1][TW_TRANSECT_TABLE],
        width[1][TW_TRANSECT_TABLE];
    bool flap_gate, flags[2], outfall_gate;
};

/* A model without shape or link yet; `one` must not move afterwards. */
static inline void one_link_init(struct one_link *one)
{
    memset(one, 0, sizeof *one);
    struct tw_model *m = &one->model;
    one->to = 1;
    one->section_curve = 0;
    one->curve = -1;
    one->node_kind[0] = one->node_kind[1] = TW_NODE_STORAGE;
    one->node_row[1] = 1;
    m->options.routing = TW_ROUTING_DYNWAVE;
    m->options.routing_step_s = 1.0;
    m->xsects.count = 1;
    m->xsects.shape = &one->shape;
    m->xsects.geom = one->geom;
    m->xsects.curve = &one->section_curve;
    m->curves.count = 1;
    m->curves.first = one->curve_first;
    m->curves.x = one->curve_x;
    m->curves.y = one->curve_y;
    m->transects.count = 1;
    m->transects.full_depth_m = &one->full[0];
    m->transects.full_area_m2 = &one->full[1];
    m->transects.full_radius_m = &one->full[2];
    m->transects.max_width_m = &one->full[3];
    m->transects.area = one->area;
    m->transects.radius = one->radius;
    m->transects.width = one->width;
    m->links.from = &one->from;
    m->links.to = &one->to;
    m->links.kind = &one->link_kind;
    m->links.row = &one->zero;
    m->links.offset1_m = &one->offset_m;
    m->links.flap_gate = &one->flap_gate;
    m->nodes.kind = one->node_kind;
    m->nodes.row = one->node_row;
    m->nodes.full_depth_m = &one->full_depth_m;
    m->outfalls.flap_gate = &one->outfall_gate;
}

/* Points of the model's only curve. */
static inline void one_link_curve(struct one_link *one, const double *xy, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        one->curve_x[i] = xy[2 * i];
        one->curve_y[i] = xy[2 * i + 1];
    }
    one->curve_first[1] = count;
}

/* Geometry of the model's only section. */
static inline tw_status one_link_shape(struct one_link *one, enum tw_shape shape,
                                       const double geom[4])
{
    one->shape = (int32_t)shape;
    memcpy(one->geom[0], geom, sizeof one->geom[0]);
    return tw_xsect_init(&one->xsect, &one->model, 0, one->custom);
}

/* Tables of the model's only transect. */
static inline tw_status one_link_transect(struct one_link *one, const struct tw_transect *transect)
{
    struct tw_transect_table table = {
        .area = one->area[0], .radius = one->radius[0], .width = one->width[0]};
    tw_status status = tw_transect_tables(transect, &table);
    one->full[0] = table.full_depth;
    one->full[1] = table.full_area;
    one->full[2] = table.full_radius;
    one->full[3] = table.max_width;
    return status;
}

#endif
