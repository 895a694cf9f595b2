/* A plant's file understood: first what the plant is, then units, pipes, sensors and controllers,
 * each of which may name those before it. */
#include "plant/read.h"
#include "base/file.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_MOST = 1 << 20 };

/* What a tank holds before anything is known: much sludge, little of the rest. */
static double start_of(const struct tw_biology *biology, int32_t c)
{
    const struct tw_biology_roles *r = &biology->roles;
    if (biology->particulate[c]) return 300.0;
    return c == r->oxygen ? 1.0 : c == r->alkalinity ? 5.0 : c == r->ammonia ? 2.0 : 5.0;
}

static tw_status take_plant(struct tw_plant_reader *r, struct tw_plant_section *section)
{
    tw_plant *plant = r->plant;
    const char *temperature = tw_plant_ini_text(section, "temperature", NULL);
    const char *model = tw_plant_ini_text(section, "model", "asm1");
    plant->title = tw_plant_ini_text(section, "title", "");
    plant->biology = tw_biology_find(model);
    if (plant->biology == NULL) {
        tw_plant_ini_fault(&r->ini, section, tw_plant_ini_find(section, "model"),
                           "\"%s\" is not a model (asm1, asm2d)", model);
        return TW_OK;
    }
    const struct tw_plant_key celsius = {"temperature_c", plant->biology->reference_c, 0.0, 40.0};
    plant->temperature_c = tw_plant_ini_number(&r->ini, section, &celsius);
    plant->temperature = -1;
    plant->components = plant->biology->component_count;
    if (temperature != NULL && tw_text_same(temperature, "influent")) {
        plant->temperature = plant->components++;
    } else if (temperature != NULL) {
        tw_plant_ini_fault(&r->ini, section, tw_plant_ini_find(section, "temperature"),
                           "only \"influent\" can be said here; a constant one is temperature_c");
    }
    plant->width = (plant->components + 3) / 4 * 4;
    return TW_OK;
}

static void take_parameters(struct tw_plant_reader *r, struct tw_plant_section *section)
{
    const struct tw_biology *b = r->plant->biology;
    for (int32_t i = 0; i < b->parameter_count; i++) {
        const struct tw_plant_key key = {b->parameters[i].name, b->parameters[i].value, -1e6, 1e6};
        r->plant->parameter[i] = b->parameters[i].value;
        if (section != NULL) {
            r->plant->parameter[i] = tw_plant_ini_number(&r->ini, section, &key);
        }
    }
}

static tw_status set_contents(tw_plant *plant)
{
    const struct tw_biology *b = plant->biology;
    b->contents(plant->parameter, plant->content);
    for (int32_t c = 0; c < plant->components; c++) {
        bool model = c < b->component_count;
        if (!model) plant->content[c] = (struct tw_biology_content){0};
        plant->tss_of[c] = plant->content[c].tss;
        plant->soluble[c] = !model || !b->particulate[c];
        if (plant->soluble[c]) plant->solubles[plant->soluble_count++] = c;
    }
    plant->start = TW_ARENA_NEW(&plant->arena, double, plant->width);
    plant->steady = TW_ARENA_NEW(&plant->arena, double, plant->width);
    if (plant->start == NULL || plant->steady == NULL) return TW_ERR_NOMEM;
    for (int32_t c = 0; c < b->component_count; c++)
        plant->start[c] = start_of(b, c);
    if (plant->temperature >= 0) plant->start[plant->temperature] = plant->temperature_c;
    return TW_OK;
}

/* Concentrations by component names; those not named are 0. */
static void take_composition(struct tw_plant_reader *r, struct tw_plant_section *section,
                             double *out)
{
    tw_plant *plant = r->plant;
    for (int32_t c = 0; c < plant->components; c++) {
        const char *name = tw_plant_component_name(plant, c);
        double otherwise = c == plant->temperature ? plant->temperature_c : 0.0;
        const struct tw_plant_key key = {name, otherwise, 0.0, 1e6};
        out[c] = tw_plant_ini_number(&r->ini, section, &key);
    }
}

static void take_influent(struct tw_plant_reader *r, struct tw_plant_section *section)
{
    const struct tw_plant_key flow = {"Q_m3d", TW_REQUIRED, 1e-6, 1e8};
    tw_plant *plant = r->plant;
    if (section == NULL) return;
    plant->steady_given = true;
    plant->steady_flow_m3d = tw_plant_ini_number(&r->ini, section, &flow);
    take_composition(r, section, plant->steady);
    (void)tw_plant_ini_find(section, "TSS");
}

static int32_t kind_find(const char *word)
{
    for (int32_t i = 0; i < tw_unit_kind_count; i++) {
        if (tw_text_same(tw_unit_kinds[i]->word, word)) return i;
    }
    return -1;
}

int32_t tw_plant_unit_find(const tw_plant *plant, const char *name)
{
    for (int32_t i = 0; i < plant->unit_count; i++) {
        if (tw_text_same(plant->units[i].name, name)) return i;
    }
    return -1;
}

