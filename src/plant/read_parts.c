/* Pipes, sensors, controllers, columns and weights of a plant's file. */
#include "base/file.h"
#include "base/text.h"
#include "plant/read.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* UNIT or UNIT.port; -1 and a fault when there is none. */
static int32_t unit_of(struct tw_plant_reader *r, struct tw_plant_section *section, const char *key,
                       int32_t *out_port)
{
    const struct tw_plant_entry *entry = tw_plant_ini_find(section, key);
    char name[128];
    if (entry == NULL) {
        tw_plant_ini_fault(&r->ini, section, NULL, "needs %s = UNIT", key);
        return -1;
    }
    size_t length = strcspn(entry->value, ".");
    if (length >= sizeof name) length = sizeof name - 1;
    memcpy(name, entry->value, length);
    name[length] = 0;
    int32_t u = tw_plant_unit_find(r->plant, name);
    if (u < 0) {
        tw_plant_ini_fault(&r->ini, section, entry, "there is no unit \"%s\"", name);
        return -1;
    }
    const struct tw_unit_kind *kind = r->plant->units[u].kind;
    const char *port = entry->value + length + (entry->value[length] == '.' ? 1 : 0);
    if (out_port == NULL) {
        if (!kind->inlet) {
            tw_plant_ini_fault(&r->ini, section, entry, "nothing can flow into %s, %s %s", name,
                               strchr("aeiou", kind->word[0]) != NULL ? "an" : "a", kind->word);
            return -1;
        }
        return u;
    }
    for (int32_t p = 0; p < kind->port_count; p++) {
        if (*port == 0 ? p == 0 : tw_text_same(kind->ports[p], port)) {
            *out_port = p;
            return u;
        }
    }
    tw_plant_ini_fault(&r->ini, section, entry,
                       kind->port_count == 0 ? "nothing flows out of %s, a%s %s%s"
                                             : "%s, a%s %s, has no outlet \"%s\"",
                       name, strchr("aeiou", kind->word[0]) != NULL ? "n" : "", kind->word, port);
    return -1;
}

/* What a pipe may say of its flow; none: the rest of its outlet. */
static const struct {
    struct tw_plant_key key;
    enum tw_pipe_rule rule;
    const char *knob;
} rules[] = {
    {{"flow_m3d", 0.0, 0.0, 1e8}, TW_PIPE_FLOW, "flow"},
    {{"fraction", 0.0, 0.0, 1.0}, TW_PIPE_FRACTION, "fraction"},
    {{"above_m3d", 0.0, 0.0, 1e8}, TW_PIPE_ABOVE, "above"},
    {{"of_influent", 0.0, 0.0, 100.0}, TW_PIPE_RATIO, "of_influent"},
};

tw_status tw_plant_take_pipe(struct tw_plant_reader *r, struct tw_plant_section *section)
{
    static const struct tw_plant_key pump = {"pump_kwh_m3", 0.0, 0.0, 10.0};
    tw_plant *plant = r->plant;
    struct tw_pipe pipe = {.name = section->name, .line = section->line, .knob = -1};
    pipe.from = unit_of(r, section, "from", &pipe.port);
    pipe.to = unit_of(r, section, "to", NULL);
    pipe.pump_kwh_m3 = tw_plant_ini_number(&r->ini, section, &pump);
    int said = 0;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const struct tw_plant_entry *entry = tw_plant_ini_find(section, rules[i].key.name);
        if (entry == NULL) continue;
        if (++said > 1) {
            tw_plant_ini_fault(&r->ini, section, entry,
                               "a pipe's flow is said in one way: flow_m3d, fraction, above_m3d or "
                               "of_influent");
            continue;
        }
        struct tw_knob knob = {.least = rules[i].key.least, .most = rules[i].key.most};
        knob.value = tw_plant_ini_number(&r->ini, section, &rules[i].key);
        const struct tw_plant_key least = {"least", knob.least, knob.least, knob.most};
        const struct tw_plant_key most = {"most", knob.most, knob.least, knob.most};
        knob.least = tw_plant_ini_number(&r->ini, section, &least);
        knob.most = tw_plant_ini_number(&r->ini, section, &most);
        if (!(knob.value >= knob.least && knob.value <= knob.most)) {
            tw_plant_ini_fault(&r->ini, section, entry, "%g is not within least %g and most %g",
                               knob.value, knob.least, knob.most);
        }
        pipe.rule = rules[i].rule;
        TW_TRY(tw_plant_knob_add(r, section->name, rules[i].knob, &knob, &pipe.knob));
    }
    if (pipe.from < 0 || pipe.to < 0) return TW_OK;
    plant->pipes[plant->pipe_count++] = pipe;
    return TW_OK;
}

