/* Anaerobic digester: ASM1 in, ADM1 inside, ASM1 out. Between the models COD, nitrogen and charge are
 * kept (Nopens and others 2009, as BSM2 has it):
 *
 *   in   oxygen and nitrate take COD with them; organic nitrogen makes amino acids and proteins of
 *        what is degradable, the rest becomes lipids and carbohydrates; 32 % of biomass is inert
 *   out  degradable solids become XS, of biomass 21 % becomes XP; surplus nitrogen becomes ammonia
 *
 * Alkalinity and S_IC follow from the charge at the digester's pH. States: ADM1's.            */
#include "plant/adm1.h"
#include "plant/flowsheet.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { LIQUID, GAS, MIXING };
enum { SI, SS, XI, XS, XBH, XBA, XP, SO, SNO, SNH, SND, XND, SALK };      /* of ASM1 */
enum { HYDROGEN_ION, AMMONIA, BICARBONATE, HYDROGEN, GAS_M3D, PRESSURE }; /* in notes */

static const struct tw_plant_key keys[] = {
    {"liquid_m3", TW_REQUIRED, 1.0, 1e6},
    {"gas_m3", TW_REQUIRED, 1.0, 1e6},
    {"mixing_kw_m3", 0.005, 0.0, 1.0},
};

/* g N/g COD: amino acids, composites, biomass, inerts */
static const double n_aa = 0.098, n_xc = 0.0376, n_bac = 0.08, n_i = 0.06;

static int32_t states(const tw_plant *plant)
{
    (void)plant;
    return TW_ADM1_STATES;
}

static void start(const tw_plant *plant, const struct tw_unit *unit, double *y)
{
    (void)plant;
    (void)unit;
    tw_adm1_start(y);
}

static void tolerate(const tw_plant *plant, const struct tw_unit *unit, double *relative,
                     double *absolute)
{
    (void)plant;
    (void)unit;
    for (int i = 0; i < TW_ADM1_STATES; i++) {
        relative[i] = 1e-4;
        absolute[i] = 1e-6;
    }
    absolute[TW_ADM1_S_h2] = 1e-10;
    absolute[TW_ADM1_GAS_H2] = 1e-9;
}

static void outflow(struct tw_eval *e, const struct tw_unit *unit)
{
    int32_t u = tw_unit_index(e->plant, unit);
    e->out_m3d[u * TW_UNIT_PORTS] = e->in_m3d[u];
}

static double least(double a, double b) { return a < b ? a : b; }

/* Take from a stock as much as there is; what is still wanted is left in *want. */
static double taken(double stock, double *want)
{
    double part = least(stock, *want);
    *want -= part;
    return part;
}

/* ASM1 [g/m3] to ADM1 [kg/m3, kmol/m3]. */
static void to_adm1(const double *asm1, double h, double *out)
{
    double c[SALK + 1];
    for (int i = 0; i <= SALK; i++)
        c[i] = asm1[i] > 0.0 ? asm1[i] : 0.0;
    double charge = c[SNH] / 14000.0 - c[SNO] / 14000.0 - c[SALK] / 1000.0;
    double want = c[SO] + 40.0 / 14.0 * c[SNO];
    c[SS] -= taken(c[SS], &want);
    c[XS] -= taken(c[XS], &want);
    for (int i = XBH; i <= XBA; i++) {
        double gone = taken(c[i], &want);
        c[i] -= gone;
        c[SNH] += gone * n_bac;
    }
    memset(out, 0, TW_ADM1_LIQUID * sizeof *out);
    double aa = least(c[SND] / n_aa, c[SS]), biomass = c[XBH] + c[XBA], inert = 0.32 * biomass;
    double n_left = c[SND] - aa * n_aa, bound = biomass * n_bac - inert * n_i;
    double pr = least(bound / n_aa, biomass - inert), rest = biomass - inert - pr;
    double xn = c[XND] + bound - pr * n_aa, pr_of_xs = least(xn / n_aa, c[XS]);
    double xs_rest = c[XS] - pr_of_xs;
    n_left += xn - pr_of_xs * n_aa;
    out[TW_ADM1_S_aa] = aa / 1000.0;
    out[TW_ADM1_S_su] = (c[SS] - aa) / 1000.0;
    out[TW_ADM1_S_I] = c[SI] / 1000.0;
    out[TW_ADM1_X_pr] = (pr + pr_of_xs) / 1000.0;
    out[TW_ADM1_X_li] = (0.4 * rest + 0.7 * xs_rest) / 1000.0;
    out[TW_ADM1_X_ch] = (0.6 * rest + 0.3 * xs_rest) / 1000.0;
    out[TW_ADM1_X_I] = (c[XI] + c[XP] + inert) / 1000.0;
    double nitrogen = c[SNH] + n_left - c[SI] * n_i;
    out[TW_ADM1_S_IN] = nitrogen > 0.0 ? nitrogen / 14000.0 : 0.0;
    double ratio = tw_adm1_bicarbonate_ratio(h), carbon = (tw_adm1_charge(out, h) - charge) / ratio;
    out[TW_ADM1_S_IC] = carbon > 0.0 ? carbon : 0.0;
    double ions = tw_adm1_charge(out, h) - ratio * out[TW_ADM1_S_IC] + tw_adm1_water_charge(h);
    out[TW_ADM1_CATIONS] = ions > 0.0 ? ions : 0.0;
    out[TW_ADM1_ANIONS] = ions < 0.0 ? -ions : 0.0;
}

