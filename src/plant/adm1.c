/* At 35 degrees C the constants of equilibrium are those at 25 times exp(H f), f = (1 / 298.15 - 1 /
 * 308.15) / R = 1.30907e-5 mol/J, with H the enthalpy [J/mol] (Rosen and Jeppsson 2006, table 3.2).
 *
 *   charges   cat + NH4 + H = HCO3 + ac/64 + pro/112 + bu/160 + va/208 + OH + an
 *   gas       p = S R T,  q = k_P (P - P_atm),  transfer = kLa (S - K_H p)                     */
#include "plant/adm1.h"

#include <math.h>

static const double gas_constant = 0.083145, kelvin = 308.15; /* bar m3/kmol/K */
static const double atmosphere_bar = 1.013, k_p = 5e4, kla = 200.0;
static const double k_va = 1.3803842646028853e-5, k_bu = 1.5135612484362072e-5;
static const double k_pro = 1.3182567385564076e-5, k_ac = 1.7378008287493764e-5;

/* f in mol/J, with R of gas_constant in 100 J/mol/K */
static const double enthalpy_factor = (1.0 / 298.15 - 1.0 / 308.15) / (100.0 * 0.083145);

struct constants {
    double water, co2, nitrogen, henry_h2, henry_ch4, henry_co2, steam_bar;
};

static struct constants constants_at_35(void)
{
    const double f = enthalpy_factor;
    return (struct constants){.water = 1e-14 * exp(55900.0 * f),
                              .co2 = 4.466835921509631e-7 * exp(7646.0 * f),
                              .nitrogen = 5.623413251903491e-10 * exp(51965.0 * f),
                              .henry_h2 = 7.8e-4 * exp(-4180.0 * f),
                              .henry_ch4 = 0.0014 * exp(-14240.0 * f),
                              .henry_co2 = 0.035 * exp(-19410.0 * f),
                              .steam_bar = 0.0313 * exp(5290.0 * (1.0 / 298.15 - 1.0 / 308.15))};
}

void tw_adm1_start(double *out_state)
{
#define TW_COMPONENT(name, start, ...) out_state[TW_ADM1_##name] = (start);
#define TW_CONSTANT(...)
#define TW_TERM(...)
#define TW_PROCESS(...)
#include "plant/adm1.def"
#undef TW_COMPONENT
#undef TW_CONSTANT
#undef TW_TERM
#undef TW_PROCESS
    out_state[TW_ADM1_CATIONS] = 0.0;
    out_state[TW_ADM1_ANIONS] = 0.005;
    out_state[TW_ADM1_GAS_H2] = 1.1e-5;
    out_state[TW_ADM1_GAS_CH4] = 1.65;
    out_state[TW_ADM1_GAS_CO2] = 0.0135;
}

static double positive(double x) { return x > 0.0 ? x : 0.0; }

double tw_adm1_charge(const double *s, double h)
{
    const struct constants k = constants_at_35();
    return s[TW_ADM1_S_IN] * h / (k.nitrogen + h) - s[TW_ADM1_S_ac] / 64.0 * k_ac / (k_ac + h) -
           s[TW_ADM1_S_pro] / 112.0 * k_pro / (k_pro + h) -
           s[TW_ADM1_S_bu] / 160.0 * k_bu / (k_bu + h) -
           s[TW_ADM1_S_va] / 208.0 * k_va / (k_va + h);
}

double tw_adm1_bicarbonate_ratio(double h)
{
    const struct constants k = constants_at_35();
    return k.co2 / (k.co2 + h);
}

double tw_adm1_water_charge(double h)
{
    const struct constants k = constants_at_35();
    return k.water / h - h;
}

/* Newton's method for the logarithm of H, from pH 7; the balance rises with H everywhere. */
static double find_ph(const struct constants *k, const double *s)
{
    const double from[6] = {k->nitrogen, k->co2, k_ac, k_pro, k_bu, k_va};
    const double much[6] = {s[TW_ADM1_S_IN],         s[TW_ADM1_S_IC],
                            s[TW_ADM1_S_ac] / 64.0,  s[TW_ADM1_S_pro] / 112.0,
                            s[TW_ADM1_S_bu] / 160.0, s[TW_ADM1_S_va] / 208.0};
    double h = 1e-7, fixed = s[TW_ADM1_CATIONS] - s[TW_ADM1_ANIONS] + s[TW_ADM1_S_IN];
    for (int i = 0; i < 60; i++) {
        double charge = fixed + h - k->water / h, slope = h + k->water / h;
        for (int a = 0; a < 6; a++) {
            double share = from[a] / (from[a] + h), part = much[a] * share;
            charge -= part;
            slope += part * (1.0 - share);
        }
        double step = charge / slope;
        step = step > 2.0 ? 2.0 : step < -2.0 ? -2.0 : step;
        h *= exp(-step);
        if (fabs(step) < 1e-13) break;
    }
    return h;
}

