#include "forecast/cascade.h"

#include "forecast/fft.h"
#include "num/random.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define RAIN0_MMH 0.2  /* less is as good as dry */
#define ONE_MOST 0.995 /* no level lives for ever */
#define TREND_MOST 0.3 /* of phi2: how far a trend may carry */
#define PRESENT_BINS 2048

struct tw_cascade {
    int32_t columns, rows;         /* of the fields */
    int32_t fft_columns, fft_rows; /* with a rim that makes them periodic */
    int32_t wave_columns;          /* fft_columns / 2 + 1 */
    size_t cells, waves;           /* of the transform */
    uint64_t seed;
    int32_t level_count;
    struct tw_cascade_level levels[TW_CASCADE_LEVELS_MOST];
    double mean;                     /* of the logarithms */
    float *phi1, *phi2;              /* [waves] */
    float *noise, *start;            /* [waves] amplitude of the noise of a step, of the start */
    struct tw_complex *now, *before; /* [waves] the state and the one an interval before */
    float *present;                  /* [rows * columns] mm/h */
    float *sorted;                   /* [rows * columns] the same, smallest first */
};

struct tw_cascade_member {
    const struct tw_cascade *cascade;
    struct tw_fft *fft;
    int32_t member, step;
    struct tw_complex *now, *before; /* [waves] */
    float *grid;                     /* [cells] of the transform */
    float *ranks;                    /* [PRESENT_BINS + 1] */
};

/* What is needed while fields are analysed. */
struct work {
    const struct tw_cascade_setup *setup;
    struct tw_cascade *c;
    struct tw_fft *fft;
    float *grid;                                 /* [cells] */
    struct tw_complex *waves;                    /* [waves] */
    struct tw_complex *band;                     /* [waves] */
    float *logs[TW_CASCADE_FIELDS_MOST];         /* [rows * columns] logarithms less their mean */
    unsigned char *seen[TW_CASCADE_FIELDS_MOST]; /* [rows * columns] 1: it has a value of its own */
    float *bands[TW_CASCADE_FIELDS_MOST];        /* [rows * columns] of one level */
    float *sums[2]; /* [rows * columns] states, now and an interval before */
    double *power;  /* [radius] */
    double *power_count;
    double level_weight[TW_CASCADE_LEVELS_MOST]; /* sum of squared hats over waves */
};

/* ---- scales ---- */

/* Wave number of a wave, in waves per longer side. */
static double wave_number(const struct tw_cascade *c, size_t wave)
{
    double longer = c->fft_columns > c->fft_rows ? c->fft_columns : c->fft_rows;
    int32_t row = (int32_t)(wave / (size_t)c->wave_columns);
    int32_t column = (int32_t)(wave % (size_t)c->wave_columns);
    if (row > c->fft_rows / 2) row -= c->fft_rows;
    return hypot(row * longer / c->fft_rows, column * longer / c->fft_columns);
}

/* Where a wave lies between levels: level + part of the next one. Level l has its middle at wave
 * number 2^l; hats between the middles make a whole. */
static double level_of(const struct tw_cascade *c, size_t wave)
{
    double k = wave_number(c, wave);
    double at = k > 1.0 ? log2(k) : 0.0;
    return at < c->level_count - 1 ? at : c->level_count - 1;
}

static double hat(double at, int32_t level)
{
    double distance = fabs(at - level);
    return distance < 1.0 ? 1.0 - distance : 0.0;
}

/* ---- fields ---- */

/* Put a field into the transform's grid; the rim leads from each edge to the opposite one. */
static void put_in_rim(const struct tw_cascade *c, const float *field, float *grid)
{
    const int32_t rim_columns = c->fft_columns - c->columns;
    const int32_t rim_rows = c->fft_rows - c->rows;
    for (int32_t r = 0; r < c->rows; r++) {
        float *row = grid + (size_t)r * (size_t)c->fft_columns;
        memcpy(row, field + (size_t)r * (size_t)c->columns, (size_t)c->columns * sizeof *row);
        for (int32_t i = 0; i < rim_columns; i++) {
            float part = (float)(i + 1) / (float)(rim_columns + 1);
            row[c->columns + i] = row[c->columns - 1] + part * (row[0] - row[c->columns - 1]);
        }
    }
    const float *last = grid + (size_t)(c->rows - 1) * (size_t)c->fft_columns;
    for (int32_t i = 0; i < rim_rows; i++) {
        float part = (float)(i + 1) / (float)(rim_rows + 1);
        float *row = grid + (size_t)(c->rows + i) * (size_t)c->fft_columns;
        for (int32_t k = 0; k < c->fft_columns; k++)
            row[k] = last[k] + part * (grid[k] - last[k]);
    }
}

