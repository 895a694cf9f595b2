/* Ellipses and pipe arches, of any size or of a standard one. SWMM Reference Manual II, 5.2; the
 * standard sizes are those of the SWMM User's Manual, appendix A.12 and A.13 (American Concrete Pipe
 * Association, American Iron and Steel Institute). */
#include "hydraulics/constants.h"
#include "hydraulics/xsect_ops.h"

#include <math.h>
#include <stddef.h>

enum { COUNT = 26, ELLIPSES = 23, ARCHES = 102 };

static const double inch_m = TW_FOOT_M / 12.0;

static const double ellipse_width[COUNT] = {
    .0,    .3919, .5426, .6499, .7332, .8000, .8542, .8980, .9330, .9600, .9798, .9928, .9992,
    .9992, .9928, .9798, .9600, .9330, .8980, .8542, .8000, .7332, .6499, .5426, .3919, .0};
static const double horiz_ellipse_area[COUNT] = {
    .0000, .0150, .0400, .0650, .0950, .1300, .1650, .2050, .2500, .3000, .3550, .4150, .4800,
    .5200, .5850, .6450, .7000, .7500, .7950, .8350, .8700, .9050, .9350, .9600, .9850, 1.000};
static const double horiz_ellipse_radius[COUNT] = {
    .0100, .0764, .1726, .2389, .3274, .4191, .5120, .5983, .6757, .7630, .8326, .9114, .9702,
    1.030, 1.091, 1.146, 1.185, 1.225, 1.257, 1.274, 1.290, 1.282, 1.274, 1.257, 1.185, 1.000};
static const double vert_ellipse_area[COUNT] = {
    .0000, .0100, .0400, .0700, .1000, .1400, .1850, .2300, .2800, .3300, .3800, .4300, .4800,
    .5200, .5700, .6200, .6700, .7200, .7700, .8150, .8600, .9000, .9300, .9600, .9900, 1.000};
static const double vert_ellipse_radius[COUNT] = {
    .0100, .1250, .2436, .3536, .4474, .5484, .6366, .7155, .7768, .8396, .8969, .9480, .9925,
    1.023, 1.053, 1.084, 1.107, 1.130, 1.154, 1.170, 1.177, 1.177, 1.170, 1.162, 1.122, 1.000};
static const double arch_area[COUNT] = {
    .0000, .0200, .0600, .1000, .1400, .1900, .2400, .2900, .3400, .3900, .4400, .4900, .5400,
    .5900, .6400, .6900, .7350, .7800, .8200, .8600, .8950, .9300, .9600, .9850, .9950, 1.000};
static const double arch_radius[COUNT] = {
    .0100, .0983, .1965, .2948, .3940, .4962, .5911, .6796, .7615, .8364, .9044, .9640, 1.018,
    1.065, 1.106, 1.142, 1.170, 1.192, 1.208, 1.217, 1.220, 1.213, 1.196, 1.168, 1.112, 1.000};
static const double arch_width[COUNT] = {
    .0,    .6272, .8521, .9243, .9645, .9846, .9964, .9988, .9917, .9811, .9680, .9515, .9314,
    .9101, .8864, .8592, .8284, .7917, .7527, .7065, .6544, .5953, .5231, .4355, .3195, .0};

/* Standard ellipses: axes [inch], area [ft2], radius [ft]. */
static const double ellipse_minor[ELLIPSES] = {14, 19, 22, 24, 27, 29, 32, 34, 38, 43,  48, 53,
                                               58, 63, 68, 72, 77, 82, 87, 92, 97, 106, 116};
static const double ellipse_major[ELLIPSES] = {23,  30,  34,  38,  42,  45,  49,  53,
                                               60,  68,  76,  83,  91,  98,  106, 113,
                                               121, 128, 136, 143, 151, 166, 180};
static const double ellipse_full_area[ELLIPSES] = {
    1.80,  3.30,  4.10,  5.10,  6.30,  7.40,  8.80,  10.20, 12.90, 16.60, 20.50, 24.80,
    29.50, 34.60, 40.10, 46.10, 52.40, 59.20, 66.40, 74.00, 82.00, 99.20, 118.60};
