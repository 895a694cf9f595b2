/* [OPTIONS]: a table of what can be set, and what the settings must be to each other. */
#include "base/text.h"
#include "io/inp_reader.h"
#include "thalweg/time.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum kind {
    REAL,   /* a number, not negative */
    COUNT,  /* a whole number, not negative */
    FLAG,   /* YES or NO */
    CHOICE, /* one of words */
    DATE,
    CLOCK,    /* h:m:s kept in days */
    INTERVAL, /* h:m:s kept in seconds */
    STEP,     /* seconds, or h:m:s */
    SPECIAL,  /* a function of its own */
    LEGACY    /* of older versions; has no effect */
};

typedef void special_fn(struct tw_inp *inp, const struct tw_inp_row *row);

struct option {
    const char *keyword;
    enum kind kind;
    bool kept; /* in the model's options; else in the reader's */
    size_t offset;
    const char *const *words;
    special_fn *special;
};

static const char *const damping_words[] = {"NONE", "PARTIAL", "FULL", NULL};
static const char *const normal_words[] = {"SLOPE", "FROUDE", "BOTH", NULL};
static const char *const surcharge_words[] = {"EXTRAN", "SLOT", NULL};
static const char *const main_words[] = {"H-W", "D-W", NULL};
static const char *const infiltration_words[] = {
#define TW_INFILTRATION(id, prefix, keyword) keyword,
#include "model/infiltration.def"
#undef TW_INFILTRATION
    NULL};

/* Enums of the model are set through int32_t. */
_Static_assert(sizeof(enum tw_damping) == sizeof(int32_t) &&
                   sizeof(enum tw_normal_limit) == sizeof(int32_t) &&
                   sizeof(enum tw_surcharge) == sizeof(int32_t) &&
                   sizeof(enum tw_force_main) == sizeof(int32_t),
               "an enum is as large as an int32_t");

static void set_flow_units(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const words[] = {"CFS", "GPM", "MGD", "CMS", "LPS", "MLD", NULL};
    int32_t index;
    if (!tw_inp_choice(inp, row, 1, "the unit", words, &index)) return;
    inp->model->options.flow_units = (enum tw_flow_units)index;
    inp->units = tw_units_of((enum tw_flow_units)index, inp->strict);
}

static void set_routing(struct tw_inp *inp, const struct tw_inp_row *row)
{
    enum { SEMI_IMPLICIT = 9 };
    static const char *const words[] = {"NONE", "STEADY", "KINWAVE", "XKINWAVE", "DYNWAVE",
                                        "NF",   "KW",     "EKW",     "DW",       "SEMI_IMPLICIT",
                                        NULL};
    static const enum tw_routing routing[] = {
        TW_ROUTING_NONE,    TW_ROUTING_STEADY, TW_ROUTING_KINWAVE, TW_ROUTING_KINWAVE,
        TW_ROUTING_DYNWAVE, TW_ROUTING_STEADY, TW_ROUTING_KINWAVE, TW_ROUTING_KINWAVE,
        TW_ROUTING_DYNWAVE, TW_ROUTING_DYNWAVE};
    int32_t index;
    if (!tw_inp_choice(inp, row, 1, "the method", words, &index)) return;
    inp->model->options.solver =
        index == SEMI_IMPLICIT ? TW_SOLVER_SEMI_IMPLICIT : TW_SOLVER_DYNAMIC_WAVE;
    if (routing[index] == TW_ROUTING_NONE)
        inp->model->options.ignore_routing = true;
    else
        inp->model->options.routing = routing[index];
}

static void set_offsets(struct tw_inp *inp, const struct tw_inp_row *row)
{
    static const char *const words[] = {"DEPTH", "ELEVATION", NULL};
    int32_t index;
    if (tw_inp_choice(inp, row, 1, "the kind", words, &index))
        inp->options.elevation_offsets = index == 1;
}

static void set_sweep(struct tw_inp *inp, const struct tw_inp_row *row)
{
    struct tw_options *o = &inp->model->options;
    double *day = tw_inp_begins(tw_inp_word(inp, row, 0), "SWEEP_START") ? &o->sweep_start_doy
                                                                         : &o->sweep_end_doy;
    if (!tw_inp_day_of_year(tw_inp_word(inp, row, 1), day))
        tw_inp_fault(inp, row, "\"%s\" is not a month/day" TW_SWMM_ERROR("213"),
                     tw_inp_word(inp, row, 1));
}

