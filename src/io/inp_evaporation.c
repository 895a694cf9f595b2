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
    default:
        tw_inp_fault(inp, row,
                     "evaporation by temperature or from a climate file is not "
                     "available yet");
    }
    return TW_OK;
}
