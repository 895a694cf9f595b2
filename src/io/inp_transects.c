/* [TRANSECTS], in the format of HEC-2: rows NC, X1 and GR; and [STREETS]. */
#include "io/inp_reader.h"

#include "num/transect.h"

#include <math.h>
#include <string.h>

enum { MOST_POINTS = 1500 };

_Static_assert(TW_TRANSECT_TABLE == TW_TRANSECT_CELLS + 1, "tables of one size");

/* X1 rows name a transect in their second word. */
tw_status tw_inp_transect_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    struct tw_names *names = &inp->model->transects.names;
    if (!tw_inp_begins(tw_inp_word(inp, row, 0), "X1") || row->count < 2) return TW_OK;
    int32_t index;
    tw_status status = tw_names_add(names, tw_inp_word(inp, row, 1), &index);
    if (status == TW_ERR_NAME) {
        tw_faults_add(inp->faults, inp->path, row->line,
                      "transect %s: the name is taken already, in line %d" TW_SWMM_ERROR("207"),
                      tw_inp_word(inp, row, 1), (int)inp->transect_line[index]);
        return TW_OK;
    }
    TW_TRY(status);
    inp->transect_line[index] = row->line;
    row->object = index;
    return TW_OK;
}

tw_status tw_inp_street_declare(struct tw_inp *inp, struct tw_inp_row *row)
{
    TW_TRY(tw_inp_declare(inp, row, &inp->streets, inp->street_line, false));
    if (row->object >= 0) inp->street_line[row->object] = row->line;
    return TW_OK;
}

static const double foot_m = 0.3048;

/* Sections are of feet, as in SWMM, for its rounding. */
static double feet(const struct tw_inp *inp, double length)
{
    return inp->units.us ? length : length / foot_m;
}

static const char *name_of(const struct tw_inp *inp, int32_t index)
{
    const struct tw_names *names = &inp->model->transects.names;
    return index < names->count ? tw_names_get(names, index)
                                : tw_names_get(&inp->streets, index - names->count);
}

/* SWMM's number for what is wrong with points. */
static const char *number_of(const struct tw_transect *shape)
{
    double least = INFINITY, most = -INFINITY;
    if (shape->count < 2) return TW_SWMM_ERROR("223");
    for (int32_t i = 0; i < shape->count; i++) {
        if (i > 0 && shape->station[i] < shape->station[i - 1]) return TW_SWMM_ERROR("221");
        least = fmin(least, shape->elevation[i]);
        most = fmax(most, shape->elevation[i]);
    }
    if (!(shape->n_channel > 0.0)) return TW_SWMM_ERROR("227");
    return most > least ? TW_SWMM_ERROR("229") : TW_SWMM_ERROR("231");
}

static void make_tables(struct tw_inp *inp, const struct tw_transect *shape, int32_t index,
                        int line, const char *noun)
{
    struct tw_transects *t = &inp->model->transects;
    struct tw_transect_table table = {
        .area = t->area[index], .radius = t->radius[index], .width = t->width[index]};
    struct tw_transect given = *shape;
    given.even = inp->strict;
    if (tw_transect_tables(&given, &table) != TW_OK) {
        tw_faults_add(inp->faults, inp->path, line,
                      "%s %s: its points make no section (two points or more, from left to right, "
                      "not all of one height, banks in order, roughness above 0)%s",
                      noun, name_of(inp, index), number_of(shape));
        return;
    }
    t->full_depth_m[index] = foot_m * table.full_depth;
    t->full_area_m2[index] = foot_m * foot_m * table.full_area;
    /* SWMM multiplies by 1.486 and divides by 1.49: its radii are 0.4 % low */
    double mended = inp->strict ? pow(1.49 / 1.486, 1.5) : 1.0;
    t->full_radius_m[index] = mended * foot_m * table.full_radius;
    t->max_width_m[index] = foot_m * table.max_width;
}

/* The transect whose points have been read. */
static void finish(struct tw_inp *inp)
{
    struct tw_inp_transect *now = &inp->transect;
    struct tw_transects *t = &inp->model->transects;
    if (!now->begun) return;
    now->begun = false;
    t->roughness[now->index] = now->n_channel;
    t->length_factor[now->index] = now->length_factor;
    struct tw_transect shape = {.count = now->points,
                                .station = now->station,
                                .elevation = now->elevation,
                                .left_bank = now->left_bank,
                                .right_bank = now->right_bank,
                                .n_left = now->n_left,
                                .n_right = now->n_right,
                                .n_channel = now->n_channel * sqrt(now->length_factor)};
    if (!now->bad) make_tables(inp, &shape, now->index, now->line, "transect");
}

/* NC left right channel: holds for all that follow; 0 leaves what was. */
static void read_roughness(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_inp_transect *now = &inp->transect;
    double n[3];
    finish(inp);
    for (int k = 0; k < 3; k++)
        if (!tw_inp_positive(inp, row, k + 1, "the roughness", &n[k])) return;
    if (n[0] > 0.0) now->n_left = n[0];
    if (n[1] > 0.0) now->n_right = n[1];
    if (n[2] > 0.0) now->n_channel = n[2];
    if (now->n_left == 0.0) now->n_left = now->n_channel;
    if (now->n_right == 0.0) now->n_right = now->n_channel;
}

