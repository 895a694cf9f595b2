/* [ADJUSTMENTS]: what changes by month. */
#include "io/inp_reader.h"

enum { TEMPERATURE, EVAPORATION, RAIN, CONDUCTIVITY, ROUGHNESS, STORAGE, INFILTRATION };

static bool read_months(struct tw_inp *inp, const struct tw_inp_row *row, double scale,
                        double out[12])
{
    double month[12];
    for (int k = 0; k < 12; k++)
        if (!tw_inp_number(inp, row, 1 + k, "the month's value", &month[k])) return false;
    for (int k = 0; k < 12; k++)
        out[k] = month[k] * scale;
    return true;
}

static void read_pattern(struct tw_inp *inp, const struct tw_inp_row *row, int32_t *of)
{
    int32_t subcatchment;
    if (!tw_inp_need(inp, row, 3) ||
        !tw_inp_find(inp, row, 1, &inp->model->subcatchments.names, "subcatchment", &subcatchment))
        return;
    int32_t pattern;
    if (!tw_inp_find(inp, row, 2, &inp->model->patterns.names, "pattern", &pattern)) return;
    if (row->line < inp->subcatchment_line[subcatchment])
        tw_inp_warn(inp, row,
                    "it stands before subcatchment %s and is without effect, as in SWMM: move "
                    "[ADJUSTMENTS] behind [SUBCATCHMENTS]",
                    tw_inp_word(inp, row, 1));
    else
        of[subcatchment] = pattern;
}

/* TEMPERATURE | EVAPORATION | RAINFALL | CONDUCTIVITY and twelve values, or
 * N-PERV | DSTORE | INFIL subcatchment pattern */
tw_status tw_inp_adjustment_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const words[] = {"TEMP",   "EVAP",   "RAIN",  "CONDUCT",
                                        "N-PERV", "DSTORE", "INFIL", NULL};
    struct tw_adjustments *a = &inp->model->adjustments;
    int32_t word;
    if (!tw_inp_choice(inp, row, 0, "the word", words, &word)) return TW_OK;
    a->given = true;
    switch (word) {
    case TEMPERATURE:
        read_months(inp, row, inp->units.degree_c, a->temperature_c);
        break;
    case EVAPORATION:
        read_months(inp, row, inp->units.rain_mm, a->evaporation_mmday);
        break;
    case RAIN:
        read_months(inp, row, 1.0, a->rain_ratio);
        break;
    case CONDUCTIVITY:
        if (!read_months(inp, row, 1.0, a->conductivity_ratio)) break;
        for (int k = 0; k < 12; k++) /* as SWMM: soil that takes nothing is no adjustment */
            if (!(a->conductivity_ratio[k] > 0.0)) a->conductivity_ratio[k] = 1.0;
        break;
    case ROUGHNESS:
        read_pattern(inp, row, a->roughness_pattern);
        break;
    case STORAGE:
        read_pattern(inp, row, a->storage_pattern);
        break;
    default:
        read_pattern(inp, row, a->infiltration_pattern);
    }
    return TW_OK;
}
