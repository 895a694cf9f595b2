/* A model as a file: {"format": "thalweg-influent", "version": 1, ...}. Numbers have the digits that
 * read back as the same bits, so a model from a file forecasts what the one in memory did. */
#include "net/json.h"
#include "net/json_scan.h"
#include "operate/influent.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "thalweg-influent"

/* ---- out ---- */

static void put_numbers(struct tw_strbuf *out, const char *key, const double *values, int32_t count)
{
    tw_json_key(out, key);
    tw_json_open(out, '[');
    for (int32_t i = 0; i < count; i++)
        tw_json_exact(out, values[i]);
    tw_json_close(out, ']');
}

static void put_number(struct tw_strbuf *out, const char *key, double value)
{
    tw_json_key(out, key);
    tw_json_exact(out, value);
}

static void put_ridge(struct tw_strbuf *out, const char *key, const struct tw_ridge *ridge)
{
    tw_json_key(out, key);
    tw_json_open(out, '{');
    put_number(out, "offset", ridge->offset);
    put_numbers(out, "mean", ridge->mean, ridge->features);
    put_numbers(out, "scale", ridge->scale, ridge->features);
    put_numbers(out, "weight", ridge->weight, ridge->features);
    tw_json_close(out, '}');
}

static void put_leads(struct tw_strbuf *out, const char *key, const struct tw_influent_lead *leads)
{
    tw_json_key(out, key);
    tw_json_open(out, '[');
    for (int i = 0; i < TW_INFLUENT_LEADS; i++) {
        tw_json_open(out, '{');
        put_ridge(out, "error", &leads[i].error);
        put_numbers(out, "spread", leads[i].spread, 4);
        put_numbers(out, "quantile", leads[i].quantile, TW_INFLUENT_LEVELS);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
}

tw_status tw_influent_write(const struct tw_influent_model *model, struct tw_strbuf *out)
{
    tw_json_open(out, '{');
    tw_json_put_text(out, "format", FORMAT);
    tw_json_put_integer(out, "version", 1);
    tw_json_put_integer(out, "zone_s", model->zone_s);
    tw_json_put_integer(out, "from_ms", model->from_ms);
    tw_json_put_integer(out, "to_ms", model->to_ms);
    tw_json_put_integer(out, "trained_hours", model->trained_hours);
    put_number(out, "median_m3h", model->median_m3h);
    put_number(out, "mean_rain_mm", model->mean_rain_mm);
    put_ridge(out, "rain", &model->rain);
    put_leads(out, "leads_without_rain", model->lead[0]);
    put_leads(out, "leads", model->lead[1]);
    tw_json_close(out, '}');
    return out->status;
}

/* ---- in ---- */

/* Reads; `wrong` is the first thing that is no such model, beside what the scanner finds. */
struct reading {
    struct tw_json_scan scan;
    struct tw_arena *arena;
    struct tw_influent_model *model;
    char wrong[128];
    bool no_memory;
};

static bool refuse(struct reading *r, const char *what)
{
    if (r->wrong[0] == '\0') (void)snprintf(r->wrong, sizeof r->wrong, "%s", what);
    return false;
}

static bool take_numbers(struct reading *r, double *out, int32_t count)
{
    int32_t n = 0;
    if (!tw_json_scan_open(&r->scan, '[')) return false;
    while (tw_json_scan_more(&r->scan, '[', n == 0)) {
        double value;
        if (!tw_json_scan_number(&r->scan, &value)) return false;
        if (n == count) return refuse(r, "a list has too many numbers");
        out[n++] = value;
    }
    if (r->scan.error != NULL) return false;
    return n == count || refuse(r, "a list has too few numbers");
}

static bool take_list_or_number(struct reading *r, const char *key, struct tw_ridge *ridge,
                                unsigned *seen)
{
    if (strcmp(key, "offset") == 0) {
        *seen |= 1;
        return tw_json_scan_number(&r->scan, &ridge->offset);
    }
    if (strcmp(key, "mean") == 0) {
        *seen |= 2;
        return take_numbers(r, ridge->mean, ridge->features);
    }
    if (strcmp(key, "scale") == 0) {
        *seen |= 4;
        return take_numbers(r, ridge->scale, ridge->features);
    }
    if (strcmp(key, "weight") == 0) {
        *seen |= 8;
        return take_numbers(r, ridge->weight, ridge->features);
    }
    return tw_json_scan_skip(&r->scan);
}

static bool take_ridge(struct reading *r, int32_t features, struct tw_ridge *out)
{
    const char *key;
    unsigned seen = 0;
    *out = (struct tw_ridge){.features = features,
                             .mean = TW_ARENA_NEW(r->arena, double, features),
                             .scale = TW_ARENA_NEW(r->arena, double, features),
                             .weight = TW_ARENA_NEW(r->arena, double, features)};
    if (out->mean == NULL || out->scale == NULL || out->weight == NULL) {
        r->no_memory = true;
        return false;
    }
    if (!tw_json_scan_open(&r->scan, '{')) return false;
    for (bool first = true; tw_json_scan_more(&r->scan, '{', first); first = false) {
        if (!tw_json_scan_key(&r->scan, &key) || !take_list_or_number(r, key, out, &seen)) {
            return false;
        }
    }
    if (r->scan.error != NULL) return false;
    for (int32_t i = 0; i < features; i++)
        if (!(out->scale[i] >= 0.0)) return refuse(r, "a scale is negative");
    return seen == 15 || refuse(r, "a part has no offset, mean, scale or weight");
}

static bool take_lead(struct reading *r, struct tw_influent_lead *out)
{
    const char *key;
    unsigned seen = 0;
    if (!tw_json_scan_open(&r->scan, '{')) return false;
    for (bool first = true; tw_json_scan_more(&r->scan, '{', first); first = false) {
        bool sound = tw_json_scan_key(&r->scan, &key);
        if (sound && strcmp(key, "error") == 0) {
            seen |= 1;
            sound = take_ridge(r, TW_INFLUENT_ERROR, &out->error);
        } else if (sound && strcmp(key, "spread") == 0) {
            seen |= 2;
            sound = take_numbers(r, out->spread, 4);
        } else if (sound && strcmp(key, "quantile") == 0) {
            seen |= 4;
            sound = take_numbers(r, out->quantile, TW_INFLUENT_LEVELS);
        } else if (sound) {
            sound = tw_json_scan_skip(&r->scan);
        }
        if (!sound) return false;
    }
    if (r->scan.error != NULL) return false;
    for (int q = 1; q < TW_INFLUENT_LEVELS; q++)
        if (!(out->quantile[q] >= out->quantile[q - 1])) return refuse(r, "quantiles fall");
    return seen == 7 || refuse(r, "a lead has no error, spread or quantile");
}

static bool take_leads(struct reading *r, struct tw_influent_lead *leads)
{
    int n = 0;
    if (!tw_json_scan_open(&r->scan, '[')) return false;
    while (tw_json_scan_more(&r->scan, '[', n == 0)) {
        if (n == TW_INFLUENT_LEADS) return refuse(r, "there are too many leads");
        if (!take_lead(r, &leads[n++])) return false;
    }
    if (r->scan.error != NULL) return false;
    return n == TW_INFLUENT_LEADS || refuse(r, "there are too few leads");
}

static bool take_whole(struct reading *r, double least, double most, double *out)
{
    if (!tw_json_scan_number(&r->scan, out)) return false;
    bool sound = *out >= least && *out <= most && *out == floor(*out);
    return sound || refuse(r, "a whole number is out of its range");
}

static bool take_format(struct reading *r)
{
    const char *text;
    if (!tw_json_scan_string(&r->scan, &text)) return false;
    return strcmp(text, FORMAT) == 0 || refuse(r, "format is not \"" FORMAT "\"");
}

static bool take_member(struct reading *r, const char *key, unsigned *seen)
{
    struct tw_influent_model *m = r->model;
    double whole = 0.0;
    bool sound;
    if (strcmp(key, "format") == 0) {
        *seen |= 1;
        return take_format(r);
    }
    if (strcmp(key, "version") == 0) {
        *seen |= 2;
        return take_whole(r, 1.0, 1.0, &whole);
    }
    if (strcmp(key, "zone_s") == 0) {
        sound = take_whole(r, -86400.0, 86400.0, &whole);
        m->zone_s = (int32_t)whole;
        return sound;
    }
    if (strcmp(key, "trained_hours") == 0) {
        sound = take_whole(r, 0.0, 1e9, &whole);
        m->trained_hours = (int32_t)whole;
        return sound;
    }
    if (strcmp(key, "from_ms") == 0 || strcmp(key, "to_ms") == 0) {
        sound = take_whole(r, -1e15, 1e15, &whole);
        *(key[0] == 'f' ? &m->from_ms : &m->to_ms) = (int64_t)whole;
        return sound;
    }
    if (strcmp(key, "median_m3h") == 0) return tw_json_scan_number(&r->scan, &m->median_m3h);
    if (strcmp(key, "mean_rain_mm") == 0) return tw_json_scan_number(&r->scan, &m->mean_rain_mm);
    if (strcmp(key, "rain") == 0) {
        *seen |= 4;
        return take_ridge(r, TW_INFLUENT_RAIN, &m->rain);
    }
    if (strcmp(key, "leads") == 0) {
        *seen |= 8;
        return take_leads(r, m->lead[1]);
    }
    if (strcmp(key, "leads_without_rain") == 0) {
        *seen |= 16;
        return take_leads(r, m->lead[0]);
    }
    return tw_json_scan_skip(&r->scan);
}

static bool take_model(struct reading *r)
{
    const char *key;
    unsigned seen = 0;
    if (!tw_json_scan_open(&r->scan, '{')) return false;
    for (bool first = true; tw_json_scan_more(&r->scan, '{', first); first = false) {
        if (!tw_json_scan_key(&r->scan, &key) || !take_member(r, key, &seen)) return false;
    }
    if (r->scan.error != NULL || !tw_json_scan_end(&r->scan)) return false;
    return seen == 31 || refuse(r, "format, version, rain or leads are missing");
}

tw_status tw_influent_read(const char *path, const char *text, size_t size, struct tw_arena *arena,
                           tw_faults *faults, struct tw_influent_model *out_model)
{
    struct tw_influent_model model = {0};
    struct reading r = {.arena = arena, .model = &model};
    char *strings = malloc(size + 1);
    size_t line, column;
    if (strings == NULL) return TW_ERR_NOMEM;
    tw_json_scan_init(&r.scan, text, size, strings);
    bool sound = take_model(&r);
    tw_json_scan_place(&r.scan, &line, &column);
    free(strings);
    if (r.no_memory) return TW_ERR_NOMEM;
    if (!sound) {
        const char *what = r.wrong[0] != '\0'     ? r.wrong
                           : r.scan.error != NULL ? r.scan.error
                                                  : "it does not end where it should";
        tw_faults_add(faults, path, (int)line,
                      "is no influent model: %s; `thalweg plant fit` makes one", what);
        return TW_ERR_INPUT;
    }
    *out_model = model;
    return TW_OK;
}