static void set_minimum_slope(struct tw_inp *inp, const struct tw_inp_row *row)
{
    double percent;
    if (!tw_inp_positive(inp, row, 1, "the slope", &percent)) return;
    if (percent >= 100.0)
        tw_inp_fault(inp, row, "a slope of %s %% makes no sense" TW_SWMM_ERROR("211"),
                     tw_inp_word(inp, row, 1));
    else
        inp->model->options.minimum_slope_ratio = percent / 100.0;
}

static void set_variable_step(struct tw_inp *inp, const struct tw_inp_row *row)
{
    double factor;
    if (!tw_inp_positive(inp, row, 1, "the factor", &factor)) return;
    if (factor > 2.0)
        tw_inp_fault(inp, row, "the factor %s is beyond 0..2" TW_SWMM_ERROR("211"),
                     tw_inp_word(inp, row, 1));
    else
        inp->model->options.variable_step_factor = factor;
}

#define KEPT(keyword, kind, field)                                                                 \
    {                                                                                              \
        keyword, kind, true, offsetof(struct tw_options, field), 0, 0                              \
    }
#define OWN(keyword, kind, field)                                                                  \
    {                                                                                              \
        keyword, kind, false, offsetof(struct tw_inp_options, field), 0, 0                         \
    }
#define WORDS(keyword, field, words)                                                               \
    {                                                                                              \
        keyword, CHOICE, true, offsetof(struct tw_options, field), words, 0                        \
    }

static const struct option options[] = {
    {"FLOW_UNITS", SPECIAL, false, 0, 0, set_flow_units},
    {"INFILTRATION", CHOICE, false, offsetof(struct tw_inp_options, infiltration),
     infiltration_words, 0},
    {"FLOW_ROUTING", SPECIAL, false, 0, 0, set_routing},
    {"LINK_OFFSETS", SPECIAL, false, 0, 0, set_offsets},
    OWN("START_DATE", DATE, start_date),
    OWN("START_TIME", CLOCK, start_time),
    OWN("END_DATE", DATE, end_date),
    OWN("END_TIME", CLOCK, end_time),
    OWN("REPORT_START_DATE", DATE, report_date),
    OWN("REPORT_START_TIME", CLOCK, report_time),
    {"SWEEP_START", SPECIAL, false, 0, 0, set_sweep},
    {"SWEEP_END", SPECIAL, false, 0, 0, set_sweep},
    KEPT("DRY_DAYS", REAL, dry_days),
    KEPT("WET_STEP", INTERVAL, wet_step_s),
    KEPT("DRY_STEP", INTERVAL, dry_step_s),
    KEPT("REPORT_STEP", INTERVAL, report_step_s),
    KEPT("RULE_STEP", INTERVAL, rule_step_s),
    KEPT("ROUTING_STEP", STEP, routing_step_s),
    KEPT("LENGTHENING_STEP", STEP, lengthening_step_s),
    KEPT("MINIMUM_STEP", REAL, minimum_step_s),
    {"VARIABLE_STEP", SPECIAL, false, 0, 0, set_variable_step},
    {"MIN_SLOPE", SPECIAL, false, 0, 0, set_minimum_slope},
    KEPT("MIN_SURFAREA", REAL, minimum_surface_area_m2),
    KEPT("HEAD_TOLERANCE", REAL, head_tolerance_m),
    KEPT("SYS_FLOW_TOL", REAL, system_flow_tolerance_ratio),
    KEPT("LAT_FLOW_TOL", REAL, lateral_flow_tolerance_ratio),
    KEPT("MAX_TRIALS", COUNT, max_trials),
    KEPT("THREADS", COUNT, threads),
    KEPT("ALLOW_PONDING", FLAG, allow_ponding),
    KEPT("SKIP_STEADY_STATE", FLAG, skip_steady_state),
    KEPT("IGNORE_RAINFALL", FLAG, ignore_rainfall),
    KEPT("IGNORE_ROUTING", FLAG, ignore_routing),
    OWN("IGNORE_SNOWMELT", FLAG, ignore_snowmelt),
    KEPT("IGNORE_GROUNDWATER", FLAG, ignore_groundwater),
    OWN("IGNORE_RDII", FLAG, ignore_rdii),
    OWN("IGNORE_QUALITY", FLAG, ignore_quality),
    WORDS("INERTIAL_DAMPING", damping, damping_words),
    WORDS("NORMAL_FLOW_LIMITED", normal_limit, normal_words),
    WORDS("SURCHARGE_METHOD", surcharge, surcharge_words),
    WORDS("FORCE_MAIN_EQUATION", force_main, main_words),
    {"SLOPE_WEIGHTING", LEGACY, false, 0, 0, 0},
    {"COMPATIBILITY", LEGACY, false, 0, 0, 0},
    {"TEMPDIR", LEGACY, false, 0, 0, 0},
};

