/* A report as one page: no script, no other file; what is found first, then everything. */
#include "net/iso_time.h"
#include "operate/inspect.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 240, HEIGHT = 36 };

static const char head[] =
    "<!doctype html>\n<html lang=\"zh\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n"
    "body{font:14px/1.45 system-ui,sans-serif;color:#222;margin:1.5em auto;max-width:1180px;"
    "padding:0 1em}\n"
    "h1{font-size:1.4em;margin:.2em 0}h2{font-size:1.1em;margin:1.6em 0 .4em}\n"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;"
    "padding:.3em .5em;border-bottom:1px solid #ddd}th{border-bottom:2px solid #888}\n"
    ".s{white-space:nowrap;font-weight:600}.s3{color:#b00020}.s2{color:#b45309}"
    ".s1{color:#7a6200}.s0{color:#4b5563;font-weight:400}.s-1{color:#6b7280;font-weight:400}\n"
    ".n{color:#6b7280;font-size:.92em}.m{display:inline-block;border:1px solid #888;width:1.1em;"
    "height:1.1em;vertical-align:middle}\n"
    "svg{display:block}polyline{fill:none;stroke:#1f5f8b;stroke-width:1.2}"
    "line{stroke:#b00020;stroke-width:1;stroke-dasharray:3 3}\n"
    ".sim{background:#fff3cd;border:1px solid #b45309;padding:.4em .8em;margin:.8em 0}\n"
    ".k{display:flex;gap:2em;flex-wrap:wrap;margin:.8em 0}.k b{font-size:1.3em;display:block}\n"
    "input[name=l]{margin-left:1em}#en:checked~main .zh,#zh:checked~main .en{display:none}\n"
    "img{max-width:320px}\n"
    "@media print{body{margin:0;max-width:none;font-size:10px}label,input[name=l]{display:none}"
    "tr{break-inside:avoid}h2{break-after:avoid}a{color:inherit}}\n"
    "</style>\n";

static const char *const severity_zh[] = {"无法判断", "正常", "关注", "检修", "立即处理"};
static const char *const severity_en[] = {"unknown", "fine", "look", "repair", "urgent"};

static void put(struct tw_strbuf *out, const char *text) { (void)tw_strbuf_add_text(out, text); }

/* Text that came from outside. */
static void put_safe(struct tw_strbuf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '<':
            put(out, "&lt;");
            break;
        case '>':
            put(out, "&gt;");
            break;
        case '&':
            put(out, "&amp;");
            break;
        case '"':
            put(out, "&quot;");
            break;
        default:
            (void)tw_strbuf_add(out, text, 1);
        }
    }
}

static void put_both(struct tw_strbuf *out, const char *zh, const char *en)
{
    put(out, "<span class=\"zh\">");
    put_safe(out, zh);
    put(out, "</span><span class=\"en\">");
    put_safe(out, en);
    put(out, "</span>");
}

static void put_time(struct tw_strbuf *out, const struct tw_inspection *in, int64_t time_ms)
{
    char text[TW_ISO_TIME_SIZE];
    tw_iso_time_format(time_ms, in->zone_s, text);
    text[10] = ' ';
    text[16] = '\0';
    put(out, text);
}

/* ---- curves ---- */

static void put_points(struct tw_strbuf *out, const double *mean, double low, double span)
{
    enum { EACH = 2 };
    bool open = false;
    for (int32_t i = 0; i < TW_INSPECT_STEPS; i += EACH) {
        double y = isnan(mean[i]) ? mean[i + 1] : mean[i];
        if (isnan(y)) {
            if (open) put(out, "\"/>");
            open = false;
            continue;
        }
        if (!open) put(out, "<polyline points=\"");
        open = true;
        (void)tw_strbuf_printf(out, "%.0f,%.1f ", (double)i * WIDTH / TW_INSPECT_STEPS,
                               HEIGHT - 2 - (HEIGHT - 4) * (y - low) / span);
    }
    if (open) put(out, "\"/>");
}

