/* A report as JSON, and the lines of an earlier one. */
#include "net/json.h"
#include "net/json_scan.h"
#include "operate/inspect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "thalweg-inspection"

/* Means of 15 min. */
static void put_curve(struct tw_strbuf *out, const struct tw_inspection *in, int32_t tag)
{
    enum { EACH = TW_INSPECT_STEPS / TW_INSPECT_CURVE };
    const double *mean = in->values[tag].mean;
    tw_json_key(out, "curve");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < TW_INSPECT_CURVE; i++) {
        double sum = 0.0;
        int32_t n = 0;
        for (int32_t k = i * EACH; k < (i + 1) * EACH; k++) {
            if (isnan(mean[k])) continue;
            sum += mean[k];
            n++;
        }
        double value = n > 0 ? sum / n : (double)NAN;
        /* Five digits are more than a curve shows. */
        double size = fabs(value);
        tw_json_number(out, value, size < 1.0 ? 5 : size < 100.0 ? 3 : 1);
    }
    tw_json_close(out, ']');
}

static void put_finding(struct tw_strbuf *out, const struct tw_inspection *in,
                        const struct tw_finding *f, bool all_curves)
{
    const struct tw_item_info *info = tw_item_get(f->item);
    tw_json_open(out, '{');
    tw_json_put_text(out, "id", f->id);
    tw_json_put_text(out, "item", info->key);
    tw_json_put_text(out, "group", info->group);
    tw_json_put_text(out, "subject", f->subject);
    tw_json_put_text(out, "severity", tw_severity_word(f->severity));
    tw_json_put_words(out, "item_title", info->zh, info->en);
    tw_json_put_words(out, "title", f->zh, f->en);
    tw_json_put_words(out, "finding", f->finding_zh, f->finding_en);
    if (f->severity > TW_SEVERITY_FINE)
        tw_json_put_words(out, "advice", f->advice_zh, f->advice_en);
    tw_json_key(out, "evidence");
    tw_json_open(out, '{');
    tw_json_put_text(out, "rule", f->rule);
    tw_json_put_number(out, "value", f->value, 4);
    tw_json_put_number(out, "limit", f->limit, 4);
    tw_json_put_text(out, "unit", f->unit);
    if (f->tag >= 0) {
        tw_json_put_text(out, "series", in->works->tags[f->tag].series);
        if (all_curves || f->severity != TW_SEVERITY_FINE) put_curve(out, in, f->tag);
    }
    if (f->still != NULL) tw_json_put_text(out, "still_jpeg_base64", f->still);
    tw_json_close(out, '}');
    tw_json_put_bool(out, "simulated", f->simulated);
    tw_json_close(out, '}');
}

tw_status tw_inspection_write_json(const struct tw_inspection *inspection, bool all_curves,
                                   struct tw_strbuf *out)
{
    const struct tw_inspection *in = inspection;
    tw_json_open(out, '{');
    tw_json_put_text(out, "format", FORMAT);
    tw_json_put_integer(out, "version", 1);
    tw_json_put_text(out, "plant", in->works->id);
    tw_json_put_words(out, "title", in->works->zh, in->works->en);
    tw_json_key(out, "from");
    tw_json_time(out, in->from_ms, in->zone_s);
    tw_json_key(out, "at");
    tw_json_time(out, in->at_ms, in->zone_s);
    tw_json_put_integer(out, "at_ms", in->at_ms);
    tw_json_put_text(out, "cause", in->cause);
    tw_json_put_bool(out, "simulated", in->simulated);
    tw_json_put_number(out, "risk", in->risk, 2);
    tw_json_put_number(out, "inflow_m3", in->inflow_m3, 1);
    tw_json_put_number(out, "energy_kwh", in->energy_kwh, 1);
    tw_json_put_number(out, "energy_kwhm3", in->energy_kwhm3, 4);
    tw_json_put_number(out, "worst_break_probability", in->worst_probability, 4);
    tw_json_key(out, "counts");
    tw_json_open(out, '{');
    for (int severity = TW_SEVERITY_UNKNOWN; severity <= TW_SEVERITY_URGENT; severity++) {
        tw_json_put_integer(out, tw_severity_word(severity), in->by_severity[severity + 1]);
    }
    tw_json_close(out, '}');
    tw_json_key(out, "items");
    tw_json_open(out, '[');
    for (int32_t i = 0; i < in->count; i++)
        put_finding(out, in, &in->findings[i], all_curves);
    tw_json_close(out, ']');
    tw_json_close(out, '}');
    return out->status;
}

