/* The first pass: every object gets its index in the order of the file, whatever its section. And
 * the arrays, as large as the sections have rows. */
#include "io/inp_reader.h"
#include "model/rules.h"

#include <math.h>

/* array = zeroed things from the model's arena, or leave the function. */
#define TAKE(array, type, count)                                                                   \
    do {                                                                                           \
        (array) = TW_ARENA_NEW(&inp->model->arena, type, (count));                                 \
        if ((array) == NULL) return TW_ERR_NOMEM;                                                  \
    } while (0)

#define TAKE_SCRATCH(array, type, count)                                                           \
    do {                                                                                           \
        (array) = TW_ARENA_NEW(&inp->scratch, type, (count));                                      \
        if ((array) == NULL) return TW_ERR_NOMEM;                                                  \
    } while (0)

_Static_assert(TW_SECTION_OUTFALLS - TW_SECTION_JUNCTIONS == TW_NODE_OUTFALL &&
                   TW_SECTION_STORAGE - TW_SECTION_JUNCTIONS == TW_NODE_STORAGE &&
                   TW_SECTION_DIVIDERS - TW_SECTION_JUNCTIONS == TW_NODE_DIVIDER,
               "node sections stand in the order of tw_node_kind");
_Static_assert(TW_SECTION_PUMPS - TW_SECTION_CONDUITS == TW_LINK_PUMP &&
                   TW_SECTION_ORIFICES - TW_SECTION_CONDUITS == TW_LINK_ORIFICE &&
                   TW_SECTION_WEIRS - TW_SECTION_CONDUITS == TW_LINK_WEIR &&
                   TW_SECTION_OUTLETS - TW_SECTION_CONDUITS == TW_LINK_OUTLET,
               "link sections stand in the order of tw_link_kind");

tw_status tw_inp_declare(struct tw_inp *inp, struct tw_inp_row *row, struct tw_names *names,
                         const int32_t *lines, bool may_repeat)
{
    int32_t index;
    tw_status status = tw_names_add(names, tw_inp_word(inp, row, 0), &index);
    if (status == TW_ERR_NAME && !may_repeat) {
        tw_inp_fault(inp, row, "the name is taken already, in line %d" TW_SWMM_ERROR("207"),
                     (int)lines[index]);
        return TW_OK;
    }
    if (status != TW_OK && status != TW_ERR_NAME) return status;
    row->object = index;
    return TW_OK;
}

tw_status tw_inp_node_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_nodes *nodes = &inp->model->nodes;
    TW_TRY(tw_inp_declare(inp, row, &nodes->names, inp->node_line, false));
    int32_t i = row->object;
    if (i < 0) return TW_OK;
    int32_t kind = row->section - TW_SECTION_JUNCTIONS;
    inp->node_line[i] = row->line;
    nodes->count = i + 1;
    nodes->kind[i] = kind;
    nodes->row[i] = kind == TW_NODE_JUNCTION ? -1 : inp->node_kinds[kind];
    inp->node_kinds[kind]++;
    return TW_OK;
}

tw_status tw_inp_link_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_links *links = &inp->model->links;
    TW_TRY(tw_inp_declare(inp, row, &links->names, inp->link_line, false));
    int32_t i = row->object;
    if (i < 0) return TW_OK;
    int32_t kind = row->section - TW_SECTION_CONDUITS;
    inp->link_line[i] = row->line;
    links->count = i + 1;
    links->kind[i] = kind;
    links->row[i] = inp->link_kinds[kind]++;
    return TW_OK;
}

tw_status tw_inp_subcatchment_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_subcatchments *s = &inp->model->subcatchments;
    TW_TRY(tw_inp_declare(inp, row, &s->names, inp->subcatchment_line, false));
    if (row->object < 0) return TW_OK;
    inp->subcatchment_line[row->object] = row->line;
    s->count = row->object + 1;
    return TW_OK;
}

