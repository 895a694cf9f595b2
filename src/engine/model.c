#include "thalweg/values.h"

#include "hydraulics/network.h"
#include "io/hotstart.h"
#include "io/inp.h"
#include "model/model.h"

#include <stddef.h>
#include <stdlib.h>

static tw_status add_network(struct tw_model *model, tw_faults *faults)
{
    struct tw_network *net = TW_ARENA_NEW(&model->arena, struct tw_network, 1);
    if (net == NULL) return TW_ERR_NOMEM;
    tw_status status = tw_network_init(net, model, &model->arena);
    if (status == TW_ERR_ARG) {
        tw_faults_add(faults, model->path, 0, "a cross-section has no geometry");
        return TW_ERR_INPUT;
    }
    model->network = net;
    return status;
}

typedef tw_status reader(const char *path, tw_faults *faults, struct tw_model **out_model);

static tw_status read_by(reader *read, const char *path, tw_faults *faults, tw_model **out_model)
{
    if (path == NULL || out_model == NULL) return TW_ERR_ARG;
    struct tw_model *model = NULL;
    TW_TRY(read(path, faults, &model));
    tw_status status = add_network(model, faults);
    if (status != TW_OK) {
        tw_inp_free(model);
        return status;
    }
    *out_model = model;
    return TW_OK;
}

tw_status tw_model_read(const char *path, tw_faults *faults, tw_model **out_model)
{
    return read_by(tw_inp_read, path, faults, out_model);
}

tw_status tw_model_read_strict(const char *path, tw_faults *faults, tw_model **out_model)
{
    return read_by(tw_inp_read_strict, path, faults, out_model);
}

tw_status tw_model_check(const char *path, tw_faults *faults)
{
    tw_model *model = NULL;
    tw_status status = read_by(tw_inp_check, path, faults, &model);
    tw_model_destroy(model);
    return status;
}

tw_status tw_model_hotstart_use(tw_model *model, const char *path, tw_faults *faults)
{
    static const size_t most_bytes = (size_t)1 << 30;
    struct tw_hotstart *state = TW_ARENA_NEW(&model->arena, struct tw_hotstart, 1);
    char *bytes = NULL;
    size_t size = 0;
    if (path == NULL) return TW_ERR_FILE;
    if (state == NULL) return TW_ERR_NOMEM;
    TW_TRY(tw_file_read(path, most_bytes, &bytes, &size));
    tw_status status = tw_hotstart_make(model, &model->arena, state);
    if (status == TW_OK) status = tw_hotstart_read(model, bytes, size, path, faults, state);
    if (status == TW_OK) model->files.hotstart = state;
    free(bytes);
    return status;
}

void tw_model_destroy(tw_model *model) { tw_inp_free(model); }

int32_t tw_model_node_count(const tw_model *model) { return model->nodes.count; }
int32_t tw_model_link_count(const tw_model *model) { return model->links.count; }
int32_t tw_model_subcatchment_count(const tw_model *model) { return model->subcatchments.count; }
int32_t tw_model_gage_count(const tw_model *model) { return model->gages.count; }

int32_t tw_model_pollutant_count(const tw_model *model) { return model->quality.count; }

const char *tw_model_pollutant_name(const tw_model *model, int32_t pollutant)
{
    if (pollutant < 0 || pollutant >= model->quality.count) return NULL;
    return tw_names_get(&model->quality.pollutant_names, pollutant);
}

static tw_status find(const struct tw_names *names, const char *name, int32_t *out_index)
{
    if (name == NULL) return TW_ERR_NAME;
    int32_t i = tw_names_find(names, name);
    if (i < 0) return TW_ERR_NAME;
    *out_index = i;
    return TW_OK;
}

tw_status tw_model_node_find(const tw_model *model, const char *name, tw_node_id *out_id)
{
    return find(&model->nodes.names, name, &out_id->index);
}

tw_status tw_model_link_find(const tw_model *model, const char *name, tw_link_id *out_id)
{
    return find(&model->links.names, name, &out_id->index);
}

