/* [SNOWPACKS]: a pack's three parts and what is ploughed. */
#include "io/inp_reader.h"

enum { REMOVAL = TW_SNOW_PARTS };

tw_status tw_inp_snow_pack_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_snow_model *snow = &inp->model->snow;
    TW_TRY(tw_inp_declare(inp, row, &snow->names, inp->snow_line, true));
    if (row->object != snow->count) return TW_OK;
    inp->snow_line[row->object] = row->line;
    snow->count = row->object + 1;
    /* where nothing is said of ploughing, no snow is deep enough */
    struct tw_snow_pack *pack = &snow->pack[row->object];
    *pack = (struct tw_snow_pack){.plow_depth_m = 1.0e6 * 0.3048, .to_subcatchment = -1};
    for (int k = 0; k < TW_SNOW_PARTS; k++)
        pack->surface[k].base_c = -32.0 / 1.8;
    return TW_OK;
}

/* Cmin Cmax Tbase FWF SD0 FW0 and SNN0 or SD100 */
static void read_surface(struct tw_inp *inp, const struct tw_inp_row *row, int32_t part)
{
    static const char *const what[] = {"the least melt coefficient",
                                       "the greatest one",
                                       "the base temperature",
                                       "the free water part",
                                       "the initial depth",
                                       "the initial free water",
                                       "the last value"};
    struct tw_snow_pack *pack = &inp->model->snow.pack[row->object];
    struct tw_snow_surface *on = &pack->surface[part];
    const struct tw_units *u = &inp->units;
    double v[7];
    for (int k = 0; k < 7; k++)
        if (!tw_inp_number(inp, row, 2 + k, what[k], &v[k])) return;
    if (v[0] > v[1])
        tw_inp_fault(inp, row,
                     "the least melt coefficient %g is above the greatest, %g" TW_SWMM_ERROR("182"),
                     v[0], v[1]);
    if (v[3] < 0.0 || v[3] > 1.0)
        tw_inp_fault(inp, row, "the free water part %g is not within 0..1" TW_SWMM_ERROR("182"),
                     v[3]);
    if (part == TW_SNOW_PLOWABLE && (v[6] < 0.0 || v[6] > 1.0))
        tw_inp_fault(
            inp, row,
            "the ploughed part %g of the impervious area is not within 0..1" TW_SWMM_ERROR("182"),
            v[6]);
    double depth_m = u->rain_mm / 1000.0;
    double coefficient = u->rain_mm / 3.6e6 * u->melt_per_c;
    double water = v[5] < v[3] * v[4] ? v[5] : v[3] * v[4];
    on->melt_least_mpsk = v[0] * coefficient;
    on->melt_most_mpsk = v[1] * coefficient;
    on->base_c = tw_units_celsius(u, v[2]);
    on->free_water_ratio = v[3];
    on->initial_m = v[4] * depth_m;
    on->initial_water_m = water * depth_m;
    if (part == TW_SNOW_PLOWABLE) {
        pack->plowable_ratio = v[6];
    } else {
        on->full_cover_m = v[6] * depth_m;
    }
}

/* depth, parts that go away, to impervious, to pervious, to melt, to a subcatchment; its name */
static void read_removal(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_snow_pack *pack = &inp->model->snow.pack[row->object];
    double depth, sum = 0.0;
    if (!tw_inp_number(inp, row, 2, "the depth", &depth)) return;
    for (int k = 0; k < TW_SNOW_GOALS; k++) {
        if (!tw_inp_positive(inp, row, 3 + k, "the part", &pack->plowed_ratio[k])) return;
        sum += pack->plowed_ratio[k];
    }
    pack->plow_depth_m = depth * inp->units.rain_mm / 1000.0;
    if (sum > 1.01) /* SWMM lets a hundredth pass */
        tw_inp_fault(inp, row,
                     "the parts that are ploughed make %g, more than 1" TW_SWMM_ERROR("182"), sum);
    if (pack->plowed_ratio[TW_SNOW_TO_SUBCATCHMENT] > 0.0)
        tw_inp_find(inp, row, 8, &inp->model->subcatchments.names, "subcatchment",
                    &pack->to_subcatchment);
}

tw_status tw_inp_snow_pack_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const words[] = {"PLOW", "IMPERV", "PERV", "REMOV", NULL};
    int32_t word;
    if (row->object < 0 || !tw_inp_choice(inp, row, 1, "the part", words, &word)) return TW_OK;
    if (word == REMOVAL) {
        read_removal(inp, row);
    } else {
        read_surface(inp, row, word);
    }
    return TW_OK;
}
