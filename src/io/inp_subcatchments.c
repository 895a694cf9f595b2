/* [SUBCATCHMENTS] and [SUBAREAS]. */
#include "base/text.h"
#include "io/inp_reader.h"

static void find_outlet(struct tw_inp *inp, const struct tw_inp_row *row, int32_t i)
{
    struct tw_subcatchments *s = &inp->model->subcatchments;
    const char *name = tw_inp_word(inp, row, 2);
    s->outlet_node[i] = tw_names_find(&inp->model->nodes.names, name);
    s->outlet_subcatchment[i] = tw_names_find(&s->names, name);
    if (s->outlet_node[i] < 0 && s->outlet_subcatchment[i] < 0)
        tw_inp_fault(inp, row,
                     "its outlet \"%s\" is neither a node nor a subcatchment" TW_SWMM_ERROR("209"),
                     name);
    if (s->outlet_node[i] >= 0 && s->outlet_subcatchment[i] >= 0)
        tw_inp_fault(inp, row,
                     "its outlet \"%s\" is a node as well as a subcatchment" TW_SWMM_ERROR("108"),
                     name);
}

/* The impervious part [%]. Scripts write nan for a part of nothing; SWMM takes that for 100. */
static bool read_impervious(struct tw_inp *inp, const struct tw_inp_row *row, double *percent)
{
    if (!tw_text_same(tw_inp_word(inp, row, 4), "nan"))
        return tw_inp_positive(inp, row, 4, "the impervious part", percent);
    tw_inp_warn(inp, row, "the impervious part \"nan\" is taken for 100 %%");
    *percent = 100.0;
    return true;
}

/* name gage outlet area %impervious width %slope curb [snow pack] */
tw_status tw_inp_subcatchment_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_subcatchments *s = &inp->model->subcatchments;
    const struct tw_units *u = &inp->units;
    int32_t i = row->object;
    double area;
    double impervious;
    double width;
    double slope;
    double curb;
    if (i < 0 || !tw_inp_need(inp, row, 8)) return TW_OK;
    tw_inp_find(inp, row, 1, &inp->model->gages.names, "rain gage", &s->gage[i]);
    find_outlet(inp, row, i);
    if (!tw_inp_positive(inp, row, 3, "the area", &area) ||
        !read_impervious(inp, row, &impervious) ||
        !tw_inp_positive(inp, row, 5, "the width", &width) ||
        !tw_inp_positive(inp, row, 6, "the slope", &slope) ||
        !tw_inp_positive(inp, row, 7, "the curb length", &curb))
        return TW_OK;
    s->area_m2[i] = area * u->land_m2;
    s->impervious_ratio[i] = (impervious < 100.0 ? impervious : 100.0) / 100.0;
    s->width_m[i] = width * u->length_m;
    s->slope_ratio[i] = slope / 100.0;
    s->curb_m[i] = curb * u->length_m;
    if (row->count > 8)
        tw_inp_find(inp, row, 8, &inp->model->snow.names, "snow pack",
                    &inp->model->snow.of_subcatchment[i]);
    return TW_OK;
}

/* name n-impervious n-pervious store-impervious store-pervious %zero route [%routed] */
tw_status tw_inp_subarea_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const routes[] = {"OUTLET", "IMPERV", "PERV", NULL};
    struct tw_subcatchments *s = &inp->model->subcatchments;
    double store_m = inp->units.rain_mm / 1000.0;
    int32_t i;
    double value[5];
    double routed = 100.0;
    if (!tw_inp_need(inp, row, 7) || !tw_inp_find(inp, row, 0, &s->names, "subcatchment", &i))
        return TW_OK;
    static const char *const what[] = {"the impervious roughness", "the pervious roughness",
                                       "the impervious storage", "the pervious storage",
                                       "the part without storage"};
    for (int k = 0; k < 5; k++)
        if (!tw_inp_positive(inp, row, k + 1, what[k], &value[k])) return TW_OK;
    if (!tw_inp_choice(inp, row, 6, "the route", routes, &s->route[i])) return TW_OK;
    if (!tw_inp_optional(inp, row, 7, "the routed part", &routed)) return TW_OK;
    if (routed > 100.0)
        tw_inp_fault(inp, row, "the routed part %g %% is above 100 %%" TW_SWMM_ERROR("211"),
                     routed);
    s->n_impervious[i] = value[0];
    s->n_pervious[i] = value[1];
    s->storage_impervious_m[i] = value[2] * store_m;
    s->storage_pervious_m[i] = value[3] * store_m;
    s->zero_storage_ratio[i] = value[4] / 100.0;
    s->routed_ratio[i] = routed / 100.0;
    inp->subarea_given[i] = true;
    return TW_OK;
}

void tw_inp_check_subcatchments(struct tw_inp *inp)
{
    const struct tw_subcatchments *s = &inp->model->subcatchments;
    for (int32_t i = 0; i < s->count; i++) {
        const char *name = tw_names_get(&s->names, i);
        int line = inp->subcatchment_line[i];
        if (!inp->subarea_given[i])
            tw_faults_warn(inp->faults, inp->path, line,
                           "subcatchment %s: has no row in [SUBAREAS], so it gives no runoff",
                           name);
        if (s->infiltration[i] < 0 && s->impervious_ratio[i] < 1.0)
            tw_faults_warn(inp->faults, inp->path, line,
                           "subcatchment %s: has no row in [INFILTRATION], so nothing infiltrates",
                           name);
    }
}