tw_status tw_model_subcatchment_find(const tw_model *model, const char *name,
                                     tw_subcatchment_id *out_id)
{
    return find(&model->subcatchments.names, name, &out_id->index);
}

tw_status tw_model_gage_find(const tw_model *model, const char *name, tw_gage_id *out_id)
{
    return find(&model->gages.names, name, &out_id->index);
}

tw_status tw_model_node_info(const tw_model *model, tw_node_id id, struct tw_node_info *out_info)
{
    const struct tw_nodes *n = &model->nodes;
    int32_t i = id.index;
    if (i < 0 || i >= n->count) return TW_ERR_ARG;
    *out_info = (struct tw_node_info){.name = tw_names_get(&n->names, i),
                                      .kind = (tw_node_kind)n->kind[i],
                                      .invert_m = n->invert_m[i],
                                      .full_depth_m = n->full_depth_m[i],
                                      .ponded_area_m2 = n->ponded_area_m2[i],
                                      .x = n->x[i],
                                      .y = n->y[i]};
    return TW_OK;
}

tw_status tw_model_link_info(const tw_model *model, tw_link_id id, struct tw_link_info *out_info)
{
    const struct tw_links *l = &model->links;
    int32_t i = id.index;
    if (i < 0 || i >= l->count) return TW_ERR_ARG;
    bool conduit = l->kind[i] == TW_LINK_CONDUIT, turned = l->reversed[i];
    int32_t section = l->xsect[i], first = l->vertex_first[i], row = model->network->row_of_link[i];
    const struct tw_conduit_rows *c = &model->network->conduit;
    *out_info = (struct tw_link_info){
        .name = tw_names_get(&l->names, i),
        .kind = (tw_link_kind)l->kind[i],
        .from = {turned ? l->to[i] : l->from[i]},
        .to = {turned ? l->from[i] : l->to[i]},
        .length_m = conduit ? model->conduits.length_m[l->row[i]] : 0.0,
        .full_depth_m = section >= 0 ? model->network->xsects[section].full_depth_m : 0.0,
        .full_flow_m3s =
            row < model->network->conduit_count ? c->full_flow_m3s[row] * c->barrels[row] : 0.0,
        .vertex_count = l->vertex_first[i + 1] - first,
        .vertex_xy = l->vertex_xy + 2 * (ptrdiff_t)first};
    return TW_OK;
}

tw_status tw_model_gage_info(const tw_model *model, tw_gage_id id, struct tw_gage_info *out_info)
{
    const struct tw_gages *g = &model->gages;
    int32_t i = id.index;
    if (i < 0 || i >= g->count) return TW_ERR_ARG;
    *out_info = (struct tw_gage_info){.name = tw_names_get(&g->names, i),
                                      .interval_s = g->interval_s[i],
                                      .x = g->x[i],
                                      .y = g->y[i]};
    return TW_OK;
}

tw_status tw_model_subcatchment_info(const tw_model *model, tw_subcatchment_id id,
                                     struct tw_subcatchment_info *out_info)
{
    const struct tw_subcatchments *s = &model->subcatchments;
    int32_t i = id.index;
    if (i < 0 || i >= s->count) return TW_ERR_ARG;
    *out_info = (struct tw_subcatchment_info){.name = tw_names_get(&s->names, i),
                                              .gage = {s->gage[i]},
                                              .outlet = {s->outlet_node[i]},
                                              .runon = {s->outlet_subcatchment[i]},
                                              .area_m2 = s->area_m2[i],
                                              .x = s->x[i],
                                              .y = s->y[i]};
    return TW_OK;
}

const char *tw_model_subcatchment_name(const tw_model *model, tw_subcatchment_id id)
{
    if (id.index < 0 || id.index >= model->subcatchments.count) return NULL;
    return tw_names_get(&model->subcatchments.names, id.index);
}

struct tw_model_times tw_model_times_get(const tw_model *model)
{
    const struct tw_options *o = &model->options;
    return (struct tw_model_times){.start_day = o->start_day,
                                   .report_start_day = o->report_start_day,
                                   .end_day = o->end_day,
                                   .report_step_s = o->report_step_s};
}
