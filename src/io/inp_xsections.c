/* [XSECTIONS]. */
#include "io/inp_reader.h"

#include "base/text.h"
#include "model/xsect_shape.h"

#include <math.h>

/* What an item after the height is. */
enum item {
    NONE,     /* not used */
    LENGTH,   /* may be 0 */
    WIDTH,    /* a length above 0 */
    NUMBER,   /* not negative, without unit */
    EXPONENT, /* above 0 */
    MAIN      /* force main: C-factor, or roughness height */
};

static const enum item items[TW_SHAPE_COUNT][3] = {
    [TW_SHAPE_FILLED_CIRCULAR] = {LENGTH, NONE, NONE},
    [TW_SHAPE_RECT_CLOSED] = {WIDTH, NONE, NONE},
    [TW_SHAPE_RECT_OPEN] = {WIDTH, NUMBER, NONE},
    [TW_SHAPE_TRAPEZOIDAL] = {LENGTH, NUMBER, NUMBER},
    [TW_SHAPE_TRIANGULAR] = {WIDTH, NONE, NONE},
    [TW_SHAPE_PARABOLIC] = {WIDTH, NONE, NONE},
    [TW_SHAPE_POWER] = {WIDTH, EXPONENT, NONE},
    [TW_SHAPE_RECT_TRIANGULAR] = {WIDTH, LENGTH, NONE},
    [TW_SHAPE_RECT_ROUND] = {WIDTH, LENGTH, NONE},
    [TW_SHAPE_MODBASKETHANDLE] = {WIDTH, LENGTH, NONE},
    [TW_SHAPE_HORIZ_ELLIPSE] = {LENGTH, NUMBER, NONE},
    [TW_SHAPE_VERT_ELLIPSE] = {LENGTH, NUMBER, NONE},
    [TW_SHAPE_ARCH] = {LENGTH, NUMBER, NONE},
    [TW_SHAPE_FORCE_MAIN] = {MAIN, NONE, NONE},
};

static const char *const shapes[] = {
#define TW_SHAPE(id, prefix, keyword, open) keyword,
#include "model/xsect_shapes.def"
#undef TW_SHAPE
    NULL};

static bool has_size_codes(int32_t shape)
{
    return shape == TW_SHAPE_HORIZ_ELLIPSE || shape == TW_SHAPE_VERT_ELLIPSE ||
           shape == TW_SHAPE_ARCH;
}

static bool read_item(struct tw_inp *inp, const struct tw_inp_row *row, int k, enum item item,
                      double *geom)
{
    static const char *const what[] = {"the second dimension", "the third dimension",
                                       "the fourth dimension"};
    double value = 0.0;
    if (item != NONE && !tw_inp_positive(inp, row, k + 3, what[k], &value)) return false;
    if ((item == WIDTH || item == EXPONENT || item == MAIN) && value <= 0.0) {
        tw_inp_fault(inp, row, "%s must be above 0" TW_SWMM_ERROR("211"), what[k]);
        return false;
    }
    bool roughness = item == MAIN && inp->model->options.force_main == TW_FORCE_MAIN_DW;
    if (item == LENGTH || item == WIDTH) value *= inp->units.length_m;
    if (roughness) value *= inp->units.rain_mm / 1000.0;
    *geom = value;
    return true;
}

/* The dimensions of a shape that has its own. */
static bool read_geometry(struct tw_inp *inp, const struct tw_inp_row *row, int32_t shape,
                          double geom[4])
{
    double height;
    if (shape == TW_SHAPE_DUMMY) return true;
    if (!tw_inp_need(inp, row, 6) || !tw_inp_positive(inp, row, 2, "the height", &height))
        return false;
    if (height <= 0.0) {
        tw_inp_fault(inp, row, "the height must be above 0" TW_SWMM_ERROR("211"));
        return false;
    }
    geom[0] = height * inp->units.length_m;
    for (int k = 0; k < 3; k++)
        if (!read_item(inp, row, k, items[shape][k], &geom[k + 1])) return false;
    /* A single number is the code of a standard size. */
    if (has_size_codes(shape) && geom[1] == 0.0) geom[2] = height;
    if (shape == TW_SHAPE_FILLED_CIRCULAR && geom[1] >= geom[0]) {
        tw_inp_fault(inp, row, "the pipe is filled to its top" TW_SWMM_ERROR("211"));
        return false;
    }
    return true;
}