/* Classes of sensors: lags, time to 90 % of a step [min], that time in lags, interval [min].
 * source: Rieger and others 2003, table 3; time constants as in the benchmark's description */
static const struct sensor_class {
    const char *word;
    int32_t order;
    double t90_min, lags, every_min;
} classes[] = {
    {"ideal", 0, 0.0, 1.0, 0.0},   {"A", 2, 1.0, 3.89, 0.0},      {"B0", 8, 10.0, 11.7724, 0.0},
    {"B1", 8, 10.0, 11.7724, 5.0}, {"C0", 8, 20.0, 11.7724, 0.0}, {"C1", 8, 20.0, 11.7724, 5.0},
    {"D", 0, 30.0, 1.0, 30.0},
};

/* A series of noise beside the plant's file: lines of time and values, one a minute. */
static tw_status take_noise(struct tw_plant_reader *r, struct tw_plant_section *section,
                            const struct tw_plant_entry *file, struct tw_sensor *sensor)
{
    static const struct tw_plant_key column = {"noise_column", 1.0, 1.0, 64.0};
    int32_t skip = (int32_t)tw_plant_ini_number(&r->ini, section, &column);
    struct tw_strbuf path = {0};
    const char *slash = strrchr(r->ini.path, '/');
    char *text = NULL;
    if (file->value[0] != '/' && slash != NULL) {
        (void)tw_strbuf_add(&path, r->ini.path, (size_t)(slash + 1 - r->ini.path));
    }
    (void)tw_strbuf_add_text(&path, file->value);
    tw_status status = tw_file_read(tw_strbuf_get(&path), (size_t)64 << 20, &text, NULL);
    if (status != TW_OK) {
        tw_plant_ini_fault(&r->ini, section, file, "%s can't be read", tw_strbuf_get(&path));
    }
    tw_strbuf_done(&path);
    if (status != TW_OK) return status == TW_ERR_NOMEM ? status : TW_OK;
    status = tw_plant_noise_cut(text, skip, r, section, file, sensor);
    free(text);
    return status;
}

static void take_class(struct tw_plant_reader *r, struct tw_plant_section *section,
                       struct tw_sensor *sensor)
{
    const struct tw_plant_entry *entry = tw_plant_ini_find(section, "class");
    const struct sensor_class *class = &classes[0];
    size_t count = sizeof classes / sizeof classes[0], i = 0;
    for (; entry != NULL && i < count; i++) {
        if (tw_text_same(classes[i].word, entry->value)) break;
    }
    if (i == count) {
        tw_plant_ini_fault(&r->ini, section, entry,
                           "\"%s\" is not a class of sensors (ideal, A, B0, B1, C0, C1, D)",
                           entry->value);
    } else if (entry != NULL) {
        class = &classes[i];
    }
    const struct tw_plant_key t90 = {"t90_min", class->t90_min, 0.0, 1440.0};
    const struct tw_plant_key every = {"every_min", class->every_min, 0.0, 1440.0};
    sensor->order = class->order;
    sensor->lag_d = tw_plant_ini_number(&r->ini, section, &t90) / 1440.0 / class->lags;
    sensor->every_d = tw_plant_ini_number(&r->ini, section, &every) / 1440.0;
    if (sensor->lag_d < 1e-5) sensor->order = 0;
}

