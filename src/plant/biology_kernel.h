/* Makes a struct tw_biology of a table of processes. To be included once by biology_<name>.c, after
 *
 *   TW_MODEL, TW_MODEL_DEF      its name and its table
 *   TW_REFERENCE_C, TW_ROLES    temperature of its parameters; which components units look for   */
#ifndef TW_PLANT_BIOLOGY_KERNEL_H
#define TW_PLANT_BIOLOGY_KERNEL_H

#include "plant/biology.h"

#define TW_GLUE2(a, b) a##b
#define TW_GLUE(a, b) TW_GLUE2(a, b)
#define TW_WORD2(a) #a
#define TW_WORD(a) TW_WORD2(a)

/* Every use of the table leaves out the rows that it has no need of. */
#define TW_COMPONENT(...)
#define TW_CONSTANT(...)
#define TW_DERIVED(...)
#define TW_PARAMETER(...)
#define TW_TERM(...)
#define TW_PROCESS(...)

enum component {
#undef TW_COMPONENT
#define TW_COMPONENT(name, ...) C_##name,
#include TW_MODEL_DEF
#undef TW_COMPONENT
#define TW_COMPONENT(...)
    COMPONENTS
};

enum parameter {
#undef TW_CONSTANT
#undef TW_PARAMETER
#define TW_CONSTANT(name, value) P_##name,
#define TW_PARAMETER(name, value, theta) P_##name,
#include TW_MODEL_DEF
#undef TW_CONSTANT
#undef TW_PARAMETER
#define TW_CONSTANT(...)
#define TW_PARAMETER(...)
    PARAMETERS
};

enum process {
#undef TW_PROCESS
#define TW_PROCESS(name, ...) R_##name,
#include TW_MODEL_DEF
#undef TW_PROCESS
#define TW_PROCESS(...)
    PROCESSES
};

_Static_assert((int)COMPONENTS < (int)TW_BIOLOGY_COMPONENTS, "a place is left for temperature");
_Static_assert((int)PARAMETERS <= (int)TW_BIOLOGY_PARAMETERS, "room for all parameters");

static const char *const components[] = {
#undef TW_COMPONENT
#define TW_COMPONENT(name, ...) #name,
#include TW_MODEL_DEF
#undef TW_COMPONENT
#define TW_COMPONENT(...)
};

static const bool particulate[] = {
#undef TW_COMPONENT
#define TW_COMPONENT(name, is_particulate, ...) is_particulate != 0,
#include TW_MODEL_DEF
#undef TW_COMPONENT
#define TW_COMPONENT(...)
};

static const char *const processes[] = {
#undef TW_PROCESS
#define TW_PROCESS(name, ...) #name,
#include TW_MODEL_DEF
#undef TW_PROCESS
#define TW_PROCESS(...)
};

static const struct tw_biology_parameter parameters[] = {
#undef TW_CONSTANT
#undef TW_PARAMETER
#define TW_CONSTANT(name, value) {#name, value, 0.0, true},
#define TW_PARAMETER(name, value, theta) {#name, value, theta, false},
#include TW_MODEL_DEF
#undef TW_CONSTANT
#undef TW_PARAMETER
#define TW_CONSTANT(...)
#define TW_PARAMETER(...)
};

/* Four tanks at a time, whose changes lie in an array of their own: so compilers see that nothing
 * overlaps and work on all four with one instruction. */
enum { BLOCK = 4 };

