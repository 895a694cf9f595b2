#include "operate/works.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[TW_ASSET_COUNT] = {"unit",    "pump",     "blower",
                                                  "machine", "chemical", "camera"};

const char *tw_asset_word(enum tw_asset_kind kind) { return words[kind]; }

/* ---- settings ---- */

struct reading {
    const struct tw_setting *settings;
    int32_t count;
    int32_t begin, end; /* of the settings of the present section */
    const char *path;
    tw_faults *faults;
    struct tw_works *works;
    bool no_memory;
};

/* A setting of the present section. */
static const struct tw_setting *find(const struct reading *r, const char *key)
{
    for (int32_t i = r->begin; i < r->end; i++) {
        const struct tw_setting *s = &r->settings[i];
        if (tw_text_same(s->key, key)) return s->value[0] == '\0' ? NULL : s;
    }
    return NULL;
}

static const char *section_of(const struct reading *r) { return r->settings[r->begin].section; }

static const char *text_of(struct reading *r, const char *key, const char *otherwise)
{
    const struct tw_setting *s = find(r, key);
    const char *value = s != NULL ? s->value : otherwise;
    if (value == NULL) return NULL;
    const char *copy = tw_arena_text(&r->works->arena, value, strlen(value));
    if (copy == NULL) r->no_memory = true;
    return copy != NULL ? copy : "";
}

static double number_of(struct reading *r, const char *key, double otherwise,
                        const double limits[2])
{
    const struct tw_setting *s = find(r, key);
    double value;
    if (s == NULL) return otherwise;
    if (tw_text_double(s->value, &value) != TW_OK) {
        tw_faults_add(r->faults, r->path, s->line, "[%s] %s: \"%s\" is not a number", section_of(r),
                      key, s->value);
    } else if (!(value >= limits[0] && value <= limits[1])) {
        tw_faults_add(r->faults, r->path, s->line, "[%s] %s: %s is not within %g and %g",
                      section_of(r), key, s->value, limits[0], limits[1]);
    } else {
        return value;
    }
    return otherwise;
}

static bool yes_of(struct reading *r, const char *key, bool otherwise)
{
    const struct tw_setting *s = find(r, key);
    if (s == NULL) return otherwise;
    if (tw_text_same(s->value, "yes")) return true;
    if (!tw_text_same(s->value, "no")) {
        tw_faults_add(r->faults, r->path, s->line, "[%s] %s: \"%s\" is neither yes nor no",
                      section_of(r), key, s->value);
    }
    return false;
}

static const double anything[2] = {-1e300, 1e300};
static const double positive[2] = {1e-9, 1e12};

/* ---- sections ---- */

/* The name in a section [KIND NAME]; NULL: it is another's. */
static const char *name_in(const char *section, const char *word)
{
    size_t length = strlen(word);
    char begin[16];
    if (strlen(section) <= length || section[length] != ' ' || length >= sizeof begin) return NULL;
    memcpy(begin, section, length);
    begin[length] = '\0';
    if (!tw_text_same(begin, word)) return NULL;
    const char *name = section + length;
    while (*name == ' ')
        name++;
    return *name == '\0' ? NULL : name;
}

static void take_asset(struct reading *r, enum tw_asset_kind kind, const char *name)
{
    const char *section = section_of(r);
    int line = r->settings[r->begin].line;
    struct tw_works *w = r->works;
    for (int32_t k = 0; k < w->asset_count; k++) {
        if (!tw_text_same(w->assets[k].name, name)) continue;
        tw_faults_add(r->faults, r->path, line, "[%s] the name %s is taken by the %s in line %d",
                      section, name, words[w->assets[k].kind], w->assets[k].line);
        return;
    }
    struct tw_asset *a = &w->assets[w->asset_count++];
    *a = (struct tw_asset){.kind = kind, .line = line};
    a->name = tw_arena_text(&w->arena, name, strlen(name));
    if (a->name == NULL) r->no_memory = true;
    a->zh = text_of(r, "title_zh", name);
    a->en = text_of(r, "title_en", name);
    a->at = text_of(r, "at", "");
    a->address = text_of(r, "address", "");
    a->rated_kw = number_of(r, "rated_kw", (double)NAN, positive);
    a->rated_m3h = number_of(r, "rated_m3h", (double)NAN, positive);
    a->least_days = number_of(r, "least_days", 5.0, positive);
}

