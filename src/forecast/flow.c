/* Motion of a field between pictures.
 *
 *   E(d) = sum over pairs, cells  w (I1(x + d dt) - I0(x))^2 + lambda sum over nodes |d_n - d_m|^2
 *
 * d is linear between nodes. A Gauss-Newton step at a node takes the cells around it with the hat's
 * weight as if d were the same in all of them (Lucas and Kanade), and the smoothness couples the
 * nodes (Horn and Schunck). */
#include "forecast/flow.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    LEVELS_MOST = 8,
    COARSEST = 12, /* cells: a level has at least so many on its shorter side */
    STEPS = 8,     /* Gauss-Newton steps of a level */
    SWEEPS = 40    /* of the smoothness */
};

/* What each older pair counts of the next newer one. */
#define PAIR_FADES 0.8
/* Smoothness, in parts of the mean of the nodes' own terms. */
#define SMOOTHNESS 1.0
/* A uniform shift counts when so much of what is to be seen lies in both pictures. */
#define SEEN_IN_BOTH 0.5

/* One level: the pictures, each half the size of the one below. */
struct level {
    int32_t columns, rows;
    double scale; /* cells of the finest level in one of this */
    float *cells; /* [count][rows * columns] */
};

struct normal {
    double xx, xy, yy, x, y;
};

struct work {
    const struct tw_pictures *pictures;
    struct level levels[LEVELS_MOST];
    int32_t level_count;
    struct tw_flow flow;
    struct normal *normals; /* [nodes] */
};

static const float *picture(const struct work *w, const struct level *level, int32_t k)
{
    (void)w;
    return level->cells + (size_t)k * (size_t)level->columns * (size_t)level->rows;
}

/* ---- levels ---- */

/* Weights 1 2 1 along a line of cells; cells without a value take no part. */
static void smooth_line(float *cells, int32_t count, size_t stride)
{
    float before = NAN;
    for (int32_t i = 0; i < count; i++) {
        float here = cells[(size_t)i * stride];
        float after = i + 1 < count ? cells[(size_t)(i + 1) * stride] : NAN;
        if (!isnan(here)) {
            float sum =
                2.0F * here + (isnan(before) ? 0.0F : before) + (isnan(after) ? 0.0F : after);
            float weight = 2.0F + (isnan(before) ? 0.0F : 1.0F) + (isnan(after) ? 0.0F : 1.0F);
            cells[(size_t)i * stride] = sum / weight;
        }
        before = here;
    }
}

static void smooth(float *cells, int32_t columns, int32_t rows)
{
    for (int32_t r = 0; r < rows; r++)
        smooth_line(cells + (size_t)r * (size_t)columns, columns, 1);
    for (int32_t c = 0; c < columns; c++)
        smooth_line(cells + c, rows, (size_t)columns);
}

/* Four cells become one; with an odd side the last line is left out. */
static void halve(const float *fine, const struct level *from, float *coarse,
                  const struct level *to)
{
    for (int32_t r = 0; r < to->rows; r++) {
        for (int32_t c = 0; c < to->columns; c++) {
            const float *f = fine + (size_t)(2 * r) * (size_t)from->columns + 2 * c;
            const float four[4] = {f[0], f[1], f[from->columns], f[from->columns + 1]};
            float sum = 0.0F;
            int known = 0;
            for (int i = 0; i < 4; i++) {
                if (isnan(four[i])) continue;
                sum += four[i];
                known++;
            }
            coarse[(size_t)r * (size_t)to->columns + (size_t)c] =
                known > 0 ? sum / (float)known : NAN;
        }
    }
}

static tw_status make_levels(struct work *w)
{
    const struct tw_pictures *p = w->pictures;
    int32_t columns = p->columns;
    int32_t rows = p->rows;
    for (int32_t l = 0; l < LEVELS_MOST; l++) {
        struct level *level = &w->levels[l];
        size_t cells = (size_t)columns * (size_t)rows;
        *level = (struct level){columns, rows, ldexp(1.0, l), NULL};
        level->cells = malloc((size_t)p->count * cells * sizeof *level->cells);
        if (level->cells == NULL) return TW_ERR_NOMEM;
        w->level_count = l + 1;
        for (int32_t k = 0; k < p->count; k++) {
            float *to = level->cells + (size_t)k * cells;
            if (l == 0) memcpy(to, p->cells[k], cells * sizeof *to);
            if (l > 0) halve(picture(w, level - 1, k), level - 1, to, level);
            smooth(to, columns, rows);
        }
        columns /= 2;
        rows /= 2;
        if (columns < COARSEST || rows < COARSEST) break;
    }
    return TW_OK;
}

