/* Masonry sewers: shapes of one dimension, their depth, that are tables. SWMM Reference Manual II,
 * 5.2 (its curves are those of Davis's Handbook of Applied Hydraulics, 1942, and of Metcalf & Eddy,
 * 1914); the values, rounded as here, are those of EPA SWMM 5 (public domain). */
#include "hydraulics/xsect_ops.h"

#include <stddef.h>

enum { COARSE = 21, MIDDLE = 26, FINE = 51 };

/* A shape: its sizes over the depth (or its square), and its tables, all over their full or greatest
 * values. Without area and radius tables, both follow from depth and factor. */
struct mason {
    double area, radius, width, width_depth;
    const double *area_at_depth, *radius_at_depth; /* MIDDLE */
    const double *width_at_depth;
    int32_t width_count;
    const double *depth_at_area, *factor_at_area; /* FINE */
};

static tw_status make(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                      const struct mason *m)
{
    double depth = model->xsects.geom[xsect][0];
    x->full_depth_m = depth;
    x->full_area_m2 = m->area * depth * depth;
    x->full_radius_m = m->radius * depth;
    x->max_width_m = m->width * depth;
    x->width_depth_m = m->width_depth * depth;
    x->area_table = m->area_at_depth;
    x->radius_table = m->radius_at_depth;
    x->area_count = MIDDLE;
    x->width_table = m->width_at_depth;
    x->width_count = m->width_count;
    x->depth_table = m->depth_at_area;
    x->factor_table = m->factor_at_area;
    return TW_OK;
}

/* One row a shape: its functions are those of tables, its numbers a struct mason. */
#define MASON(prefix, area_ratio, factor_ratio)                                                    \
    static tw_status prefix##_init(struct tw_xsect *x, const struct tw_model *model,               \
                                   int32_t xsect, double *tables)                                  \
    {                                                                                              \
        (void)tables; /* of CUSTOM shapes */                                                       \
        return make(x, model, xsect, &prefix);                                                     \
    }                                                                                              \
    const struct tw_shape_ops tw_shape_##prefix = {                                                \
        .init = prefix##_init,                                                                     \
        .area = tw_tabular_area,                                                                   \
        .width = tw_tabular_width,                                                                 \
        .radius = tw_tabular_radius,                                                               \
        .depth_of_area = tw_tabular_depth,                                                         \
        .factor_of_area = tw_tabular_factor,                                                       \
        .area_of_factor = tw_tabular_area_of_factor,                                               \
        .max_area_ratio = (area_ratio),                                                            \
        .max_factor_ratio = (factor_ratio),                                                        \
        .factor_slope = tw_tabular_factor_slope,                                                   \
    }

static const double egg_area[MIDDLE] = {
    .0000, .0116, .0316, .0550, .0850, .1200, .1555, .1900, .2250, .2750, .3200, .3700, .4200,
    .4700, .5150, .5700, .6200, .6800, .7300, .7800, .8350, .8850, .9250, .9550, .9800, 1.000};
static const double egg_radius[MIDDLE] = {
    .0100, .1300, .2440, .3020, .3860, .4650, .5360, .6110, .6760, .7350, .7910, .8540, .9040,
    .9410, 1.008, 1.045, 1.076, 1.115, 1.146, 1.162, 1.186, 1.193, 1.186, 1.162, 1.107, 1.000};
static const double egg_width[MIDDLE] = {
    .0,    .3250, .4270, .5080, .5820, .6420, .6960, .7460, .7910, .8360, .8660, .8960, .9260,
    .9560, .9700, .9850, 1.000, .9850, .9700, .9400, .8960, .8360, .7640, .6420, .3100, .0};
static const double egg_depth[FINE] = {
    0.0,     0.04912, 0.08101, 0.11128, 0.14161, 0.16622, 0.18811, 0.21356, 0.23742,
    0.25742, 0.27742, 0.29741, 0.31742, 0.33742, 0.35747, 0.37364, 0.4,     0.41697,
    0.43372, 0.45,    0.46374, 0.47747, 0.49209, 0.50989, 0.53015, 0.55,    0.56429,
    0.57675, 0.58834, 0.6,     0.61441, 0.62967, 0.64582, 0.66368, 0.68209, 0.7,
    0.71463, 0.72807, 0.74074, 0.75296, 0.765,   0.77784, 0.79212, 0.80945, 0.82936,
    0.85,    0.86731, 0.88769, 0.914,   0.95,    1.0};