/* ADM1 to ASM1. */
static void to_asm1(const double *adm1, double h, double *out)
{
    double s[TW_ADM1_LIQUID], soluble = 0.0, biomass = 0.0;
    for (int i = 0; i < TW_ADM1_LIQUID; i++)
        s[i] = adm1[i] > 0.0 ? adm1[i] : 0.0;
    for (int i = TW_ADM1_S_su; i <= TW_ADM1_S_ac; i++)
        soluble += 1000.0 * s[i];
    for (int i = TW_ADM1_X_su; i <= TW_ADM1_X_h2; i++)
        biomass += 1000.0 * s[i];
    double inert = 0.21 * biomass, xs = biomass - inert;
    double surplus = biomass * n_bac - inert * n_i - xs * n_xc;
    out[SI] = 1000.0 * s[TW_ADM1_S_I];
    out[SS] = soluble;
    out[XI] = 1000.0 * s[TW_ADM1_X_I];
    out[XS] = xs + 1000.0 * (s[TW_ADM1_X_xc] + s[TW_ADM1_X_ch] + s[TW_ADM1_X_pr] + s[TW_ADM1_X_li]);
    out[XBH] = out[XBA] = out[SO] = out[SNO] = 0.0;
    out[XP] = inert;
    out[SND] = 1000.0 * s[TW_ADM1_S_aa] * n_aa;
    out[XND] = n_xc * (xs + 1000.0 * s[TW_ADM1_X_xc]) + 1000.0 * n_aa * s[TW_ADM1_X_pr];
    out[SNH] = 14000.0 * s[TW_ADM1_S_IN] + surplus + out[SI] * n_i;
    double charge = tw_adm1_charge(s, h) - tw_adm1_bicarbonate_ratio(h) * s[TW_ADM1_S_IC];
    double alkalinity = out[SNH] / 14.0 - 1000.0 * charge;
    out[SALK] = alkalinity > 0.0 ? alkalinity : 0.0;
}

static struct tw_adm1_tank tank_of(const struct tw_eval *e, const struct tw_unit *unit)
{
    return (struct tw_adm1_tank){.liquid_m3 = unit->value[LIQUID],
                                 .gas_m3 = unit->value[GAS],
                                 .flow_m3d = e->in_m3d[tw_unit_index(e->plant, unit)]};
}

static void outlet(struct tw_eval *e, const struct tw_unit *unit)
{
    const tw_plant *plant = e->plant;
    int32_t u = tw_unit_index(plant, unit);
    const double *y = e->y + unit->state, *load = e->load + u * plant->width;
    double *out = tw_eval_out(e, u, 0), *notes = e->notes + u * TW_UNIT_NOTES;
    const struct tw_adm1_tank tank = tank_of(e, unit);
    const struct tw_adm1_balance b = tw_adm1_balance_find(&tank, y);
    notes[HYDROGEN_ION] = b.hydrogen_ion;
    notes[AMMONIA] = b.ammonia;
    notes[BICARBONATE] = b.bicarbonate;
    notes[HYDROGEN] = b.hydrogen;
    notes[GAS_M3D] = b.gas_m3d;
    notes[PRESSURE] = b.pressure_bar;
    to_asm1(y, b.hydrogen_ion, out);
    if (plant->temperature >= 0) {
        double flow = e->in_m3d[u];
        out[plant->temperature] = flow > 0.0 ? load[plant->temperature] / flow : 0.0;
    }
}

static void rate(struct tw_eval *e, const struct tw_unit *unit)
{
    const tw_plant *plant = e->plant;
    int32_t u = tw_unit_index(plant, unit);
    const double *load = e->load + u * plant->width, *notes = e->notes + u * TW_UNIT_NOTES;
    const struct tw_adm1_tank tank = tank_of(e, unit);
    const struct tw_adm1_balance b = {notes[HYDROGEN_ION], notes[AMMONIA], notes[BICARBONATE],
                                      notes[HYDROGEN],     notes[GAS_M3D], notes[PRESSURE]};
    double content[TW_BIOLOGY_COMPONENTS], in[TW_ADM1_LIQUID];
    double part = tank.flow_m3d > 0.0 ? 1.0 / tank.flow_m3d : 0.0;
    for (int32_t c = 0; c <= SALK; c++)
        content[c] = load[c] * part;
    to_adm1(content, b.hydrogen_ion, in);
    tw_adm1_rates(&tank, &b, e->y + unit->state, in, e->dy + unit->state);
}

static void energy(const struct tw_eval *e, const struct tw_unit *unit, struct tw_unit_energy *out)
{
    const tw_plant *plant = e->plant;
    int32_t u = tw_unit_index(plant, unit);
    const double *y = e->y + unit->state, *notes = e->notes + u * TW_UNIT_NOTES;
    double celsius = plant->temperature_c;
    if (plant->temperature >= 0) celsius = tw_eval_out(e, u, 0)[plant->temperature];
    out->mixing_kwhd = 24.0 * unit->value[MIXING] * unit->value[LIQUID];
    out->methane_gd = notes[GAS_M3D] * y[TW_ADM1_GAS_CH4] / 64.0 * 16.0 * 1000.0;
    out->heat_kwhd = fmax(0.0, 35.0 - celsius) * e->in_m3d[u] * 4186.0 / 3600.0;
}

const struct tw_unit_kind tw_unit_digester = {.word = "digester",
                                              .ports = {"out"},
                                              .port_count = 1,
                                              .inlet = true,
                                              .only_for = "asm1",
                                              .keys = keys,
                                              .key_count = (int32_t)(sizeof keys / sizeof keys[0]),
                                              .states = states,
                                              .start = start,
                                              .tolerate = tolerate,
                                              .outflow = outflow,
                                              .outlet = outlet,
                                              .rate = rate,
                                              .energy = energy};
