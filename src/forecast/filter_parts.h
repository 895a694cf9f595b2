/* What a filter is made of. */
#ifndef TW_FORECAST_FILTER_PARTS_H
#define TW_FORECAST_FILTER_PARTS_H

#include "base/arena.h"
#include "forecast/filter.h"

enum {
    TW_FILTER_WINDOW = 3, /* values of a sensor that the median is taken of */
    TW_FILTER_RING = 36   /* updates that checks look back on */
};

/* What an update changes: one number of the state. Depths count by their roots, so that none can
 * become negative and a centimetre in a dry pipe is worth more than one in a full one. */
enum tw_element_kind {
    TW_ELEMENT_NODE,    /* depth of a node */
    TW_ELEMENT_LINK,    /* flow of a conduit */
    TW_ELEMENT_SURFACE, /* water on a part of a subcatchment */
    TW_ELEMENT_KINDS
};

struct tw_element {
    enum tw_element_kind kind;
    int32_t index, part;
};

/* How far a sensor sees: elements with their weights, more than 0 to 1. */
struct tw_reach {
    int32_t count;
    int32_t *element;
    double *weight;
};

/* What moves of a sensor; plain, so that it is saved as it is. */
struct tw_sensor_state {
    double at_s[TW_FILTER_WINDOW], value[TW_FILTER_WINDOW]; /* the last values, newest last */
    double same_since_s, usual_change; /* of the raw value; mean change between two values */
    double refused_s;                  /* newest value that was marked bad */
    double misfit;                     /* mean of the squared innovation in expected deviations */
    double seen_s[TW_FILTER_RING];     /* when */
    double measured[TW_FILTER_RING], expected[TW_FILTER_RING], spread[TW_FILTER_RING];
    struct tw_filter_fit fit;
    double note_value;
    int32_t values, ring; /* of at_s; updates in the rings, newest last */
    int32_t note;         /* enum tw_filter_note_kind; -1: none */
    int32_t pad;
};

/* What moves of a filter beside the members; plain. */
struct tw_filter_state {
    int64_t draws;    /* times that factors have drifted */
    double replaced;  /* members that failed and were */
    double inflation; /* of the members' variance, that they spread as much as they err; 1.. */
};

struct tw_filter {
    struct tw_filter_setup setup;
    struct tw_filter_sensor *sensors;
    struct tw_arena arena;
    tw_batch *batch;
    int32_t nodes, links, subcatchments, gages;
    int32_t *outlet; /* [subcatchment] node that its runoff comes to; -1: none */
    int32_t *shown;  /* [gage] subcatchment whose rain it shows; -1: none */
    /* zones and factors */
    int32_t zone_count;
    int32_t *zone_of; /* [subcatchment] */
    double *zone_xy;  /* [2 * zone] */
    double *blend; /* [zone * zone_count + other] how much of the other's chance is in a zone's */
    int32_t factor_count, first[TW_FILTER_PARAMETERS + 1]; /* factors of a parameter */
    double *factor_ln; /* [factor * members + member] ln of the factor over the middle */
    double *chance;    /* [zone * members + member] scratch */
    /* elements */
    int32_t element_count;
    struct tw_element *elements;
    struct tw_reach *reach; /* [sensor] */
    double *factor_weight;  /* [sensor * factor_count + factor] */
    double *sensor_weight;  /* [sensor * sensor_count + other] */
    double *x;              /* [element * members + member] scratch of an update */
    double *x_before;       /* same */
    double *hx;             /* [sensor * members + member] what members have at sensors */
    double *factor_before;  /* [factor * members + member] */
    bool *sound;            /* [member] */
    /* state */
    struct tw_filter_state state;
    struct tw_sensor_state *sensor; /* [sensor] */
    char (*note_en)[200], (*note_zh)[200];
    int32_t *note_sensor;
    int32_t note_count;
};

/** Parameters of a filter in the order of the list. */
extern const struct tw_filter_parameter_row {
    const char *word;
    bool by_zone;
    int factor; /* tw_factor, -1: none */
    double spread, memory_s;
} tw_filter_parameter_rows[TW_FILTER_PARAMETERS];

/** Zones, their places and what they share. errors: TW_ERR_NOMEM */
tw_status tw_filter_zones_make(struct tw_filter *filter);

/** What each sensor sees along the network. errors: TW_ERR_NOMEM */
tw_status tw_filter_reach_make(struct tw_filter *filter);

/** Weight of a distance: 1 at none, 0 from twice 1. source: Gaspari and Cohn 1999, (4.10) */
double tw_filter_taper(double distance);

/** Let factors drift for a time, or draw them anew (INFINITY). */
void tw_filter_drift(struct tw_filter *filter, double dt_s);

/** Give the members their factors. errors: TW_ERR_ARG */
tw_status tw_filter_apply(struct tw_filter *filter);

/** Factor of the rain of a member ahead of now. */
double tw_filter_rain_factor(const struct tw_filter *filter, int32_t member, int32_t subcatchment,
                             double lead_s);

/* Rain for a stretch of time into members of a batch. */
struct tw_rain_put {
    tw_batch *batch;
    const int32_t *member_of; /* [members of the batch] member of the filter */
    double from_s, to_s;
    double lead_s; /* since the filter's now, for the factor */
};

/** Set rain in all members of a batch. errors: TW_ERR_ARG */
tw_status tw_filter_put_rain(const struct tw_filter *filter, const struct tw_rain_put *put,
                             tw_filter_rain *rain, void *user);

/** What a member has at a sensor. */
double tw_filter_seen(const struct tw_filter *filter, int32_t sensor, int32_t member);

/** Value of a sensor now; false: there is none to use. */
bool tw_filter_measured(const struct tw_filter *filter, int32_t sensor, double *out_value,
                        double *out_sd);

/** Judge sensors by what they said and what members expected; sets notes and fit.used. */
void tw_filter_check(struct tw_filter *filter);

/** Draw members and factors to the sensors that are used. errors: TW_ERR_ARG */
tw_status tw_filter_draw(struct tw_filter *filter);

#endif