static void put_curve(struct tw_strbuf *out, const struct tw_inspection *in,
                      const struct tw_finding *f)
{
    const double *mean = in->values[f->tag].mean;
    double low = (double)INFINITY, high = -(double)INFINITY;
    for (int32_t i = 0; i < TW_INSPECT_STEPS; i++) {
        if (isnan(mean[i])) continue;
        low = mean[i] < low ? mean[i] : low;
        high = mean[i] > high ? mean[i] : high;
    }
    if (!(high >= low)) return;
    double span = high > low ? high - low : 1.0;
    bool near = f->limit >= low - span && f->limit <= high + span;
    if (near && f->limit > high) span = f->limit - low;
    if (near && f->limit < low) {
        span = low + span - f->limit;
        low = f->limit;
    }
    (void)tw_strbuf_printf(out, "<svg width=\"%d\" height=\"%d\" role=\"img\">", WIDTH, HEIGHT);
    put_points(out, mean, low, span);
    if (near) {
        double y = HEIGHT - 2 - (HEIGHT - 4) * (f->limit - low) / span;
        (void)tw_strbuf_printf(out, "<line x1=\"0\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", WIDTH, y,
                               y);
    }
    put(out, "</svg><span class=\"n\">");
    (void)tw_strbuf_printf(out, "%.4g &ndash; %.4g ", in->values[f->tag].low,
                           in->values[f->tag].high);
    put_safe(out, f->unit);
    put(out, "</span>");
}

/* ---- rows ---- */

static void put_change(struct tw_strbuf *out, const struct tw_inspection_before *before,
                       const struct tw_finding *f)
{
    if (before == NULL) return;
    int was = tw_inspection_before_find(before, f->id);
    put(out, "<br><span class=\"n\">");
    if (was == -2) {
        put_both(out, "新增", "new");
    } else if (was < f->severity) {
        put_both(out, "加重，上次：", "worse, was ");
        put_both(out, severity_zh[was + 1], severity_en[was + 1]);
    } else if (was > f->severity) {
        put_both(out, "好转，上次：", "better, was ");
        put_both(out, severity_zh[was + 1], severity_en[was + 1]);
    } else {
        put_both(out, "同上次", "as before");
    }
    put(out, "</span>");
}

static void put_row(struct tw_strbuf *out, const struct tw_inspection *in,
                    const struct tw_inspection_before *before, const struct tw_finding *f)
{
    const struct tw_item_info *info = tw_item_get(f->item);
    (void)tw_strbuf_printf(out, "<tr><td class=\"s s%d\">", f->severity);
    put_both(out, severity_zh[f->severity + 1], severity_en[f->severity + 1]);
    put_change(out, before, f);
    put(out, "</td><td>");
    put_both(out, info->zh, info->en);
    put(out, "<br><b>");
    put_both(out, f->zh, f->en);
    put(out, "</b><br><span class=\"n\">");
    put_safe(out, f->subject);
    put(out, "</span></td><td>");
    put_both(out, f->finding_zh, f->finding_en);
    if (f->simulated) put_both(out, "（模拟值）", " (simulated)");
    if (f->severity > TW_SEVERITY_FINE) {
        put(out, "<br><i>");
        put_both(out, f->advice_zh, f->advice_en);
        put(out, "</i>");
    }
    put(out, "<br><span class=\"n\">");
    put_safe(out, f->rule);
    put(out, "</span></td><td>");
    if (f->tag >= 0) put_curve(out, in, f);
    if (f->still != NULL) {
        put(out, "<img alt=\"\" src=\"data:image/jpeg;base64,");
        put(out, f->still);
        put(out, "\">");
    }
    put(out, "</td><td><span class=\"m\"></span></td></tr>\n");
}

static void put_table(struct tw_strbuf *out, const struct tw_inspection *in,
                      const struct tw_inspection_before *before, int from, int to)
{
    put(out, "<table><thead><tr><th>");
    put_both(out, "等级", "severity");
    put(out, "</th><th>");
    put_both(out, "项目", "item");
    put(out, "</th><th>");
    put_both(out, "发现、建议、依据", "finding, advice, rule");
    put(out, "</th><th>");
    put_both(out, "24 小时", "24 h");
    put(out, "</th><th>");
    put_both(out, "确认", "seen");
    put(out, "</th></tr></thead><tbody>\n");
    for (int severity = from; severity >= to; severity--) {
        for (int32_t i = 0; i < in->count; i++)
            if (in->findings[i].severity == severity) put_row(out, in, before, &in->findings[i]);
    }
    put(out, "</tbody></table>\n");
}

