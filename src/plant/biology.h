/* Biological models as tables: components, parameters and processes of a .def file each, compiled
 * into loops over tanks. */
#ifndef TW_PLANT_BIOLOGY_H
#define TW_PLANT_BIOLOGY_H

#include <stdbool.h>
#include <stdint.h>

enum {
    TW_BIOLOGY_COMPONENTS = 24, /* at most, of any model, with a place for temperature */
    TW_BIOLOGY_PARAMETERS = 80
};

/** What a component counts for, per unit of it. */
struct tw_biology_content {
    double tss, cod, kjeldahl_n, p, bod5, charge;
};

/** A parameter of rates: value * exp(theta (T - reference_c)). */
struct tw_biology_parameter {
    const char *name;
    double value, theta;
    bool constant; /* stoichiometric: no theta */
};

/** The components that units look for; -1: the model has none. */
struct tw_biology_roles {
    int32_t oxygen, nitrate, ammonia, alkalinity, phosphate;
};

/** A model. Values of parameters are in the order of the list. */
struct tw_biology {
    const char *word; /* in a plant's file */
    double reference_c;
    int32_t component_count, parameter_count, process_count;
    const char *const *components; /* [component_count] */
    const bool *particulate;       /* [component_count] */
    const char *const *processes;  /* [process_count] */
    const struct tw_biology_parameter *parameters;
    struct tw_biology_roles roles;

    /** Add what the processes do in each of `lanes` tanks.
     *
     * y, dy       [component * lanes + tank] concentrations [g/m3], their rates [g/m3/d]
     * parameters  [parameter * lanes + tank]; constants are taken from the first tank */
    void (*react)(int32_t lanes, const double *y, const double *parameters, double *dy);

    /** Rates of all processes in one tank [g/m3/d], [process_count]. */
    void (*rates)(const double *y, const double *parameters, double *out);

    /** Stoichiometric coefficients [process * component_count + component]. */
    void (*matrix)(const double *parameters, double *out);

    /** What a unit of each component holds, [component_count]. */
    void (*contents)(const double *parameters, struct tw_biology_content *out);
};

/** The models: rows of biology.def. */
extern const struct tw_biology *const tw_biologies[];

/** How many there are. */
extern const int32_t tw_biology_count;

/** The model of a word; NULL when there is none. */
const struct tw_biology *tw_biology_find(const char *word);

/** Index of a component by its name (letter case does not matter); -1: none. */
int32_t tw_biology_component_find(const struct tw_biology *biology, const char *name);

#endif