static tw_status declare_table(struct tw_inp *inp, struct tw_inp_row *row, struct tw_names *names,
                               int32_t *count, int32_t *lines)
{
    TW_TRY(tw_inp_declare(inp, row, names, lines, true));
    if (row->object == *count) {
        lines[row->object] = row->line;
        *count = row->object + 1;
    }
    return TW_OK;
}

tw_status tw_inp_curve_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_tables *curves = &inp->model->curves;
    return declare_table(inp, row, &curves->names, &curves->count, inp->curve_line);
}

tw_status tw_inp_series_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_tables *series = &inp->model->series;
    return declare_table(inp, row, &series->names, &series->count, inp->series_line);
}

tw_status tw_inp_pattern_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_patterns *patterns = &inp->model->patterns;
    return declare_table(inp, row, &patterns->names, &patterns->count, inp->pattern_line);
}

/* ---- arrays ---- */

static tw_status allocate_nodes(struct tw_inp *inp)
{
    struct tw_nodes *n = &inp->model->nodes;
    int32_t count = 0;
    for (int s = TW_SECTION_JUNCTIONS; s <= TW_SECTION_DIVIDERS; s++)
        count += inp->section_rows[s];
    tw_names_init(&n->names, &inp->model->arena);
    TAKE(n->kind, int32_t, count);
    TAKE(n->row, int32_t, count);
    TAKE(n->invert_m, double, count);
    TAKE(n->full_depth_m, double, count);
    TAKE(n->initial_depth_m, double, count);
    TAKE(n->surcharge_depth_m, double, count);
    TAKE(n->ponded_area_m2, double, count);
    TAKE(n->x, double, count);
    TAKE(n->y, double, count);
    TAKE(n->reported, bool, count);
    TAKE_SCRATCH(inp->node_line, int32_t, count);
    TAKE_SCRATCH(inp->inflow_of_node, int32_t, count);
    TAKE_SCRATCH(inp->dwf_of_node, int32_t, count);
    for (int32_t i = 0; i < count; i++)
        n->x[i] = n->y[i] = (double)NAN;
    return TW_OK;
}

static tw_status allocate_node_kinds(struct tw_inp *inp)
{
    struct tw_outfalls *o = &inp->model->outfalls;
    int32_t count = inp->section_rows[TW_SECTION_OUTFALLS];
    TAKE(o->node, int32_t, count);
    TAKE(o->kind, int32_t, count);
    TAKE(o->table, int32_t, count);
    TAKE(o->stage_m, double, count);
    TAKE(o->series_to_m, double, count);
    TAKE(o->flap_gate, bool, count);
    TAKE(o->route_to, int32_t, count);
    struct tw_storages *s = &inp->model->storages;
    count = inp->section_rows[TW_SECTION_STORAGE];
    TAKE(s->node, int32_t, count);
    TAKE(s->kind, int32_t, count);
    TAKE(s->curve, int32_t, count);
    TAKE(s->a0, double, count);
    TAKE(s->a1, double, count);
    TAKE(s->a2, double, count);
    TAKE(s->evaporation_ratio, double, count);
    TAKE(s->suction_mm, double, count);
    TAKE(s->conductivity_mmh, double, count);
    TAKE(s->deficit_ratio, double, count);
    struct tw_dividers *d = &inp->model->dividers;
    count = inp->section_rows[TW_SECTION_DIVIDERS];
    TAKE(d->node, int32_t, count);
    TAKE(d->link, int32_t, count);
    TAKE(d->kind, int32_t, count);
    TAKE(d->curve, int32_t, count);
    TAKE(d->cutoff_m3s, double, count);
    TAKE(d->weir_height_m, double, count);
    TAKE(d->weir_coefficient, double, count);
    return TW_OK;
}

