#include "server/hindcast.h"

#include "net/iso_time.h"
#include "net/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAD_STEPS = 3 }; /* leads that are told of: every 15 minutes */

static const struct {
    const char *word, *text;
} ways[] = {
#define TW_HINDCAST_WAY(id, word, text) [TW_HINDCAST_##id] = {word, text},
#include "server/hindcast_ways.def"
#undef TW_HINDCAST_WAY
};

static int lead_min(int32_t step) { return (int)(step * TW_HINDCAST_STEP_S / 60.0); }

/* ---- the table of forecasts ---- */

/* Local time without zone, as in the storm's own tables. */
static void issued_text(const struct tw_hindcast *h, int32_t cycle, char out[TW_ISO_TIME_SIZE])
{
    int64_t at_ms = h->storm->start_ms + (int64_t)(1000.0 * h->cycle_s) * cycle;
    tw_iso_time_format(at_ms, h->city->zone_s, out);
    out[strlen("2031-07-01T10:00:00")] = 0;
}

static tw_status write_forecast(const struct tw_hindcast *h, tw_outfile *file, int32_t cycle,
                                int32_t step)
{
    const struct tw_skill *skill = &h->skill[TW_HINDCAST_FORECAST];
    char issued[TW_ISO_TIME_SIZE];
    issued_text(h, cycle, issued);
    for (int32_t p = 0; p < skill->setup.points; p++) {
        const struct tw_skill_forecast *f = tw_skill_at(skill, cycle, p, step);
        TW_TRY(tw_outfile_printf(file, "%s,%d,%s,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f\n", issued,
                                 lead_min(step), h->city->points[p].id, (double)f->above[0],
                                 (double)f->above[1], (double)f->above[2], (double)f->above[3],
                                 (double)f->depth_m[0], (double)f->depth_m[1],
                                 (double)f->depth_m[2]));
    }
    return TW_OK;
}

tw_status tw_hindcast_write_forecasts(const struct tw_hindcast *hindcast, tw_outfile *file)
{
    const struct tw_skill_setup *setup = &hindcast->skill[TW_HINDCAST_FORECAST].setup;
    TW_TRY(tw_outfile_printf(
        file, "issued,lead_min,point,p15,p27,p40,p60,depth_q10,depth_q50,depth_q90\n"));
    for (int32_t k = 0; k < setup->cycles; k++) {
        for (int32_t s = LEAD_STEPS; s <= setup->steps; s += LEAD_STEPS)
            TW_TRY(write_forecast(hindcast, file, k, s));
    }
    return TW_OK;
}

/* ---- scores ---- */

/* Since when points that flooded were warned of, smallest first; returns how many. */
static int32_t leads_won(const struct tw_skill *skill, double *out_s)
{
    int32_t count = 0;
    for (int32_t p = 0; p < skill->setup.points; p++) {
        struct tw_skill_onset onset;
        if (!tw_skill_onset_find(skill, p, &onset)) continue;
        int32_t at = count++;
        for (; at > 0 && out_s[at - 1] > onset.lead_s; at--)
            out_s[at] = out_s[at - 1];
        out_s[at] = onset.lead_s;
    }
    return count;
}

static double median(const double *sorted, int32_t count)
{
    if (count == 0) return (double)NAN;
    return 0.5 * (sorted[(count - 1) / 2] + sorted[count / 2]);
}

static double median_lead_min(const struct tw_skill *skill)
{
    double *won_s = malloc(((size_t)skill->setup.points + 1) * sizeof *won_s);
    if (won_s == NULL) return (double)NAN;
    int32_t count = leads_won(skill, won_s);
    double middle_s = median(won_s, count);
    free(won_s);
    return middle_s / 60.0;
}

static bool is_scored(const struct tw_hindcast *h) { return h->storm->truth.count > 0; }

/* ---- JSON ---- */

static void json_counts(struct tw_strbuf *out, const char *key,
                        const struct tw_skill_counts *counts)
{
    tw_json_key(out, key);
    tw_json_open(out, '{');
    tw_json_put_integer(out, "cases", counts->cases);
    tw_json_put_integer(out, "hits", counts->hits);
    tw_json_put_integer(out, "misses", counts->misses);
    tw_json_put_integer(out, "false_alarms", counts->false_alarms);
    tw_json_put_number(out, "pod", tw_skill_pod(counts), 4);
    tw_json_put_number(out, "far", tw_skill_far(counts), 4);
    tw_json_put_number(out, "csi", tw_skill_csi(counts), 4);
    tw_json_close(out, '}');
}