static const double day_s = 86400.0;

static bool read_time(struct tw_inp *inp, const struct tw_inp_row *row, enum kind kind,
                      double *value)
{
    const char *word = tw_inp_word(inp, row, 1);
    double number;
    bool good = kind == DATE ? tw_inp_date(word, &number) : false;
    if (kind == STEP) good = tw_text_double(word, &number) == TW_OK && number >= 0.0;
    if (!good && kind != DATE) {
        good = tw_inp_hours(word, &number) && number >= 0.0;
        if (kind != CLOCK) number = floor(number * day_s + 0.5);
    }
    if (!good) {
        tw_inp_fault(inp, row, "\"%s\" is not a %s" TW_SWMM_ERROR("213"), word,
                     kind == DATE ? "date month/day/year" : "time (hours or h:m:s)");
        return false;
    }
    *value = number;
    return true;
}

static void read_count(struct tw_inp *inp, const struct tw_inp_row *row, int32_t *count)
{
    double number;
    if (!tw_inp_positive(inp, row, 1, "the number", &number)) return;
    *count = number < 1e9 ? (int32_t)number : 1000000000;
}

static void read_value(struct tw_inp *inp, const struct tw_inp_row *row, const struct option *o)
{
    char *base = o->kept ? (char *)&inp->model->options : (char *)&inp->options;
    void *field = base + o->offset;
    int32_t index;
    switch (o->kind) {
    case REAL:
        tw_inp_positive(inp, row, 1, "the value", field);
        break;
    case COUNT:
        read_count(inp, row, field);
        break;
    case FLAG:
        tw_inp_yes_no(inp, row, 1, "the value", field);
        break;
    case CHOICE:
        if (tw_inp_choice(inp, row, 1, "the value", o->words, &index))
            memcpy(field, &index, sizeof index);
        break;
    case DATE:
    case CLOCK:
    case INTERVAL:
    case STEP:
        read_time(inp, row, o->kind, field);
        break;
    case SPECIAL:
        o->special(inp, row);
        break;
    case LEGACY:
        break;
    }
}

tw_status tw_inp_option_read(struct tw_inp *inp, const struct tw_inp_row *row)
{
    const char *keyword = tw_inp_word(inp, row, 0);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (!tw_inp_begins(keyword, options[i].keyword)) continue;
        if (row->count < 2)
            tw_inp_warn(inp, row, "has no value");
        else
            read_value(inp, row, &options[i]);
        return TW_OK;
    }
    tw_inp_fault(inp, row,
                 "no such option; correct its name or take the line out" TW_SWMM_ERROR("205"));
    return TW_OK;
}

void tw_inp_options_begin(struct tw_inp *inp)
{
    struct tw_options *o = &inp->model->options;
    *o = (struct tw_options){
        .flow_units = TW_FLOW_CFS,
        .routing = TW_ROUTING_DYNWAVE,
        .damping = TW_DAMPING_PARTIAL,
        .normal_limit = TW_NORMAL_BOTH,
        .sweep_start_doy = 1.0,
        .sweep_end_doy = 365.0,
        .report_step_s = 900.0,
        .wet_step_s = 300.0,
        .dry_step_s = 3600.0,
        .routing_step_s = 20.0,
        .minimum_step_s = 0.5,
        .variable_step_factor = 0.75,
        .system_flow_tolerance_ratio = 5.0, /* percent until tw_inp_check_options */
        .lateral_flow_tolerance_ratio = 5.0,
        .threads = 1,
        .report_continuity = true,
        .report_flow_stats = true,
    };
    inp->options.report_date = inp->options.report_time = inp->options.end_date = (double)NAN;
    tw_inp_date("1/1/2004", &inp->options.start_date);
    inp->units = tw_units_of(TW_FLOW_CFS, inp->strict);
}

/* SWMM takes whole days and the time of day apart and drops the second that the latter is short of
 * in binary: of lengths up to five hours one in eight ends a second early, without its last period. */
static double duration_s(const struct tw_inp *inp, double end_date)
{
    const struct tw_inp_options *own = &inp->options;
    double length_s =
        (end_date - own->start_date) * day_s + (own->end_time - own->start_time) * day_s;
    return floor(length_s +
                 (inp->strict ? 1e-4 : 0.0)); /* rounding of times of day is below 1e-9 */
}