static tw_status allocate_links(struct tw_inp *inp)
{
    struct tw_links *l = &inp->model->links;
    int32_t count = 0;
    for (int s = TW_SECTION_CONDUITS; s <= TW_SECTION_OUTLETS; s++)
        count += inp->section_rows[s];
    tw_names_init(&l->names, &inp->model->arena);
    TAKE(l->kind, int32_t, count);
    TAKE(l->row, int32_t, count);
    TAKE(l->from, int32_t, count);
    TAKE(l->to, int32_t, count);
    TAKE(l->offset1_m, double, count);
    TAKE(l->offset2_m, double, count);
    TAKE(l->initial_flow_m3s, double, count);
    TAKE(l->flow_limit_m3s, double, count);
    TAKE(l->flap_gate, bool, count);
    TAKE(l->reversed, bool, count);
    TAKE(l->xsect, int32_t, count);
    TAKE(l->reported, bool, count);
    TAKE_SCRATCH(inp->link_line, int32_t, count);
    for (int32_t i = 0; i < count; i++)
        l->xsect[i] = l->from[i] = l->to[i] = -1;
    struct tw_xsects *x = &inp->model->xsects;
    count = inp->section_rows[TW_SECTION_XSECTIONS];
    TAKE(x->shape, int32_t, count);
    TAKE(x->geom, double[4], count);
    TAKE(x->curve, int32_t, count);
    TAKE(x->barrels, int32_t, count);
    TAKE(x->culvert_code, int32_t, count);
    return TW_OK;
}

static tw_status allocate_conduits_and_pumps(struct tw_inp *inp)
{
    struct tw_conduits *c = &inp->model->conduits;
    int32_t count = inp->section_rows[TW_SECTION_CONDUITS];
    TAKE(c->link, int32_t, count);
    TAKE(c->length_m, double, count);
    TAKE(c->roughness, double, count);
    TAKE(c->loss_inlet, double, count);
    TAKE(c->loss_outlet, double, count);
    TAKE(c->loss_average, double, count);
    TAKE(c->seepage_mmh, double, count);
    struct tw_pumps *p = &inp->model->pumps;
    count = inp->section_rows[TW_SECTION_PUMPS];
    TAKE(p->link, int32_t, count);
    TAKE(p->kind, int32_t, count);
    TAKE(p->curve, int32_t, count);
    TAKE(p->start_depth_m, double, count);
    TAKE(p->stop_depth_m, double, count);
    TAKE(p->initially_on, bool, count);
    return TW_OK;
}

static tw_status allocate_regulators(struct tw_inp *inp)
{
    struct tw_orifices *o = &inp->model->orifices;
    int32_t count = inp->section_rows[TW_SECTION_ORIFICES];
    TAKE(o->link, int32_t, count);
    TAKE(o->kind, int32_t, count);
    TAKE(o->discharge_coefficient, double, count);
    TAKE(o->move_time_s, double, count);
    struct tw_weirs *w = &inp->model->weirs;
    count = inp->section_rows[TW_SECTION_WEIRS];
    TAKE(w->link, int32_t, count);
    TAKE(w->kind, int32_t, count);
    TAKE(w->coefficient, double, count);
    TAKE(w->end_coefficient, double, count);
    TAKE(w->end_contractions, double, count);
    TAKE(w->slope, double, count);
    TAKE(w->can_surcharge, bool, count);
    TAKE(w->road_width_m, double, count);
    TAKE(w->road_surface, int32_t, count);
    TAKE(w->coefficient_curve, int32_t, count);
    struct tw_outlets *t = &inp->model->outlets;
    count = inp->section_rows[TW_SECTION_OUTLETS];
    TAKE(t->link, int32_t, count);
    TAKE(t->kind, int32_t, count);
    TAKE(t->curve, int32_t, count);
    TAKE(t->by_head, bool, count);
    TAKE(t->coefficient, double, count);
    TAKE(t->exponent, double, count);
    return TW_OK;
}

