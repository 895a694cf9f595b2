/* The sludge of a digester: its processes, its acids and bases, its gas. */
#ifndef TW_PLANT_ADM1_H
#define TW_PLANT_ADM1_H

#include <stdint.h>

/* Identifiers of what the digester holds: TW_ADM1_S_su .. and, after the table's components, what
 * takes no part in processes. */
enum tw_adm1_state {
#define TW_COMPONENT(name, ...) TW_ADM1_##name,
#define TW_CONSTANT(...)
#define TW_TERM(...)
#define TW_PROCESS(...)
#include "plant/adm1.def"
#undef TW_COMPONENT
#undef TW_CONSTANT
#undef TW_TERM
#undef TW_PROCESS
    TW_ADM1_COMPONENTS,
    TW_ADM1_CATIONS = TW_ADM1_COMPONENTS, /* kmol/m3 */
    TW_ADM1_ANIONS,
    TW_ADM1_LIQUID,                  /* so many in the liquid */
    TW_ADM1_GAS_H2 = TW_ADM1_LIQUID, /* kg COD/m3 of gas */
    TW_ADM1_GAS_CH4,                 /* kg COD/m3 */
    TW_ADM1_GAS_CO2,                 /* kmol/m3 */
    TW_ADM1_STATES
};

/** What follows from the state at once. */
struct tw_adm1_balance {
    double hydrogen_ion, ammonia, bicarbonate, hydrogen; /* kmol/m3; S_h2 in kg COD/m3 */
    double gas_m3d, pressure_bar;                        /* at the digester's pressure */
};

/** A digester's volumes and what feeds it. */
struct tw_adm1_tank {
    double liquid_m3, gas_m3, flow_m3d;
};

/** What a digester may begin with, [TW_ADM1_STATES]. */
void tw_adm1_start(double *out_state);

/**
 * Find the pH by the balance of charges and S_h2 by its balance of mass, which are in equilibrium
 * within seconds.
 *
 * source  Rosen, Jeppsson 2006, "Aspects on ADM1 implementation within the BSM2 framework", 4.2
 */
struct tw_adm1_balance tw_adm1_balance_find(const struct tw_adm1_tank *tank, const double *state);

/** Rates of all states; in: [TW_ADM1_LIQUID] of the feed. */
void tw_adm1_rates(const struct tw_adm1_tank *tank, const struct tw_adm1_balance *balance,
                   const double *state, const double *in, double *out);

/** Share of charge that ADM1's acids and bases carry at a pH [kmol/m3], without S_IC. */
double tw_adm1_charge(const double *state, double hydrogen_ion);

/** Share of S_IC that is bicarbonate at a pH. */
double tw_adm1_bicarbonate_ratio(double hydrogen_ion);

/** Ions of water itself at a pH: OH- less H+ [kmol/m3]. */
double tw_adm1_water_charge(double hydrogen_ion);

/** COD that a process makes or takes, per unit of its rate: 0 but for rounding. */
double tw_adm1_cod_gap(int32_t process);

/** Number of processes. */
int32_t tw_adm1_process_count(void);

#endif