static void kind_fault(struct tw_plant_reader *r, struct tw_plant_section *section)
{
    struct tw_strbuf known = {0};
    for (int32_t i = 0; i < tw_unit_kind_count; i++)
        (void)tw_strbuf_printf(&known, "%s%s", i > 0 ? ", " : "", tw_unit_kinds[i]->word);
    const struct tw_plant_entry *entry = tw_plant_ini_find(section, "kind");
    tw_plant_ini_fault(&r->ini, section, entry, "%s%s%s; one of: %s",
                       entry != NULL ? "\"" : "needs kind", entry != NULL ? entry->value : "",
                       entry != NULL ? "\" is not a kind of unit" : "", tw_strbuf_get(&known));
    tw_strbuf_done(&known);
}

static tw_status take_unit_knob(struct tw_plant_reader *r, struct tw_plant_section *section,
                                struct tw_unit *unit)
{
    const struct tw_unit_kind *kind = unit->kind;
    struct tw_knob knob = {.value = unit->value[kind->knob_key],
                           .least = kind->keys[kind->knob_key].least,
                           .most = kind->keys[kind->knob_key].most};
    if (kind->range_key > 0) {
        knob.least = unit->value[kind->range_key];
        knob.most = unit->value[kind->range_key + 1];
    }
    if (!(knob.value >= knob.least && knob.value <= knob.most)) {
        tw_plant_ini_fault(
            &r->ini, section, tw_plant_ini_find(section, kind->keys[kind->knob_key].name),
            "%g is not within its limits, %g and %g", knob.value, knob.least, knob.most);
    }
    return tw_plant_knob_add(r, section->name, kind->knob_name, &knob, &unit->knob);
}

static tw_status take_unit(struct tw_plant_reader *r, struct tw_plant_section *section)
{
    tw_plant *plant = r->plant;
    int32_t row = kind_find(tw_plant_ini_text(section, "kind", ""));
    if (*section->name == 0) tw_plant_ini_fault(&r->ini, section, NULL, "a unit needs a name");
    if (row < 0) {
        kind_fault(r, section);
        for (int32_t i = 0; i < section->count; i++)
            section->entries[i].used = true;
        return TW_OK;
    }
    const struct tw_unit_kind *kind = tw_unit_kinds[row];
    if (kind->only_for != NULL && !tw_text_same(kind->only_for, plant->biology->word)) {
        tw_plant_ini_fault(&r->ini, section, NULL, "a %s goes with model %s only", kind->word,
                           kind->only_for);
    }
    struct tw_unit *unit = &plant->units[plant->unit_count++];
    *unit = (struct tw_unit){.name = section->name,
                             .kind = kind,
                             .line = section->line,
                             .knob = -1,
                             .state = -1,
                             .row = -1};
    for (int32_t k = 0; k < kind->key_count; k++)
        unit->value[k] = tw_plant_ini_number(&r->ini, section, &kind->keys[k]);
    if (kind->composed) {
        unit->composition = TW_ARENA_NEW(&plant->arena, double, plant->width);
        if (unit->composition == NULL) return TW_ERR_NOMEM;
        take_composition(r, section, unit->composition);
    }
    return kind->knob_name != NULL ? take_unit_knob(r, section, unit) : TW_OK;
}

tw_status tw_plant_knob_add(struct tw_plant_reader *r, const char *owner, const char *what,
                            const struct tw_knob *knob, int32_t *out_index)
{
    tw_plant *plant = r->plant;
    struct tw_strbuf name = {0};
    (void)tw_strbuf_printf(&name, "%s.%s", owner, what);
    const char *kept = tw_strbuf_get(&name);
    kept = tw_arena_text(&plant->arena, kept, strlen(kept));
    tw_strbuf_done(&name);
    if (kept == NULL) return TW_ERR_NOMEM;
    plant->knobs[plant->knob_count] = *knob;
    plant->knobs[plant->knob_count].name = kept;
    plant->knobs[plant->knob_count].controller = -1;
    *out_index = plant->knob_count++;
    return TW_OK;
}

/* Sections of a kind, in the order of the file. */
static tw_status for_each(struct tw_plant_reader *r, const char *kind, int32_t most,
                          tw_status (*take)(struct tw_plant_reader *, struct tw_plant_section *))
{
    for (int32_t i = 0, count = 0; i < r->ini.count; i++) {
        struct tw_plant_section *section = &r->ini.sections[i];
        if (!tw_text_same(section->kind, kind)) continue;
        if (++count > most) {
            tw_plant_ini_fault(&r->ini, section, NULL, "there may be %d of these at most", most);
            return TW_OK;
        }
        TW_TRY(take(r, section));
        if (!tw_text_same(kind, "plant")) tw_plant_ini_unused(&r->ini, section);
    }
    return TW_OK;
}

static struct tw_plant_section *section_find(struct tw_plant_reader *r, const char *kind)
{
    for (int32_t i = 0; i < r->ini.count; i++) {
        if (tw_text_same(r->ini.sections[i].kind, kind)) return &r->ini.sections[i];
    }
    return NULL;
}