/* ---- the uniform shift ---- */

struct overlap {
    double difference, both, all;
};

/* Compare two pictures, the second moved back by a shift. */
static void compare(const float *first, const float *second, const struct level *level, int32_t dc,
                    int32_t dr, struct overlap *sum)
{
    for (int32_t r = 0; r < level->rows; r++) {
        for (int32_t c = 0; c < level->columns; c++) {
            int32_t r1 = r + dr;
            int32_t c1 = c + dc;
            float a = first[(size_t)r * (size_t)level->columns + (size_t)c];
            if (isnan(a)) continue;
            sum->all += (double)(a * a);
            if (r1 < 0 || r1 >= level->rows || c1 < 0 || c1 >= level->columns) continue;
            float b = second[(size_t)r1 * (size_t)level->columns + (size_t)c1];
            if (isnan(b)) continue;
            sum->difference += (double)((a - b) * (a - b));
            sum->both += (double)(a * a + b * b);
        }
    }
}

/* What a uniform shift of the newest picture's interval leaves, 0 nothing to 1 all. */
static double misfit(const struct work *w, const struct level *level, int32_t dc, int32_t dr)
{
    const struct tw_pictures *p = w->pictures;
    const double newest_s = p->time_s[p->count - 1] - p->time_s[p->count - 2];
    struct overlap sum = {0.0, 0.0, 0.0};
    double weight = 1.0;
    for (int32_t k = p->count - 1; k > 0; k--) {
        double ratio = (p->time_s[k] - p->time_s[k - 1]) / newest_s;
        struct overlap one = {0.0, 0.0, 0.0};
        compare(picture(w, level, k - 1), picture(w, level, k), level, (int32_t)lrint(dc * ratio),
                (int32_t)lrint(dr * ratio), &one);
        sum.difference += weight * one.difference;
        sum.both += weight * one.both;
        sum.all += weight * one.all;
        weight *= PAIR_FADES;
    }
    if (!(sum.both > 0.0) || sum.both < SEEN_IN_BOTH * sum.all) return 1.0;
    return sum.difference / sum.both;
}

static void shift_all(struct work *w, double most)
{
    const struct tw_pictures *p = w->pictures;
    const struct level *level = &w->levels[w->level_count - 1];
    const double newest_s = p->time_s[p->count - 1] - p->time_s[p->count - 2];
    int32_t reach = (int32_t)(most * newest_s / level->scale);
    int32_t side = (level->columns > level->rows ? level->columns : level->rows) / 2;
    if (reach > side) reach = side;
    double least = misfit(w, level, 0, 0);
    int32_t best_c = 0;
    int32_t best_r = 0;
    for (int32_t dr = -reach; dr <= reach; dr++) {
        for (int32_t dc = -reach; dc <= reach; dc++) {
            double left = misfit(w, level, dc, dr);
            if (left >= least) continue;
            least = left;
            best_c = dc;
            best_r = dr;
        }
    }
    for (int32_t i = 0; i < w->flow.columns * w->flow.rows; i++) {
        w->flow.u[i] = (float)(best_c * level->scale / newest_s);
        w->flow.v[i] = (float)(best_r * level->scale / newest_s);
    }
}

/* ---- refinement ---- */

/* Bilinear value and slopes; false outside or where a corner has none. */
static bool sample(const float *cells, const struct level *level, double c, double r, double out[3])
{
    if (!(c >= 0.0 && r >= 0.0 && c <= level->columns - 1 && r <= level->rows - 1)) return false;
    int32_t ci = (int32_t)c;
    int32_t ri = (int32_t)r;
    if (ci > level->columns - 2) ci = level->columns - 2;
    if (ri > level->rows - 2) ri = level->rows - 2;
    double x = c - ci;
    double y = r - ri;
    const float *z = cells + (size_t)ri * (size_t)level->columns + ci;
    double nw = (double)z[0];
    double ne = (double)z[1];
    double sw = (double)z[level->columns];
    double se = (double)z[level->columns + 1];
    double north = nw + x * (ne - nw);
    double south = sw + x * (se - sw);
    out[0] = north + y * (south - north);
    out[1] = (1.0 - y) * (ne - nw) + y * (se - sw);
    out[2] = south - north;
    return !isnan(out[0]);
}