static void react(int32_t lanes, const double *restrict y, const double *restrict p,
                  double *restrict dy)
{
#undef TW_DERIVED
#define TW_DERIVED(name, expression)                                                               \
    const double name = (expression);                                                              \
    (void)name;
#undef TW_CONSTANT
#define TW_CONSTANT(name, value)                                                                   \
    const double name = p[P_##name * lanes];                                                       \
    (void)name;
#include TW_MODEL_DEF
#undef TW_DERIVED
#define TW_DERIVED(...)
#undef TW_CONSTANT
#define TW_CONSTANT(...)
    for (int32_t begin = 0; begin < lanes; begin += BLOCK) {
        double change[COMPONENTS][BLOCK];
        const double *restrict y4 = y + begin, *restrict p4 = p + begin;
        for (int32_t k = 0; k < BLOCK; k++) {
#undef TW_COMPONENT
#undef TW_PARAMETER
#undef TW_TERM
#undef TW_PROCESS
#define TW_COMPONENT(name, ...)                                                                    \
    const double name = y4[C_##name * lanes + k] > 0.0 ? y4[C_##name * lanes + k] : 0.0;           \
    double d_##name = 0.0;                                                                         \
    (void)name;
#define TW_PARAMETER(name, value, theta)                                                           \
    const double name = p4[P_##name * lanes + k];                                                  \
    (void)name;
#define TW_TERM(name, expression) const double name = (expression);
#define TW_PROCESS(name, expression, coefficients)                                                 \
    {                                                                                              \
        const double rate = (expression);                                                          \
        coefficients                                                                               \
    }
#define TW_S(component, coefficient) d_##component += (coefficient)*rate;
#include TW_MODEL_DEF
#undef TW_COMPONENT
#undef TW_PARAMETER
#undef TW_TERM
#undef TW_PROCESS
#undef TW_S
#define TW_PARAMETER(...)
#define TW_TERM(...)
#define TW_PROCESS(...)
#define TW_COMPONENT(name, ...) change[C_##name][k] = d_##name;
#include TW_MODEL_DEF
#undef TW_COMPONENT
#define TW_COMPONENT(...)
        }
        for (int32_t c = 0; c < (int32_t)COMPONENTS; c++) {
            for (int32_t k = 0; k < BLOCK; k++)
                dy[c * lanes + begin + k] += change[c][k];
        }
    }
}

static void rates(const double *y, const double *p, double *out)
{
#undef TW_COMPONENT
#undef TW_CONSTANT
#undef TW_PARAMETER
#undef TW_TERM
#undef TW_PROCESS
#define TW_COMPONENT(name, ...)                                                                    \
    const double name = y[C_##name] > 0.0 ? y[C_##name] : 0.0;                                     \
    (void)name;
#define TW_CONSTANT(name, value)                                                                   \
    const double name = p[P_##name];                                                               \
    (void)name;
#define TW_PARAMETER(name, value, theta) TW_CONSTANT(name, value)
#define TW_TERM(name, expression)                                                                  \
    const double name = (expression);                                                              \
    (void)name;
#define TW_PROCESS(name, expression, ...) out[R_##name] = (expression);
#include TW_MODEL_DEF
#undef TW_COMPONENT
#undef TW_TERM
#undef TW_PROCESS
#define TW_COMPONENT(...)
#define TW_TERM(...)
#define TW_PROCESS(...)
}

/* Coefficients and contents know parameters only. */
static void matrix(const double *p, double *out)
{
#undef TW_DERIVED
#define TW_DERIVED(name, expression)                                                               \
    const double name = (expression);                                                              \
    (void)name;
#include TW_MODEL_DEF
    for (int32_t i = 0; i < (int32_t)PROCESSES * (int32_t)COMPONENTS; i++)
        out[i] = 0.0;
#undef TW_DERIVED
#define TW_DERIVED(...)
#undef TW_CONSTANT
#undef TW_PARAMETER
#undef TW_PROCESS
#define TW_CONSTANT(...)
#define TW_PARAMETER(...)
#define TW_PROCESS(name, expression, coefficients)                                                 \
    {                                                                                              \
        double *row = out + (int32_t)R_##name * (int32_t)COMPONENTS;                               \
        coefficients                                                                               \
    }
#define TW_S(component, coefficient) row[C_##component] += (coefficient);
#include TW_MODEL_DEF
#undef TW_PROCESS
#undef TW_S
#define TW_PROCESS(...)
}

static void contents(const double *p, struct tw_biology_content *out)
{
#undef TW_COMPONENT
#undef TW_CONSTANT
#undef TW_PARAMETER
#define TW_COMPONENT(...)
#define TW_CONSTANT(name, value)                                                                   \
    const double name = p[P_##name];                                                               \
    (void)name;
#define TW_PARAMETER(name, value, theta) TW_CONSTANT(name, value)
#include TW_MODEL_DEF
#undef TW_COMPONENT
#undef TW_CONSTANT
#undef TW_PARAMETER
#define TW_CONSTANT(...)
#define TW_PARAMETER(...)
#define TW_COMPONENT(name, is_particulate, tss, cod, kjeldahl_n, p_content, bod5, charge)          \
    out[C_##name] = (struct tw_biology_content){tss, cod, kjeldahl_n, p_content, bod5, charge};
#include TW_MODEL_DEF
#undef TW_COMPONENT
#define TW_COMPONENT(...)
}

extern const struct tw_biology TW_GLUE(tw_biology_, TW_MODEL);
const struct tw_biology TW_GLUE(tw_biology_, TW_MODEL) = {.word = TW_WORD(TW_MODEL),
                                                          .reference_c = TW_REFERENCE_C,
                                                          .component_count = COMPONENTS,
                                                          .parameter_count = PARAMETERS,
                                                          .process_count = PROCESSES,
                                                          .components = components,
                                                          .particulate = particulate,
                                                          .processes = processes,
                                                          .parameters = parameters,
                                                          .roles = TW_ROLES,
                                                          .react = react,
                                                          .rates = rates,
                                                          .matrix = matrix,
                                                          .contents = contents};

#endif