static void take_out(const struct tw_cascade *c, const float *grid, float *field)
{
    for (int32_t r = 0; r < c->rows; r++) {
        memcpy(field + (size_t)r * (size_t)c->columns, grid + (size_t)r * (size_t)c->fft_columns,
               (size_t)c->columns * sizeof *field);
    }
}

/* Logarithms less their mean over the newest field; a cell without a value has the newer field's. */
static void take_logs(struct work *w)
{
    const struct tw_cascade_setup *s = w->setup;
    const size_t cells = (size_t)s->columns * (size_t)s->rows;
    for (int32_t k = 0; k < s->count; k++) {
        for (size_t i = 0; i < cells; i++) {
            float mmh = s->mmh[k][i];
            w->seen[k][i] = 1;
            if (isnan(mmh)) {
                w->seen[k][i] = 0;
                w->logs[k][i] = k > 0 ? w->logs[k - 1][i] : 0.0F;
            } else {
                w->logs[k][i] = mmh > (float)RAIN0_MMH ? logf(mmh / (float)RAIN0_MMH) : 0.0F;
            }
        }
    }
    double sum = 0.0;
    for (size_t i = 0; i < cells; i++)
        sum += (double)w->logs[0][i];
    w->c->mean = sum / (double)cells;
    for (int32_t k = 0; k < s->count; k++) {
        for (size_t i = 0; i < cells; i++)
            w->logs[k][i] -= (float)w->c->mean;
    }
}

/* The part of a field that is of one level. */
static void take_band(struct work *w, int32_t field, int32_t level)
{
    const struct tw_cascade *c = w->c;
    put_in_rim(c, w->logs[field], w->grid);
    tw_fft_forward(w->fft, w->grid, w->waves);
    for (size_t i = 0; i < c->waves; i++) {
        float part = (float)hat(level_of(c, i), level);
        w->band[i] = (struct tw_complex){part * w->waves[i].re, part * w->waves[i].im};
    }
    tw_fft_backward(w->fft, w->band, w->grid);
    take_out(c, w->grid, w->bands[field]);
}

/* ---- how long a level lives ---- */

/* Mean product of bands of fields that lie `apart` intervals apart, of cells both fields have. */
static double covariance(const struct work *w, int32_t apart)
{
    const size_t cells = (size_t)w->c->columns * (size_t)w->c->rows;
    double sum = 0.0;
    double count = 0.0;
    for (int32_t k = 0; k + apart < w->setup->count; k++) {
        for (size_t i = 0; i < cells; i++) {
            if (!w->seen[k][i] || !w->seen[k + apart][i]) continue;
            sum += (double)w->bands[k][i] * (double)w->bands[k + apart][i];
            count += 1.0;
        }
    }
    return count > 0.0 ? sum / count : 0.0;
}

