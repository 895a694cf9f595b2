/* Inlet control of culverts. SWMM Reference Manual II, 7.4; FHWA Hydraulic Design Series 5.
 *
 *   form 1    h/D = H_c/D + K (Q / (A D^0.5))^M - s       unsubmerged
 *   form 2    h/D = K (Q / (A D^0.5))^M                   unsubmerged
 *   both      h/D = C (Q / (A D^0.5))^2 + Y - s           submerged
 *
 *   h    depth upstream                 D, A   full depth and area
 *   H_c  specific head at critical flow s      half the slope; of mitered inlets -7 times the slope
 *
 * K, M, C, Y belong to feet. Unsubmerged up to 0.95 D, submerged from (16 C + Y - s) D, and a
 * straight line of the flow between. */
#include "hydraulics/culvert.h"

#include "hydraulics/constants.h"
#include "num/find_root.h"

#include <math.h>
#include <stddef.h>

static const double unsubmerged_limit = 0.95;
static const double submerged_limit = 16.0; /* (Q / (A D^0.5))^2 */

struct inlet {
    int form;
    double k, m, c, y;
    bool mitered;
};

/* By code; HDS-5, chart and scale in its order. */
static const struct inlet inlets[TW_CULVERT_CODES + 1] = {
    {0, 0.0, 0.0, 0.0, 0.0, false},
    /* circular concrete: square edge, groove end with headwall, groove end projecting */
    {1, 0.0098, 2.00, 0.0398, 0.67, false},
    {1, 0.0018, 2.00, 0.0292, 0.74, false},
    {1, 0.0045, 2.00, 0.0317, 0.69, false},
    /* circular corrugated metal: headwall, mitered, projecting */
    {1, 0.0078, 2.00, 0.0379, 0.69, false},
    {1, 0.0210, 1.33, 0.0463, 0.75, true},
    {1, 0.0340, 1.50, 0.0553, 0.54, false},
    /* circular, bevelled ring: 45, 33.7 degrees */
    {1, 0.0018, 2.50, 0.0300, 0.74, false},
    {1, 0.0018, 2.50, 0.0243, 0.83, false},
    /* box, wingwalls flared 30-75, 90 or 15, 0 degrees */
    {1, 0.026, 1.00, 0.0347, 0.81, false},
    {1, 0.061, 0.75, 0.0400, 0.80, false},
    {1, 0.061, 0.75, 0.0423, 0.82, false},
    /* box, flared wingwalls and bevelled top: 45, 18-33.7 degrees */
    {2, 0.510, 0.667, 0.0309, 0.80, false},
    {2, 0.486, 0.667, 0.0249, 0.83, false},
    /* box, 90 degree headwall: chamfered, bevelled 45, 33.7 degrees */
    {2, 0.515, 0.667, 0.0375, 0.79, false},
    {2, 0.495, 0.667, 0.0314, 0.82, false},
    {2, 0.486, 0.667, 0.0252, 0.865, false},
    /* box, skewed headwall: chamfered at 45, 30, 15 degrees, bevelled at 10-45 */
    {2, 0.545, 0.667, 0.04505, 0.73, false},
    {2, 0.533, 0.667, 0.0425, 0.705, false},
    {2, 0.522, 0.667, 0.0402, 0.68, false},
    {2, 0.498, 0.667, 0.0327, 0.75, false},
    /* box, wingwalls without offset: 45, 18.4 degrees, 18.4 with 30 degree skew */
    {2, 0.497, 0.667, 0.0339, 0.803, false},
    {2, 0.493, 0.667, 0.0361, 0.806, false},
    {2, 0.495, 0.667, 0.0386, 0.71, false},
    /* box, offset wingwalls, bevelled top: 45, 33.7, 18.4 degrees */
    {2, 0.497, 0.667, 0.0302, 0.835, false},
    {2, 0.495, 0.667, 0.0252, 0.881, false},
    {2, 0.493, 0.667, 0.0227, 0.887, false},
    /* corrugated metal box: headwall, thick wall, thin wall projecting */
    {1, 0.0083, 2.00, 0.0379, 0.69, false},
    {1, 0.0145, 1.75, 0.0419, 0.64, false},
    {1, 0.0340, 1.50, 0.0496, 0.57, false},
    /* horizontal ellipse, concrete: square edge, grooved with headwall, grooved projecting */
    {1, 0.0100, 2.00, 0.0398, 0.67, false},
    {1, 0.0018, 2.50, 0.0292, 0.74, false},
    {1, 0.0045, 2.00, 0.0317, 0.69, false},
    /* vertical ellipse, concrete: the same */
    {1, 0.0100, 2.00, 0.0398, 0.67, false},
    {1, 0.0018, 2.50, 0.0292, 0.74, false},
    {1, 0.0095, 2.00, 0.0317, 0.69, false},
    /* pipe arch, 18 inch corners: headwall, mitered, projecting; projecting, no bevels, 33.7 */
    {1, 0.0083, 2.00, 0.0379, 0.69, false},
    {1, 0.0300, 1.00, 0.0463, 0.75, true},
    {1, 0.0340, 1.50, 0.0496, 0.57, false},
    {1, 0.0300, 1.50, 0.0496, 0.57, false},
    {1, 0.0088, 2.00, 0.0368, 0.68, false},
    {1, 0.0030, 2.00, 0.0269, 0.77, false},
    /* pipe arch, 31 inch corners: projecting, no bevels, 33.7 degrees */
    {1, 0.0300, 1.50, 0.0496, 0.57, false},
    {1, 0.0088, 2.00, 0.0368, 0.68, false},
    {1, 0.0030, 2.00, 0.0269, 0.77, false},
    /* arch, corrugated metal: headwall, mitered, thin wall projecting */
    {1, 0.0083, 2.00, 0.0379, 0.69, false},
    {1, 0.0300, 1.00, 0.0473, 0.75, true},
    {1, 0.0340, 1.50, 0.0496, 0.57, false},
    /* circular, tapered throat: smooth, rough */
    {2, 0.534, 0.555, 0.0196, 0.90, false},
    {2, 0.519, 0.640, 0.0210, 0.90, false},
    /* elliptical face: bevelled, square, thin edge projecting */
    {2, 0.536, 0.622, 0.0368, 0.83, false},
    {2, 0.5035, 0.719, 0.0478, 0.80, false},
    {2, 0.547, 0.800, 0.0598, 0.75, false},
    /* rectangular, tapered throat */
    {2, 0.475, 0.667, 0.0179, 0.97, false},
    /* rectangular concrete, side tapered: less, more favourable edges; slope tapered: the same */
    {2, 0.560, 0.667, 0.0446, 0.85, false},
    {2, 0.560, 0.667, 0.0378, 0.87, false},
    {2, 0.500, 0.667, 0.0446, 0.65, false},
    {2, 0.500, 0.667, 0.0378, 0.71, false},
};

