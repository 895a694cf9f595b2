/* Conditions and actions of rules. */
#include "io/inp_controls.h"

#include "base/text.h"

#include <string.h>

enum { MOST_PAST_HOURS = 48 };

static const char *const objects[] = {"NODE", "LINK",   "CONDUIT",    "PUMP", "ORIFICE",
                                      "WEIR", "OUTLET", "SIMULATION", "GAGE", NULL};
enum object { NODE, LINK, CONDUIT, PUMP, ORIFICE, WEIR, OUTLET, SIMULATION, GAGE };

/* What a value is measured in. */
enum unit { UNIT_NONE, UNIT_LENGTH, UNIT_VOLUME, UNIT_FLOW, UNIT_RAIN };

enum { FOR_NODE = 1, FOR_CONDUIT = 2, FOR_PUMP = 4, FOR_GATE = 8, FOR_CLOCK = 16 };
enum { FOR_LINKS = FOR_CONDUIT | FOR_PUMP | FOR_GATE };

/* Words that begin with others come first. */
static const struct attribute {
    const char *word;
    enum tw_rule_attribute attribute;
    enum unit unit;
    int objects;
} attributes[] = {
    {"DEPTH", TW_RULE_DEPTH, UNIT_LENGTH, FOR_NODE | FOR_CONDUIT},
    {"MAXDEPTH", TW_RULE_MAX_DEPTH, UNIT_LENGTH, FOR_NODE},
    {"HEAD", TW_RULE_HEAD, UNIT_LENGTH, FOR_NODE},
    {"VOLUME", TW_RULE_VOLUME, UNIT_VOLUME, FOR_NODE},
    {"INFLOW", TW_RULE_INFLOW, UNIT_FLOW, FOR_NODE},
    {"FLOW", TW_RULE_FLOW, UNIT_FLOW, FOR_LINKS},
    {"FULLFLOW", TW_RULE_FULL_FLOW, UNIT_FLOW, FOR_CONDUIT},
    {"FULLDEPTH", TW_RULE_FULL_DEPTH, UNIT_LENGTH, FOR_CONDUIT},
    {"VELOCITY", TW_RULE_VELOCITY, UNIT_LENGTH, FOR_CONDUIT},
    {"LENGTH", TW_RULE_LENGTH, UNIT_LENGTH, FOR_CONDUIT},
    {"SLOPE", TW_RULE_SLOPE, UNIT_NONE, FOR_CONDUIT},
    {"STATUS", TW_RULE_STATUS, UNIT_NONE, FOR_CONDUIT | FOR_PUMP},
    {"SETTING", TW_RULE_SETTING, UNIT_NONE, FOR_PUMP | FOR_GATE},
    {"TIMEOPEN", TW_RULE_TIME_OPEN, UNIT_NONE, FOR_LINKS},
    {"TIMECLOSED", TW_RULE_TIME_CLOSED, UNIT_NONE, FOR_LINKS},
    {"TIME", TW_RULE_TIME, UNIT_NONE, FOR_CLOCK},
    {"DATE", TW_RULE_DATE, UNIT_NONE, FOR_CLOCK},
    {"CLOCKTIME", TW_RULE_CLOCK_TIME, UNIT_NONE, FOR_CLOCK},
    {"DAYOFYEAR", TW_RULE_DAY_OF_YEAR, UNIT_NONE, FOR_CLOCK},
    {"DAY", TW_RULE_DAY_OF_WEEK, UNIT_NONE, FOR_CLOCK},
    {"MONTH", TW_RULE_MONTH, UNIT_NONE, FOR_CLOCK},
};

static const struct attribute *find_attribute(const char *word)
{
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (tw_inp_begins(word, attributes[i].word)) return &attributes[i];
    return NULL;
}

static int object_mask(int32_t object)
{
    static const int masks[] = {
        [NODE] = FOR_NODE,   [LINK] = FOR_CONDUIT,     [CONDUIT] = FOR_CONDUIT,
        [PUMP] = FOR_PUMP,   [ORIFICE] = FOR_GATE,     [WEIR] = FOR_GATE,
        [OUTLET] = FOR_GATE, [SIMULATION] = FOR_CLOCK, [GAGE] = 0,
    };
    return masks[object];
}

