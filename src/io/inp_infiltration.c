#include "io/inp_reader.h"

#include <math.h>

static const char *const methods[] = {
#define TW_INFILTRATION(id, prefix, keyword) keyword,
#include "model/infiltration.def"
#undef TW_INFILTRATION
    NULL};

enum {
#define TW_INFILTRATION(id, prefix, keyword) METHOD_##id,
#include "model/infiltration.def"
#undef TW_INFILTRATION
    METHOD_COUNT
};

/* What the rows of a method hold: how many numbers are needed and may follow, which of them are
 * depths or rates of rain. */
static const struct {
    int needed, allowed;
    bool rain[5];
} shapes[METHOD_COUNT] = {
    [METHOD_HORTON] = {4, 5, {true, true, false, false, true}},
    [METHOD_MODIFIED_HORTON] = {4, 5, {true, true, false, false, true}},
    [METHOD_GREEN_AMPT] = {3, 3, {true, true, false}},
    [METHOD_MODIFIED_GREEN_AMPT] = {3, 3, {true, true, false}},
    [METHOD_CURVE_NUMBER] = {3, 3, {false, true, false}},
};

static bool is_green_ampt(int32_t method)
{
    return method == METHOD_GREEN_AMPT || method == METHOD_MODIFIED_GREEN_AMPT;
}

static bool is_horton(int32_t method)
{
    return method == METHOD_HORTON || method == METHOD_MODIFIED_HORTON;
}

static void check(struct tw_inp *inp, const struct tw_inp_row *row, int32_t method, double *p)
{
    /* Of a curve number's row SWMM looks at the drying time alone. */
    for (int k = method == METHOD_CURVE_NUMBER ? 2 : 0; k < shapes[method].allowed; k++)
        if (p[k] < 0.0) {
            tw_inp_fault(inp, row, "infiltration parameter %d is negative" TW_SWMM_ERROR("235"),
                         k + 1);
            return;
        }
    if (is_horton(method) && p[0] < p[1])
        tw_inp_fault(inp, row,
                     "the greatest infiltration rate is below the least one" TW_SWMM_ERROR("235"));
    if (is_green_ampt(method) && (p[1] <= 0.0 || p[2] > 1.0))
        tw_inp_fault(
            inp, row,
            "Green-Ampt needs a conductivity above 0 and a deficit of 0..1" TW_SWMM_ERROR("235"));
    if (method != METHOD_CURVE_NUMBER) return;
    /* SWMM takes curve numbers to be 10..99, whatever the file says. */
    p[0] = fmin(fmax(p[0], 10.0), 99.0);
    if (p[2] <= 0.0) tw_inp_fault(inp, row, "the drying time is not above 0" TW_SWMM_ERROR("235"));
}

/* [INFILTRATION]: subcatchment parameters ... [method] */
tw_status tw_inp_infiltration_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_subcatchments *s = &inp->model->subcatchments;
    int32_t i;
    if (!tw_inp_find(inp, row, 0, &s->names, "subcatchment", &i)) return TW_OK;
    int32_t method = inp->options.infiltration;
    int count = row->count - 1; /* numbers */
    int32_t own = count > 0 ? tw_inp_match(tw_inp_word(inp, row, count), methods) : -1;
    if (own >= 0) {
        method = own;
        count--;
    }
    if (count < shapes[method].needed) {
        tw_inp_fault(inp, row, "%s needs %d parameters, there are %d" TW_SWMM_ERROR("203"),
                     methods[method], shapes[method].needed, count);
        return TW_OK;
    }
    double p[5] = {0.0};
    for (int k = 0; k < count && k < shapes[method].allowed; k++)
        if (!tw_inp_number(inp, row, k + 1, "an infiltration parameter", &p[k])) return TW_OK;
    check(inp, row, method, p);
    for (int k = 0; k < 5; k++)
        s->infiltration_parameters[i][k] =
            shapes[method].rain[k] ? p[k] * inp->units.rain_mm : p[k];
    s->infiltration[i] = method;
    return TW_OK;
}
