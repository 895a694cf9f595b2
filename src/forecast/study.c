#include "forecast/study.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MEMBERS_MOST = 100000, WORDS_MOST = 4, LINE_MOST = 1024 };

static const double factor_most = 1e6; /* beyond, numbers overflow and no city is left */

enum object_kind { NODE, LINK, SUBCATCHMENT, GAGE };

static const struct {
    const char *word, *unit;
    enum object_kind kind;
} variables[TW_VARIABLE_COUNT] = {
#define TW_VARIABLE(id, word, kind, id_type, unit, call) {word, unit, kind},
#include "forecast/study.def"
#undef TW_VARIABLE
};

static const char *const factors[] = {
#define FACTOR_NAME(name, text) #name,
    TW_FACTOR_LIST(FACTOR_NAME)
#undef FACTOR_NAME
};
enum { FACTORS = sizeof factors / sizeof factors[0] };

const char *tw_variable_word(enum tw_variable variable) { return variables[variable].word; }

const char *tw_variable_unit(enum tw_variable variable) { return variables[variable].unit; }

void tw_study_done(struct tw_study *study)
{
    free(study->watches);
    free(study->changes);
    tw_arena_done(&study->arena);
    *study = (struct tw_study){0};
}

/* ---- lists that grow ---- */

static tw_status room(void **list, int32_t count, int32_t *capacity, size_t size)
{
    if (count < *capacity) return TW_OK;
    int32_t wanted = *capacity == 0 ? 16 : 2 * *capacity;
    void *grown = realloc(*list, (size_t)wanted * size);
    if (grown == NULL) return TW_ERR_NOMEM;
    *list = grown;
    *capacity = wanted;
    return TW_OK;
}

static tw_status add_watch(struct tw_study *s, struct tw_study_watch watch)
{
    void *list = s->watches;
    TW_TRY(room(&list, s->watch_count, &s->watch_capacity, sizeof watch));
    s->watches = list;
    watch.object = tw_arena_text(&s->arena, watch.object, strlen(watch.object));
    if (watch.object == NULL) return TW_ERR_NOMEM;
    s->watches[s->watch_count++] = watch;
    return TW_OK;
}

static tw_status add_change(struct tw_study *s, struct tw_study_change change)
{
    void *list = s->changes;
    TW_TRY(room(&list, s->change_count, &s->change_capacity, sizeof change));
    s->changes = list;
    change.object = tw_arena_text(&s->arena, change.object, strlen(change.object));
    if (change.object == NULL) return TW_ERR_NOMEM;
    s->changes[s->change_count++] = change;
    if (change.member >= s->members) s->members = change.member + 1;
    return TW_OK;
}

/* ---- words ---- */

/* DRY_WEATHER is dry-weather, in any case of letters. */
static bool is_factor(const char *name, const char *word)
{
    size_t i = 0;
    for (; name[i] != '\0' && word[i] != '\0'; i++) {
        int c = word[i] == '-' ? '_' : (toupper)((unsigned char)word[i]); /* not the macro */
        if (name[i] != c) return false;
    }
    return name[i] == word[i];
}

static int find_factor(const char *word)
{
    for (int i = 0; i < FACTORS; i++) {
        if (is_factor(factors[i], word)) return i;
    }
    return -1;
}

static int find_variable(const char *word)
{
    for (int i = 0; i < TW_VARIABLE_COUNT; i++) {
        if (tw_text_same(variables[i].word, word)) return i;
    }
    return -1;
}

/* Cut a line in place at a separator; blanks around words go. More words than fit: WORDS_MOST + 1. */
static int cut(char *line, char separator, char *words[WORDS_MOST])
{
    int count = 0;
    for (char *at = line; at != NULL; count++) {
        char *next = strchr(at, separator), *end = next != NULL ? next : at + strlen(at);
        if (count == WORDS_MOST) return WORDS_MOST + 1;
        while (isspace((unsigned char)*at) && at < end)
            at++;
        while (end > at && isspace((unsigned char)end[-1]))
            end--;
        *end = '\0';
        words[count] = at;
        at = next != NULL ? next + 1 : NULL;
    }
    return count;
}

/* Takes a table's row apart; false: it has a fault, which is told. */
typedef tw_status row_fn(struct tw_study *s, char **words, int line, const char **fault);