/* INTENSITY, or the number of past hours before HR_PRECIP. */
static bool read_gage_attribute(struct tw_inp *inp, const struct tw_inp_row *row, int i,
                                struct tw_rule_operand *out)
{
    const char *word = tw_inp_word(inp, row, i);
    out->attribute = TW_RULE_RAIN_INTENSITY;
    if (tw_inp_begins(word, "INTENSITY")) return true;
    int hours = 0;
    for (const char *at = word; *at >= '0' && *at <= '9' && hours <= MOST_PAST_HOURS; at++)
        hours = 10 * hours + (*at - '0');
    if (hours < 1 || hours > MOST_PAST_HOURS) {
        tw_inp_fault(inp, row,
                     "\"%s\" is neither INTENSITY nor 1..%d hours of rain" TW_SWMM_ERROR("217"),
                     word, MOST_PAST_HOURS);
        return false;
    }
    out->attribute = TW_RULE_RAIN_PAST;
    out->hours = hours;
    return true;
}

static bool read_object(struct tw_inp *inp, const struct tw_inp_row *row, int *next,
                        int32_t *out_object, struct tw_rule_operand *out)
{
    const struct tw_model *m = inp->model;
    if (!tw_inp_choice(inp, row, *next, "the object", objects, out_object)) return false;
    ++*next;
    switch (*out_object) {
    case SIMULATION:
        out->object = TW_RULE_SIMULATION;
        return true;
    case NODE:
        out->object = TW_RULE_NODE;
        return tw_inp_find(inp, row, (*next)++, &m->nodes.names, "node", &out->index);
    case GAGE:
        out->object = TW_RULE_GAGE;
        return tw_inp_find(inp, row, (*next)++, &m->gages.names, "rain gage", &out->index);
    default:
        out->object = TW_RULE_LINK;
        return tw_inp_find(inp, row, (*next)++, &m->links.names, "link", &out->index);
    }
}

bool tw_inp_rule_quantity(struct tw_inp *inp, const struct tw_inp_row *row, int *next,
                          struct tw_rule_operand *out)
{
    int32_t object;
    *out = (struct tw_rule_operand){.index = -1, .expression = -1};
    if (!read_object(inp, row, next, &object, out)) return false;
    if (*next >= row->count) {
        tw_inp_fault(inp, row, "the quantity is missing" TW_SWMM_ERROR("217"));
        return false;
    }
    int i = (*next)++;
    if (object == GAGE) return read_gage_attribute(inp, row, i, out);
    const struct attribute *found = find_attribute(tw_inp_word(inp, row, i));
    if (found == NULL || (found->objects & object_mask(object)) == 0) {
        bool timed = found != NULL && found->objects == FOR_LINKS && object >= LINK &&
                     object <= OUTLET; /* TIMEOPEN and the like, of any link */
        if (!timed) {
            tw_inp_fault(inp, row, "\"%s\" is no quantity of a %s" TW_SWMM_ERROR("217"),
                         tw_inp_word(inp, row, i), objects[object]);
            return false;
        }
    }
    out->attribute = found->attribute;
    return true;
}

static double unit_factor(const struct tw_units *u, const struct tw_rule_operand *of)
{
    if (of->expression >= 0) return 1.0;
    if (of->attribute == TW_RULE_RAIN_INTENSITY || of->attribute == TW_RULE_RAIN_PAST)
        return u->rain_mm;
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        if (attributes[i].attribute != of->attribute) continue;
        const double factors[] = {[UNIT_NONE] = 1.0,
                                  [UNIT_LENGTH] = u->length_m,
                                  [UNIT_VOLUME] = u->volume_m3,
                                  [UNIT_FLOW] = u->flow_m3s,
                                  [UNIT_RAIN] = u->rain_mm};
        return factors[attributes[i].unit];
    }
    return 1.0;
}

/* month/day, or the number of a day. */
static bool read_day_of_year(const char *word, double *out)
{
    if (tw_inp_day_of_year(word, out)) return true;
    return tw_text_double(word, out) == TW_OK && *out >= 1.0 && *out <= 365.0;
}

static bool read_status(const char *word, double *out)
{
    static const char *const pumps[] = {"OFF", "ON", NULL};
    static const char *const conduits[] = {"CLOSED", "OPEN", NULL};
    int32_t found = tw_inp_match(word, pumps);
    if (found < 0) found = tw_inp_match(word, conduits);
    *out = found;
    return found >= 0;
}