static const double egg_factor[FINE] = {
    0.0,     0.00295, 0.01331, 0.02629, 0.04,    0.05657, 0.075,   0.09432, 0.11473,
    0.13657, 0.15894, 0.1803,  0.20036, 0.22,    0.23919, 0.25896, 0.28,    0.30504,
    0.33082, 0.35551, 0.37692, 0.39809, 0.42,    0.44625, 0.47321, 0.5,     0.52255,
    0.54481, 0.56785, 0.59466, 0.62485, 0.65518, 0.68181, 0.70415, 0.72585, 0.74819,
    0.77482, 0.80515, 0.83534, 0.86193, 0.88465, 0.9069,  0.93,    0.95866, 0.98673,
    1.01238, 1.03396, 1.05,    1.06517, 1.0538,  1.0};
static const struct mason egg = {.area = 0.5105,
                                 .radius = 0.1931,
                                 .width = 2.0 / 3.0,
                                 .width_depth = 0.64,
                                 .area_at_depth = egg_area,
                                 .radius_at_depth = egg_radius,
                                 .width_at_depth = egg_width,
                                 .width_count = MIDDLE,
                                 .depth_at_area = egg_depth,
                                 .factor_at_area = egg_factor};
MASON(egg, 0.96, 1.065);

static const double horseshoe_area[MIDDLE] = {
    .0000, .0181, .0508, .0908, .1326, .1757, .2201, .2655, .3118, .3587, .4064, .4542, .5023,
    .5506, .5987, .6462, .6931, .7387, .7829, .8253, .8652, .9022, .9356, .9645, .9873, 1.000};
static const double horseshoe_radius[MIDDLE] = {
    .0100, .1040, .2065, .3243, .4322, .5284, .6147, .6927, .7636, .8268, .8873, .9417, .9905,
    1.036, 1.077, 1.113, 1.143, 1.169, 1.189, 1.202, 1.208, 1.206, 1.195, 1.170, 1.126, 1.000};
static const double horseshoe_width[MIDDLE] = {
    .0,    .5878, .8772, .8900, .9028, .9156, .9284, .9412, .9540, .9668, .9798, .9928, .9992,
    .9992, .9928, .9798, .9600, .9330, .8980, .8542, .8000, .7332, .6499, .5426, .3919, .0};
static const double horseshoe_depth[FINE] = {
    0.0,     0.04146, 0.07033, 0.09098, 0.10962, 0.12921, 0.14813, 0.16701, 0.18565,
    0.20401, 0.22211, 0.23998, 0.25769, 0.27524, 0.29265, 0.3099,  0.32704, 0.34406,
    0.36101, 0.3779,  0.39471, 0.41147, 0.42818, 0.44484, 0.46147, 0.47807, 0.49468,
    0.51134, 0.52803, 0.54474, 0.56138, 0.57804, 0.59478, 0.61171, 0.62881, 0.64609,
    0.6635,  0.68111, 0.69901, 0.71722, 0.73583, 0.7549,  0.77447, 0.79471, 0.81564,
    0.83759, 0.86067, 0.88557, 0.91159, 0.9452,  1.0};
static const double horseshoe_factor[FINE] = {
    0.0,     0.00467, 0.01237, 0.02268, 0.03515, 0.04943, 0.06525, 0.08212, 0.10005,
    0.11891, 0.13856, 0.15896, 0.18004, 0.20172, 0.22397, 0.24677, 0.27006, 0.2938,
    0.3179,  0.34237, 0.3672,  0.39239, 0.41792, 0.44374, 0.46984, 0.49619, 0.52276,
    0.5495,  0.5764,  0.60345, 0.63065, 0.65795, 0.68531, 0.71271, 0.74009, 0.76738,
    0.79451, 0.82144, 0.84814, 0.8745,  0.90057, 0.92652, 0.95244, 0.97724, 0.99988,
    1.02048, 1.03989, 1.05698, 1.07694, 1.07562, 1.0};
static const struct mason horseshoe = {.area = 0.8293,
                                       .radius = 0.2538,
                                       .width = 1.0,
                                       .width_depth = 0.5,
                                       .area_at_depth = horseshoe_area,
                                       .radius_at_depth = horseshoe_radius,
                                       .width_at_depth = horseshoe_width,
                                       .width_count = MIDDLE,
                                       .depth_at_area = horseshoe_depth,
                                       .factor_at_area = horseshoe_factor};