/* What makes hydrogen without it, by what each kind of it is held back by, and what takes it. */
struct hydrogen_terms {
    double free, fa, c4, pro, taken;
};

/* S_h2 of no change: D (0 - S) + free + fa / (1 + S / K_fa) + .. - taken S / (7e-6 + S) - transfer.
 * Falls and bends one way, so Newton's method closes in from below after its first step. */
static double find_hydrogen(const struct hydrogen_terms *t, double dilution, double transfer_in)
{
    double s = 2.5e-7;
    for (int i = 0; i < 60; i++) {
        double fa = 5e-6 / (5e-6 + s), c4 = 1e-5 / (1e-5 + s), pro = 3.5e-6 / (3.5e-6 + s);
        double take = s / (7e-6 + s);
        double value = -dilution * s + t->free + t->fa * fa + t->c4 * c4 + t->pro * pro -
                       t->taken * take - kla * (s - transfer_in);
        double slope = -dilution - t->fa * fa * fa / 5e-6 - t->c4 * c4 * c4 / 1e-5 -
                       t->pro * pro * pro / 3.5e-6 - t->taken * 7e-6 / ((7e-6 + s) * (7e-6 + s)) -
                       kla;
        double next = s - value / slope;
        next = next > 1e-14 ? next : 1e-14;
        double moved = fabs(next - s);
        s = next;
        if (moved < 1e-12 * s) break;
    }
    return s;
}