static void take_tag(struct reading *r, const char *name)
{
    const char *section = section_of(r);
    struct tw_works *w = r->works;
    const struct tw_setting *kind = find(r, "kind");
    struct tw_works_tag tag = {.asset = -1, .line = r->settings[r->begin].line};
    char series[160];
    tag.kind = kind != NULL ? tw_kind_find(kind->value) : TW_KIND_COUNT;
    if (tag.kind == TW_KIND_COUNT) {
        tw_faults_add(r->faults, r->path, kind != NULL ? kind->line : tag.line,
                      "[%s] kind: \"%s\" is none; docs/inspection.md lists them", section,
                      kind != NULL ? kind->value : "");
        return;
    }
    (void)snprintf(series, sizeof series, "%.60s.%.90s", w->id, name);
    tag.name = tw_arena_text(&w->arena, name, strlen(name));
    if (tag.name == NULL) r->no_memory = true;
    tag.zh = text_of(r, "title_zh", tw_kind_get(tag.kind)->zh);
    tag.en = text_of(r, "title_en", tw_kind_get(tag.kind)->en);
    tag.at = text_of(r, "at", "");
    tag.series = text_of(r, "series", series);
    tag.limits = tw_kind_limits(tag.kind);
    tag.limits.low = number_of(r, "low", tag.limits.low, anything);
    tag.limits.high = number_of(r, "high", tag.limits.high, anything);
    tag.limits.zero_ok = yes_of(r, "zero_ok", tag.limits.zero_ok);
    tag.limits.steps = yes_of(r, "steps", tag.limits.steps);
    tag.limits.gap_s = 60.0 * number_of(r, "gap_min", 60.0, positive);
    tag.limits.stuck_s = 60.0 * number_of(r, "stuck_min", 120.0, positive);
    tag.alarm_low = number_of(r, "alarm_low", (double)NAN, anything);
    tag.alarm_high = number_of(r, "alarm_high", (double)NAN, anything);
    if (!(tag.limits.low < tag.limits.high)) {
        tw_faults_add(r->faults, r->path, tag.line, "[%s] low %g is not below high %g", section,
                      tag.limits.low, tag.limits.high);
    }
    if (tag.alarm_low >= tag.alarm_high) {
        tw_faults_add(r->faults, r->path, tag.line, "[%s] alarm_low %g is not below alarm_high %g",
                      section, tag.alarm_low, tag.alarm_high);
    }
    w->tags[w->tag_count++] = tag;
}

/* A limit of the place replaces that of the standard, or is one more. */
static void take_limit(struct reading *r, const char *name)
{
    const char *section = section_of(r);
    int line = r->settings[r->begin].line;
    struct tw_works *w = r->works;
    enum tw_kind kind = tw_kind_find(name);
    int32_t at = 0;
    if (kind == TW_KIND_COUNT) {
        tw_faults_add(r->faults, r->path, line, "[%s] there is no kind \"%s\"", section, name);
        return;
    }
    while (at < w->limit_count && w->limits[at].kind != kind)
        at++;
    if (at == TW_LIMITS_MOST) return;
    double mean = number_of(r, "mean_gm3", (double)NAN, positive);
    if (isnan(mean)) {
        tw_faults_add(r->faults, r->path, line, "[%s] needs mean_gm3", section);
        return;
    }
    w->limits[at] = (struct tw_limit){.kind = kind,
                                      .mean_gm3 = mean,
                                      .cold_gm3 = number_of(r, "cold_gm3", mean, positive),
                                      .standard = text_of(r, "from", "local"),
                                      .class_ = ""};
    if (at == w->limit_count) w->limit_count++;
}

static void take_plant(struct reading *r)
{
    const double years[2] = {1800.0, 2200.0};
    struct tw_works *w = r->works;
    w->id = text_of(r, "id", NULL);
    if (w->id == NULL) {
        tw_faults_add(r->faults, r->path, 0, "[plant] needs an id");
        w->id = "";
    }
    w->zh = text_of(r, "title_zh", w->id);
    w->en = text_of(r, "title_en", w->id);
    w->standard = text_of(r, "standard", "");
    w->class_ = text_of(r, "class", "");
    w->made_up = yes_of(r, "made_up", false);
    w->capacity_m3d = number_of(r, "capacity_m3d", (double)NAN, positive);
    w->peak_ratio = number_of(r, "peak_ratio", 1.5, positive);
    w->energy_high_kwhm3 = number_of(r, "energy_high_kwhm3", (double)NAN, positive);
    w->nominal_v = number_of(r, "nominal_v", 400.0, positive);
    double built = number_of(r, "built", 2006.0, years);
    w->limit_count = tw_limits_of(w->standard, w->class_, built <= 2005.0, w->limits);
    const struct tw_setting *standard = find(r, "standard");
    if (standard != NULL && w->limit_count == 0) {
        tw_faults_warn(r->faults, r->path, standard->line,
                       "[plant] there are no limits of standard \"%s\", class \"%s\"; effluent is "
                       "judged by [limit ...] sections only",
                       w->standard, w->class_);
    }
}