/* Add what a cell says to the four nodes around it. */
static void add_cell(struct work *w, double column, double row, const struct normal *term)
{
    const struct tw_flow *f = &w->flow;
    double c = column / f->spacing;
    double r = row / f->spacing;
    int32_t ci = (int32_t)c;
    int32_t ri = (int32_t)r;
    if (ci > f->columns - 2) ci = f->columns - 2;
    if (ri > f->rows - 2) ri = f->rows - 2;
    for (int i = 0; i < 4; i++) {
        int32_t nc = ci + i % 2;
        int32_t nr = ri + i / 2;
        double weight = (1.0 - fabs(c - nc)) * (1.0 - fabs(r - nr));
        if (!(weight > 0.0)) continue;
        struct normal *n = &w->normals[(size_t)nr * (size_t)f->columns + (size_t)nc];
        n->xx += weight * term->xx;
        n->xy += weight * term->xy;
        n->yy += weight * term->yy;
        n->x += weight * term->x;
        n->y += weight * term->y;
    }
}

/* Both pictures are moved half the way, so that neither is the smoother one. The sums of what is
 * left and of what there was before go to out_left[0] and [1]. */
static void add_pair(struct work *w, const struct level *level, int32_t k, double weight,
                     double out_left[2])
{
    const float *first = picture(w, level, k - 1);
    const float *second = picture(w, level, k);
    const double dt_s = w->pictures->time_s[k] - w->pictures->time_s[k - 1];
    for (int32_t r = 0; r < level->rows; r++) {
        for (int32_t c = 0; c < level->columns; c++) {
            double column = (c + 0.5) * level->scale - 0.5;
            double row = (r + 0.5) * level->scale - 0.5;
            double u = 0.0;
            double v = 0.0;
            tw_flow_at(&w->flow, column, row, &u, &v);
            double half_c = 0.5 * u * dt_s / level->scale;
            double half_r = 0.5 * v * dt_s / level->scale;
            double a[3];
            double b[3];
            if (!sample(first, level, c - half_c, r - half_r, a) ||
                !sample(second, level, c + half_c, r + half_r, b)) {
                continue;
            }
            /* per [cells/s] of the finest level */
            double gx = 0.5 * (a[1] + b[1]) * dt_s / level->scale;
            double gy = 0.5 * (a[2] + b[2]) * dt_s / level->scale;
            double e = b[0] - a[0];
            out_left[0] += weight * e * e;
            out_left[1] += weight * (a[0] * a[0] + b[0] * b[0]);
            struct normal term = {weight * gx * gx, weight * gx * gy, weight * gy * gy,
                                  -weight * gx * e, -weight * gy * e};
            add_cell(w, column, row, &term);
        }
    }
}

/* Mean of a node's neighbours in each direction. */
static double neighbours(const struct tw_flow *f, int32_t c, int32_t r, double *out_u,
                         double *out_v)
{
    static const int32_t around[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    double count = 0.0;
    *out_u = 0.0;
    *out_v = 0.0;
    for (int i = 0; i < 4; i++) {
        int32_t nc = c + around[i][0];
        int32_t nr = r + around[i][1];
        if (nc < 0 || nr < 0 || nc >= f->columns || nr >= f->rows) continue;
        size_t at = (size_t)nr * (size_t)f->columns + (size_t)nc;
        *out_u += (double)f->u[at];
        *out_v += (double)f->v[at];
        count += 1.0;
    }
    return count;
}

/* Solve (A + lambda n) d = A d_before + b + lambda sum of neighbours, by sweeps. */
static void solve(struct work *w)
{
    struct tw_flow *f = &w->flow;
    const int32_t nodes = f->columns * f->rows;
    double mean = 0.0;
    for (int32_t i = 0; i < nodes; i++) {
        struct normal *n = &w->normals[i];
        mean += 0.5 * (n->xx + n->yy) / nodes;
        double u = (double)f->u[i];
        double v = (double)f->v[i];
        n->x += n->xx * u + n->xy * v;
        n->y += n->xy * u + n->yy * v;
    }
    if (!(mean > 0.0)) return;
    const double lambda = SMOOTHNESS * mean;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (int32_t i = 0; i < nodes; i++) {
            double u = 0.0;
            double v = 0.0;
            double count = neighbours(f, i % f->columns, i / f->columns, &u, &v);
            const struct normal *n = &w->normals[i];
            double xx = n->xx + lambda * count;
            double yy = n->yy + lambda * count;
            double determinant = xx * yy - n->xy * n->xy;
            double x = n->x + lambda * u;
            double y = n->y + lambda * v;
            f->u[i] = (float)((yy * x - n->xy * y) / determinant);
            f->v[i] = (float)((xx * y - n->xy * x) / determinant);
        }
    }
}