tw_status tw_plant_take_sensor(struct tw_plant_reader *r, struct tw_plant_section *section)
{
    static const struct tw_plant_key least = {"least", 0.0, -1e9, 1e9},
                                     most = {"most", 1e9, 0.0, 1e9};
    static const struct tw_plant_key noise = {"noise", 0.0, 0.0, 1e6},
                                     seed = {"noise_seed", 1.0, 0.0, 1e9};
    tw_plant *plant = r->plant;
    struct tw_sensor sensor = {.name = section->name, .line = section->line, .state = -1};
    const struct tw_plant_entry *entry = tw_plant_ini_find(section, "measures");
    take_class(r, section, &sensor);
    sensor.least = tw_plant_ini_number(&r->ini, section, &least);
    sensor.most = tw_plant_ini_number(&r->ini, section, &most);
    sensor.noise = tw_plant_ini_number(&r->ini, section, &noise);
    sensor.seed = (uint64_t)tw_plant_ini_number(&r->ini, section, &seed);
    const struct tw_plant_entry *file = tw_plant_ini_find(section, "noise_series");
    if (file != NULL) TW_TRY(take_noise(r, section, file, &sensor));
    if (entry == NULL) {
        tw_plant_ini_fault(&r->ini, section, NULL, "needs measures = UNIT.component");
        return TW_OK;
    }
    if (tw_plant_place_find(plant, entry->value, &sensor.probe) != TW_OK) {
        tw_plant_ini_fault(&r->ini, section, entry,
                           "\"%s\" is nothing that can be measured: say UNIT.component, UNIT.TSS "
                           "or UNIT.flow",
                           entry->value);
        return TW_OK;
    }
    bool tank = sensor.probe.unit >= 0 && plant->units[sensor.probe.unit].kind->content_held &&
                plant->units[sensor.probe.unit].kind->knob_name != NULL &&
                sensor.probe.component >= TW_PROBE_TSS && sensor.probe.component != TW_PROBE_FLOW;
    bool influent = sensor.probe.unit >= 0 && plant->units[sensor.probe.unit].kind->content_held &&
                    tw_text_same(plant->units[sensor.probe.unit].kind->word, "influent") &&
                    sensor.probe.component >= TW_PROBE_TSS;
    if (sensor.order == 0 && !tank && !influent) {
        tw_plant_ini_fault(&r->ini, section, entry,
                           "a sensor without lag can only be in a tank or the influent; give it a "
                           "class or t90_min");
    }
    if (sensor.noise > 0.0) plant->noisy = true;
    plant->sensors[plant->sensor_count++] = sensor;
    return TW_OK;
}

static int32_t sensor_find(const tw_plant *plant, const char *name)
{
    for (int32_t i = 0; i < plant->sensor_count; i++) {
        if (tw_text_same(plant->sensors[i].name, name)) return i;
    }
    return -1;
}

static double number(struct tw_plant_reader *r, struct tw_plant_section *section, const char *name,
                     double otherwise)
{
    const struct tw_plant_key key = {name, otherwise, otherwise < 0.0 ? otherwise : -1e9, 1e9};
    return tw_plant_ini_number(&r->ini, section, &key);
}

static void take_gains(struct tw_plant_reader *r, struct tw_plant_section *section,
                       struct tw_controller *c)
{
    static const struct tw_plant_key integral = {"integral_d", 0.0, 0.0, 1e3},
                                     tracking = {"tracking_d", 0.0, 0.0, 1e3},
                                     t90 = {"actuator_t90_min", 0.0, 0.0, 1440.0},
                                     lag = {"actuator_lag_d", 0.0, 0.0, 1.0},
                                     gain = {"gain", TW_REQUIRED, -1e9, 1e9};
    c->gain = tw_plant_ini_number(&r->ini, section, &gain);
    c->integral_d = tw_plant_ini_number(&r->ini, section, &integral);
    c->tracking_d = tw_plant_ini_number(&r->ini, section, &tracking);
    c->offset = number(r, section, "offset", 0.0);
    double t90_min = tw_plant_ini_number(&r->ini, section, &t90);
    c->lag_d = tw_plant_ini_number(&r->ini, section, &lag);
    c->order = c->lag_d > 0.0 ? 1 : 0;
    if (t90_min > 0.0) {
        c->order = 2;
        c->lag_d = t90_min / 1440.0 / 3.89;
    }
    if (c->integral_d > 0.0 && c->integral_d < 1e-5) {
        tw_plant_ini_fault(&r->ini, section, tw_plant_ini_find(section, "integral_d"),
                           "is shorter than a second; it is in days");
    }
}