MASON(horseshoe, 0.96, 1.077);

static const double gothic_width[COARSE] = {0.0,   0.286, 0.643, 0.762, 0.833, 0.905, 0.952,
                                            0.976, 0.976, 1.0,   1.0,   0.976, 0.976, 0.952,
                                            0.905, 0.833, 0.762, 0.667, 0.524, 0.357, 0.0};
static const double gothic_depth[FINE] = {
    0.0,     0.04522, 0.07825, 0.10646, 0.12645, 0.14645, 0.16787, 0.18641, 0.20129,
    0.22425, 0.24129, 0.25624, 0.27344, 0.29097, 0.30529, 0.32607, 0.33755, 0.35073,
    0.36447, 0.37558, 0.4,     0.4181,  0.43648, 0.45374, 0.46805, 0.48195, 0.49626,
    0.51352, 0.5319,  0.55,    0.56416, 0.57787, 0.59224, 0.6095,  0.62941, 0.65,
    0.67064, 0.69055, 0.70721, 0.72031, 0.73286, 0.74632, 0.76432, 0.78448, 0.80421,
    0.82199, 0.84363, 0.87423, 0.90617, 0.93827, 1.0};
static const double gothic_factor[FINE] = {
    0.0,     0.005,   0.0174,  0.03098, 0.04272, 0.055,   0.0698,  0.0862,  0.10461,
    0.12463, 0.145,   0.16309, 0.18118, 0.2,     0.22181, 0.24487, 0.26888, 0.2938,
    0.31901, 0.34389, 0.36564, 0.38612, 0.4072,  0.43,    0.45868, 0.48895, 0.52,
    0.55032, 0.5804,  0.61,    0.63762, 0.66505, 0.6929,  0.72342, 0.75467, 0.785,
    0.81165, 0.83654, 0.86,    0.88253, 0.90414, 0.925,   0.94486, 0.96475, 0.98567,
    1.00833, 1.03,    1.0536,  1.065,   1.055,   1.0};
static const struct mason gothic = {.area = 0.6554,
                                    .radius = 0.2269,
                                    .width = 0.84,
                                    .width_depth = 0.45,
                                    .width_at_depth = gothic_width,
                                    .width_count = COARSE,
                                    .depth_at_area = gothic_depth,
                                    .factor_at_area = gothic_factor};
MASON(gothic, 0.96, 1.065);

static const double catenary_width[COARSE] = {
    0.0,    0.6667, 0.8222, 0.9111, 0.9778, 1.0000, 1.0000, 0.9889, 0.9778, 0.9556, 0.9333,
    0.8889, 0.8444, 0.8000, 0.7556, 0.7000, 0.6333, 0.5556, 0.4444, 0.3333, 0.0};
static const double catenary_depth[FINE] = {
    0.0,     0.02974, 0.06439, 0.08433, 0.10549, 0.12064, 0.13952, 0.1556,  0.17032,
    0.18512, 0.20057, 0.21995, 0.24011, 0.25892, 0.27595, 0.29214, 0.30802, 0.32372,
    0.33894, 0.35315, 0.36557, 0.37833, 0.3923,  0.4097,  0.42982, 0.45,    0.46769,
    0.48431, 0.5,     0.51466, 0.52886, 0.54292, 0.55729, 0.57223, 0.5878,  0.60428,
    0.62197, 0.64047, 0.6598,  0.67976, 0.7,     0.71731, 0.73769, 0.76651, 0.8,
    0.8209,  0.84311, 0.87978, 0.91576, 0.95,    1.0};
static const double catenary_factor[FINE] = {
    0.0,     0.00605, 0.01455, 0.0254,  0.03863, 0.0543,  0.07127, 0.08778, 0.10372,
    0.12081, 0.14082, 0.16375, 0.18779, 0.21157, 0.23478, 0.25818, 0.28244, 0.30741,
    0.33204, 0.35505, 0.37465, 0.39404, 0.41426, 0.43804, 0.46531, 0.49357, 0.52187,
    0.54925, 0.57647, 0.60321, 0.62964, 0.65639, 0.68472, 0.71425, 0.74303, 0.76827,
    0.79168, 0.815,   0.84094, 0.86707, 0.89213, 0.91607, 0.94,    0.96604, 0.99,
    1.00714, 1.02158, 1.03814, 1.05,    1.05,    1.0};
