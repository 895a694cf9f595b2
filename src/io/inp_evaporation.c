#include "io/inp_reader.h"

enum { CONSTANT, MONTHLY, TIMESERIES, TEMPERATURE, CLIMATE_FILE, RECOVERY, DRY_ONLY };

static void read_monthly(struct tw_inp *inp, const struct tw_inp_row *row, bool constant)
{
    struct tw_evaporation *e = &inp->model->evaporation;
    e->kind = constant ? TW_EVAPORATION_CONSTANT : TW_EVAPORATION_MONTHLY;
    for (int month = 0; month < 12; month++) {
        double rate;
        if (!tw_inp_number(inp, row, constant ? 1 : 1 + month, "the rate", &rate)) return;
        e->monthly_mmday[month] = rate * inp->units.rain_mm;
    }
}

/* FILE and the pan coefficient of each month */
static void read_pans(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_evaporation *e = &inp->model->evaporation;
    e->kind = TW_EVAPORATION_FILE;
    inp->evaporation_line = row->line;
    for (int month = 0; month < 12; month++) {
        if (!tw_inp_number(inp, row, 1 + month, "the pan coefficient", &e->monthly_mmday[month]))
            return;
    }
}

/* [EVAPORATION] */
tw_status tw_inp_evaporation_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const words[] = {"CONSTANT", "MONTHLY",  "TIMESERIES", "TEMPERATURE",
                                        "FILE",     "RECOVERY", "DRY_ONLY",   NULL};
    struct tw_evaporation *e = &inp->model->evaporation;
    struct tw_model *model = inp->model;
    int32_t word;
    if (!tw_inp_choice(inp, row, 0, "the source", words, &word)) return TW_OK;
    if (word != TEMPERATURE && !tw_inp_need(inp, row, 2)) return TW_OK;
    switch (word) {
    case CONSTANT:
    case MONTHLY:
        read_monthly(inp, row, word == CONSTANT);
        break;
    case TIMESERIES:
        e->kind = TW_EVAPORATION_SERIES;
        e->to_mmday = inp->units.rain_mm;
        tw_inp_find(inp, row, 1, &model->series.names, "time series", &e->series);
        break;
    case RECOVERY:
        tw_inp_find(inp, row, 1, &model->patterns.names, "pattern", &e->recovery_pattern);
        break;
    case DRY_ONLY:
        tw_inp_yes_no(inp, row, 1, "the value", &e->dry_only);
        break;
    case TEMPERATURE:
        e->kind = TW_EVAPORATION_TEMPERATURE;
        inp->evaporation_line = row->line;
        break;
    default:
        read_pans(inp, row);
    }
    return TW_OK;
}