static tw_status allocate_subcatchments(struct tw_inp *inp)
{
    struct tw_subcatchments *s = &inp->model->subcatchments;
    int32_t count = inp->section_rows[TW_SECTION_SUBCATCHMENTS];
    tw_names_init(&s->names, &inp->model->arena);
    TAKE(s->gage, int32_t, count);
    TAKE(s->outlet_node, int32_t, count);
    TAKE(s->outlet_subcatchment, int32_t, count);
    TAKE(s->area_m2, double, count);
    TAKE(s->x, double, count);
    TAKE(s->y, double, count);
    TAKE(s->impervious_ratio, double, count);
    TAKE(s->width_m, double, count);
    TAKE(s->slope_ratio, double, count);
    TAKE(s->curb_m, double, count);
    TAKE(s->n_impervious, double, count);
    TAKE(s->n_pervious, double, count);
    TAKE(s->storage_impervious_m, double, count);
    TAKE(s->storage_pervious_m, double, count);
    TAKE(s->zero_storage_ratio, double, count);
    TAKE(s->route, int32_t, count);
    TAKE(s->routed_ratio, double, count);
    TAKE(s->infiltration, int32_t, count);
    TAKE(s->infiltration_parameters, double[5], count);
    TAKE(inp->model->subcatchment_reported, bool, count);
    TAKE_SCRATCH(inp->subcatchment_line, int32_t, count);
    TAKE_SCRATCH(inp->subarea_given, bool, count);
    for (int32_t i = 0; i < count; i++)
        s->gage[i] = s->outlet_node[i] = s->outlet_subcatchment[i] = s->infiltration[i] = -1;
    return TW_OK;
}

static tw_status allocate_processes(struct tw_inp *inp)
{
    struct tw_aquifers *a = &inp->model->aquifers;
    struct tw_grounds *g = &inp->model->grounds;
    tw_names_init(&a->names, &inp->model->arena);
    TAKE(a->aquifer, struct tw_aquifer, inp->section_rows[TW_SECTION_AQUIFERS]);
    TAKE_SCRATCH(inp->aquifer_line, int32_t, inp->section_rows[TW_SECTION_AQUIFERS]);
    TAKE(g->ground, struct tw_ground, inp->section_rows[TW_SECTION_GROUNDWATER]);
    TAKE_SCRATCH(inp->ground_line, int32_t, inp->section_rows[TW_SECTION_GROUNDWATER]);
    int32_t subcatchments = inp->section_rows[TW_SECTION_SUBCATCHMENTS];
    struct tw_lids *l = &inp->model->lids;
    tw_names_init(&l->names, &inp->model->arena);
    TAKE(l->control, struct tw_lid_control, inp->section_rows[TW_SECTION_LID_CONTROLS]);
    TAKE_SCRATCH(inp->lid_line, int32_t, inp->section_rows[TW_SECTION_LID_CONTROLS]);
    TAKE(l->unit, struct tw_lid_unit, inp->section_rows[TW_SECTION_LID_USAGE]);
    TAKE_SCRATCH(inp->lid_unit_line, int32_t, inp->section_rows[TW_SECTION_LID_USAGE]);
    struct tw_rdii_model *r = &inp->model->rdii;
    tw_names_init(&r->names, &inp->model->arena);
    TAKE(r->hydrograph, struct tw_unit_hydrograph, inp->section_rows[TW_SECTION_HYDROGRAPHS]);
    TAKE_SCRATCH(inp->hydrograph_line, int32_t, inp->section_rows[TW_SECTION_HYDROGRAPHS]);
    TAKE(r->node, struct tw_rdii_node, inp->section_rows[TW_SECTION_RDII]);
    TAKE(g->of_subcatchment, int32_t, subcatchments);
    for (int32_t i = 0; i < subcatchments; i++)
        g->of_subcatchment[i] = -1;
    return TW_OK;
}

static tw_status allocate_inlets(struct tw_inp *inp)
{
    struct tw_inlets *n = &inp->model->inlets;
    int32_t designs = inp->section_rows[TW_SECTION_INLETS];
    int32_t count = inp->section_rows[TW_SECTION_INLET_USAGE];
    tw_names_init(&n->names, &inp->model->arena);
    TAKE(n->design, struct tw_inlet_design, designs);
    TAKE(n->inlet, struct tw_inlet, count);
    TAKE(n->street, struct tw_street, inp->section_rows[TW_SECTION_STREETS]);
    TAKE_SCRATCH(inp->inlet_line, int32_t, designs);
    TAKE_SCRATCH(inp->inlet_placement, int32_t, count);
    return TW_OK;
}