/* A constant in the sense of what it is compared with. */
static bool read_constant(const char *word, enum tw_rule_attribute sense, double *out)
{
    switch (sense) {
    case TW_RULE_STATUS:
        return read_status(word, out);
    case TW_RULE_TIME:
    case TW_RULE_CLOCK_TIME:
    case TW_RULE_TIME_OPEN:
    case TW_RULE_TIME_CLOSED:
        return tw_inp_hours(word, out);
    case TW_RULE_DATE:
        return tw_inp_date(word, out);
    case TW_RULE_DAY_OF_YEAR:
        return read_day_of_year(word, out);
    case TW_RULE_DAY_OF_WEEK:
        return tw_text_double(word, out) == TW_OK && *out >= 1.0 && *out <= 7.0;
    case TW_RULE_MONTH:
        return tw_text_double(word, out) == TW_OK && *out >= 1.0 && *out <= 12.0;
    default:
        return tw_text_double(word, out) == TW_OK;
    }
}

static bool read_named(struct tw_inp *inp, const char *word, struct tw_rule_operand *out)
{
    int32_t variable = tw_names_find(&inp->rules.variables, word);
    if (variable < 0) return false;
    *out = inp->model->rules->variable[variable];
    return true;
}

static bool read_left(struct tw_inp *inp, const struct tw_inp_row *row, int *next,
                      struct tw_rule_operand *out)
{
    const char *word = tw_inp_word(inp, row, *next);
    int32_t expression = tw_names_find(&inp->rules.expressions, word);
    bool named = expression >= 0;
    if (named)
        *out = (struct tw_rule_operand){
            .attribute = TW_RULE_NUMBER, .index = -1, .expression = expression};
    else
        named = read_named(inp, word, out);
    if (!named) return tw_inp_rule_quantity(inp, row, next, out);
    ++*next;
    return true;
}

static bool read_right(struct tw_inp *inp, const struct tw_inp_row *row, int *next,
                       const struct tw_rule_operand *left, struct tw_rule_operand *out)
{
    if (*next >= row->count) {
        tw_inp_fault(inp, row, "the right side is missing" TW_SWMM_ERROR("217"));
        return false;
    }
    const char *word = tw_inp_word(inp, row, *next);
    if (read_named(inp, word, out)) {
        ++*next;
        return true;
    }
    if (tw_inp_match(word, objects) >= 0) return tw_inp_rule_quantity(inp, row, next, out);
    double number;
    enum tw_rule_attribute sense = left->expression >= 0 ? TW_RULE_NUMBER : left->attribute;
    if (!read_constant(word, sense, &number)) {
        tw_inp_fault(inp, row, "\"%s\" cannot be compared with the left side" TW_SWMM_ERROR("217"),
                     word);
        return false;
    }
    *out = (struct tw_rule_operand){.attribute = TW_RULE_NUMBER,
                                    .index = -1,
                                    .number = number * unit_factor(&inp->units, left),
                                    .expression = -1};
    ++*next;
    return true;
}

static bool ends_here(struct tw_inp *inp, const struct tw_inp_row *row, int next)
{
    static const char *const words[] = {"RULE", "IF",   "AND",      "OR",
                                        "THEN", "ELSE", "PRIORITY", NULL};
    if (next >= row->count || tw_inp_match(tw_inp_word(inp, row, next), words) < 0) return true;
    tw_inp_fault(inp, row, "a second clause in one row" TW_SWMM_ERROR("217"));
    return false;
}

int32_t tw_inp_rule_condition(struct tw_inp *inp, const struct tw_inp_row *row, bool is_or)
{
    static const char *const relations[] = {"=", "<>", "<", "<=", ">", ">="};
    struct tw_rules *rules = inp->model->rules;
    struct tw_rule_condition c = {.is_or = is_or};
    int next = 1;
    if (!tw_inp_need(inp, row, 4) || !read_left(inp, row, &next, &c.left)) return 0;
    int relation = 0;
    const char *word = next < row->count ? tw_inp_word(inp, row, next) : "";
    while (relation < 6 && strcmp(word, relations[relation]) != 0)
        relation++;
    if (relation == 6) {
        tw_inp_fault(inp, row, "\"%s\" is none of = <> < <= > >=" TW_SWMM_ERROR("217"), word);
        return 0;
    }
    c.relation = (enum tw_rule_relation)relation;
    next++;
    if (!read_right(inp, row, &next, &c.left, &c.right) || !ends_here(inp, row, next)) return 0;
    bool both =
        c.right.index >= 0 && c.left.index >= 0 && c.left.expression < 0 && c.right.expression < 0;
    if (both && c.left.attribute != c.right.attribute)
        tw_inp_warn(inp, row,
                    "it compares quantities of two kinds, as they are" TW_SWMM_WARNING("11"));
    rules->condition[rules->condition_count++] = c;
    return 1;
}

