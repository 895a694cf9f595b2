/* Rankings.
 *
 * Of inspections the risk is the inspections' own. Of yearly figures it is
 *
 *   10 * worst ratio of effluent to limit + 10 * (volume over capacity beyond 0.8)
 *
 * since a yearly mean near the limit means days beyond it, and a plant that is full has no reserve. */
#include "operate/rank.h"

#include "net/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- places ---- */

static double risk_of(const struct tw_rank *r) { return r->risk; }
static double energy_of(const struct tw_rank *r) { return r->energy_kwhm3; }

/* How many are worse; NAN is in no place. */
static int place_of(const struct tw_rank *plants, int32_t count, int32_t i,
                    double (*figure)(const struct tw_rank *))
{
    int place = 1;
    double own = figure(&plants[i]);
    if (isnan(own)) return 0;
    for (int32_t k = 0; k < count; k++) {
        double other = figure(&plants[k]);
        bool tie = other == own && strcmp(plants[k].id, plants[i].id) < 0;
        place += other > own || (k != i && tie);
    }
    return place;
}

static int by_risk(const void *a, const void *b)
{
    const struct tw_rank *x = a, *y = b;
    int px = x->by_risk == 0 ? 1 << 30 : x->by_risk, py = y->by_risk == 0 ? 1 << 30 : y->by_risk;
    return px != py ? (px < py ? -1 : 1) : strcmp(x->id, y->id);
}

void tw_rank_order(struct tw_rank *plants, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        plants[i].by_risk = place_of(plants, count, i, risk_of);
        plants[i].by_energy = place_of(plants, count, i, energy_of);
    }
    qsort(plants, (size_t)count, sizeof *plants, by_risk);
}

/* ---- a table of yearly figures ---- */

enum { CELLS = 128 };

/* Columns by what their names contain. */
struct columns {
    int id, name, capacity, volume, electricity;
    int effluent[TW_LIMITS_MOST];
};

static char *trimmed(char *text)
{
    while (*text == ' ' || *text == '"')
        text++;
    size_t length = strlen(text);
    while (length > 0 && strchr(" \"\r\n", text[length - 1]) != NULL)
        text[--length] = '\0';
    return text;
}

static int cut(char *line, char **cells)
{
    int count = 0;
    bool quoted = false;
    char *begin = line;
    for (char *at = line; count < CELLS; at++) {
        if (*at == '"') quoted = !quoted;
        bool end = *at == '\0';
        if (!end && (quoted || *at != ',')) continue;
        *at = '\0';
        cells[count++] = trimmed(begin);
        if (end) break;
        begin = at + 1;
    }
    return count;
}

/* The name of a substance in such tables. */
static const char *substance_of(enum tw_kind kind)
{
    switch (kind) {
    case TW_KIND_NH4:
        return "nh3n_effluent";
    case TW_KIND_TSS:
        return "ss_effluent";
    case TW_KIND_COD:
        return "cod_effluent";
    case TW_KIND_BOD5:
        return "bod5_effluent";
    case TW_KIND_TN:
        return "tn_effluent";
    case TW_KIND_TP:
        return "tp_effluent";
    default:
        return "?";
    }
}

static int column_of(char *const *cells, int count, const char *begin)
{
    for (int c = 0; c < count; c++)
        if (strncmp(cells[c], begin, strlen(begin)) == 0) return c;
    return -1;
}

static bool find_columns(char *line, const struct tw_rank_limits *limits, struct columns *out)
{
    char *cells[CELLS];
    if (strncmp(line, "\xef\xbb\xbf", 3) == 0) line += 3;
    int count = cut(line, cells);
    *out = (struct columns){
        .id = column_of(cells, count, "id"),
        .name = column_of(cells, count, "wwtp_name"),
        .capacity = column_of(cells, count, "treatment_capacity_10k_m3_per_day"),
        .volume = column_of(cells, count, "annual_treatment_volume_10k_m3"),
        .electricity = column_of(cells, count, "annual_electricity_consumption_kwh")};
    if (out->name < 0) out->name = column_of(cells, count, "name");
    for (int32_t i = 0; i < limits->count; i++)
        out->effluent[i] = column_of(cells, count, substance_of(limits->limit[i].kind));
    return out->id >= 0 && out->volume >= 0 && out->electricity >= 0;
}