/* ---- an earlier one ---- */

static int severity_of(const char *word)
{
    int severity = TW_SEVERITY_URGENT;
    while (severity > TW_SEVERITY_UNKNOWN && strcmp(tw_severity_word(severity), word) != 0)
        severity--;
    return severity;
}

static tw_status add_before(struct tw_inspection_before *b, const char *id, int severity)
{
    if (b->count == b->room) {
        int32_t room = b->room == 0 ? 128 : 2 * b->room;
        struct tw_finding_before *list = TW_ARENA_NEW(&b->arena, struct tw_finding_before, room);
        if (list == NULL) return TW_ERR_NOMEM;
        if (b->count > 0) memcpy(list, b->list, (size_t)b->count * sizeof *list);
        b->list = list;
        b->room = room;
    }
    const char *copy = tw_arena_text(&b->arena, id, strlen(id));
    if (copy == NULL) return TW_ERR_NOMEM;
    b->list[b->count++] = (struct tw_finding_before){copy, severity};
    return TW_OK;
}

static tw_status take_item(struct tw_json_scan *scan, struct tw_inspection_before *b)
{
    const char *key, *id = NULL, *severity = NULL;
    if (!tw_json_scan_open(scan, '{')) return TW_ERR_FORMAT;
    for (bool first = true; tw_json_scan_more(scan, '{', first); first = false) {
        bool sound = tw_json_scan_key(scan, &key);
        if (sound && strcmp(key, "id") == 0) {
            sound = tw_json_scan_string(scan, &id);
        } else if (sound && strcmp(key, "severity") == 0) {
            sound = tw_json_scan_string(scan, &severity);
        } else if (sound) {
            sound = tw_json_scan_skip(scan);
        }
        if (!sound) return TW_ERR_FORMAT;
    }
    if (scan->error != NULL || id == NULL || severity == NULL) return TW_ERR_FORMAT;
    return add_before(b, id, severity_of(severity));
}

static tw_status take_items(struct tw_json_scan *scan, struct tw_inspection_before *b)
{
    if (!tw_json_scan_open(scan, '[')) return TW_ERR_FORMAT;
    for (bool first = true; tw_json_scan_more(scan, '[', first); first = false)
        TW_TRY(take_item(scan, b));
    return scan->error != NULL ? TW_ERR_FORMAT : TW_OK;
}

static tw_status take_report(struct tw_json_scan *scan, struct tw_inspection_before *b)
{
    const char *key, *format = NULL;
    double at_ms = 0.0;
    if (!tw_json_scan_open(scan, '{')) return TW_ERR_FORMAT;
    for (bool first = true; tw_json_scan_more(scan, '{', first); first = false) {
        bool sound = tw_json_scan_key(scan, &key);
        if (sound && strcmp(key, "format") == 0) {
            sound = tw_json_scan_string(scan, &format);
        } else if (sound && strcmp(key, "at_ms") == 0) {
            sound = tw_json_scan_number(scan, &at_ms) && fabs(at_ms) < 1e15;
        } else if (sound && strcmp(key, "items") == 0) {
            TW_TRY(take_items(scan, b));
        } else if (sound) {
            sound = tw_json_scan_skip(scan);
        }
        if (!sound) return TW_ERR_FORMAT;
    }
    if (scan->error != NULL || !tw_json_scan_end(scan)) return TW_ERR_FORMAT;
    b->at_ms = (int64_t)at_ms;
    return format != NULL && strcmp(format, FORMAT) == 0 ? TW_OK : TW_ERR_FORMAT;
}

tw_status tw_inspection_before_read(const char *json, size_t size,
                                    struct tw_inspection_before *out_before)
{
    struct tw_json_scan scan;
    struct tw_inspection_before before = {0};
    char *strings = malloc(size + 1);
    if (strings == NULL) return TW_ERR_NOMEM;
    tw_arena_init(&before.arena);
    tw_json_scan_init(&scan, json, size, strings);
    tw_status status = take_report(&scan, &before);
    free(strings);
    if (status != TW_OK) {
        tw_inspection_before_done(&before);
        return status;
    }
    *out_before = before;
    return TW_OK;
}

void tw_inspection_before_done(struct tw_inspection_before *before)
{
    tw_arena_done(&before->arena);
    *before = (struct tw_inspection_before){0};
}

int tw_inspection_before_find(const struct tw_inspection_before *before, const char *id)
{
    for (int32_t i = 0; before != NULL && i < before->count; i++)
        if (strcmp(before->list[i].id, id) == 0) return before->list[i].severity;
    return -2;
}