/* The rows of a CSV below its heading. */
static tw_status read_table(struct tw_study *s, const char *path, const char *text,
                            const char *heading, row_fn *row, tw_faults *faults)
{
    size_t before = tw_faults_count(faults);
    int columns = 1, number = 0;
    bool headed = false;
    for (const char *c = heading; *c != '\0'; c++)
        columns += *c == ',';
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) text += 3;
    while (*text != '\0') {
        char line[LINE_MOST], *words[WORDS_MOST];
        size_t length = strcspn(text, "\n");
        number++;
        const char *fault = length >= sizeof line ? "the line is too long" : NULL;
        if (fault == NULL) {
            memcpy(line, text, length);
            line[length] = '\0';
        }
        text += length + (text[length] == '\n');
        if (fault == NULL && line[strspn(line, " \t\r")] == '\0') continue;
        bool whole = fault == NULL && cut(line, ',', words) == columns;
        if (!headed) {
            headed = true;
            if (fault == NULL && (!whole || strncmp(heading, words[0], strlen(words[0])) != 0)) {
                fault = "the heading is not the one that is told below";
            }
        } else if (fault == NULL && !whole) {
            fault = "not as many values as the heading names";
        } else if (fault == NULL) {
            TW_TRY(row(s, words, number, &fault));
        }
        if (fault != NULL) tw_faults_add(faults, path, number, "%s; columns: %s", fault, heading);
    }
    if (!headed) tw_faults_add(faults, path, 0, "there is nothing in it; columns: %s", heading);
    return tw_faults_count(faults) > before ? TW_ERR_INPUT : TW_OK;
}

static tw_status member_row(struct tw_study *s, char **words, int line, const char **fault)
{
    struct tw_study_change change = {.object = words[2], .line = line};
    int parameter = find_factor(words[1]);
    int32_t member = 0;
    if (tw_text_int(words[0], &member) != TW_OK || member < 1 || member > MEMBERS_MOST) {
        *fault = "member is no number from 1 to 100000";
    } else if (parameter < 0) {
        *fault = "no such parameter: rain, dry-weather, inflow, impervious, surface-storage, "
                 "surface-roughness, infiltration or conduit-roughness";
    } else if (tw_text_double(words[3], &change.factor) != TW_OK || change.factor < 0.0 ||
               change.factor > factor_most) {
        *fault = "factor is no number from 0 to 1e6";
    } else if (words[2][0] == '\0') {
        *fault = "object is empty: name one, or * for all";
    }
    if (*fault != NULL) return TW_OK;
    change.member = member - 1;
    change.parameter = (tw_factor)parameter;
    return add_change(s, change);
}

tw_status tw_study_members_read(struct tw_study *study, const char *path, const char *text,
                                tw_faults *faults)
{
    return read_table(study, path, text, "member,parameter,object,factor", member_row, faults);
}

static tw_status watch_row(struct tw_study *s, char **words, int line, const char **fault)
{
    int variable = find_variable(words[0]);
    if (variable < 0) {
        *fault = "no such variable: depth, street-depth, flooding or inflow of a node, flow or "
                 "link-depth of a link, runoff of a subcatchment";
        return TW_OK;
    }
    return add_watch(s, (struct tw_study_watch){.variable = (enum tw_variable)variable,
                                                .object = words[1],
                                                .line = line});
}

tw_status tw_study_watches_read(struct tw_study *study, const char *path, const char *text,
                                tw_faults *faults)
{
    return read_table(study, path, text, "variable,object", watch_row, faults);
}

/* ---- names in the model ---- */

static const char *const kind_words[] = {"node", "link", "subcatchment", "rain gage"};

static int32_t find_object(const tw_model *model, enum object_kind kind, const char *name)
{
    tw_node_id node;
    tw_link_id link;
    tw_subcatchment_id subcatchment;
    tw_gage_id gage;
    if (kind == NODE) return tw_model_node_find(model, name, &node) == TW_OK ? node.index : -1;
    if (kind == LINK) return tw_model_link_find(model, name, &link) == TW_OK ? link.index : -1;
    if (kind == GAGE) return tw_model_gage_find(model, name, &gage) == TW_OK ? gage.index : -1;
    return tw_model_subcatchment_find(model, name, &subcatchment) == TW_OK ? subcatchment.index
                                                                           : -1;
}

static enum object_kind kind_of(tw_factor parameter)
{
    if (parameter == TW_FACTOR_RAIN) return GAGE;
    bool at_node = parameter == TW_FACTOR_DRY_WEATHER || parameter == TW_FACTOR_INFLOW;
    return at_node ? NODE : SUBCATCHMENT;
}

