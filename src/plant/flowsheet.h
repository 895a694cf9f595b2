/* A plant as its parts: units, the pipes between them, what measures and what controls. Read once,
 * never changed; everything that moves is in struct tw_plant_run (plant/state.h). */
#ifndef TW_PLANT_FLOWSHEET_H
#define TW_PLANT_FLOWSHEET_H

#include "base/arena.h"
#include "base/names.h"
#include "plant/biology.h"
#include "thalweg/faults.h"
#include "thalweg/plant.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    TW_UNIT_KEYS = 16,   /* numbers of a unit, at most */
    TW_UNIT_NOTES = 6,   /* numbers that a unit keeps from its outlet to its rates */
    TW_UNIT_PORTS = 2,   /* outlets of a unit, at most */
    TW_PLANT_UNITS = 64, /* of a plant, at most; also of pipes, sensors, controllers */
    TW_LAYERS = 10       /* of a settler */
};

/* Otherwise-value of a number that has to be given: below what any may be. */
#define TW_REQUIRED (-1e300)

/** A number that a section may give. */
struct tw_plant_key {
    const char *name;
    double otherwise, least, most;
};

struct tw_eval;

/** A unit. */
struct tw_unit {
    const char *name;
    const struct tw_unit_kind *kind;
    double value[TW_UNIT_KEYS];   /* in the order of the kind's keys */
    double *composition;          /* [components] of what a dosing unit adds; NULL */
    int32_t row;                  /* tanks: which of the tanks */
    int32_t state;                /* first of its states in y; tanks: -1 */
    int32_t knob;                 /* its first knob; -1 */
    int32_t first_in, in_count;   /* of plant->inlets */
    int32_t first_out, out_count; /* of plant->outlets */
    int32_t rest[TW_UNIT_PORTS];  /* pipe that takes the rest of the outlet; -1 */
    bool plain;                   /* one outlet, one pipe, which takes all */
    int32_t line;
};

/** What a unit needs and gives, per day. */
struct tw_unit_energy {
    double aeration_kwhd, mixing_kwhd, heat_kwhd, methane_gd;
};

/** What all units of a kind have in common. */
struct tw_unit_kind {
    const char *word;
    const char *ports[TW_UNIT_PORTS];
    int32_t port_count;
    bool inlet;        /* pipes may lead into it */
    bool flow_held;    /* outflow does not follow inflow at once */
    bool content_held; /* concentrations at outlets do not follow those at the inlet at once */
    bool flow_by_content;
    const char *only_for;  /* the model it can be used with; NULL: any */
    int32_t asked_port;    /* 1 + the outlet whose pipes say how much leaves there; 0: none */
    bool sludge;           /* what flows in is taken away as sludge */
    bool composed;         /* its section gives concentrations */
    const char *knob_name; /* of the one of its numbers that can be set; NULL */
    int32_t knob_key;
    int32_t range_key; /* the knob's least, its most comes next; 0: the limits of knob_key */
    const struct tw_plant_key *keys;
    int32_t key_count;
    int32_t (*states)(const tw_plant *plant);
    void (*start)(const tw_plant *plant, const struct tw_unit *unit, double *y);
    void (*tolerate)(const tw_plant *plant, const struct tw_unit *unit, double *relative,
                     double *absolute);
    void (*outflow)(struct tw_eval *e, const struct tw_unit *unit);
    void (*outlet)(struct tw_eval *e, const struct tw_unit *unit);
    void (*rate)(struct tw_eval *e, const struct tw_unit *unit);
    double (*solids_g)(const struct tw_eval *e, const struct tw_unit *unit); /* kept in it */
    void (*energy)(const struct tw_eval *e, const struct tw_unit *unit, struct tw_unit_energy *out);
};

/** How much flows in a pipe. */
enum tw_pipe_rule { TW_PIPE_REST, TW_PIPE_FLOW, TW_PIPE_FRACTION, TW_PIPE_ABOVE, TW_PIPE_RATIO };

/** A pipe. */
struct tw_pipe {
    const char *name;
    int32_t from, port, to; /* units */
    enum tw_pipe_rule rule;
    int32_t knob; /* flow [m3/d], fraction, threshold [m3/d] or ratio; -1 for TW_PIPE_REST */
    double pump_kwh_m3;
    int32_t line;
};

/** What can be set from outside or by a controller. */
struct tw_knob {
    const char *name;
    double value, least, most;
    int32_t controller; /* that moves it; -1 */
};

/* Where a number is read, tw_plant_place: unit -1 is a knob; component is one of the plant's, a
 * knob's index, or one of these. */
enum {
    TW_PROBE_FLOW = -1,
    TW_PROBE_TSS = -2,
    TW_PROBE_COD = -3,
    TW_PROBE_TKN = -4,
    TW_PROBE_TN = -5,
    TW_PROBE_TP = -6,
    TW_PROBE_BOD5 = -7,
    TW_PROBE_LEAST = -7
};

/** A sensor: a chain of equal lags, then noise, then limits, at intervals or all the time. */
struct tw_sensor {
    const char *name;
    tw_plant_place probe;
    int32_t order;  /* lags; 0: ideal */
    double lag_d;   /* of each */
    double every_d; /* between measurements; 0: all the time */
    double least, most;
    double noise;     /* standard deviation */
    double *noise_at; /* [noise_count] 1 a minute, of standard deviation 1; NULL: from the seed */
    int32_t noise_count;
    uint64_t seed;
    int32_t state;
    int32_t line;
};