static const struct mason catenary = {.area = 0.70277,
                                      .radius = 0.23172,
                                      .width = 0.9,
                                      .width_depth = 0.25,
                                      .width_at_depth = catenary_width,
                                      .width_count = COARSE,
                                      .depth_at_area = catenary_depth,
                                      .factor_at_area = catenary_factor};
MASON(catenary, 0.98, 1.05);

static const double semi_elliptical_width[COARSE] = {
    0.0,    0.7000, 0.9800, 1.0000, 1.0000, 1.0000, 0.9900, 0.9800, 0.9600, 0.9400, 0.9100,
    0.8800, 0.8400, 0.8000, 0.7500, 0.7000, 0.6400, 0.5600, 0.4600, 0.3400, 0.0};
static const double semi_elliptical_depth[FINE] = {
    0.0,     0.03075, 0.05137, 0.07032, 0.09,    0.11323, 0.13037, 0.14519, 0.15968,
    0.18459, 0.19531, 0.21354, 0.22694, 0.23947, 0.25296, 0.265,   0.27784, 0.29212,
    0.3097,  0.32982, 0.35,    0.36738, 0.3839,  0.4,     0.41667, 0.43333, 0.45,
    0.46697, 0.48372, 0.5,     0.51374, 0.52747, 0.54209, 0.5595,  0.57941, 0.6,
    0.62,    0.64,    0.66,    0.68,    0.7,     0.71843, 0.73865, 0.76365, 0.7926,
    0.82088, 0.85,    0.88341, 0.90998, 0.93871, 1.0};
static const double semi_elliptical_factor[FINE] = {
    0.0,     0.00438, 0.01227, 0.02312, 0.03638, 0.05145, 0.06783, 0.085,   0.10093,
    0.11752, 0.1353,  0.15626, 0.17917, 0.20296, 0.22654, 0.24962, 0.27269, 0.29568,
    0.31848, 0.34152, 0.365,   0.38941, 0.41442, 0.44,    0.46636, 0.49309, 0.52,
    0.54628, 0.57285, 0.6,     0.62949, 0.65877, 0.68624, 0.71017, 0.73304, 0.75578,
    0.77925, 0.80368, 0.83114, 0.8595,  0.88592, 0.90848, 0.93,    0.95292, 0.97481,
    0.99374, 1.01084, 1.02858, 1.04543, 1.05,    1.0};
static const struct mason semi_elliptical = {.area = 0.785,
                                             .radius = 0.242,
                                             .width = 1.0,
                                             .width_depth = 0.15,
                                             .width_at_depth = semi_elliptical_width,
                                             .width_count = COARSE,
                                             .depth_at_area = semi_elliptical_depth,
                                             .factor_at_area = semi_elliptical_factor};
MASON(semi_elliptical, 0.98, 1.045);

static const double basket_handle_area[MIDDLE] = {
    .0000, .0173, .0457, .0828, .1271, .1765, .2270, .2775, .3280, .3780, .4270, .4765, .5260,
    .5740, .6220, .6690, .7160, .7610, .8030, .8390, .8770, .9110, .9410, .9680, .9880, 1.000};
static const double basket_handle_radius[MIDDLE] = {
    .0100, .0952, .1890, .2730, .3690, .4630, .5600, .6530, .7430, .8220, .8830, .9490, .9990,
    1.055, 1.095, 1.141, 1.161, 1.188, 1.206, 1.206, 1.206, 1.205, 1.196, 1.168, 1.127, 1.000};
static const double basket_handle_width[MIDDLE] = {
    0.0,   0.49,  0.667, 0.82,  0.93,  1.00,  1.00, 1.00,  0.997, 0.994, 0.988, 0.982, 0.967,
    0.948, 0.928, 0.904, 0.874, 0.842, 0.798, 0.75, 0.697, 0.637, 0.567, 0.467, 0.342, 0.0};
