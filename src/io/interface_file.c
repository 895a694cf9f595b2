#include "io/interface_file.h"

#include "base/text.h"
#include "io/scan.h"
#include "io/swmm_numbers.h"
#include "io/units.h"
#include "thalweg/time.h"

#include <string.h>

static const char *const flow_words[] = {"CFS", "GPM", "MGD", "CMS", "LPS", "MLD"};
static const char *const quality_words[] = {"MG/L", "UG/L", "#/L"};

enum { WORD = 255, MOST_NODES = 1 << 24, MOST_POLLUTANTS = 1 << 16 };

struct reading {
    const struct tw_model *model;
    const char *at, *end, *path;
    tw_faults *faults;
    struct tw_arena *arena;
    struct tw_interface_flows flows;
    int line;
    double flow_m3s; /* of the file's unit */
};

static tw_status wrong_as(const struct reading *r, const char *number, const char *what)
{
    tw_faults_add(r->faults, r->path, r->line, "routing interface file: %s%s", what, number);
    return TW_ERR_INPUT;
}

static tw_status wrong(const struct reading *r, const char *what)
{
    return wrong_as(r, TW_SWMM_ERROR("353"), what);
}

/* The next line; false at the end. */
static bool next_line(struct reading *r, struct tw_scan *out)
{
    if (r->at >= r->end) return false;
    const char *end = memchr(r->at, '\n', (size_t)(r->end - r->at));
    if (end == NULL) end = r->end;
    *out = (struct tw_scan){r->at, end};
    r->at = end + 1;
    r->line++;
    return true;
}

static int32_t word_find(const char *word, const char *const *words, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        if (tw_text_same(word, words[i])) return i;
    return -1;
}

/* FLOW and its unit, then each pollutant and its. */
static tw_status read_constituents(struct reading *r)
{
    const struct tw_quality_model *q = &r->model->quality;
    struct tw_interface_flows *f = &r->flows;
    struct tw_scan s;
    char name[WORD + 1], unit[WORD + 1];
    int32_t count;
    if (!next_line(r, &s) || !tw_scan_int(&s, 0, &count) || count < 1 || count > MOST_POLLUTANTS)
        return wrong(r, "here the number of constituents has to stand");
    f->pollutant_count = count - 1;
    if (count > 1 && q->count == 0) return wrong(r, "it has pollutants, and the model has none");
    if (!next_line(r, &s) || !tw_scan_word(&s, WORD, name) || !tw_scan_word(&s, WORD, unit) ||
        !tw_text_same(name, "FLOW"))
        return wrong(r, "here FLOW and its unit have to stand");
    int32_t unit_index = word_find(unit, flow_words, 6);
    if (unit_index < 0) return wrong(r, "the flow unit is none of CFS, GPM, MGD, CMS, LPS, MLD");
    r->flow_m3s = tw_units_of((enum tw_flow_units)unit_index, r->model->options.strict).flow_m3s;
    f->pollutant = TW_ARENA_NEW(r->arena, int32_t, q->count);
    if (f->pollutant == NULL) return TW_ERR_NOMEM;
    for (int32_t p = 0; p < q->count; p++)
        f->pollutant[p] = -1;
    for (int32_t i = 0; i < f->pollutant_count; i++) {
        if (!next_line(r, &s) || !tw_scan_word(&s, WORD, name) || !tw_scan_word(&s, WORD, unit))
            return wrong(r, "here a pollutant and its unit have to stand");
        int32_t p = tw_names_find(&q->pollutant_names, name);
        if (p < 0) continue;
        if (word_find(unit, quality_words, 3) != (int32_t)q->pollutant[p].unit)
            return wrong_as(r, TW_SWMM_ERROR("355"), "the pollutant has another unit in the model");
        f->pollutant[p] = i;
    }
    return TW_OK;
}

static tw_status read_nodes(struct reading *r)
{
    struct tw_interface_flows *f = &r->flows;
    struct tw_scan s;
    char name[WORD + 1];
    if (!next_line(r, &s) || !tw_scan_int(&s, 0, &f->node_count) || f->node_count < 1 ||
        f->node_count > MOST_NODES || f->node_count > r->end - r->at)
        return wrong(r, "here the number of nodes has to stand");
    f->node = TW_ARENA_NEW(r->arena, int32_t, f->node_count);
    if (f->node == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < f->node_count; i++) {
        if (!next_line(r, &s) || !tw_scan_word(&s, WORD, name))
            return wrong(r, "here the name of a node has to stand");
        f->node[i] = tw_names_find(&r->model->nodes.names, name);
        if (f->node[i] < 0)
            tw_faults_warn(r->faults, r->path, r->line,
                           "node %s is not in the model: its flow goes nowhere", name);
    }
    if (!next_line(r, &s)) return wrong(r, "the headings of the columns are missing");
    return TW_OK;
}

static tw_status read_head(struct reading *r)
{
    struct tw_scan s;
    char word[WORD + 1];
    if (!next_line(r, &s) || !tw_scan_word(&s, WORD, word) || !tw_text_same(word, "SWMM5"))
        return wrong(r, "it does not begin with SWMM5");
    if (!next_line(r, &s)) return wrong(r, "the title's line is missing");
    if (!next_line(r, &s) || !tw_scan_int(&s, 0, &r->flows.step_s) || r->flows.step_s < 1)
        return wrong(r, "here the reporting step in seconds has to stand");
    TW_TRY(read_constituents(r));
    return read_nodes(r);
}

