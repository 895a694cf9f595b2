/* [CURVES], and what curves and series have in common: points gathered row by row, sorted into
 * arrays when all are there. */
#include "io/inp_reader.h"

#include <string.h>

tw_status tw_inp_points_add(struct tw_inp *inp, struct tw_inp_points *points, int32_t table,
                            double x, double y)
{
    if (points->count == points->room) {
        int32_t room = points->room > 0 ? 2 * points->room : 64;
        if (points->room > INT32_MAX / 2) return TW_ERR_NOMEM;
        struct tw_inp_point *bigger = TW_ARENA_NEW(&inp->scratch, struct tw_inp_point, room);
        if (bigger == NULL) return TW_ERR_NOMEM;
        if (points->count > 0)
            memcpy(bigger, points->point, (size_t)points->count * sizeof *bigger);
        points->point = bigger;
        points->room = room;
    }
    points->point[points->count++] = (struct tw_inp_point){.table = table, .x = x, .y = y};
    return TW_OK;
}

tw_status tw_inp_points_sort(struct tw_inp *inp, const struct tw_inp_points *points, int32_t count,
                             int32_t **out_first, double **out_x, double **out_y)
{
    int32_t *first = TW_ARENA_NEW(&inp->model->arena, int32_t, count + 1);
    int32_t *place = TW_ARENA_NEW(&inp->scratch, int32_t, count + 1);
    double *x = TW_ARENA_NEW(&inp->model->arena, double, points->count);
    double *y = TW_ARENA_NEW(&inp->model->arena, double, points->count);
    if (first == NULL || place == NULL || x == NULL || y == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < points->count; i++)
        first[points->point[i].table + 1]++;
    for (int32_t i = 0; i < count; i++)
        place[i + 1] = first[i + 1] += first[i];
    for (int32_t i = 0; i < points->count; i++) {
        int32_t at = place[points->point[i].table]++;
        x[at] = points->point[i].x;
        y[at] = points->point[i].y;
    }
    *out_first = first;
    *out_x = x;
    *out_y = y;
    return TW_OK;
}

static const char *const kinds[] = {"STORAGE", "DIVERSION", "TIDAL", "RATING", "CONTROL",
                                    "SHAPE",   "WEIR",      "PUMP1", "PUMP2",  "PUMP3",
                                    "PUMP4",   "PUMP5",     NULL};
static const enum tw_curve_kind kind_of[] = {TW_CURVE_STORAGE, TW_CURVE_DIVERSION, TW_CURVE_TIDAL,
                                             TW_CURVE_RATING,  TW_CURVE_CONTROL,   TW_CURVE_SHAPE,
                                             TW_CURVE_WEIR,    TW_CURVE_PUMP1,     TW_CURVE_PUMP2,
                                             TW_CURVE_PUMP3,   TW_CURVE_PUMP4,     TW_CURVE_PUMP5};

static void factors_of(const struct tw_units *u, int32_t kind, double *out_x, double *out_y)
{
    const struct {
        double x, y;
    } factors[] = {
        [TW_CURVE_STORAGE] = {u->length_m, u->area_m2},
        [TW_CURVE_SHAPE] = {1.0, 1.0},
        [TW_CURVE_TIDAL] = {1.0, u->length_m},
        [TW_CURVE_RATING] = {u->length_m, u->flow_m3s},
        [TW_CURVE_DIVERSION] = {u->flow_m3s, u->flow_m3s},
        [TW_CURVE_CONTROL] = {1.0, 1.0},
        [TW_CURVE_PUMP1] = {u->volume_m3, u->flow_m3s},
        [TW_CURVE_PUMP2] = {u->length_m, u->flow_m3s},
        [TW_CURVE_PUMP3] = {u->length_m, u->flow_m3s},
        [TW_CURVE_PUMP4] = {u->length_m, u->flow_m3s},
        [TW_CURVE_PUMP5] = {u->length_m, u->flow_m3s},
        [TW_CURVE_WEIR] = {1.0, 1.0},
    };
    *out_x = factors[kind].x;
    *out_y = factors[kind].y;
}

/* name kind x y ... in the first row of a curve, name x y ... in the rows that follow. */
tw_status tw_inp_curve_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_tables *curves = &inp->model->curves;
    int32_t curve = row->object;
    int next = 1;
    if (!tw_inp_need(inp, row, inp->curve_kind_given[curve] ? 3 : 2)) return TW_OK;
    if (!inp->curve_kind_given[curve]) {
        int32_t index;
        if (!tw_inp_choice(inp, row, 1, "the kind", kinds, &index)) return TW_OK;
        curves->kind[curve] = (int32_t)kind_of[index];
        inp->curve_kind_given[curve] = true;
        next = 2;
    }
    double x_factor;
    double y_factor;
    factors_of(&inp->units, curves->kind[curve], &x_factor, &y_factor);
    for (; next < row->count; next += 2) {
        double x;
        double y;
        if (!tw_inp_number(inp, row, next, "x", &x) || !tw_inp_number(inp, row, next + 1, "y", &y))
            return TW_OK;
        TW_TRY(tw_inp_points_add(inp, &inp->curve_points, curve, x * x_factor, y * y_factor));
    }
    return TW_OK;
}

/* x must grow; in rain files of weather services it need not, as in SWMM. */
static void check_order(struct tw_inp *inp, const struct tw_tables *tables, const int32_t *lines,
                        const char *noun)
{
    for (int32_t i = 0; i < tables->count; i++) {
        if (tables == &inp->model->series && inp->rain_series[i]) continue;
        for (int32_t k = tables->first[i] + 1; k < tables->first[i + 1]; k++) {
            if (tables->x[k] > tables->x[k - 1]) continue;
            tw_faults_add(inp->faults, inp->path, lines[i],
                          "%s %s: entry %d does not come after the one before it%s", noun,
                          tw_names_get(&tables->names, i), (int)(k - tables->first[i] + 1),
                          tables == &inp->model->curves ? TW_SWMM_ERROR("171")
                                                        : TW_SWMM_ERROR("173"));
            break;
        }
    }
}

tw_status tw_inp_tables_finish(struct tw_inp *inp)
{
    struct tw_model *m = inp->model;
    TW_TRY(tw_inp_points_sort(inp, &inp->curve_points, m->curves.count, &m->curves.first,
                              &m->curves.x, &m->curves.y));
    TW_TRY(tw_inp_points_sort(inp, &inp->series_points, m->series.count, &m->series.first,
                              &m->series.x, &m->series.y));
    check_order(inp, &m->curves, inp->curve_line, "curve");
    check_order(inp, &m->series, inp->series_line, "time series");
    return TW_OK;
}