/* What is asked of a row: the cell as a number; NAN: none, or no number. */
static double cell(char *const *cells, int count, int column)
{
    double value;
    if (column < 0 || column >= count) return (double)NAN;
    return tw_text_double(cells[column], &value) == TW_OK ? value : (double)NAN;
}

static void take_row(char *const *cells, int count, const struct columns *c,
                     const struct tw_rank_limits *limits, struct tw_rank *out)
{
    double volume_m3 = 1e4 * cell(cells, count, c->volume);
    double capacity_m3d = 1e4 * cell(cells, count, c->capacity);
    if (!(volume_m3 > 0.0)) volume_m3 = (double)NAN;
    if (!(capacity_m3d > 0.0)) capacity_m3d = (double)NAN;
    *out = (struct tw_rank){.id = cells[c->id],
                            .name = c->name >= 0 && c->name < count ? cells[c->name] : "",
                            .worst = "",
                            .worst_ratio = (double)NAN,
                            .report = "",
                            .energy_kwhm3 = cell(cells, count, c->electricity) / volume_m3,
                            .load_ratio = volume_m3 / 365.0 / capacity_m3d};
    if (!(out->energy_kwhm3 > 0.0) || isinf(out->energy_kwhm3)) out->energy_kwhm3 = (double)NAN;
    if (!(out->load_ratio >= 0.0) || isinf(out->load_ratio)) out->load_ratio = (double)NAN;
    for (int32_t i = 0; i < limits->count; i++) {
        double ratio = cell(cells, count, c->effluent[i]) / limits->limit[i].mean_gm3;
        if (isnan(ratio) || ratio <= out->worst_ratio) continue;
        out->worst_ratio = ratio;
        out->worst = tw_kind_get(limits->limit[i].kind)->key;
    }
    double full = out->load_ratio > 0.8 ? out->load_ratio - 0.8 : 0.0;
    out->risk = 10.0 * out->worst_ratio + 10.0 * full;
}

static char *next_line(char **at)
{
    char *line = *at;
    if (*line == '\0') return NULL;
    size_t length = strcspn(line, "\n");
    *at = line + length + (line[length] == '\n');
    line[length] = '\0';
    return line;
}

tw_status tw_rank_read(const char *path, char *text, const struct tw_rank_limits *limits,
                       tw_faults *faults, struct tw_arena *arena, struct tw_rank_list *out_list)
{
    struct columns columns;
    char *cells[CELLS], *at = text, *line = next_line(&at);
    int number = 1;
    int32_t rows = 1;
    if (line == NULL || !find_columns(line, limits, &columns)) {
        tw_faults_add(faults, path, 1,
                      "needs the columns id, annual_treatment_volume_10k_m3 and "
                      "annual_electricity_consumption_kwh");
        return TW_ERR_INPUT;
    }
    for (const char *c = at; *c != '\0'; c++)
        rows += *c == '\n';
    struct tw_rank_list list = {.plants = TW_ARENA_NEW(arena, struct tw_rank, rows)};
    if (list.plants == NULL) return TW_ERR_NOMEM;
    while ((line = next_line(&at)) != NULL) {
        number++;
        if (line[strspn(line, " \r,")] == '\0') continue;
        int count = cut(line, cells);
        if (count <= columns.id || cells[columns.id][0] == '\0') {
            tw_faults_add(faults, path, number, "the row has no id");
            continue;
        }
        struct tw_rank *rank = &list.plants[list.count++];
        take_row(cells, count, &columns, limits, rank);
        if (isnan(rank->energy_kwhm3)) {
            tw_faults_warn(faults, path, number, "%s: no energy per m3 can be told", rank->id);
        }
        if (isnan(rank->worst_ratio)) {
            tw_faults_warn(faults, path, number, "%s: no effluent to compare", rank->id);
        }
    }
    if (list.count == 0) tw_faults_add(faults, path, 0, "has no plants");
    if (tw_faults_count(faults) > 0) return TW_ERR_INPUT;
    *out_list = list;
    return TW_OK;
}

/* ---- out ---- */