static void check_dates(struct tw_inp *inp)
{
    struct tw_options *o = &inp->model->options;
    const struct tw_inp_options *own = &inp->options;
    o->infiltration = own->infiltration;
    double end_date = isnan(own->end_date) ? own->start_date : own->end_date;
    o->start_day = own->start_date + own->start_time;
    o->end_day = end_date + own->end_time;
    o->start_time_days = floor(own->start_time);
    o->end_time_days = floor(own->end_time);
    o->duration_s = duration_s(inp, end_date);
    /* As in SWMM, a report start needs its date and its time. */
    o->report_start_day = own->report_date + own->report_time;
    if (isnan(o->report_start_day)) o->report_start_day = o->start_day;
    if (o->report_start_day < o->start_day) o->report_start_day = o->start_day;
    if (o->end_day <= o->start_day)
        tw_faults_add(inp->faults, inp->path, 0,
                      "[OPTIONS]: the end is not after the start" TW_SWMM_ERROR("191"));
    else if (o->end_day <= o->report_start_day)
        tw_faults_add(
            inp->faults, inp->path, 0,
            "[OPTIONS]: reporting begins when the simulation has ended" TW_SWMM_ERROR("193"));
}

static void check_steps(struct tw_inp *inp)
{
    struct tw_options *o = &inp->model->options;
    const struct {
        const char *name;
        double value;
    } steps[] = {{"REPORT_STEP", o->report_step_s},
                 {"WET_STEP", o->wet_step_s},
                 {"DRY_STEP", o->dry_step_s},
                 {"ROUTING_STEP", o->routing_step_s}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (!(steps[i].value > 0.0))
            tw_faults_add(inp->faults, inp->path, 0, "option %s: must be above 0", steps[i].name);
    /* In the order of SWMM: the reporting step is held against the routing step as given. */
    if (o->duration_s > 0.0 && o->report_step_s > o->duration_s) o->report_step_s = o->duration_s;
    if (o->report_step_s < o->routing_step_s)
        tw_faults_add(inp->faults, inp->path, 0,
                      "[OPTIONS]: REPORT_STEP is shorter than ROUTING_STEP" TW_SWMM_ERROR("195"));
}

void tw_inp_check_options(struct tw_inp *inp)
{
    struct tw_options *o = &inp->model->options;
    inp->model->us_units = inp->units.us;
    o->elevation_offsets = inp->options.elevation_offsets;
    o->system_flow_tolerance_ratio /= 100.0;
    o->lateral_flow_tolerance_ratio /= 100.0;
    check_dates(inp);
    check_steps(inp);
}

/* After gages have cut the wet step: DRY >= WET >= ROUTING >= MINIMUM. */
void tw_inp_check_wet_step(struct tw_inp *inp)
{
    static const double least_step_s = 0.001;
    static const int32_t most_trials = 10000;                     /* a run has to end */
    static const double usual_area_m2 = 12.566 * 0.3048 * 0.3048; /* of a 4 ft manhole */
    static const double usual_tolerance_m = 0.005 * 0.3048;
    struct tw_options *o = &inp->model->options;
    if (o->dry_step_s < o->wet_step_s) {
        tw_faults_warn(inp->faults, inp->path, 0,
                       "option DRY_STEP: raised to WET_STEP" TW_SWMM_WARNING("06"));
        o->dry_step_s = o->wet_step_s;
    }
    if (o->routing_step_s > o->wet_step_s) {
        tw_faults_warn(inp->faults, inp->path, 0,
                       "option ROUTING_STEP: cut to WET_STEP" TW_SWMM_WARNING("07"));
        o->uncut_routing_step_s = o->routing_step_s;
        o->routing_step_s = o->wet_step_s;
    }
    if (o->minimum_step_s > o->routing_step_s) o->minimum_step_s = o->routing_step_s;
    if (o->minimum_step_s < least_step_s) o->minimum_step_s = least_step_s;
    o->minimum_surface_area_m2 = o->minimum_surface_area_m2 > 0.0
                                     ? o->minimum_surface_area_m2 * inp->units.area_m2
                                     : usual_area_m2;
    o->head_tolerance_m =
        o->head_tolerance_m > 0.0 ? o->head_tolerance_m * inp->units.length_m : usual_tolerance_m;
    if (o->max_trials == 0) o->max_trials = 8;
    if (o->max_trials > most_trials) {
        tw_faults_warn(inp->faults, inp->path, 0,
                       "option MAX_TRIALS: cut to %d; a step that has not converged by then won't",
                       (int)most_trials);
        o->max_trials = most_trials;
    }
}