struct culvert {
    const struct tw_xsect *xsect;
    const struct inlet *inlet;
    double unit_flow;  /* A D^0.5 as a flow */
    double correction; /* s */
};

struct rating {
    double flow, dqdh;
};

struct critical {
    const struct culvert *culvert;
    double wanted; /* h/D + s */
    double *last_flow;
};

/* Form 1's error at a critical depth. */
static double form_1(const void *context, double depth_m, double *out_slope)
{
    (void)out_slope; /* Ridders' method needs none */
    const struct critical *c = context;
    const struct tw_xsect *x = c->culvert->xsect;
    double area = tw_xsect_area(x, depth_m);
    double mean_depth = area / tw_xsect_width(x, depth_m);
    double flow = area * sqrt(TW_GRAVITY_MPS2 * mean_depth);
    *c->last_flow = flow;
    double loss = c->culvert->inlet->k * pow(flow / c->culvert->unit_flow, c->culvert->inlet->m);
    return c->wanted - (depth_m + 0.5 * mean_depth) / x->full_depth_m - loss;
}

static struct rating unsubmerged(const struct culvert *c, double h)
{
    double full = c->xsect->full_depth_m, flow = 0.0;
    if (c->inlet->form == 1) {
        /* SWMM takes the flow at the depth that was tried last, which may lie beside the root */
        struct critical critical = {c, h / full + c->correction, &flow};
        tw_root_ridders(form_1, &critical, 0.01 * h, h, 0.001 * TW_FOOT_M);
    } else {
        flow = c->unit_flow * pow(h / full / c->inlet->k, 1.0 / c->inlet->m);
    }
    return (struct rating){flow, flow / h / c->inlet->m};
}

static struct rating submerged(const struct culvert *c, double h)
{
    double full = c->xsect->full_depth_m;
    double square = (h / full - c->inlet->y + c->correction) / c->inlet->c;
    if (!(square > 0.0)) return (struct rating){INFINITY, 0.0};
    double flow = c->unit_flow * sqrt(square);
    return (struct rating){flow, 0.5 * flow / square / full / c->inlet->c};
}

bool tw_culvert_limit(const struct tw_xsect *xsect, int32_t code, double slope, double depth_m,
                      double *flow_m3s, double *dqdh_m2s)
{
    if (code < 1 || code > TW_CULVERT_CODES || !(depth_m > 0.0)) return false;
    double full = xsect->full_depth_m;
    const struct inlet *inlet = &inlets[code];
    struct culvert c = {.xsect = xsect,
                        .inlet = inlet,
                        .unit_flow = xsect->full_area_m2 * sqrt(full * TW_FOOT_M),
                        .correction = (inlet->mitered ? -7.0 : 0.5) * slope};
    double low = unsubmerged_limit * full;
    double high = (submerged_limit * inlet->c + inlet->y - c.correction) * full;
    struct rating r;
    if (depth_m >= high) {
        r = submerged(&c, depth_m);
    } else if (depth_m <= low) {
        r = unsubmerged(&c, depth_m);
    } else {
        double at_low = unsubmerged(&c, low).flow, at_high = submerged(&c, high).flow;
        r.dqdh = (at_high - at_low) / (high - low);
        r.flow = at_low + r.dqdh * (depth_m - low);
    }
    if (!(r.flow < *flow_m3s)) return false;
    *flow_m3s = r.flow;
    *dqdh_m2s = r.dqdh;
    return true;
}