static bool read_custom(struct tw_inp *inp, const struct tw_inp_row *row, int32_t at)
{
    struct tw_xsects *x = &inp->model->xsects;
    double height;
    if (!tw_inp_positive(inp, row, 2, "the height", &height)) return false;
    if (height <= 0.0) {
        tw_inp_fault(inp, row, "the height must be above 0" TW_SWMM_ERROR("211"));
        return false;
    }
    x->geom[at][0] = height * inp->units.length_m;
    return tw_inp_find(inp, row, 3, &inp->model->curves.names, "curve", &x->curve[at]);
}

/* Streets follow the transects. */
static bool read_street(struct tw_inp *inp, const struct tw_inp_row *row, int32_t at)
{
    int32_t street;
    if (!tw_inp_find(inp, row, 2, &inp->streets, "street", &street)) return false;
    inp->model->xsects.curve[at] = inp->model->transects.names.count + street;
    return true;
}

static bool read_shape(struct tw_inp *inp, const struct tw_inp_row *row, int32_t at)
{
    struct tw_xsects *x = &inp->model->xsects;
    switch (x->shape[at]) {
    case TW_SHAPE_IRREGULAR:
        return tw_inp_find(inp, row, 2, &inp->model->transects.names, "transect", &x->curve[at]);
    case TW_SHAPE_STREET:
        return read_street(inp, row, at);
    case TW_SHAPE_CUSTOM:
        return read_custom(inp, row, at);
    default:
        return read_geometry(inp, row, x->shape[at], x->geom[at]);
    }
}

/* Exactly the keyword: ARCH must not take what begins with it. */
static int32_t find_shape(const char *word)
{
    for (int32_t i = 0; shapes[i] != NULL; i++)
        if (tw_text_same(word, shapes[i])) return i;
    return tw_inp_match(word, shapes);
}

/* How many of a pipe's barrels, or its culvert code. */
static bool read_whole(struct tw_inp *inp, const struct tw_inp_row *row, int i, const char *what,
                       int32_t *value)
{
    double number;
    if (i >= row->count) return true;
    if (!tw_inp_positive(inp, row, i, what, &number)) return false;
    *value = number < 1000.0 ? (int32_t)number : 1000;
    return true;
}

/* link shape height ... [barrels [culvert code]], or link IRREGULAR transect, STREET street */
tw_status tw_inp_xsection_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_links *l = &inp->model->links;
    struct tw_xsects *x = &inp->model->xsects;
    int32_t link;
    if (!tw_inp_need(inp, row, 2) || !tw_inp_find(inp, row, 0, &l->names, "link", &link))
        return TW_OK;
    int32_t shape = find_shape(tw_inp_word(inp, row, 1));
    if (shape < 0) {
        tw_inp_fault(inp, row, "unknown shape \"%s\"" TW_SWMM_ERROR("205"),
                     tw_inp_word(inp, row, 1));
        return TW_OK;
    }
    if (l->kind[link] == TW_LINK_PUMP || l->kind[link] == TW_LINK_OUTLET) return TW_OK;
    int32_t at = x->count++;
    x->shape[at] = shape;
    x->curve[at] = -1;
    x->barrels[at] = 1;
    l->xsect[link] = at;
    if (!read_shape(inp, row, at)) {
        x->shape[at] = TW_SHAPE_DUMMY; /* the fault is told: no more of them about it */
        return TW_OK;
    }
    if (l->kind[link] != TW_LINK_CONDUIT) {
        if (shape == TW_SHAPE_RECT_OPEN) x->geom[at][2] = 0.0; /* sides: of channels only */
        return TW_OK;
    }
    if (shape == TW_SHAPE_IRREGULAR || shape == TW_SHAPE_STREET) return TW_OK;
    read_whole(inp, row, 6, "the number of barrels", &x->barrels[at]);
    read_whole(inp, row, 7, "the culvert code", &x->culvert_code[at]);
    if (x->barrels[at] < 1)
        tw_inp_fault(inp, row, "the number of barrels is below 1" TW_SWMM_ERROR("114"));
    return TW_OK;
}