static const double ellipse_full_radius[ELLIPSES] = {
    0.367, 0.490, 0.546, 0.613, 0.686, 0.736, 0.812, 0.875, 0.969, 1.106, 1.229, 1.352,
    1.475, 1.598, 1.721, 1.845, 1.967, 2.091, 2.215, 2.340, 2.461, 2.707, 2.968};

/* Standard arches: 17 of concrete, 12 of steel with 2 2/3 x 1/2 inch corrugation, 15 with 3 x 1
 * inch, 34 of structural plate with 19 inch corners, 24 with 31 inch corners. */
static const double arch_full_depth[ARCHES] = {
    11,     13.5,  15.5, 18,  22.5, 26.625, 31.3125, 36,  40,  45,  54,  62,  72,  77.5, 87.125,
    96.875, 106.5, 13,   15,  18,   20,     24,      29,  33,  38,  43,  47,  52,  57,   31,
    36,     41,    46,   51,  55,   59,     63,      67,  71,  75,  79,  83,  87,  91,   55,
    57,     59,    61,   63,  65,   67,     69,      71,  73,  75,  77,  79,  81,  83,   85,
    87,     89,    91,   93,  95,   97,     100,     101, 103, 105, 107, 109, 111, 113,  115,
    118,    119,   121,  112, 114,  116,    118,     120, 122, 124, 126, 128, 130, 132,  134,
    136,    138,   140,  142, 144,  146,    148,     150, 152, 154, 156, 158};
static const double arch_max_width[ARCHES] = {
    18,  22,  26,  28.5, 36.25, 43.75, 51.125, 58.5, 65,  73,  88,  102, 115, 122, 138, 154, 168.75,
    17,  21,  24,  28,   35,    42,    49,     57,   64,  71,  77,  83,  40,  46,  53,  60,  66,
    73,  81,  87,  95,   103,   112,   117,    128,  137, 142, 73,  76,  81,  84,  87,  92,  95,
    98,  103, 106, 112,  114,   117,   123,    128,  131, 137, 139, 142, 148, 150, 152, 154, 161,
    167, 169, 171, 178,  184,   186,   188,    190,  197, 199, 159, 162, 168, 170, 173, 179, 184,
    187, 190, 195, 198,  204,   206,   209,    215,  217, 223, 225, 231, 234, 236, 239, 245, 247};
static const double arch_full_area[ARCHES] = {
    1.1,  1.65, 2.2,  2.8,  4.4,  6.4,  8.8,  11.4, 14.3, 17.7, 25.6, 34.6, 44.5, 51.7, 66,
    81.8, 99.1, 1.1,  1.6,  2.2,  2.9,  4.5,  6.5,  8.9,  11.6, 14.7, 18.1, 21.9, 26,   7,
    9.4,  12.3, 15.6, 19.3, 23.2, 27.4, 32.1, 37,   42.4, 48,   54.2, 60.5, 67.4, 74.5, 22,
    24,   26,   28,   31,   33,   35,   38,   40,   43,   46,   49,   52,   55,   58,   61,
    64,   67,   71,   74,   78,   81,   85,   89,   93,   97,   101,  105,  109,  113,  118,
    122,  126,  131,  97,   102,  105,  109,  114,  118,  123,  127,  132,  137,  142,  146,
    151,  157,  161,  167,  172,  177,  182,  188,  194,  200,  205,  211};
static const double arch_full_radius[ARCHES] = {
    0.25,  0.3,   0.36,  0.45,  0.56,  0.68,  0.8,   0.9,   1.01,  1.13,  1.35,  1.57,  1.77,
    1.92,  2.17,  2.42,  2.65,  0.324, 0.374, 0.449, 0.499, 0.598, 0.723, 0.823, 0.947, 1.072,
    1.171, 1.296, 1.421, 0.773, 0.773, 1.022, 1.147, 1.271, 1.371, 1.471, 1.570, 1.670, 1.770,
    1.869, 1.969, 2.069, 2.168, 2.268, 1.371, 1.421, 1.471, 1.520, 1.570, 1.620, 1.670, 1.720,
    1.770, 1.820, 1.869, 1.919, 1.969, 2.019, 2.069, 2.119, 2.168, 2.218, 2.268, 2.318, 2.368,
    2.418, 2.493, 2.517, 2.567, 2.617, 2.667, 2.717, 2.767, 2.817, 2.866, 2.941, 2.966, 3.016,
    2.792, 2.841, 2.891, 2.941, 2.991, 3.041, 3.091, 3.141, 3.190, 3.240, 3.290, 3.340, 3.390,
    3.440, 3.490, 3.539, 3.589, 3.639, 3.689, 3.739, 3.789, 3.838, 3.888, 3.938};