static void put_figure(struct tw_strbuf *out, double value, const char *format, const char *zh,
                       const char *en)
{
    char text[40];
    (void)snprintf(text, sizeof text, format, value);
    put(out, "<div><b>");
    put(out, isnan(value) ? "&ndash;" : text);
    put(out, "</b>");
    put_both(out, zh, en);
    put(out, "</div>");
}

static void put_summary(struct tw_strbuf *out, const struct tw_inspection *in,
                        const struct tw_inspection_before *before)
{
    put(out, "<h1>");
    put_both(out, in->works->zh, in->works->en);
    put(out, " &middot; ");
    put_both(out, "巡检报告", "inspection");
    put(out, "</h1><div class=\"n\">");
    put_time(out, in, in->from_ms);
    put(out, " &ndash; ");
    put_time(out, in, in->at_ms);
    put(out, " &middot; ");
    put_safe(out, in->cause);
    if (before != NULL) {
        put(out, " &middot; ");
        put_both(out, "对比 ", "compared with ");
        put_time(out, in, before->at_ms);
    }
    put(out, "</div>\n");
    if (in->simulated) {
        put(out, "<div class=\"sim\">");
        put_both(out, "本报告含模拟数据，不是实测。",
                 "Values in this report are simulated, not measured.");
        put(out, "</div>\n");
    }
    put(out, "<div class=\"k\">");
    for (int severity = TW_SEVERITY_URGENT; severity >= TW_SEVERITY_UNKNOWN; severity--) {
        put_figure(out, in->by_severity[severity + 1], "%.0f", severity_zh[severity + 1],
                   severity_en[severity + 1]);
    }
    put_figure(out, 100.0 * in->worst_probability, "%.0f %%", "今日超标概率（最大）",
               "probability to break a limit today");
    put_figure(out, in->inflow_m3, "%.0f m&sup3;", "24 小时进水", "inflow in 24 h");
    put_figure(out, in->energy_kwhm3, "%.3f kWh/m&sup3;", "单位电耗", "energy");
    put_figure(out, in->risk, "%.1f", "风险分", "risk");
    put(out, "</div>\n");
}

/* What was wrong before and is no longer there at all. */
static void put_gone(struct tw_strbuf *out, const struct tw_inspection *in,
                     const struct tw_inspection_before *before)
{
    bool any = false;
    for (int32_t b = 0; before != NULL && b < before->count; b++) {
        int32_t i = 0;
        while (i < in->count && strcmp(in->findings[i].id, before->list[b].id) != 0)
            i++;
        if (i < in->count || before->list[b].severity <= TW_SEVERITY_FINE) continue;
        if (!any) {
            put(out, "<h2>");
            put_both(out, "上次有、本次已无的项目", "Items of the report before that are gone");
            put(out, "</h2><p>");
        }
        any = true;
        put_safe(out, before->list[b].id);
        put(out, "; ");
    }
    if (any) put(out, "</p>\n");
}

tw_status tw_inspection_write_html(const struct tw_inspection *inspection,
                                   const struct tw_inspection_before *before, struct tw_strbuf *out)
{
    put(out, head);
    put(out, "<title>");
    put_safe(out, inspection->works->en);
    put(out, "</title></head><body>\n<input type=\"radio\" name=\"l\" id=\"zh\" checked>"
             "<label for=\"zh\">中文</label><input type=\"radio\" name=\"l\" id=\"en\">"
             "<label for=\"en\">English</label>\n<main>\n");
    put_summary(out, inspection, before);
    put(out, "<h2>");
    put_both(out, "发现的问题", "What was found");
    put(out, "</h2>\n");
    put_table(out, inspection, before, TW_SEVERITY_URGENT, TW_SEVERITY_LOOK);
    put_gone(out, inspection, before);
    put(out, "<h2>");
    put_both(out, "无法判断", "What could not be judged");
    put(out, "</h2>\n");
    put_table(out, inspection, before, TW_SEVERITY_UNKNOWN, TW_SEVERITY_UNKNOWN);
    put(out, "<h2>");
    put_both(out, "正常", "What is fine");
    put(out, "</h2>\n");
    put_table(out, inspection, before, TW_SEVERITY_FINE, TW_SEVERITY_FINE);
    put(out, "</main></body></html>\n");
    return out->status;
}
