#include "model/standard_size.h"

static const double inch_m = 0.0254;

enum { ELLIPSES = 23, ARCHES = 102 };

/* Axes of ellipses [inch]. */
static const double ellipse_minor[ELLIPSES] = {14, 19, 22, 24, 27, 29, 32, 34, 38, 43,  48, 53,
                                               58, 63, 68, 72, 77, 82, 87, 92, 97, 106, 116};
static const double ellipse_major[ELLIPSES] = {23,  30,  34,  38,  42,  45,  49,  53,
                                               60,  68,  76,  83,  91,  98,  106, 113,
                                               121, 128, 136, 143, 151, 166, 180};

/* Rises of arches [inch]. */
static const double arch_rise[ARCHES] = {
    11,     13.5,  15.5, 18,  22.5, 26.625, 31.3125, 36,  40,  45,  54,  62,  72,  77.5, 87.125,
    96.875, 106.5, 13,   15,  18,   20,     24,      29,  33,  38,  43,  47,  52,  57,   31,
    36,     41,    46,   51,  55,   59,     63,      67,  71,  75,  79,  83,  87,  91,   55,
    57,     59,    61,   63,  65,   67,     69,      71,  73,  75,  77,  79,  81,  83,   85,
    87,     89,    91,   93,  95,   97,     100,     101, 103, 105, 107, 109, 111, 113,  115,
    118,    119,   121,  112, 114,  116,    118,     120, 122, 124, 126, 128, 130, 132,  134,
    136,    138,   140,  142, 144,  146,    148,     150, 152, 154, 156, 158};

double tw_standard_height_m(enum tw_shape shape, int32_t code)
{
    if (code < 1) return 0.0;
    if (shape == TW_SHAPE_HORIZ_ELLIPSE && code <= ELLIPSES)
        return ellipse_minor[code - 1] * inch_m;
    if (shape == TW_SHAPE_VERT_ELLIPSE && code <= ELLIPSES) return ellipse_major[code - 1] * inch_m;
    if (shape == TW_SHAPE_ARCH && code <= ARCHES) return arch_rise[code - 1] * inch_m;
    return 0.0;
}