static double between(double low, double value, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* A level lives the longer the longer its waves; for want of fields that say it.
 * Germann and Zawadzki 2002: about 20 min at 10 km. */
static double usual_ratio(double wave_m, double interval_s)
{
    return exp(-interval_s / (190.0 * pow(wave_m / 1000.0, 0.8)));
}

struct moments {
    double zero, one, two; /* covariances at 0, 1, 2 intervals */
};

static struct moments moments_of(const struct work *w, int32_t level)
{
    const struct tw_cascade_setup *s = w->setup;
    struct moments m = {covariance(w, 0), 0.0, 0.0};
    double usual = usual_ratio(w->c->levels[level].wave_cells * s->cell_m, s->interval_s);
    m.one = s->count > 1 ? covariance(w, 1) : usual * m.zero;
    m.two = s->count > 2 ? covariance(w, 2) : m.one * m.one / (m.zero > 0.0 ? m.zero : 1.0);
    return m;
}

/* The radar's noise is white: what the shortest waves lose at once and not over time is noise, and
 * every level has its share of it. Returns its variance per wave. */
static double noise_per_wave(const struct work *w, const struct moments *shortest)
{
    const int32_t last = w->c->level_count - 1;
    if (!(shortest->zero > 0.0) || w->setup->count < 3) return 0.0;
    double one = between(0.0, shortest->one / shortest->zero, 1.0);
    double two = between(0.0, shortest->two / shortest->zero, 1.0);
    /* AR(1) with noise: one = signal phi, two = signal phi^2. */
    double signal = two > 0.0 ? between(one, one * one / two, 1.0) : one;
    return (1.0 - signal) * shortest->zero / w->level_weight[last];
}

static void set_level(struct tw_cascade_level *level, const struct moments *m, double noise)
{
    double signal = m->zero > 0.0 ? between(0.05, 1.0 - noise / m->zero, 1.0) : 1.0;
    double one = m->zero > 0.0 ? m->one / m->zero / signal : 0.0;
    double two = m->zero > 0.0 ? m->two / m->zero / signal : 0.0;
    one = between(0.0, one, ONE_MOST);
    double rest = 1.0 - one * one;
    two = between(one * one - TREND_MOST * rest, two, one * one + TREND_MOST * rest);
    level->signal_ratio = signal;
    level->one_ratio = one;
    level->two_ratio = two;
    level->phi1 = one * (1.0 - two) / rest;
    level->phi2 = (two - one * one) / rest;
}

/* Gain of each field, oldest first, in the estimate of a level's state, and its error. */
static void filter_level(struct work *w, struct tw_cascade_level *level)
{
    const size_t cells = (size_t)w->c->columns * (size_t)w->c->rows;
    const double phi = level->one_ratio;
    const double noise = (1.0 - level->signal_ratio) / level->signal_ratio;
    const int32_t oldest = w->setup->count - 1;
    double error = 1.0 / (1.0 / 1.0 + (noise > 0.0 ? 1.0 / noise : 1e12));
    float gain = (float)(1.0 - error); /* towards nothing: what is known before is the mean */
    float *state = w->bands[oldest];
    for (size_t i = 0; i < cells; i++)
        state[i] *= gain;
    for (int32_t k = oldest - 1; k >= 0; k--) {
        double ahead = phi * phi * error + 1.0 - phi * phi;
        gain = (float)(ahead / (ahead + noise));
        error = (1.0 - (double)gain) * ahead;
        const float *older = w->bands[k + 1];
        float *newer = w->bands[k];
        for (size_t i = 0; i < cells; i++) {
            float expected = (float)phi * older[i];
            newer[i] = expected + gain * (newer[i] - expected);
        }
    }
    level->error_ratio = error;
    for (size_t i = 0; i < cells; i++) {
        w->sums[0][i] += w->bands[0][i];
        w->sums[1][i] += w->bands[oldest > 0 ? 1 : 0][i];
    }
}

static void analyse_levels(struct work *w)
{
    struct tw_cascade *c = w->c;
    double noise = 0.0;
    for (int32_t l = c->level_count - 1; l >= 0; l--) {
        for (int32_t k = 0; k < w->setup->count; k++)
            take_band(w, k, l);
        struct moments m = moments_of(w, l);
        if (l == c->level_count - 1) noise = noise_per_wave(w, &m);
        set_level(&c->levels[l], &m, noise * w->level_weight[l]);
        filter_level(w, &c->levels[l]);
    }
}

/* ---- spectra ---- */

static void take_power(struct work *w)
{
    const struct tw_cascade *c = w->c;
    put_in_rim(c, w->logs[0], w->grid);
    tw_fft_forward(w->fft, w->grid, w->waves);
    for (size_t i = 0; i < c->waves; i++) {
        size_t radius = (size_t)lrint(wave_number(c, i));
        double re = (double)w->waves[i].re;
        double im = (double)w->waves[i].im;
        w->power[radius] += (re * re + im * im) / (double)c->cells;
        w->power_count[radius] += 1.0;
    }
}

static void set_waves(struct work *w)
{
    struct tw_cascade *c = w->c;
    for (size_t i = 0; i < c->waves; i++) {
        size_t radius = (size_t)lrint(wave_number(c, i));
        double power = w->power[radius] / w->power_count[radius];
        double at = level_of(c, i);
        int32_t l = (int32_t)at;
        double part = at - l;
        const struct tw_cascade_level *a = &c->levels[l];
        const struct tw_cascade_level *b = &c->levels[l + 1 < c->level_count ? l + 1 : l];
        double phi1 = a->phi1 + part * (b->phi1 - a->phi1);
        double phi2 = a->phi2 + part * (b->phi2 - a->phi2);
        double one = a->one_ratio + part * (b->one_ratio - a->one_ratio);
        double two = a->two_ratio + part * (b->two_ratio - a->two_ratio);
        double signal = power * (a->signal_ratio + part * (b->signal_ratio - a->signal_ratio));
        double error = a->error_ratio + part * (b->error_ratio - a->error_ratio);
        double lost = 1.0 - phi1 * one - phi2 * two;
        c->phi1[i] = (float)phi1;
        c->phi2[i] = (float)phi2;
        c->noise[i] = radius == 0 ? 0.0F : (float)sqrt(signal * (lost > 0.0 ? lost : 0.0));
        c->start[i] = radius == 0 ? 0.0F : (float)sqrt(signal * error);
    }
    put_in_rim(c, w->sums[0], w->grid);
    tw_fft_forward(w->fft, w->grid, c->now);
    put_in_rim(c, w->sums[1], w->grid);
    tw_fft_forward(w->fft, w->grid, c->before);
}

static int by_value(const void *left, const void *right)
{
    float a = *(const float *)left;
    float b = *(const float *)right;
    return (a > b) - (a < b);
}

static double mean_of(const float *mmh, size_t cells)
{
    double sum = 0.0;
    for (size_t i = 0; i < cells; i++)
        sum += isnan(mmh[i]) ? 0.0 : (double)mmh[i];
    return sum / (double)cells;
}

/* Logarithms are lower in the mean than what they are of: the present has the newest field's mean. */
static void set_present(struct work *w)
{
    struct tw_cascade *c = w->c;
    const size_t cells = (size_t)c->columns * (size_t)c->rows;
    for (size_t i = 0; i < cells; i++) {
        float log_ratio = w->sums[0][i] + (float)c->mean;
        c->present[i] = log_ratio > 0.5F ? (float)RAIN0_MMH * expf(log_ratio) : 0.0F;
    }
    double is = mean_of(c->present, cells);
    double was = mean_of(w->setup->mmh[0], cells);
    float factor = is > 0.0 ? (float)between(0.5, was / is, 2.0) : 1.0F;
    for (size_t i = 0; i < cells; i++)
        c->present[i] *= factor;
    memcpy(c->sorted, c->present, cells * sizeof *c->sorted);
    qsort(c->sorted, cells, sizeof *c->sorted, by_value);
}

/* ---- making ---- */

static int32_t levels_for(const struct tw_cascade *c)
{
    int32_t shorter = c->fft_columns < c->fft_rows ? c->fft_columns : c->fft_rows;
    int32_t levels = 1;
    while (levels < TW_CASCADE_LEVELS_MOST && (1 << levels) < shorter / 2)
        levels++;
    return levels;
}

static void lay_out(struct tw_cascade *c, const struct tw_cascade_setup *s)
{
    c->columns = s->columns;
    c->rows = s->rows;
    c->fft_columns = tw_fft_length(s->columns + s->columns / 8 + 4);
    c->fft_rows = tw_fft_length(s->rows + s->rows / 8 + 4);
    c->wave_columns = c->fft_columns / 2 + 1;
    c->cells = (size_t)c->fft_columns * (size_t)c->fft_rows;
    c->waves = (size_t)c->wave_columns * (size_t)c->fft_rows;
    c->seed = s->seed;
    c->level_count = levels_for(c);
    double longer = c->fft_columns > c->fft_rows ? c->fft_columns : c->fft_rows;
    for (int32_t l = 0; l < c->level_count; l++)
        c->levels[l].wave_cells = ldexp(longer, -l);
}

static tw_status allocate(struct tw_cascade *c)
{
    const size_t cells = (size_t)c->columns * (size_t)c->rows;
    c->phi1 = malloc(c->waves * sizeof *c->phi1);
    c->phi2 = malloc(c->waves * sizeof *c->phi2);
    c->noise = malloc(c->waves * sizeof *c->noise);
    c->start = malloc(c->waves * sizeof *c->start);
    c->now = malloc(c->waves * sizeof *c->now);
    c->before = malloc(c->waves * sizeof *c->before);
    c->present = malloc(cells * sizeof *c->present);
    c->sorted = malloc(cells * sizeof *c->sorted);
    bool all = c->phi1 && c->phi2 && c->noise && c->start && c->now && c->before && c->present &&
               c->sorted;
    return all ? TW_OK : TW_ERR_NOMEM;
}

static tw_status allocate_work(struct work *w)
{
    const struct tw_cascade *c = w->c;
    const size_t cells = (size_t)c->columns * (size_t)c->rows;
    const size_t radii = 2 * (size_t)(c->fft_columns + c->fft_rows);
    TW_TRY(tw_fft_create(c->fft_rows, c->fft_columns, &w->fft));
    bool all = true;
    for (int32_t k = 0; k < w->setup->count; k++) {
        all = (w->logs[k] = malloc(cells * sizeof(float))) != NULL && all;
        all = (w->bands[k] = malloc(cells * sizeof(float))) != NULL && all;
        all = (w->seen[k] = malloc(cells)) != NULL && all;
    }
    for (int i = 0; i < 2; i++)
        all = (w->sums[i] = calloc(cells, sizeof(float))) != NULL && all;
    w->grid = calloc(c->cells, sizeof *w->grid);
    w->waves = malloc(c->waves * sizeof *w->waves);
    w->band = malloc(c->waves * sizeof *w->band);
    w->power = calloc(radii, sizeof *w->power);
    w->power_count = calloc(radii, sizeof *w->power_count);
    all = all && w->grid && w->waves && w->band && w->power && w->power_count;
    return all ? TW_OK : TW_ERR_NOMEM;
}

static void work_done(struct work *w)
{
    tw_fft_destroy(w->fft);
    for (int32_t k = 0; k < TW_CASCADE_FIELDS_MOST; k++) {
        free(w->logs[k]);
        free(w->bands[k]);
        free(w->seen[k]);
    }
    free(w->sums[0]);
    free(w->sums[1]);
    free(w->grid);
    free(w->waves);
    free(w->band);
    free(w->power);
    free(w->power_count);
}

static tw_status make(struct work *w)
{
    struct tw_cascade *c = w->c;
    TW_TRY(allocate(c));
    TW_TRY(allocate_work(w));
    for (size_t i = 0; i < c->waves; i++) {
        double at = level_of(c, i);
        for (int32_t l = 0; l < c->level_count; l++)
            w->level_weight[l] += hat(at, l) * hat(at, l);
    }
    take_logs(w);
    analyse_levels(w);
    take_power(w);
    set_waves(w);
    set_present(w);
    return TW_OK;
}

tw_status tw_cascade_create(const struct tw_cascade_setup *setup, struct tw_cascade **out_cascade)
{
    struct tw_cascade *c = calloc(1, sizeof *c);
    if (c == NULL) return TW_ERR_NOMEM;
    lay_out(c, setup);
    struct work w = {.setup = setup, .c = c};
    tw_status status = make(&w);
    work_done(&w);
    if (status != TW_OK) {
        tw_cascade_destroy(c);
        return status;
    }
    *out_cascade = c;
    return TW_OK;
}

void tw_cascade_destroy(struct tw_cascade *cascade)
{
    if (cascade == NULL) return;
    free(cascade->phi1);
    free(cascade->phi2);
    free(cascade->noise);
    free(cascade->start);
    free(cascade->now);
    free(cascade->before);
    free(cascade->present);
    free(cascade->sorted);
    free(cascade);
}

int32_t tw_cascade_level_count(const struct tw_cascade *cascade) { return cascade->level_count; }

struct tw_cascade_level tw_cascade_level(const struct tw_cascade *cascade, int32_t level)
{
    return cascade->levels[level];
}

const float *tw_cascade_present(const struct tw_cascade *cascade) { return cascade->present; }

/* ---- members ---- */

/* Four numbers of 16 bits added: near enough to normal for noise of which hundreds of waves are
 * added again. Variance 1. */
static float quick_normal(uint64_t bits)
{
    int32_t sum = (int32_t)(bits & 0xFFFF) + (int32_t)(bits >> 16 & 0xFFFF) +
                  (int32_t)(bits >> 32 & 0xFFFF) + (int32_t)(bits >> 48);
    /* each has the variance 65536^2 / 12 */
    return ((float)sum - 131070.0F) * (1.0F / 37837.227F);
}

static struct tw_complex noise_wave(uint64_t *state, float amplitude)
{
    uint64_t first = tw_random_mix(*state += 0x9E3779B97F4A7C15U);
    uint64_t second = tw_random_mix(*state += 0x9E3779B97F4A7C15U);
    return (struct tw_complex){amplitude * quick_normal(first), amplitude * quick_normal(second)};
}

/* A wave of variance 1 per cell has the mean square `cells`, half of it in each part. */
static float wave_scale(const struct tw_cascade *c) { return sqrtf(0.5F * (float)c->cells); }

tw_status tw_cascade_begin(const struct tw_cascade *cascade, int32_t member,
                           struct tw_cascade_member **out_member)
{
    const struct tw_cascade *c = cascade;
    struct tw_cascade_member *m = calloc(1, sizeof *m);
    if (m == NULL) return TW_ERR_NOMEM;
    m->cascade = c;
    m->member = member;
    m->now = malloc(c->waves * sizeof *m->now);
    m->before = malloc(c->waves * sizeof *m->before);
    m->grid = malloc(c->cells * sizeof *m->grid);
    m->ranks = malloc((PRESENT_BINS + 1) * sizeof *m->ranks);
    tw_status status = tw_fft_create(c->fft_rows, c->fft_columns, &m->fft);
    if (status == TW_OK && !(m->now && m->before && m->grid && m->ranks)) status = TW_ERR_NOMEM;
    if (status != TW_OK) {
        tw_cascade_end(m);
        return status;
    }
    const float scale = wave_scale(c);
    uint64_t state = tw_random_bits_3(c->seed, member, -1, 0);
    for (size_t i = 0; i < c->waves; i++) {
        struct tw_complex e = noise_wave(&state, scale * c->start[i]);
        m->now[i] = (struct tw_complex){c->now[i].re + e.re, c->now[i].im + e.im};
        m->before[i] = (struct tw_complex){c->before[i].re + e.re, c->before[i].im + e.im};
    }
    *out_member = m;
    return TW_OK;
}

void tw_cascade_end(struct tw_cascade_member *member)
{
    if (member == NULL) return;
    tw_fft_destroy(member->fft);
    free(member->now);
    free(member->before);
    free(member->grid);
    free(member->ranks);
    free(member);
}

void tw_cascade_step(struct tw_cascade_member *member)
{
    struct tw_cascade_member *m = member;
    const struct tw_cascade *c = m->cascade;
    const float scale = wave_scale(c);
    uint64_t state = tw_random_bits_3(c->seed, m->member, m->step++, 1);
    for (size_t i = 0; i < c->waves; i++) {
        struct tw_complex e = noise_wave(&state, scale * c->noise[i]);
        struct tw_complex now = m->now[i];
        struct tw_complex before = m->before[i];
        m->now[i].re = c->phi1[i] * now.re + c->phi2[i] * before.re + e.re;
        m->now[i].im = c->phi1[i] * now.im + c->phi2[i] * before.im + e.im;
        m->before[i] = now;
    }
}

/* Which part of the cells lies below each of some evenly spaced values. */
static void rank(struct tw_cascade_member *m, const float *field, float *out_low, float *out_scale)
{
    const size_t cells = (size_t)m->cascade->columns * (size_t)m->cascade->rows;
    float low = field[0];
    float high = field[0];
    for (size_t i = 1; i < cells; i++) {
        low = field[i] < low ? field[i] : low;
        high = field[i] > high ? field[i] : high;
    }
    const float scale = high > low ? PRESENT_BINS / (high - low) : 0.0F;
    memset(m->ranks, 0, (PRESENT_BINS + 1) * sizeof *m->ranks);
    for (size_t i = 0; i < cells; i++) {
        int32_t bin = (int32_t)((field[i] - low) * scale);
        m->ranks[(bin < PRESENT_BINS ? bin : PRESENT_BINS - 1) + 1] += 1.0F;
    }
    for (int32_t i = 0; i < PRESENT_BINS; i++)
        m->ranks[i + 1] += m->ranks[i];
    *out_low = low;
    *out_scale = scale;
}

/* The member's cells keep their order, and take the present's values in that order: STEPS'
 * probability matching, which keeps how much rain there is of each intensity. */
void tw_cascade_field(struct tw_cascade_member *member, float *out_mmh)
{
    struct tw_cascade_member *m = member;
    const struct tw_cascade *c = m->cascade;
    const size_t cells = (size_t)c->columns * (size_t)c->rows;
    tw_fft_backward(m->fft, m->now, m->grid);
    take_out(c, m->grid, out_mmh);
    float low = 0.0F;
    float scale = 0.0F;
    rank(m, out_mmh, &low, &scale);
    for (size_t i = 0; i < cells; i++) {
        float at = (out_mmh[i] - low) * scale;
        int32_t bin = (int32_t)at;
        if (bin > PRESENT_BINS - 1) bin = PRESENT_BINS - 1;
        float place =
            m->ranks[bin] + (at - (float)bin) * (m->ranks[bin + 1] - m->ranks[bin]) - 0.5F;
        if (place < 0.0F) place = 0.0F;
        size_t below = (size_t)place;
        if (below > cells - 2) below = cells - 2;
        float part = place - (float)below;
        if (part > 1.0F) part = 1.0F;
        out_mmh[i] = c->sorted[below] + part * (c->sorted[below + 1] - c->sorted[below]);
    }
}