static bool scan_moment(struct tw_scan *s, double *out_day)
{
    char name[WORD + 1];
    int32_t part[6];
    if (!tw_scan_word(s, WORD, name)) return false;
    for (int k = 0; k < 6; k++)
        if (!tw_scan_int(s, 0, &part[k])) return false;
    struct tw_calendar c = {.year = part[0], .month = part[1], .day = part[2]};
    if (part[3] < 0 || part[4] < 0 || part[5] < 0 || tw_day_from_calendar(&c, out_day) != TW_OK)
        return false;
    *out_day += (3600.0 * part[3] + 60.0 * part[4] + part[5]) / 86400.0;
    return true;
}

/* The lines of one time; the last one's date counts, as in SWMM. False: the file ends. */
static tw_status read_time(struct reading *r, double *values, double *out_day, bool *out_done)
{
    const struct tw_interface_flows *f = &r->flows;
    int32_t width = 1 + f->pollutant_count;
    struct tw_scan s;
    *out_done = true;
    for (int32_t i = 0; i < f->node_count; i++) {
        do {
            if (!next_line(r, &s)) return TW_OK;
            tw_scan_blanks(&s);
        } while (s.at == s.end);
        if (!scan_moment(&s, out_day))
            return wrong(r, "a line is: node year month day hour minute second flow ...");
        for (int32_t k = 0; k < width; k++)
            if (!tw_scan_real(&s, &values[i * width + k]))
                return wrong(r, "the flow or a concentration is not a number");
        values[i * width] *= r->flow_m3s;
    }
    *out_done = false;
    return TW_OK;
}

/* How many times fit into what is left: a line of the shortest record has 16 characters. */
static int64_t most_times(const struct reading *r)
{
    return (int64_t)(r->end - r->at) / 16 / r->flows.node_count + 1;
}

static tw_status read_times(struct reading *r)
{
    struct tw_interface_flows *f = &r->flows;
    int64_t each = (int64_t)f->node_count * (1 + f->pollutant_count), room = most_times(r);
    if (f->pollutant_count > r->end - r->at) room = 1; /* not even one line can be whole */
    f->day = TW_ARENA_NEW(r->arena, double, room);
    f->value = TW_ARENA_NEW(r->arena, double, room *each);
    if (f->day == NULL || f->value == NULL) return TW_ERR_NOMEM;
    while (f->times < room) {
        double day = 0.0;
        bool done;
        TW_TRY(read_time(r, f->value + f->times * each, &day, &done));
        if (done) return TW_OK;
        if (f->times > 0 && day <= f->day[f->times - 1])
            return wrong(r, "the time does not come after the one before it");
        f->day[f->times++] = day;
    }
    return TW_OK;
}

tw_status tw_interface_flows_read(const struct tw_model *model, const char *text, size_t size,
                                  const char *path, tw_faults *faults, struct tw_arena *arena,
                                  struct tw_interface_flows *out_flows)
{
    struct reading r = {.model = model,
                        .at = text,
                        .end = text + size,
                        .path = path,
                        .faults = faults,
                        .arena = arena};
    TW_TRY(read_head(&r));
    TW_TRY(read_times(&r));
    *out_flows = r.flows;
    return TW_OK;
}

/* ---- writing ---- */

tw_status tw_interface_head_write(const struct tw_model *model, const bool *is_outlet,
                                  double report_step_s, tw_outfile *file)
{
    const struct tw_quality_model *q = &model->quality;
    const char *title = model->title != NULL ? model->title : "";
    int outlets = 0;
    for (int32_t i = 0; i < model->nodes.count; i++)
        outlets += is_outlet[i] ? 1 : 0;
    TW_TRY(tw_outfile_printf(file,
                             "SWMM5 Interface File\n%.*s \n%-4d - reporting time step in sec\n",
                             (int)strcspn(title, "\n"), title, (int)report_step_s));
    TW_TRY(tw_outfile_printf(file, "%-4d - number of constituents as listed below:\nFLOW %s",
                             (int)q->count + 1, flow_words[model->options.flow_units]));
    for (int32_t p = 0; p < q->count; p++)
        TW_TRY(tw_outfile_printf(file, "\n%s %s", tw_names_get(&q->pollutant_names, p),
                                 quality_words[q->pollutant[p].unit]));
    TW_TRY(tw_outfile_printf(file, "\n%-4d - number of nodes as listed below:", outlets));
    for (int32_t i = 0; i < model->nodes.count; i++)
        if (is_outlet[i])
            TW_TRY(tw_outfile_printf(file, "\n%s", tw_names_get(&model->nodes.names, i)));
    TW_TRY(tw_outfile_printf(file, "\nNode             Year Mon Day Hr  Min Sec FLOW      "));
    for (int32_t p = 0; p < q->count; p++)
        TW_TRY(tw_outfile_printf(file, " %-10s", tw_names_get(&q->pollutant_names, p)));
    return TW_OK;
}

tw_status tw_interface_time_write(const struct tw_model *model, const bool *is_outlet, double day,
                                  const double *inflow_m3s, const double *quality, tw_outfile *file)
{
    struct tw_calendar c = tw_day_to_calendar(day);
    double unit = tw_units_of(model->options.flow_units, model->options.strict).flow_m3s;
    int32_t pollutants = model->quality.count;
    for (int32_t i = 0; i < model->nodes.count; i++) {
        if (!is_outlet[i]) continue;
        TW_TRY(tw_outfile_printf(file, "\n%-16s %04d %02d  %02d  %02d  %02d  %02d  %-10f",
                                 tw_names_get(&model->nodes.names, i), c.year, c.month, c.day,
                                 c.hour, c.minute, c.second, inflow_m3s[i] / unit));
        for (int32_t p = 0; p < pollutants; p++)
            TW_TRY(tw_outfile_printf(file, " %-10f", quality[i * pollutants + p]));
    }
    return TW_OK;
}