static void limit(struct tw_flow *flow, double most)
{
    for (int32_t i = 0; i < flow->columns * flow->rows; i++) {
        double speed = hypot((double)flow->u[i], (double)flow->v[i]);
        if (speed <= most) continue;
        flow->u[i] *= (float)(most / speed);
        flow->v[i] *= (float)(most / speed);
    }
}

static void refine(struct work *w, const struct level *level, double most)
{
    const int32_t count = w->pictures->count;
    const size_t nodes = (size_t)w->flow.columns * (size_t)w->flow.rows;
    for (int step = 0; step < STEPS; step++) {
        double left[2] = {0.0, 0.0};
        double weight = 1.0;
        memset(w->normals, 0, nodes * sizeof *w->normals);
        for (int32_t k = count - 1; k > 0; k--) {
            add_pair(w, level, k, weight, left);
            weight *= PAIR_FADES;
        }
        w->flow.error_ratio = left[1] > 0.0 ? left[0] / left[1] : 0.0;
        solve(w);
        limit(&w->flow, most);
    }
}

static tw_status make_nodes(struct work *w)
{
    const struct tw_pictures *p = w->pictures;
    int32_t longer = p->columns > p->rows ? p->columns : p->rows;
    struct tw_flow *f = &w->flow;
    f->spacing = longer / 24.0 > 8.0 ? longer / 24.0 : 8.0;
    f->columns = (int32_t)ceil((p->columns - 1) / f->spacing) + 1;
    f->rows = (int32_t)ceil((p->rows - 1) / f->spacing) + 1;
    if (f->columns < 2) f->columns = 2;
    if (f->rows < 2) f->rows = 2;
    size_t nodes = (size_t)f->columns * (size_t)f->rows;
    f->u = calloc(nodes, sizeof *f->u);
    f->v = calloc(nodes, sizeof *f->v);
    w->normals = calloc(nodes, sizeof *w->normals);
    return f->u == NULL || f->v == NULL || w->normals == NULL ? TW_ERR_NOMEM : TW_OK;
}

static tw_status find(struct work *w, double most)
{
    TW_TRY(make_nodes(w));
    TW_TRY(make_levels(w));
    shift_all(w, most);
    for (int32_t l = w->level_count - 1; l >= 0; l--)
        refine(w, &w->levels[l], most);
    return TW_OK;
}

tw_status tw_flow_find(const struct tw_pictures *pictures, double most, struct tw_flow *out_flow)
{
    struct work w = {.pictures = pictures};
    tw_status status = find(&w, most);
    for (int32_t l = 0; l < LEVELS_MOST; l++)
        free(w.levels[l].cells);
    free(w.normals);
    if (status != TW_OK) {
        tw_flow_done(&w.flow);
        return status;
    }
    *out_flow = w.flow;
    return TW_OK;
}

void tw_flow_done(struct tw_flow *flow)
{
    free(flow->u);
    free(flow->v);
    flow->u = NULL;
    flow->v = NULL;
}

void tw_flow_at(const struct tw_flow *flow, double column, double row, double *out_u, double *out_v)
{
    double c = column / flow->spacing;
    double r = row / flow->spacing;
    c = c > 0.0 ? (c > flow->columns - 1 ? flow->columns - 1 : c) : 0.0; /* NAN: 0 */
    r = r > 0.0 ? (r > flow->rows - 1 ? flow->rows - 1 : r) : 0.0;
    int32_t ci = (int32_t)c;
    int32_t ri = (int32_t)r;
    if (ci > flow->columns - 2) ci = flow->columns - 2;
    if (ri > flow->rows - 2) ri = flow->rows - 2;
    double x = c - ci;
    double y = r - ri;
    size_t at = (size_t)ri * (size_t)flow->columns + (size_t)ci;
    size_t below = at + (size_t)flow->columns;
    const double weights[4] = {(1.0 - x) * (1.0 - y), x * (1.0 - y), (1.0 - x) * y, x * y};
    const size_t nodes[4] = {at, at + 1, below, below + 1};
    *out_u = 0.0;
    *out_v = 0.0;
    for (int i = 0; i < 4; i++) {
        *out_u += weights[i] * (double)flow->u[nodes[i]];
        *out_v += weights[i] * (double)flow->v[nodes[i]];
    }
}