static tw_status allocate_gages(struct tw_inp *inp)
{
    struct tw_gages *g = &inp->model->gages;
    int32_t count = inp->section_rows[TW_SECTION_RAINGAGES];
    tw_names_init(&g->names, &inp->model->arena);
    TAKE(g->kind, int32_t, count);
    TAKE(g->series, int32_t, count);
    TAKE(g->interval_s, double, count);
    TAKE(g->to_mm, double, count);
    TAKE(g->snow_catch_ratio, double, count);
    TAKE(g->x, double, count);
    TAKE(g->y, double, count);
    TAKE(g->file, const char *, count);
    TAKE(g->station, const char *, count);
    TAKE(g->summary, struct tw_rain_summary, count);
    TAKE_SCRATCH(inp->gage_line, int32_t, count);
    TAKE_SCRATCH(inp->station_gage, int32_t, count);
    tw_names_init(&inp->stations, &inp->scratch);
    for (int32_t i = 0; i < count; i++) {
        g->series[i] = -1;
        g->x[i] = g->y[i] = (double)NAN;
    }
    return TW_OK;
}

static tw_status allocate_inflows(struct tw_inp *inp)
{
    struct tw_inflows *e = &inp->model->inflows;
    int32_t count = inp->section_rows[TW_SECTION_INFLOWS];
    TAKE(e->node, int32_t, count);
    TAKE(e->series, int32_t, count);
    TAKE(e->pattern, int32_t, count);
    TAKE(e->series_to_m3s, double, count);
    TAKE(e->base_m3s, double, count);
    struct tw_dry_weather *d = &inp->model->dry_weather;
    count = inp->section_rows[TW_SECTION_DWF];
    TAKE(d->node, int32_t, count);
    TAKE(d->base_m3s, double, count);
    TAKE(d->pattern, int32_t[4], count);
    return TW_OK;
}

tw_status tw_inp_allocate(struct tw_inp *inp)
{
    struct tw_arena *arena = &inp->model->arena;
    TW_TRY(allocate_nodes(inp));
    TW_TRY(allocate_node_kinds(inp));
    TW_TRY(allocate_links(inp));
    TW_TRY(allocate_conduits_and_pumps(inp));
    TW_TRY(allocate_regulators(inp));
    TW_TRY(allocate_subcatchments(inp));
    TW_TRY(allocate_gages(inp));
    TW_TRY(allocate_processes(inp));
    TW_TRY(allocate_inlets(inp));
    TW_TRY(tw_inp_quality_allocate(inp));
    TW_TRY(allocate_inflows(inp));
    tw_names_init(&inp->model->curves.names, arena);
    tw_names_init(&inp->model->series.names, arena);
    tw_names_init(&inp->model->patterns.names, arena);
    tw_names_init(&inp->model->transects.names, arena);
    tw_names_init(&inp->streets, arena);
    tw_names_init(&inp->rules.names, arena);
    tw_names_init(&inp->rules.variables, &inp->scratch);
    tw_names_init(&inp->rules.expressions, &inp->scratch);
    TAKE_SCRATCH(inp->curve_line, int32_t, inp->section_rows[TW_SECTION_CURVES]);
    TAKE_SCRATCH(inp->series_line, int32_t,
                 inp->section_rows[TW_SECTION_TIMESERIES] +
                     inp->section_rows[TW_SECTION_RAINGAGES]);
    TAKE_SCRATCH(inp->pattern_line, int32_t, inp->section_rows[TW_SECTION_PATTERNS]);
    TAKE_SCRATCH(inp->transect_line, int32_t, inp->section_rows[TW_SECTION_TRANSECTS]);
    TAKE_SCRATCH(inp->street_line, int32_t, inp->section_rows[TW_SECTION_STREETS]);
    return TW_OK;
}

