#include "io/rdii_file.h"

#include "io/interface_file.h"
#include "io/swmm_numbers.h"
#include "io/units.h"

#include <math.h>
#include <string.h>

static const char stamp[] = "SWMM5-RDII";
enum { STAMP = 10 };

static tw_status wrong(tw_faults *faults, const char *path, const char *what)
{
    tw_faults_add(faults, path, 0, "RDII file: %s" TW_SWMM_ERROR("345"), what);
    return TW_ERR_INPUT;
}

static bool has_rdii(const struct tw_model *m, int32_t node)
{
    for (int32_t i = 0; i < m->rdii.node_count; i++)
        if (m->rdii.node[i].node == node) return true;
    return false;
}

/* Records of a time and a flow for each node, in cubic feet a second. */
static tw_status read_records(const char *at, const char *end, struct tw_arena *arena,
                              struct tw_interface_flows *f)
{
    double foot3_m3 = tw_units_of(TW_FLOW_CFS, true).flow_m3s;
    size_t each = sizeof(double) + (size_t)f->node_count * sizeof(float);
    f->times =
        (int64_t)((size_t)(end - at) / each); /* a record that is cut is left out, as in SWMM */
    f->day = TW_ARENA_NEW(arena, double, f->times);
    f->value = TW_ARENA_NEW(arena, double, f->times * f->node_count);
    if (f->day == NULL || f->value == NULL) return TW_ERR_NOMEM;
    for (int64_t t = 0; t < f->times; t++, at += each) {
        memcpy(&f->day[t], at, sizeof(double));
        if (!isfinite(f->day[t]) || (t > 0 && f->day[t] <= f->day[t - 1])) return TW_ERR_INPUT;
        for (int32_t i = 0; i < f->node_count; i++) {
            float flow;
            memcpy(&flow, at + sizeof(double) + (size_t)i * sizeof flow, sizeof flow);
            if (!isfinite(flow)) return TW_ERR_INPUT;
            f->value[t * f->node_count + i] = (double)flow * foot3_m3;
        }
    }
    return TW_OK;
}

tw_status tw_rdii_file_read(const struct tw_model *model, const char *bytes, size_t size,
                            const char *path, tw_faults *faults, struct tw_arena *arena,
                            struct tw_interface_flows *out_flows)
{
    struct tw_interface_flows f = {0};
    int32_t head[2]; /* step, nodes */
    if (size < 5 || memcmp(bytes, "SWMM5", 5) != 0)
        return wrong(faults, path, "it does not begin with SWMM5");
    if (size < STAMP || memcmp(bytes, stamp, STAMP) != 0)
        return tw_interface_flows_read(model, bytes, size, path, faults, arena, out_flows);
    if (size < STAMP + sizeof head) return wrong(faults, path, "it ends too early");
    memcpy(head, bytes + STAMP, sizeof head);
    f.step_s = head[0];
    f.node_count = head[1];
    if (f.step_s <= 0 || f.node_count <= 0)
        return wrong(faults, path, "it has no step or no nodes");
    const char *at = bytes + STAMP + sizeof head, *end = bytes + size;
    if ((size_t)f.node_count > (size_t)(end - at) / sizeof(int32_t))
        return wrong(faults, path, "it ends too early");
    f.node = TW_ARENA_NEW(arena, int32_t, f.node_count);
    if (f.node == NULL) return TW_ERR_NOMEM;
    memcpy(f.node, at, (size_t)f.node_count * sizeof(int32_t));
    for (int32_t i = 0; i < f.node_count; i++)
        if (f.node[i] < 0 || f.node[i] >= model->nodes.count || !has_rdii(model, f.node[i]))
            return wrong(faults, path, "a node of it has no RDII in the model");
    tw_status status = read_records(at + (size_t)f.node_count * sizeof(int32_t), end, arena, &f);
    if (status == TW_ERR_INPUT)
        return wrong(faults, path, "a value is not a number, or a time not after the one before");
    TW_TRY(status);
    *out_flows = f;
    return TW_OK;
}

tw_status tw_rdii_head_write(const struct tw_model *model, double step_s, tw_outfile *file)
{
    int32_t head[] = {(int32_t)step_s, model->rdii.node_count};
    TW_TRY(tw_outfile_write(file, stamp, STAMP));
    TW_TRY(tw_outfile_write(file, head, sizeof head));
    for (int32_t i = 0; i < model->rdii.node_count; i++)
        TW_TRY(tw_outfile_write(file, &model->rdii.node[i].node, sizeof(int32_t)));
    return TW_OK;
}

tw_status tw_rdii_time_write(const struct tw_model *model, double day, const double *flow_m3s,
                             tw_outfile *file)
{
    double foot3_m3 = tw_units_of(TW_FLOW_CFS, true).flow_m3s;
    TW_TRY(tw_outfile_write(file, &day, sizeof day));
    for (int32_t i = 0; i < model->rdii.node_count; i++) {
        float flow = (float)(flow_m3s[i] / foot3_m3);
        TW_TRY(tw_outfile_write(file, &flow, sizeof flow));
    }
    return TW_OK;
}