/* Sections that other readers of the same file know: not faults, whatever is in them. */
static bool is_known(const char *kind)
{
    static const char *const kinds[] = {
        "plant",      "parameters", "influent", "unit",   "pipe",      "sensor",
        "controller", "output",     "score",    "limits", "equipment", "tags",
        "inspection", "sampling",   "prices",   "advice", "storm"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (tw_text_same(kinds[i], kind)) return true;
    }
    return false;
}

static tw_status make_room(tw_plant *plant)
{
    struct tw_arena *arena = &plant->arena;
    plant->units = TW_ARENA_NEW(arena, struct tw_unit, TW_PLANT_UNITS);
    plant->pipes = TW_ARENA_NEW(arena, struct tw_pipe, TW_PLANT_UNITS);
    plant->sensors = TW_ARENA_NEW(arena, struct tw_sensor, TW_PLANT_UNITS);
    plant->controllers = TW_ARENA_NEW(arena, struct tw_controller, TW_PLANT_UNITS);
    plant->knobs = TW_ARENA_NEW(arena, struct tw_knob, 3 * TW_PLANT_UNITS);
    plant->columns = TW_ARENA_NEW(arena, struct tw_column, TW_PLANT_UNITS);
    bool made = plant->units != NULL && plant->pipes != NULL && plant->sensors != NULL &&
                plant->controllers != NULL && plant->knobs != NULL && plant->columns != NULL;
    return made ? TW_OK : TW_ERR_NOMEM;
}

static tw_status understand(struct tw_plant_reader *r)
{
    struct tw_plant_section *plant_section = section_find(r, "plant");
    struct tw_plant_section *score = section_find(r, "score");
    for (int32_t i = 0; i < r->ini.count; i++) {
        if (!is_known(r->ini.sections[i].kind)) {
            tw_plant_ini_fault(&r->ini, &r->ini.sections[i], NULL,
                               "is not a kind of section (plant, parameters, influent, unit, pipe, "
                               "sensor, controller, output, score)");
        }
    }
    if (plant_section == NULL) {
        tw_faults_add(r->ini.faults, r->ini.path, 0, "there is no section [plant]");
        return TW_OK;
    }
    TW_TRY(make_room(r->plant));
    TW_TRY(take_plant(r, plant_section));
    if (r->plant->biology == NULL) return TW_OK;
    struct tw_plant_section *parameters = section_find(r, "parameters");
    take_parameters(r, parameters);
    if (parameters != NULL) tw_plant_ini_unused(&r->ini, parameters);
    TW_TRY(set_contents(r->plant));
    struct tw_plant_section *influent = section_find(r, "influent");
    take_influent(r, influent);
    if (influent != NULL) tw_plant_ini_unused(&r->ini, influent);
    TW_TRY(for_each(r, "unit", TW_PLANT_UNITS, take_unit));
    TW_TRY(for_each(r, "pipe", TW_PLANT_UNITS, tw_plant_take_pipe));
    TW_TRY(for_each(r, "sensor", TW_PLANT_UNITS, tw_plant_take_sensor));
    TW_TRY(for_each(r, "controller", TW_PLANT_UNITS, tw_plant_take_controller));
    TW_TRY(tw_plant_take_output(r, section_find(r, "output")));
    tw_plant_take_score(r, score);
    if (score != NULL) tw_plant_ini_unused(&r->ini, score);
    return tw_plant_connect(r);
}

static tw_status parse(struct tw_plant_reader *r, const char *text)
{
    struct tw_arena *arena = &r->plant->arena;
    char *copy = tw_arena_text(arena, text, strlen(text));
    if (copy == NULL || r->ini.path == NULL) return TW_ERR_NOMEM;
    TW_TRY(tw_plant_ini_cut(&r->ini, copy));
    return understand(r);
}

tw_status tw_plant_parse(const char *text, const char *name, tw_faults *faults,
                         tw_plant **out_plant)
{
    tw_plant *plant = calloc(1, sizeof *plant);
    if (plant == NULL) return TW_ERR_NOMEM;
    tw_arena_init(&plant->arena);
    plant->path = tw_arena_text(&plant->arena, name, strlen(name));
    struct tw_plant_reader reader = {.plant = plant,
                                     .ini = {.path = plant->path, .arena = &plant->arena}};
    tw_status status = tw_faults_create(0, &reader.ini.faults);
    if (status == TW_OK) status = parse(&reader, text);
    if (reader.ini.faults != NULL) tw_plant_faults_pass(reader.ini.faults, faults);
    if (status == TW_OK && tw_faults_count(reader.ini.faults) > 0) status = TW_ERR_INPUT;
    tw_faults_destroy(reader.ini.faults);
    if (status != TW_OK) {
        tw_plant_destroy(plant);
        return status;
    }
    *out_plant = plant;
    return TW_OK;
}

tw_status tw_plant_read(const char *path, tw_faults *faults, tw_plant **out_plant)
{
    char *text = NULL;
    TW_TRY(tw_file_read_text(path, FILE_MOST, faults, &text));
    tw_status status = tw_plant_parse(text, path, faults, out_plant);
    free(text);
    return status;
}

void tw_plant_destroy(tw_plant *plant)
{
    if (plant == NULL) return;
    tw_arena_done(&plant->arena);
    free(plant);
}