static tw_status allocate_transects(struct tw_inp *inp)
{
    struct tw_transects *t = &inp->model->transects;
    int32_t count = t->names.count + inp->streets.count;
    inp->model->inlets.street_names = inp->streets;
    t->count = count;
    TAKE(t->full_depth_m, double, count);
    TAKE(t->full_area_m2, double, count);
    TAKE(t->full_radius_m, double, count);
    TAKE(t->max_width_m, double, count);
    TAKE(t->roughness, double, count);
    TAKE(t->length_factor, double, count);
    TAKE(t->area, double[TW_TRANSECT_CELLS + 1], count);
    TAKE(t->radius, double[TW_TRANSECT_CELLS + 1], count);
    TAKE(t->width, double[TW_TRANSECT_CELLS + 1], count);
    return TW_OK;
}

static tw_status allocate_rules(struct tw_inp *inp)
{
    if (inp->section_rows[TW_SECTION_CONTROLS] == 0) return TW_OK;
    struct tw_rules *r;
    TAKE(inp->model->rules, struct tw_rules, 1);
    r = inp->model->rules;
    struct tw_inp_rules *own = &inp->rules;
    TAKE(r->rule, struct tw_rule, own->rule_room);
    TAKE(r->condition, struct tw_rule_condition, own->condition_room);
    TAKE(r->action, struct tw_rule_action, own->action_room);
    TAKE(r->variable, struct tw_rule_operand, own->variable_room);
    TAKE_SCRATCH(inp->rule_line, int32_t, own->rule_room);
    TAKE_SCRATCH(own->expression_first, int32_t, own->expressions.count);
    TAKE_SCRATCH(own->expression_count, int32_t, own->expressions.count);
    for (int32_t i = 0; i < own->variable_room; i++)
        r->variable[i].index = r->variable[i].expression = -1;
    return TW_OK;
}

tw_status tw_inp_allocate_tables(struct tw_inp *inp)
{
    struct tw_model *m = inp->model;
    m->outfalls.count = inp->node_kinds[TW_NODE_OUTFALL];
    m->storages.count = inp->node_kinds[TW_NODE_STORAGE];
    m->dividers.count = inp->node_kinds[TW_NODE_DIVIDER];
    m->conduits.count = inp->link_kinds[TW_LINK_CONDUIT];
    m->pumps.count = inp->link_kinds[TW_LINK_PUMP];
    m->orifices.count = inp->link_kinds[TW_LINK_ORIFICE];
    m->weirs.count = inp->link_kinds[TW_LINK_WEIR];
    m->outlets.count = inp->link_kinds[TW_LINK_OUTLET];
    TAKE(m->curves.kind, int32_t, m->curves.count);
    TAKE(m->series.kind, int32_t, m->series.count);
    TAKE(m->patterns.kind, int32_t, m->patterns.count);
    TAKE(m->patterns.factor, double[24], m->patterns.count);
    TAKE_SCRATCH(inp->inlet_of_link, int32_t, m->links.names.count);
    TAKE_SCRATCH(inp->curve_kind_given, bool, m->curves.count);
    TAKE_SCRATCH(inp->series_date, double, m->series.count);
    TAKE_SCRATCH(inp->rain_series, bool, m->series.count);
    TAKE_SCRATCH(inp->pattern_count, int32_t, m->patterns.count);
    for (int32_t i = 0; i < m->patterns.count; i++) {
        inp->pattern_count[i] = -1;
        for (int k = 0; k < 24; k++)
            m->patterns.factor[i][k] = 1.0;
    }
    for (int32_t i = 0; i < m->series.count; i++) {
        m->series.kind[i] = 1;
        inp->series_date[i] = (double)NAN;
    }
    TW_TRY(allocate_transects(inp));
    return allocate_rules(inp);
}