/* Index of the standard size: geom 3, or geom 1 when no width is given; -1: none is asked for. A
 * code in geom 1 was taken for a length when the file was read. */
static double size_of(const struct tw_model *model, int32_t xsect)
{
    const double *geom = model->xsects.geom[xsect];
    if (geom[1] == 0.0) return round(geom[0] / (model->us_units ? TW_FOOT_M : 1.0)) - 1.0;
    return geom[2] > 0.0 ? floor(geom[2]) - 1.0 : -1.0;
}

static void set_tables(struct tw_xsect *x, const double *area, const double *radius,
                       const double *width)
{
    x->area_table = area;
    x->radius_table = radius;
    x->width_table = width;
    x->area_count = x->width_count = COUNT;
}

static tw_status ellipse_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                              bool upright)
{
    const double *geom = model->xsects.geom[xsect];
    double size = size_of(model, xsect);
    if (size >= ELLIPSES || !(geom[1] >= 0.0)) return TW_ERR_ARG;
    if (size >= 0.0) {
        int i = (int)size;
        double minor = ellipse_minor[i] * inch_m, major = ellipse_major[i] * inch_m;
        x->full_depth_m = upright ? major : minor;
        x->max_width_m = upright ? minor : major;
        x->full_area_m2 = ellipse_full_area[i] * TW_FOOT2_M2;
        x->full_radius_m = ellipse_full_radius[i] * TW_FOOT_M;
    } else {
        double minor = upright ? geom[1] : geom[0]; /* area and radius suppose a standard's shape */
        x->full_depth_m = geom[0];
        x->max_width_m = geom[1];
        x->full_area_m2 = 1.2692 * minor * minor;
        x->full_radius_m = 0.3061 * minor;
    }
    x->width_depth_m = 0.48 * x->full_depth_m;
    return TW_OK;
}

static tw_status horiz_ellipse_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                                    double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    set_tables(x, horiz_ellipse_area, horiz_ellipse_radius, ellipse_width);
    return ellipse_init(x, model, xsect, false);
}

static tw_status vert_ellipse_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                                   double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    set_tables(x, vert_ellipse_area, vert_ellipse_radius, ellipse_width);
    return ellipse_init(x, model, xsect, true);
}

static tw_status arch_init(struct tw_xsect *x, const struct tw_model *model, int32_t xsect,
                           double *tables)
{
    (void)tables; /* of CUSTOM shapes */
    const double *geom = model->xsects.geom[xsect];
    double size = size_of(model, xsect);
    if (size >= ARCHES || !(geom[1] >= 0.0)) return TW_ERR_ARG;
    set_tables(x, arch_area, arch_radius, arch_width);
    if (size >= 0.0) {
        int i = (int)size;
        x->full_depth_m = arch_full_depth[i] * inch_m;
        x->max_width_m = arch_max_width[i] * inch_m;
        x->full_area_m2 = arch_full_area[i] * TW_FOOT2_M2;
        x->full_radius_m = arch_full_radius[i] * TW_FOOT_M;
    } else {
        x->full_depth_m = geom[0];
        x->max_width_m = geom[1];
        x->full_area_m2 = 0.7879 * geom[0] * geom[1];
        x->full_radius_m = 0.2991 * geom[0];
    }
    x->width_depth_m = 0.28 * x->full_depth_m;
    return TW_OK;
}

/* SWMM takes the full section factor for the greatest here. */
#define STANDARD(prefix, area_ratio)                                                               \
    const struct tw_shape_ops tw_shape_##prefix = {                                                \
        .init = prefix##_init,                                                                     \
        .area = tw_tabular_area,                                                                   \
        .width = tw_tabular_width,                                                                 \
        .radius = tw_tabular_radius,                                                               \
        .depth_of_area = tw_tabular_depth,                                                         \
        .max_area_ratio = (area_ratio),                                                            \
        .max_factor_ratio = 1.0,                                                                   \
    }
STANDARD(horiz_ellipse, 0.96);
STANDARD(vert_ellipse, 0.96);
STANDARD(arch, 0.92);