tw_status tw_plant_take_controller(struct tw_plant_reader *r, struct tw_plant_section *section)
{
    tw_plant *plant = r->plant;
    struct tw_controller c = {
        .name = section->name, .line = section->line, .knob = -1, .state = -1};
    const struct tw_plant_entry *sensor = tw_plant_ini_find(section, "sensor");
    const struct tw_plant_entry *moves = tw_plant_ini_find(section, "moves");
    c.sensor = sensor == NULL ? -1 : sensor_find(plant, sensor->value);
    if (c.sensor < 0) {
        tw_plant_ini_fault(&r->ini, section, sensor, "%s%s%s",
                           sensor == NULL ? "needs sensor = NAME" : "there is no sensor \"",
                           sensor == NULL ? "" : sensor->value, sensor == NULL ? "" : "\"");
    }
    take_gains(r, section, &c);
    static const struct tw_plant_key aim = {"setpoint", TW_REQUIRED, -1e9, 1e9},
                                     least = {"least", TW_REQUIRED, -1e9, 1e9},
                                     most = {"most", TW_REQUIRED, -1e9, 1e9},
                                     aim_least = {"setpoint_least", 0.0, -1e9, 1e9},
                                     aim_most = {"setpoint_most", 1e9, -1e9, 1e9};
    c.least = tw_plant_ini_number(&r->ini, section, &least);
    c.most = tw_plant_ini_number(&r->ini, section, &most);
    if (!(c.least < c.most)) {
        tw_plant_ini_fault(&r->ini, section, tw_plant_ini_find(section, "most"),
                           "%g is not above least, %g", c.most, c.least);
    }
    struct tw_knob knob = {.value = tw_plant_ini_number(&r->ini, section, &aim),
                           .least = tw_plant_ini_number(&r->ini, section, &aim_least),
                           .most = tw_plant_ini_number(&r->ini, section, &aim_most)};
    TW_TRY(tw_plant_knob_add(r, section->name, "setpoint", &knob, &c.setpoint));
    if (moves == NULL) {
        tw_plant_ini_fault(&r->ini, section, NULL, "needs moves = UNIT.kla or PIPE.flow");
    }
    r->moves[plant->controller_count] = moves;
    r->sections[plant->controller_count] = section;
    plant->controllers[plant->controller_count++] = c;
    return TW_OK;
}

tw_status tw_plant_take_output(struct tw_plant_reader *r, struct tw_plant_section *section)
{
    tw_plant *plant = r->plant;
    for (int32_t i = 0; section != NULL && i < section->count; i++) {
        struct tw_plant_entry *entry = &section->entries[i];
        struct tw_column *column = &plant->columns[plant->column_count];
        if (plant->column_count == TW_PLANT_UNITS) {
            tw_plant_ini_fault(&r->ini, section, entry, "there may be %d columns at most",
                               TW_PLANT_UNITS);
            return TW_OK;
        }
        if (tw_plant_place_find(plant, entry->value, &column->probe) != TW_OK) {
            tw_plant_ini_fault(&r->ini, section, entry,
                               "\"%s\" is neither UNIT.component, UNIT.TSS, UNIT.flow nor a "
                               "setting such as T5.kla",
                               entry->value);
            continue;
        }
        column->name = entry->key;
        plant->column_count++;
    }
    return TW_OK;
}

void tw_plant_take_score(struct tw_plant_reader *r, struct tw_plant_section *section)
{
    static const struct {
        struct tw_plant_key key;
        size_t at;
    } keys[] = {
#define WEIGHT(name, otherwise)                                                                    \
    {{#name, otherwise, 0.0, 1e6}, offsetof(struct tw_plant_weights, name)}
        WEIGHT(sludge, 5.0),     WEIGHT(carbon, 3.0),      WEIGHT(methane, 0.0),
        WEIGHT(heat, 0.0),       WEIGHT(eqi_ss, 2.0),      WEIGHT(eqi_cod, 1.0),
        WEIGHT(eqi_tkn, 30.0),   WEIGHT(eqi_no, 10.0),     WEIGHT(eqi_bod5, 2.0),
        WEIGHT(eqi_p, 0.0),      WEIGHT(bod5_ratio, 0.25), WEIGHT(bod5_ratio_influent, 0.65),
        WEIGHT(limit_tn, 18.0),  WEIGHT(limit_cod, 100.0), WEIGHT(limit_ammonia, 4.0),
        WEIGHT(limit_tss, 30.0), WEIGHT(limit_bod5, 10.0), WEIGHT(limit_tp, 0.0),
#undef WEIGHT
    };
    char *weights = (char *)&r->plant->weights;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        double value = section == NULL ? keys[i].key.otherwise
                                       : tw_plant_ini_number(&r->ini, section, &keys[i].key);
        memcpy(weights + keys[i].at, &value, sizeof value);
    }
    r->plant->bod5_ratio = r->plant->weights.bod5_ratio;
}