/* All processes; what is in the table's names is in scope. Adds to d, or with d NULL only to terms. */
static void react(const double *y, const struct tw_adm1_balance *balance, double *restrict d,
                  double *restrict rates)
{
    const double S_H = balance->hydrogen_ion, S_nh3 = balance->ammonia;
    double d_ic = 0.0, d_in = 0.0;
    int32_t process = 0;
#define TW_COMPONENT(name, start, cod, carbon, nitrogen)                                           \
    const double name =                                                                            \
        TW_ADM1_##name == TW_ADM1_S_h2 ? balance->hydrogen : positive(y[TW_ADM1_##name]);          \
    const double c_##name = (carbon), n_##name = (nitrogen);                                       \
    (void)name, (void)c_##name, (void)n_##name;
#define TW_CONSTANT(name, value)                                                                   \
    const double name = (value);                                                                   \
    (void)name;
#define TW_TERM(name, expression) const double name = (expression);
#define TW_PROCESS(name, expression, coefficients)                                                 \
    {                                                                                              \
        const double rate = (expression);                                                          \
        rates[process++] = rate;                                                                   \
        coefficients                                                                               \
    }
#define TW_S(component, coefficient)                                                               \
    d[TW_ADM1_##component] += (coefficient)*rate;                                                  \
    d_ic -= (coefficient)*c_##component * rate;                                                    \
    d_in -= (coefficient)*n_##component * rate;
#include "plant/adm1.def"
#undef TW_COMPONENT
#undef TW_CONSTANT
#undef TW_TERM
#undef TW_PROCESS
#undef TW_S
    d[TW_ADM1_S_IC] += d_ic;
    d[TW_ADM1_S_IN] += d_in;
}

enum process {
#define TW_COMPONENT(...)
#define TW_CONSTANT(...)
#define TW_TERM(...)
#define TW_PROCESS(name, ...) R_##name,
#include "plant/adm1.def"
#undef TW_PROCESS
    PROCESSES
};

int32_t tw_adm1_process_count(void) { return PROCESSES; }

double tw_adm1_cod_gap(int32_t process)
{
    double gap[PROCESSES] = {0.0};
#undef TW_COMPONENT
#undef TW_CONSTANT
#define TW_COMPONENT(name, start, cod, carbon, nitrogen)                                           \
    const double cod_##name = (cod);                                                               \
    (void)cod_##name;
#define TW_CONSTANT(name, value)                                                                   \
    const double name = (value);                                                                   \
    (void)name;
#define TW_PROCESS(name, expression, coefficients)                                                 \
    {                                                                                              \
        double *of = &gap[R_##name];                                                               \
        coefficients                                                                               \
    }
#define TW_S(component, coefficient) *of += (coefficient)*cod_##component;
#include "plant/adm1.def"
#undef TW_COMPONENT
#undef TW_CONSTANT
#undef TW_TERM
#undef TW_PROCESS
#undef TW_S
    return process < 0 || process >= (int32_t)PROCESSES ? (double)NAN : gap[process];
}

struct tw_adm1_balance tw_adm1_balance_find(const struct tw_adm1_tank *tank, const double *y)
{
    const struct constants k = constants_at_35();
    double s[TW_ADM1_STATES], unused[TW_ADM1_STATES] = {0.0}, rates[PROCESSES];
    for (int i = 0; i < TW_ADM1_STATES; i++)
        s[i] = positive(y[i]);
    struct tw_adm1_balance b = {.hydrogen_ion = find_ph(&k, s)};
    b.ammonia = k.nitrogen * s[TW_ADM1_S_IN] / (k.nitrogen + b.hydrogen_ion);
    b.bicarbonate = k.co2 * s[TW_ADM1_S_IC] / (k.co2 + b.hydrogen_ion);
    b.hydrogen = 0.0; /* nothing is held back by it */
    react(s, &b, unused, rates);
    double with = 7e-6; /* at which uptake is half of what it can be */
    struct tw_adm1_balance half = b;
    double more[PROCESSES];
    half.hydrogen = with;
    react(s, &half, unused, more);
    const struct hydrogen_terms t = {
        .free =
            0.9 * 0.19 * rates[R_uptake_of_sugars] + 0.92 * 0.06 * rates[R_uptake_of_amino_acids],
        .fa = 0.94 * 0.3 * rates[R_uptake_of_fatty_acids],
        .c4 = 0.94 * (0.15 * rates[R_uptake_of_valerate] + 0.2 * rates[R_uptake_of_butyrate]),
        .pro = 0.96 * 0.43 * rates[R_uptake_of_propionate],
        .taken = 2.0 * more[R_uptake_of_hydrogen]};
    double per_bar = gas_constant * kelvin;
    b.hydrogen = find_hydrogen(&t, tank->flow_m3d / tank->liquid_m3,
                               k.henry_h2 * per_bar * s[TW_ADM1_GAS_H2]);
    b.pressure_bar = k.steam_bar + per_bar * (s[TW_ADM1_GAS_H2] / 16.0 + s[TW_ADM1_GAS_CH4] / 64.0 +
                                              s[TW_ADM1_GAS_CO2]);
    b.gas_m3d = positive(k_p * (b.pressure_bar - atmosphere_bar));
    return b;
}

void tw_adm1_rates(const struct tw_adm1_tank *tank, const struct tw_adm1_balance *b,
                   const double *y, const double *in, double *out)
{
    const struct constants k = constants_at_35();
    double unused[PROCESSES], dilution = tank->flow_m3d / tank->liquid_m3;
    double per_bar = gas_constant * kelvin, share = tank->liquid_m3 / tank->gas_m3;
    for (int i = 0; i < TW_ADM1_LIQUID; i++)
        out[i] = dilution * (in[i] - y[i]);
    react(y, b, out, unused);
    double h2 = kla * (b->hydrogen - k.henry_h2 * per_bar * y[TW_ADM1_GAS_H2]);
    double ch4 = kla * (y[TW_ADM1_S_ch4] - k.henry_ch4 * per_bar * y[TW_ADM1_GAS_CH4]);
    double co2 =
        kla * (y[TW_ADM1_S_IC] - b->bicarbonate - k.henry_co2 * per_bar * y[TW_ADM1_GAS_CO2]);
    double out_d = b->gas_m3d / tank->gas_m3;
    out[TW_ADM1_S_ch4] -= ch4;
    out[TW_ADM1_S_IC] -= co2;
    out[TW_ADM1_GAS_H2] = h2 * share - out_d * y[TW_ADM1_GAS_H2];
    out[TW_ADM1_GAS_CH4] = ch4 * share - out_d * y[TW_ADM1_GAS_CH4];
    out[TW_ADM1_GAS_CO2] = co2 * share - out_d * y[TW_ADM1_GAS_CO2];
    /* S_h2 is in equilibrium; its state follows for whoever looks, in a quarter of an hour */
    out[TW_ADM1_S_h2] = 100.0 * (b->hydrogen - y[TW_ADM1_S_h2]);
}