static void json_tenths(struct tw_strbuf *out, const struct tw_skill_tenth tenths[TW_SKILL_TENTHS])
{
    tw_json_key(out, "reliability");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < TW_SKILL_TENTHS; i++) {
        tw_json_open(out, '{');
        tw_json_put_number(out, "from", 0.1 * i, 1);
        tw_json_put_integer(out, "cases", tenths[i].cases);
        tw_json_put_number(out, "foretold", tenths[i].foretold, 4);
        tw_json_put_number(out, "came", tenths[i].came, 4);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

static void json_lead(struct tw_strbuf *out, const struct tw_skill *skill, int32_t step)
{
    static const char *const keys[TW_SKILL_CLASSES] = {"brier_p15", "brier_p27", "brier_p40",
                                                       "brier_p60"};
    struct tw_skill_lead score = tw_skill_lead_score(skill, step);
    struct tw_skill_errors errors = tw_skill_errors_score(skill, step);
    tw_json_open(out, '{');
    tw_json_put_integer(out, "lead_min", lead_min(step));
    json_counts(out, "all", &score.all);
    json_counts(out, "onset", &score.onset);
    for (int32_t c = 0; c < TW_SKILL_CLASSES; c++)
        tw_json_put_number(out, keys[c], score.brier[c], 5);
    tw_json_put_number(out, "crps_m", score.crps_m, 5);
    tw_json_put_number(out, "onset_error_min", errors.onset_s / 60.0, 2);
    tw_json_put_number(out, "onset_bias_min", errors.onset_bias_s / 60.0, 2);
    tw_json_put_integer(out, "onsets", errors.onsets);
    tw_json_put_integer(out, "onsets_told", errors.told);
    tw_json_put_number(out, "peak_error_m", errors.peak_m, 4);
    tw_json_put_number(out, "peak_bias_m", errors.peak_bias_m, 4);
    tw_json_put_number(out, "peak_time_error_min", errors.peak_s / 60.0, 2);
    json_tenths(out, score.tenths);
    tw_json_close(out, '}');
}

static void json_onsets(const struct tw_hindcast *h, struct tw_strbuf *out,
                        const struct tw_skill *skill)
{
    tw_json_key(out, "lead_won");
    tw_json_open(out, '[');
    for (int32_t p = 0; p < skill->setup.points; p++) {
        struct tw_skill_onset onset;
        if (!tw_skill_onset_find(skill, p, &onset)) continue;
        tw_json_open(out, '{');
        tw_json_put_text(out, "point", h->city->points[p].id);
        tw_json_key(out, "flooded");
        tw_json_time(out, h->storm->start_ms + (int64_t)(1000.0 * TW_HINDCAST_STEP_S) * onset.time,
                     h->city->zone_s);
        tw_json_put_number(out, "lead_min", onset.lead_s / 60.0, 1);
        tw_json_put_number(out, "peak_m", onset.peak_m, 3);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
    tw_json_put_number(out, "lead_won_median_min", median_lead_min(skill), 1);
}

static void json_way(const struct tw_hindcast *h, struct tw_strbuf *out, int32_t way)
{
    const struct tw_skill *skill = &h->skill[way];
    struct tw_skill_tenth tenths[TW_SKILL_TENTHS];
    tw_json_key(out, ways[way].word);
    tw_json_open(out, '{');
    tw_json_put_number(out, "took_s", h->took_s[way], 1);
    if (is_scored(h)) {
        tw_json_key(out, "leads");
        tw_json_open(out, '[');
        for (int32_t s = LEAD_STEPS; s <= skill->setup.steps; s += LEAD_STEPS)
            json_lead(out, skill, s);
        tw_json_close(out, ']');
        tw_skill_reliability(skill, LEAD_STEPS, tenths);
        json_tenths(out, tenths);
        json_onsets(h, out, skill);
    }
    tw_json_close(out, '}');
}

void tw_hindcast_json(const struct tw_hindcast *hindcast, struct tw_strbuf *out)
{
    const struct tw_hindcast *h = hindcast;
    tw_json_open(out, '{');
    tw_json_put_text(out, "city", h->city->id);
    tw_json_put_text(out, "storm", h->storm->id);
    tw_json_put_integer(out, "cycles", h->skill[TW_HINDCAST_FORECAST].setup.cycles);
    tw_json_put_number(out, "cycle_s", h->cycle_s, 0);
    tw_json_put_integer(out, "points", h->city->point_count);
    tw_json_put_integer(out, "members", h->members);
    tw_json_put_integer(out, "baseline_members", h->baseline_members);
    tw_json_put_integer(out, "failed_members", h->failed_members);
    tw_json_put_bool(out, "scored", is_scored(h));
    tw_json_key(out, "ways");
    tw_json_open(out, '{');
    for (int32_t w = 0; w < TW_HINDCAST_WAYS; w++) {
        if (h->made[w]) json_way(h, out, w);
    }
    tw_json_close(out, '}');
    if (h->held_out.cases > 0) {
        tw_json_key(out, "held_out");
        tw_json_open(out, '{');
        tw_json_put_text(out, "sensor", h->held_out.id);
        tw_json_put_integer(out, "cases", h->held_out.cases);
        tw_json_put_number(out, "rmse_with", h->held_out.with, 4);
        tw_json_put_number(out, "rmse_without", h->held_out.without, 4);
        tw_json_close(out, '}');
    }
    tw_json_close(out, '}');
    (void)tw_strbuf_add_text(out, "\n");
}

/* ---- text ---- */

/* A number, or a dash for none. */
static void cell(struct tw_strbuf *out, int width, int decimals, double value)
{
    if (isnan(value)) {
        (void)tw_strbuf_printf(out, " %*s", width, "-");
    } else {
        (void)tw_strbuf_printf(out, " %*.*f", width, decimals, value);
    }
}

static void text_lead(struct tw_strbuf *out, const struct tw_skill *skill, int32_t step)
{
    struct tw_skill_lead score = tw_skill_lead_score(skill, step);
    struct tw_skill_errors errors = tw_skill_errors_score(skill, step);
    (void)tw_strbuf_printf(out, "%6d %6d", lead_min(step), score.all.cases);
    cell(out, 5, 2, tw_skill_pod(&score.all));
    cell(out, 5, 2, tw_skill_far(&score.all));
    cell(out, 5, 2, tw_skill_csi(&score.all));
    (void)tw_strbuf_printf(out, " | %5d", score.onset.hits + score.onset.misses);
    cell(out, 5, 2, tw_skill_pod(&score.onset));
    cell(out, 5, 2, tw_skill_far(&score.onset));
    cell(out, 5, 2, tw_skill_csi(&score.onset));
    (void)tw_strbuf_add_text(out, " |");
    cell(out, 6, 3, score.brier[0]);
    cell(out, 6, 3, score.crps_m);
    (void)tw_strbuf_add_text(out, " |");
    cell(out, 5, 0, errors.onset_s / 60.0);
    cell(out, 5, 0, errors.peak_s / 60.0);
    cell(out, 6, 2, errors.peak_m);
    (void)tw_strbuf_add_text(out, "\n");
}

static void text_reliability(struct tw_strbuf *out, const struct tw_skill *skill)
{
    struct tw_skill_tenth tenths[TW_SKILL_TENTHS];
    tw_skill_reliability(skill, LEAD_STEPS, tenths);
    (void)tw_strbuf_add_text(out,
                             "reliability (tenth: cases, mean probability, share that came)\n");
    for (int32_t i = 0; i < TW_SKILL_TENTHS; i++) {
        (void)tw_strbuf_printf(out, "   %.1f-%.1f %6d", 0.1 * i, 0.1 * (i + 1), tenths[i].cases);
        cell(out, 5, 2, tenths[i].foretold);
        cell(out, 5, 2, tenths[i].came);
        (void)tw_strbuf_add_text(out, "\n");
    }
}

static void text_onsets(const struct tw_hindcast *h, struct tw_strbuf *out,
                        const struct tw_skill *skill)
{
    (void)tw_strbuf_add_text(out, "lead won, min:");
    for (int32_t p = 0; p < skill->setup.points; p++) {
        struct tw_skill_onset onset;
        if (!tw_skill_onset_find(skill, p, &onset)) continue;
        (void)tw_strbuf_printf(out, " %s %.0f", h->city->points[p].id, onset.lead_s / 60.0);
    }
    (void)tw_strbuf_add_text(out, "; median");
    cell(out, 1, 0, median_lead_min(skill));
    (void)tw_strbuf_add_text(out, "\n");
}

static void text_way(const struct tw_hindcast *h, struct tw_strbuf *out, int32_t way)
{
    const struct tw_skill *skill = &h->skill[way];
    (void)tw_strbuf_printf(out, "\n%s (%.0f s)\n", ways[way].text, h->took_s[way]);
    if (!is_scored(h)) return;
    (void)tw_strbuf_add_text(out,
                             "  lead  cases   POD   FAR   CSI | onset   POD   FAR   CSI |  Brier  "
                             "CRPS |  time  peak  depth\n"
                             "   min                          |  came                   |         "
                             "   m |   min   min      m\n");
    for (int32_t s = LEAD_STEPS; s <= skill->setup.steps; s += LEAD_STEPS)
        text_lead(out, skill, s);
    if (way != TW_HINDCAST_PERSISTENCE) text_reliability(out, skill);
    text_onsets(h, out, skill);
}

void tw_hindcast_text(const struct tw_hindcast *hindcast, struct tw_strbuf *out)
{
    const struct tw_hindcast *h = hindcast;
    (void)tw_strbuf_printf(out,
                           "%s, storm %s: %d cycles of %.0f min, %d points, %d members (baselines "
                           "%d); flooded is deeper than %.2f m\n",
                           h->city->title.en, h->storm->id,
                           h->skill[TW_HINDCAST_FORECAST].setup.cycles, h->cycle_s / 60.0,
                           h->city->point_count, h->members, h->baseline_members,
                           tw_hindcast_classes_m[0]);
    if (!is_scored(h)) {
        (void)tw_strbuf_printf(out,
                               "there is nothing to score against: put truth_points.csv into %s\n",
                               h->storm->folder);
    }
    if (h->failed_members > 0) {
        (void)tw_strbuf_printf(out, "%d members failed and were left out of their cycle\n",
                               h->failed_members);
    }
    for (int32_t w = 0; w < TW_HINDCAST_WAYS; w++) {
        if (h->made[w]) text_way(h, out, w);
    }
    if (h->held_out.cases > 0) {
        (void)tw_strbuf_printf(
            out, "\nheld-out sensor %s, %d values: RMSE %.3f with assimilation, %.3f without\n",
            h->held_out.id, h->held_out.cases, h->held_out.with, h->held_out.without);
    }
}