tw_status tw_study_check(const struct tw_study *study, const tw_model *model,
                         const char *members_path, const char *watches_path, tw_faults *faults)
{
    size_t before = tw_faults_count(faults);
    for (int32_t i = 0; i < study->watch_count; i++) {
        const struct tw_study_watch *w = &study->watches[i];
        enum object_kind kind = variables[w->variable].kind;
        if (find_object(model, kind, w->object) >= 0) continue;
        tw_faults_add(faults, watches_path, w->line, "the model has no %s \"%s\"", kind_words[kind],
                      w->object);
    }
    for (int32_t i = 0; i < study->change_count; i++) {
        const struct tw_study_change *c = &study->changes[i];
        if (strcmp(c->object, "*") == 0) continue;
        if (c->parameter == TW_FACTOR_CONDUIT_ROUGHNESS) {
            tw_faults_add(faults, members_path, c->line,
                          "conduit-roughness is that of all conduits: object must be *");
        } else if (find_object(model, kind_of(c->parameter), c->object) < 0) {
            tw_faults_add(faults, members_path, c->line, "the model has no %s \"%s\"",
                          kind_words[kind_of(c->parameter)], c->object);
        }
    }
    return tw_faults_count(faults) > before ? TW_ERR_INPUT : TW_OK;
}

/* ---- as a text: lines of words between tabs, then the model ---- */

static const char head[] = "thalweg study\t1";

tw_status tw_study_write(const struct tw_study *study, struct tw_strbuf *out)
{
    (void)tw_strbuf_printf(out, "%s\nmembers\t%d\nend_s\t%.17g\nstep_s\t%.17g\n", head,
                           study->members, study->end_s, study->step_s);
    for (int32_t i = 0; i < study->watch_count; i++) {
        const struct tw_study_watch *w = &study->watches[i];
        (void)tw_strbuf_printf(out, "watch\t%s\t%s\n", variables[w->variable].word, w->object);
    }
    for (int32_t i = 0; i < study->change_count; i++) {
        const struct tw_study_change *c = &study->changes[i];
        (void)tw_strbuf_printf(out, "%d\t%s\t%s\t%.17g\n", c->member + 1, factors[c->parameter],
                               c->object, c->factor);
    }
    (void)tw_strbuf_add_text(out, "model\n");
    return tw_strbuf_add(out, study->model, study->model_size);
}

static tw_status head_line(struct tw_study *s, char **words, int count)
{
    const char *fault = NULL;
    tw_status status = TW_ERR_FORMAT;
    if (count == 2 && strcmp(words[0], "members") == 0) {
        status = tw_text_int(words[1], &s->members);
    } else if (count == 2 && strcmp(words[0], "end_s") == 0) {
        status = tw_text_double(words[1], &s->end_s);
    } else if (count == 2 && strcmp(words[0], "step_s") == 0) {
        status = tw_text_double(words[1], &s->step_s);
    } else if (count == 3 && strcmp(words[0], "watch") == 0) {
        status = watch_row(s, words + 1, 0, &fault);
    } else if (count == 4) {
        int32_t members = s->members;
        status = member_row(s, words, 0, &fault);
        if (s->members != members) status = TW_ERR_FORMAT;
    }
    return fault != NULL ? TW_ERR_FORMAT : status;
}

static bool is_sound(const struct tw_study *s)
{
    return s->members >= 1 && s->members <= MEMBERS_MOST && s->step_s >= 1.0 &&
           s->end_s >= s->step_s && s->end_s / s->step_s < 1e6;
}

static tw_status read_head(const char *bytes, size_t size, struct tw_study *s)
{
    const char *end = bytes + size;
    for (bool first = true; bytes < end; first = false) {
        char line[LINE_MOST], *words[WORDS_MOST];
        const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
        size_t length = stop == NULL ? sizeof line : (size_t)(stop - bytes);
        if (length >= sizeof line || memchr(bytes, '\0', length) != NULL) return TW_ERR_FORMAT;
        memcpy(line, bytes, length);
        line[length] = '\0';
        bytes = stop + 1;
        if (strcmp(line, "model") == 0) {
            s->model = bytes;
            s->model_size = (size_t)(end - bytes);
            return is_sound(s) ? TW_OK : TW_ERR_FORMAT;
        }
        if (first) {
            if (strcmp(line, head) != 0) return TW_ERR_FORMAT;
        } else {
            TW_TRY(head_line(s, words, cut(line, '\t', words)));
        }
    }
    return TW_ERR_FORMAT;
}