tw_status tw_rank_write_json(const struct tw_rank *plants, int32_t count, struct tw_strbuf *out)
{
    tw_json_open(out, '[');
    for (int32_t i = 0; i < count; i++) {
        const struct tw_rank *r = &plants[i];
        const struct {
            const char *key;
            double value;
        } numbers[] = {{"risk", r->risk},
                       {"energy_kwhm3", r->energy_kwhm3},
                       {"load_ratio", r->load_ratio},
                       {"worst_ratio", r->worst_ratio},
                       {"urgent", r->urgent},
                       {"repair", r->repair},
                       {"look", r->look}};
        tw_json_open(out, '{');
        tw_json_put_text(out, "id", r->id);
        tw_json_put_text(out, "name", r->name);
        tw_json_put_integer(out, "by_risk", r->by_risk);
        tw_json_put_integer(out, "by_energy", r->by_energy);
        for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
            tw_json_put_number(out, numbers[k].key, numbers[k].value, 4);
        }
        tw_json_put_text(out, "worst", r->worst);
        tw_json_put_text(out, "report", r->report);
        tw_json_close(out, '}');
    }
    tw_json_close(out, ']');
    return out->status;
}

static void put_safe(struct tw_strbuf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        bool special = *text == '<' || *text == '>' || *text == '&' || *text == '"';
        if (special) {
            (void)tw_strbuf_printf(out, "&#%d;", *text);
        } else {
            (void)tw_strbuf_add(out, text, 1);
        }
    }
}

static void put_cell(struct tw_strbuf *out, const char *format, double value)
{
    char text[40];
    (void)snprintf(text, sizeof text, format, value);
    (void)tw_strbuf_printf(out, "<td class=\"r\">%s</td>", isnan(value) ? "&ndash;" : text);
}

tw_status tw_rank_write_html(const struct tw_rank *plants, int32_t count, struct tw_strbuf *out)
{
    (void)tw_strbuf_add_text(
        out,
        "<!doctype html>\n<html lang=\"zh\"><head><meta charset=\"utf-8\"><title>全部污水厂 / "
        "all plants</title><style>body{font:14px/1.45 system-ui,sans-serif;max-width:1100px;"
        "margin:1.5em auto;padding:0 1em}table{border-collapse:collapse;width:100%}"
        "th,td{text-align:left;padding:.3em .5em;border-bottom:1px solid #ddd}"
        ".r{text-align:right;font-variant-numeric:tabular-nums}</style></head><body>\n"
        "<h1>污水厂排名 / ranking of plants</h1>\n<table><thead><tr><th>风险 / risk</th>"
        "<th>电耗 / energy</th><th>污水厂 / plant</th><th class=\"r\">风险分 / score</th>"
        "<th class=\"r\">kWh/m&sup3;</th><th class=\"r\">负荷率 / load</th>"
        "<th>最差指标 / worst</th><th class=\"r\">&nbsp;</th><th class=\"r\">立即 / urgent</th>"
        "<th class=\"r\">检修 / repair</th><th class=\"r\">关注 / look</th></tr></thead>"
        "<tbody>\n");
    for (int32_t i = 0; i < count; i++) {
        const struct tw_rank *r = &plants[i];
        (void)tw_strbuf_printf(out, "<tr><td>%d</td><td>%d</td><td>", r->by_risk, r->by_energy);
        if (r->report[0] != '\0') {
            (void)tw_strbuf_add_text(out, "<a href=\"");
            put_safe(out, r->report);
            (void)tw_strbuf_add_text(out, "\">");
        }
        put_safe(out, r->name);
        if (r->report[0] != '\0') (void)tw_strbuf_add_text(out, "</a>");
        (void)tw_strbuf_add_text(out, "</td>");
        put_cell(out, "%.2f", r->risk);
        put_cell(out, "%.3f", r->energy_kwhm3);
        put_cell(out, "%.2f", r->load_ratio);
        (void)tw_strbuf_add_text(out, "<td>");
        put_safe(out, r->worst);
        (void)tw_strbuf_add_text(out, "</td>");
        put_cell(out, "%.2f", r->worst_ratio);
        put_cell(out, "%.0f", r->urgent);
        put_cell(out, "%.0f", r->repair);
        put_cell(out, "%.0f", r->look);
        (void)tw_strbuf_add_text(out, "</tr>\n");
    }
    (void)tw_strbuf_add_text(out, "</tbody></table></body></html>\n");
    return out->status;
}
