/* Orifices. SWMM Reference Manual II, 6.2.
 *
 *   Q = C A sqrt(2 g h)                   under water
 *   Q = C A sqrt(2 g h_w) f^1.5           f < 1: as a weir; equal at f = 1
 *
 *   h    head on the opening: above its middle (side) or its plane (bottom), or above tail water
 *   f    of a side orifice its filled part; of a bottom one h over h_crit, the head at which weir
 *        and orifice give the same
 *   h_w  half the opening's height (side), h_crit (bottom)                                 */
#include "hydraulics/constants.h"
#include "hydraulics/link_heads.h"
#include "hydraulics/network.h"

#include <math.h>

/* The opening at the present setting. */
struct opening {
    double height_m; /* of the open part */
    double area_m2;
    double orifice;    /* C A sqrt(2 g) */
    double weir;       /* flow as a weir at f = 1 */
    double critical_m; /* head at f = 1 */
};

static struct opening opening_of(double coefficient, bool bottom, const struct tw_xsect *xsect,
                                 double setting)
{
    struct opening o = {.height_m = setting * xsect->full_depth_m};
    o.area_m2 = tw_xsect_area(xsect, o.height_m);
    o.orifice = coefficient * o.area_m2 * sqrt(2.0 * TW_GRAVITY_MPS2);
    o.critical_m = o.height_m;
    double weir_head = 0.5 * o.height_m;
    if (bottom) {
        double h = o.height_m, w = xsect->max_width_m;
        double area_over_rim = xsect->shape == TW_SHAPE_CIRCULAR ? 0.25 * h : 0.5 * h * w / (h + w);
        /* 0.414: coefficient of a sharp-crested weir over sqrt(2 g) */
        o.critical_m = coefficient / 0.414 * area_over_rim;
        weir_head = o.critical_m;
    }
    o.weir = o.orifice * sqrt(weir_head);
    return o;
}

static double filled_part(const struct tw_link_heads *heads, const struct opening *o, bool bottom,
                          double *out_head)
{
    double crest = heads->crest_m, middle = crest + 0.5 * o->height_m;
    if (bottom) {
        double below = heads->down_m > crest ? heads->down_m : crest;
        double head = heads->up_m > crest ? heads->up_m - below : 0.0;
        *out_head = head;
        return head < o->critical_m ? head / o->critical_m : 1.0;
    }
    if (heads->up_m < crest + o->height_m) {
        *out_head = heads->up_m - crest;
        return *out_head / o->height_m;
    }
    *out_head = heads->up_m - (heads->down_m < middle ? middle : heads->down_m);
    return 1.0;
}

static double flow_at(const struct opening *o, double head, double filled, double *out_dqdh)
{
    double flow = 0.0;
    *out_dqdh = 0.0;
    if (!(head > 0.0 && filled > 0.0)) return flow;
    if (filled < 1.0) {
        flow = o->weir * pow(filled, 1.5);
        *out_dqdh = 1.5 * flow / (filled * o->critical_m);
    } else {
        flow = o->orifice * sqrt(head);
        *out_dqdh = flow / (2.0 * head);
    }
    return flow;
}

/* Flow at a head that the flap gate has its part of. */
static double flow_through_gate(const struct opening *o, double head, double filled,
                                double *out_dqdh)
{
    double flow = flow_at(o, head, filled, out_dqdh);
    if (!(o->area_m2 > 0.0)) return flow;
    double loss = tw_flap_gate_loss(flow / o->area_m2, head);
    if (filled < 1.0) return flow_at(o, head, filled - loss / o->critical_m, out_dqdh);
    return flow_at(o, head - loss, filled, out_dqdh);
}

/* Length over which the opening's width counts as water surface of its nodes [m]. */
static double surface_length(const struct tw_model *model, const struct tw_xsect *xsect)
{
    double wave = sqrt(TW_GRAVITY_MPS2 * xsect->full_depth_m);
    double length = 2.0 * tw_network_length_step_s(model) * wave;
    return length > 200.0 * TW_FOOT_M ? length : 200.0 * TW_FOOT_M;
}

void tw_orifice_flow(const struct tw_model *model, int32_t row, const struct tw_xsect *xsect,
                     const struct tw_link_ends *ends, struct tw_link_flow *out)
{
    int32_t link = model->orifices.link[row];
    bool bottom = model->orifices.kind[row] == TW_ORIFICE_BOTTOM;
    struct tw_link_heads heads = tw_link_heads_of(model, link, ends);
    struct opening o =
        opening_of(model->orifices.discharge_coefficient[row], bottom, xsect, ends->setting);
    double length = surface_length(model, xsect);
    double head = 0.0;
    double filled = filled_part(&heads, &o, bottom, &head);
    *out = (struct tw_link_flow){.flow_class = TW_FLOW_DRY, .surface_m2 = TW_TINY_DEPTH_M * length};
    if (ends->setting == 0.0 || head <= TW_TINY_DEPTH_M || heads.up_depth_m <= TW_TINY_DEPTH_M ||
        tw_link_gate_shut(model, link, heads.direction)) {
        return;
    }
    out->flow_class = tw_link_class_of(&heads, heads.crest_m);
    out->depth_m = bottom ? o.height_m : o.height_m * filled;
    out->surface_m2 = bottom ? o.area_m2 : tw_xsect_width(xsect, out->depth_m) * length;
    double flow = model->links.flap_gate[link] ? flow_through_gate(&o, head, filled, &out->dqdh_m2s)
                                               : flow_at(&o, head, filled, &out->dqdh_m2s);
    if (filled < 1.0 && heads.down_m > heads.crest_m) {
        double ratio = (heads.down_m - heads.crest_m) / (heads.up_m - heads.crest_m);
        flow *= tw_villemonte_factor(ratio, 1.5);
    }
    out->flow_m3s = heads.direction * flow;
}