tw_status tw_study_read(const char *bytes, size_t size, struct tw_study *study)
{
    tw_status status = read_head(bytes, size, study);
    if (status != TW_OK) tw_study_done(study);
    return status;
}

/* ---- the futures ---- */

int32_t tw_study_times(const struct tw_study *study)
{
    return 1 + (int32_t)floor(study->end_s / study->step_s + 1e-9);
}

static double value_of(const tw_batch *batch, int32_t member, enum tw_variable variable,
                       int32_t index)
{
    switch (variable) {
#define TW_VARIABLE(id, word, kind, id_type, unit, call)                                           \
    case TW_VARIABLE_##id:                                                                         \
        return call(batch, member, (id_type){index});
#include "forecast/study.def"
#undef TW_VARIABLE
    case TW_VARIABLE_COUNT:
        break;
    }
    return NAN;
}

static tw_status make_batch(const struct tw_study *study, const tw_model *model,
                            const struct tw_study_part *part, tw_batch **out)
{
    tw_batch_options options = TW_BATCH_OPTIONS_DEFAULT;
    options.members = part->count;
    options.threads = part->threads;
    options.run.start_day = tw_model_times_get(model).start_day;
    options.run.end_day = options.run.start_day + study->end_s / 86400.0;
    TW_TRY(tw_batch_create(model, &options, out));
    for (int32_t i = 0; i < study->change_count; i++) {
        const struct tw_study_change *c = &study->changes[i];
        if (c->member < part->first || c->member >= part->first + part->count) continue;
        bool all = strcmp(c->object, "*") == 0;
        int32_t index = all ? -1 : find_object(model, kind_of(c->parameter), c->object);
        if (!all && index < 0) return TW_ERR_NAME;
        TW_TRY(tw_batch_set_factor(*out, c->member - part->first, c->parameter, index, c->factor));
    }
    return TW_OK;
}

/* Record the values of one time. */
static void record(const struct tw_study *s, const tw_batch *batch, const int32_t *objects,
                   int32_t time, double *out_values)
{
    size_t times = (size_t)tw_study_times(s), watches = (size_t)s->watch_count;
    for (int32_t m = 0; m < tw_batch_member_count(batch); m++) {
        double *out = out_values + ((size_t)m * times + (size_t)time) * watches;
        for (int32_t i = 0; i < s->watch_count; i++)
            out[i] = value_of(batch, m, s->watches[i].variable, objects[i]);
    }
}

static tw_status advance(const struct tw_study *s, tw_batch *batch, const int32_t *objects,
                         tw_study_progress *progress, void *user, double *out_values)
{
    record(s, batch, objects, 0, out_values);
    for (int32_t time = 1; time < tw_study_times(s); time++) {
        tw_status status = tw_batch_advance(batch, time * s->step_s);
        if (status != TW_OK && status != TW_ERR_NUMERIC) return status;
        record(s, batch, objects, time, out_values);
        if (progress != NULL && !progress(user)) return TW_ERR_STATE;
    }
    return TW_OK;
}

tw_status tw_study_run(const struct tw_study *study, const tw_model *model,
                       const struct tw_study_part *part, tw_study_progress *progress, void *user,
                       double *out_values)
{
    bool inside = part->first >= 0 && part->count >= 1 && part->threads >= 1 &&
                  part->first <= study->members - part->count;
    if (!inside) return TW_ERR_ARG;
    int32_t *objects = malloc(((size_t)study->watch_count + 1) * sizeof *objects);
    if (objects == NULL) return TW_ERR_NOMEM;
    tw_status status = TW_OK;
    for (int32_t i = 0; i < study->watch_count; i++) {
        const struct tw_study_watch *w = &study->watches[i];
        objects[i] = find_object(model, variables[w->variable].kind, w->object);
        if (objects[i] < 0) status = TW_ERR_NAME;
    }
    tw_batch *batch = NULL;
    if (status == TW_OK) status = make_batch(study, model, part, &batch);
    if (status == TW_OK) status = advance(study, batch, objects, progress, user, out_values);
    tw_batch_destroy(batch);
    free(objects);
    return status;
}