/** A PI controller with the integral held back at the limits. */
struct tw_controller {
    const char *name;
    int32_t sensor, knob;
    double gain, integral_d, tracking_d, offset, least, most;
    int32_t setpoint; /* knob */
    int32_t order;    /* of the actuator's lags */
    double lag_d;
    int32_t state; /* integral, then the actuator's lags */
    int32_t line;
};

/** What is worked out, in order, to know all flows and concentrations. */
enum tw_step_kind { TW_STEP_INFLOW, TW_STEP_OUTFLOW, TW_STEP_MIX, TW_STEP_OUTLET, TW_STEP_KINDS };

/** One of them. */
struct tw_step {
    enum tw_step_kind kind;
    int32_t unit;
};

/** A column of results beside the effluent. */
struct tw_column {
    const char *name;
    tw_plant_place probe;
};

/** Weights and limits of scores; a limit of 0 is none: docs/plants.md. */
struct tw_plant_weights {
    double sludge, carbon, methane, heat; /* of OCI */
    double eqi_ss, eqi_cod, eqi_tkn, eqi_no, eqi_bod5, eqi_p;
    double bod5_ratio, bod5_ratio_influent;
    double limit_tn, limit_cod, limit_ammonia, limit_tss, limit_bod5, limit_tp;
};

/** The plant. */
struct tw_plant {
    struct tw_arena arena;
    const char *path, *title;
    const struct tw_biology *biology;
    int32_t components;  /* the model's and temperature, when that moves */
    int32_t width;       /* components and room, a multiple of 4 */
    int32_t temperature; /* its component; -1: constant */
    double temperature_c;
    double parameter[TW_BIOLOGY_PARAMETERS];
    struct tw_biology_content content[TW_BIOLOGY_COMPONENTS];
    double tss_of[TW_BIOLOGY_COMPONENTS];
    bool soluble[TW_BIOLOGY_COMPONENTS];
    int32_t soluble_count, solubles[TW_BIOLOGY_COMPONENTS];

    struct tw_unit *units;
    struct tw_pipe *pipes;
    struct tw_sensor *sensors;
    struct tw_controller *controllers;
    struct tw_knob *knobs;
    struct tw_column *columns;
    int32_t unit_count, pipe_count, sensor_count, controller_count, knob_count, column_count;
    int32_t influent, effluent; /* units; exactly one of each */
    int32_t *inlets, *outlets;  /* [pipe_count] pipes by the unit they lead to, come from */
    int32_t *order;             /* [controller_count] */
    struct tw_step *steps;
    int32_t step_count, needed_steps; /* all; those that rates need, which come first */

    int32_t tank_count, lanes; /* lanes: tanks and room, a multiple of 4 */
    int32_t *tanks;            /* [tank_count] units */
    int32_t state_count;
    double *relative, *absolute; /* [state_count] tolerances */

    double *start; /* [components] of a tank before anything is known */
    bool steady_given;
    double steady_flow_m3d, *steady; /* [components] */
    bool noisy;
    double bod5_ratio; /* BOD5 of the effluent to what is degradable */
    struct tw_plant_weights weights;
};

/** What is known at one moment; arrays are of no value between calls. */
struct tw_eval {
    const tw_plant *plant;
    double at_d;
    const double *y;
    double *dy;
    const double *parameters;         /* [parameter * lanes + tank] */
    double segment_d, segment_m3d[2]; /* influent: since when; flow and its change in a day */
    const double *segment;            /* [2 * width] concentrations, their change in a day */
    const double *noise;              /* [2 * sensor_count] since segment_d, likewise */
    const double *held;               /* [sensor_count] last sample of those that sample */
    const double *set;                /* [knob_count] as set from outside */
    const bool *manual;               /* [controller_count] its knob stays as set */
    double influent_m3d;
    double *influent;          /* [width] */
    double *knob;              /* [knob_count] as set or as controllers move them */
    double *asked;             /* [controller_count] before limits */
    double *reading;           /* [sensor_count] */
    double *pipe_m3d;          /* [pipe_count] */
    double *in_m3d;            /* [unit_count] */
    double *load;              /* [unit * width + component] flow times concentration */
    double *out_m3d;           /* [unit * ports + port] */
    double *out;               /* [(unit * ports + port) * width + component] */
    double *oxygen_saturation; /* [lanes] */
    double *oxygen_faster;     /* [lanes] kLa at the tank's temperature to that at 15 C */
    double *notes;             /* [unit * TW_UNIT_NOTES] what an outlet found for the rates */
    bool whole;                /* sinks are looked at, too */
    double short_m3d;          /* asked of pipes beyond what arrives */
};

/** The kinds of units: rows of units.def. */
extern const struct tw_unit_kind *const tw_unit_kinds[];

/** How many there are. */
extern const int32_t tw_unit_kind_count;

/** Concentration of suspended solids of a mix [g/m3]. */
double tw_plant_tss(const tw_plant *plant, const double *concentration);

/** Concentrations at a unit's outlet. */
static inline double *tw_eval_out(const struct tw_eval *e, int32_t unit, int32_t port)
{
    return e->out + (unit * TW_UNIT_PORTS + port) * e->plant->width;
}

/** Index of a unit. */
static inline int32_t tw_unit_index(const tw_plant *plant, const struct tw_unit *unit)
{
    return (int32_t)(unit - plant->units);
}

/** All rates of change; user is a struct tw_eval. */
void tw_plant_rates(void *user, double at_d, const double *y, double *dy);

/** What a probe sees after tw_plant_rates. */
double tw_probe_value(const struct tw_eval *e, tw_plant_place probe);

#endif