/* ---- actions ---- */

static bool read_pid(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_rule_action *a)
{
    a->setter = TW_RULE_BY_PID;
    return tw_inp_number(inp, row, 6, "the gain", &a->kp) &&
           tw_inp_number(inp, row, 7, "the integral time", &a->ki_min) &&
           tw_inp_number(inp, row, 8, "the derivative time", &a->kd_min);
}

/* The words behind SETTING =; how many of them are read, 0 after a fault. */
static int read_setting(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_rule_action *a)
{
    static const char *const words[] = {"CURVE", "TIMESERIES", "PID", NULL};
    const struct tw_model *m = inp->model;
    switch (tw_inp_match(tw_inp_word(inp, row, 5), words)) {
    case 0:
        a->setter = TW_RULE_BY_CURVE;
        return tw_inp_find(inp, row, 6, &m->curves.names, "curve", &a->table) ? 2 : 0;
    case 1:
        a->setter = TW_RULE_BY_SERIES;
        return tw_inp_find(inp, row, 6, &m->series.names, "time series", &a->table) ? 2 : 0;
    case 2:
        return read_pid(inp, row, a) ? 4 : 0;
    default:
        break;
    }
    a->setter = TW_RULE_TO_VALUE;
    if (!tw_inp_number(inp, row, 5, "the setting", &a->value)) return 0;
    bool pump = m->links.kind[a->link] == TW_LINK_PUMP;
    if (a->value >= 0.0 && (pump || a->value <= 1.0)) return 1;
    tw_inp_fault(inp, row, "the setting %g is beyond 0..1" TW_SWMM_ERROR("217"), a->value);
    return 0;
}

static bool find_acted(struct tw_inp *inp, const struct tw_inp_row *row, int32_t *out_object,
                       int32_t *out_link)
{
    const struct tw_links *links = &inp->model->links;
    if (!tw_inp_choice(inp, row, 1, "the object", objects, out_object)) return false;
    if (*out_object < CONDUIT || *out_object > OUTLET) {
        tw_inp_fault(inp, row, "a %s cannot be set" TW_SWMM_ERROR("217"), objects[*out_object]);
        return false;
    }
    if (!tw_inp_find(inp, row, 2, &links->names, "link", out_link)) return false;
    if (links->kind[*out_link] == *out_object - CONDUIT) return true;
    tw_inp_fault(inp, row, "\"%s\" is a %s", tw_inp_word(inp, row, 2),
                 tw_inp_link_noun(links->kind[*out_link]));
    return false;
}

/* Place behind the last word of the action; 0 after a fault. */
static int read_action(struct tw_inp *inp, const struct tw_inp_row *row, struct tw_rule_action *a)
{
    static const char *const words[] = {"STATUS", "SETTING", NULL};
    int32_t object;
    int32_t word;
    if (!find_acted(inp, row, &object, &a->link) ||
        !tw_inp_choice(inp, row, 3, "what is set", words, &word))
        return 0;
    a->attribute = word == 0 ? TW_RULE_STATUS : TW_RULE_SETTING;
    bool has = word == 0 ? object == CONDUIT || object == PUMP : object != CONDUIT;
    if (!has) {
        tw_inp_fault(inp, row, "a %s has no %s to be set" TW_SWMM_ERROR("217"), objects[object],
                     words[word]);
        return 0;
    }
    if (word == 1) {
        int read = read_setting(inp, row, a);
        return read > 0 ? 5 + read : 0;
    }
    a->setter = TW_RULE_TO_VALUE;
    if (read_status(tw_inp_word(inp, row, 5), &a->value)) return 6;
    tw_inp_fault(inp, row, "the status \"%s\" is not ON, OFF, OPEN or CLOSED" TW_SWMM_ERROR("217"),
                 tw_inp_word(inp, row, 5));
    return 0;
}

int32_t tw_inp_rule_action(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_rules *rules = inp->model->rules;
    struct tw_rule_action a = {.table = -1, .pid = -1};
    if (!tw_inp_need(inp, row, 6)) return 0;
    int next = read_action(inp, row, &a);
    if (next == 0 || !ends_here(inp, row, next)) return 0;
    if (a.setter == TW_RULE_BY_PID) a.pid = rules->pid_count++;
    rules->action[rules->action_count++] = a;
    return 1;
}