/* X1 name points left right 0 0 length-factor station-factor elevation-shift */
static void begin(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_inp_transect *now = &inp->transect;
    double v[10] = {0.0};
    finish(inp);
    if (row->object < 0) return;
    now->begun = true;
    now->bad = true; /* until the row is found to be good */
    now->index = row->object;
    now->line = row->line;
    now->points = 0;
    if (!tw_inp_need(inp, row, 10)) return;
    for (int k = 2; k < 10; k++)
        if (!tw_inp_number(inp, row, k, "a parameter", &v[k])) return;
    now->length_factor = v[7] > 0.0 ? v[7] : 1.0;
    now->station_factor = v[8] > 0.0 ? v[8] : 1.0;
    now->elevation_shift = feet(inp, v[9]);
    now->left_bank = feet(inp, v[3]) * now->station_factor;
    now->right_bank = feet(inp, v[4]) * now->station_factor;
    now->bad = false;
}

/* GR elevation station ... */
static void read_points(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_inp_transect *now = &inp->transect;
    if (!now->begun) {
        tw_inp_fault(inp, row, "there is no X1 row before it" TW_SWMM_ERROR("219"));
        return;
    }
    for (int k = 1; k < row->count; k += 2) {
        double elevation;
        double station;
        bool good = tw_inp_number(inp, row, k, "the elevation", &elevation) &&
                    tw_inp_number(inp, row, k + 1, "the station", &station);
        if (good && now->points == MOST_POINTS) {
            tw_inp_fault(inp, row, "a transect has no more than %d points" TW_SWMM_ERROR("225"),
                         MOST_POINTS);
            good = false;
        }
        if (!good) {
            now->bad = true;
            return;
        }
        now->elevation[now->points] = feet(inp, elevation) + now->elevation_shift;
        now->station[now->points++] = feet(inp, station) * now->station_factor;
    }
}

tw_status tw_inp_transect_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const words[] = {"NC", "X1", "GR", NULL};
    struct tw_inp_transect *now = &inp->transect;
    if (now->station == NULL) {
        now->station = TW_ARENA_NEW(&inp->scratch, double, MOST_POINTS);
        now->elevation = TW_ARENA_NEW(&inp->scratch, double, MOST_POINTS);
        if (now->station == NULL || now->elevation == NULL) return TW_ERR_NOMEM;
    }
    int32_t word;
    if (!tw_inp_choice(inp, row, 0, "the row", words, &word)) return TW_OK;
    if (word == 0)
        read_roughness(inp, row);
    else if (word == 1)
        begin(inp, row);
    else
        read_points(inp, row);
    return TW_OK;
}

/* [STREETS]: name crown curb %slope roughness gutter-depth gutter-width sides [back-width
 * [back-%slope [back-roughness]]] */
tw_status tw_inp_street_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_transects *t = &inp->model->transects;
    double v[10] = {0.0};
    if (row->object < 0 || !tw_inp_need(inp, row, 6)) return TW_OK;
    static const char *const what[] = {"the width",         "the curb height",  "the slope",
                                       "the roughness",     "the gutter depth", "the gutter width",
                                       "the sides",         "the back width",   "the back slope",
                                       "the back roughness"};
    v[6] = 2.0;
    for (int k = 0; k < 10; k++)
        if (k + 1 < row->count && !tw_inp_positive(inp, row, k + 1, what[k], &v[k])) return TW_OK;
    int32_t index = t->names.count + row->object;
    struct tw_street street = {.crown_ft = feet(inp, v[0]),
                               .curb_ft = feet(inp, v[1]),
                               .slope_ratio = v[2] / 100.0,
                               .roughness = v[3],
                               .gutter_depth_ft = feet(inp, v[4]),
                               .gutter_width_ft = feet(inp, v[5]),
                               .sides = v[6] == 1.0 ? 1 : 2,
                               .back_width_ft = feet(inp, v[7]),
                               .back_slope_ratio = v[8] / 100.0,
                               .back_roughness = v[9]};
    if (v[0] <= 0.0 || v[1] <= 0.0 || v[2] <= 0.0 || v[3] <= 0.0) {
        tw_inp_fault(
            inp, row,
            "width, curb height, slope and roughness must be above 0" TW_SWMM_ERROR("211"));
        return TW_OK;
    }
    double station[TW_STREET_POINTS];
    double elevation[TW_STREET_POINTS];
    struct tw_transect shape;
    tw_transect_of_street(&shape, &street, station, elevation);
    t->roughness[index] = street.roughness;
    t->length_factor[index] = 1.0;
    make_tables(inp, &shape, index, row->line, "street");
    inp->model->inlets.street[row->object] = street;
    return TW_OK;
}

tw_status tw_inp_transects_finish(struct tw_inp *inp)
{
    finish(inp);
    return TW_OK;
}