static const double basket_handle_depth[FINE] = {
    0.0,     0.04112, 0.0738,  0.1,     0.12236, 0.14141, 0.15857, 0.17462, 0.18946,
    0.20315, 0.21557, 0.22833, 0.2423,  0.25945, 0.27936, 0.3,     0.3204,  0.34034,
    0.35892, 0.37595, 0.39214, 0.40802, 0.42372, 0.43894, 0.45315, 0.46557, 0.47833,
    0.4923,  0.50945, 0.52936, 0.55,    0.57,    0.59,    0.61023, 0.63045, 0.65,
    0.66756, 0.68413, 0.7,     0.71481, 0.72984, 0.74579, 0.76417, 0.78422, 0.80477,
    0.82532, 0.85,    0.88277, 0.915,   0.95,    1.0};
static const double basket_handle_factor[FINE] = {
    0.0,     0.00758, 0.01812, 0.03,    0.03966, 0.04957, 0.0623,  0.07849, 0.09618,
    0.11416, 0.13094, 0.14808, 0.16583, 0.18381, 0.20294, 0.225,   0.2547,  0.28532,
    0.31006, 0.32804, 0.34555, 0.36944, 0.40032, 0.43203, 0.46004, 0.47849, 0.49591,
    0.51454, 0.5381,  0.56711, 0.6,     0.64092, 0.68136, 0.71259, 0.73438, 0.755,
    0.78625, 0.8188,  0.85,    0.8679,  0.88483, 0.90431, 0.9369,  0.97388, 1.00747,
    1.033,   1.05,    1.05464, 1.06078, 1.055,   1.0};
static const struct mason basket_handle = {.area = 0.7862,
                                           .radius = 0.2464,
                                           .width = 0.944,
                                           .width_depth = 0.2,
                                           .area_at_depth = basket_handle_area,
                                           .radius_at_depth = basket_handle_radius,
                                           .width_at_depth = basket_handle_width,
                                           .width_count = MIDDLE,
                                           .depth_at_area = basket_handle_depth,
                                           .factor_at_area = basket_handle_factor};
MASON(basket_handle, 0.96, 1.06078);

static const double semi_circular_width[COARSE] = {
    0.0,    0.5488, 0.8537, 1.0000, 1.0000, 0.9939, 0.9878, 0.9756, 0.9634, 0.9451, 0.9207,
    0.8902, 0.8537, 0.8171, 0.7683, 0.7073, 0.6463, 0.5732, 0.4756, 0.3354, 0.0};
static const double semi_circular_depth[FINE] = {
    0.0,     0.04102, 0.07407, 0.1,     0.11769, 0.13037, 0.14036, 0.15,    0.16546,
    0.18213, 0.2,     0.22018, 0.2403,  0.25788, 0.27216, 0.285,   0.29704, 0.30892,
    0.32128, 0.33476, 0.35,    0.36927, 0.38963, 0.41023, 0.43045, 0.45,    0.46769,
    0.48431, 0.5,     0.51443, 0.52851, 0.54271, 0.55774, 0.57388, 0.59101, 0.60989,
    0.63005, 0.65,    0.66682, 0.68318, 0.7,     0.71675, 0.73744, 0.76651, 0.8,
    0.8209,  0.84311, 0.87978, 0.91576, 0.95,    1.0};
static const double semi_circular_factor[FINE] = {
    0.0,     0.00757, 0.01815, 0.03,    0.0358,  0.04037, 0.04601, 0.055,   0.07475,
    0.09834, 0.125,   0.1557,  0.18588, 0.20883, 0.223,   0.23472, 0.24667, 0.26758,
    0.29346, 0.32124, 0.35,    0.3772,  0.4054,  0.43541, 0.46722, 0.5,     0.53532,
    0.56935, 0.6,     0.61544, 0.62811, 0.6417,  0.66598, 0.7001,  0.73413, 0.76068,
    0.78027, 0.8,     0.82891, 0.85964, 0.89,    0.9127,  0.93664, 0.96677, 1.0,
    1.02661, 1.04631, 1.05726, 1.06637, 1.06,    1.0};
static const struct mason semi_circular = {.area = 1.2697,
                                           .radius = 0.2946,
                                           .width = 1.64,
                                           .width_depth = 0.15,
                                           .width_at_depth = semi_circular_width,
                                           .width_count = COARSE,
                                           .depth_at_area = semi_circular_depth,
                                           .factor_at_area = semi_circular_factor};
MASON(semi_circular, 0.96, 1.06637);