static void take_section(struct reading *r)
{
    const char *section = section_of(r), *name;
    for (int kind = 0; kind < TW_ASSET_COUNT; kind++) {
        name = name_in(section, words[kind]);
        if (name != NULL) take_asset(r, (enum tw_asset_kind)kind, name);
    }
    name = name_in(section, "tag");
    if (name != NULL) take_tag(r, name);
    name = name_in(section, "limit");
    if (name != NULL) take_limit(r, name);
}

static int32_t section_end(const struct reading *r, int32_t begin)
{
    int32_t end = begin + 1;
    while (end < r->count && strcmp(r->settings[end].section, r->settings[begin].section) == 0)
        end++;
    return end;
}

/* [plant] first, since tags are named after its id. */
static void take_sections(struct reading *r)
{
    for (int32_t i = 0; i < r->count; i = section_end(r, i)) {
        if (!tw_text_same(r->settings[i].section, "plant")) continue;
        r->begin = i;
        r->end = section_end(r, i);
        break;
    }
    take_plant(r);
    for (r->begin = 0; r->begin < r->count && !r->no_memory; r->begin = r->end) {
        r->end = section_end(r, r->begin);
        take_section(r);
    }
}

/* Where tags are: an asset's name, or a place. */
static void join_tags(struct reading *r)
{
    static const char *const places[] = {"", "influent", "effluent", "plant"};
    struct tw_works *w = r->works;
    for (int32_t t = 0; t < w->tag_count; t++) {
        struct tw_works_tag *tag = &w->tags[t];
        for (int32_t a = 0; a < w->asset_count; a++)
            if (tw_text_same(w->assets[a].name, tag->at)) tag->asset = a;
        bool known = tag->asset >= 0;
        for (size_t p = 0; p < sizeof places / sizeof places[0]; p++)
            known = known || tw_text_same(places[p], tag->at);
        if (!known) {
            tw_faults_add(r->faults, r->path, tag->line,
                          "[tag %s] at: there is no unit or equipment \"%s\"", tag->name, tag->at);
        }
    }
}

tw_status tw_works_read(const char *path, const struct tw_setting *settings, int32_t count,
                        tw_faults *faults, struct tw_works **out_works)
{
    size_t before = tw_faults_count(faults);
    struct tw_works *w = calloc(1, sizeof *w);
    if (w == NULL) return TW_ERR_NOMEM;
    struct reading r = {
        .settings = settings, .count = count, .path = path, .faults = faults, .works = w};
    tw_arena_init(&w->arena);
    w->path = tw_arena_text(&w->arena, path, strlen(path));
    w->assets = TW_ARENA_NEW(&w->arena, struct tw_asset, count);
    w->tags = TW_ARENA_NEW(&w->arena, struct tw_works_tag, count);
    r.no_memory = w->path == NULL || w->assets == NULL || w->tags == NULL;
    if (!r.no_memory) take_sections(&r);
    if (!r.no_memory) join_tags(&r);
    tw_status status = r.no_memory                        ? TW_ERR_NOMEM
                       : tw_faults_count(faults) > before ? TW_ERR_INPUT
                                                          : TW_OK;
    if (status == TW_OK) {
        *out_works = w;
    } else {
        tw_works_destroy(w);
    }
    return status;
}

void tw_works_destroy(struct tw_works *works)
{
    if (works == NULL) return;
    tw_arena_done(&works->arena);
    free(works);
}

const struct tw_works_tag *tw_works_tag_at(const struct tw_works *works, enum tw_kind kind,
                                           const char *at)
{
    for (int32_t t = 0; t < works->tag_count; t++) {
        const struct tw_works_tag *tag = &works->tags[t];
        if (tag->kind == kind && tw_text_same(tag->at, at)) return tag;
    }
    return NULL;
}
