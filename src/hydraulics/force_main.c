/* Hazen-Williams   v = 1.318 C R^0.63 S^0.54 (feet)
 * Darcy-Weisbach   S = f v^2 / (8 g R), f by Swamee and Jain above a Reynolds number of 4000,
 *                  64 / Re below 2000, linear between
 * C roughness coefficient, R hydraulic radius, S friction slope, v velocity. */
#include "hydraulics/force_main.h"

#include "hydraulics/constants.h"

#include <math.h>

static const double viscosity_ft2s = 1.1e-5;

static double friction_factor(double roughness_ft, double radius_ft, double reynolds)
{
    if (reynolds < 10.0) reynolds = 10.0;
    if (reynolds <= 2000.0) return 64.0 / reynolds;
    if (reynolds < 4000.0) {
        double turbulent = friction_factor(roughness_ft, radius_ft, 4000.0);
        return 0.032 + (turbulent - 0.032) * (reynolds - 2000.0) / 2000.0;
    }
    double x = roughness_ft / 3.7 / (4.0 * radius_ft);
    if (reynolds < 1e10) x += 5.74 / pow(reynolds, 0.9);
    x = log10(x);
    return 0.25 / (x * x);
}

double tw_force_main_roughness(enum tw_force_main equation, const struct tw_xsect *x,
                               double slope_ratio)
{
    double d_ft = x->full_depth_m / TW_FOOT_M;
    if (equation == TW_FORCE_MAIN_HW) {
        return 1.067 / x->force_main_coefficient * pow(d_ft / slope_ratio, 0.04);
    }
    double f = friction_factor(x->force_main_coefficient / TW_FOOT_M, d_ft / 4.0, 1e12);
    return sqrt(f / 185.0) * pow(d_ft, 1.0 / 6.0);
}

double tw_force_main_friction(enum tw_force_main equation, const struct tw_xsect *x,
                              double velocity_mps, double radius_m, double length_factor)
{
    double v_fps = velocity_mps / TW_FOOT_M, r_ft = radius_m / TW_FOOT_M;
    if (equation == TW_FORCE_MAIN_HW) {
        double k = 1.318 * x->force_main_coefficient * pow(length_factor, 0.54);
        return 32.2 / pow(k, 1.852) * pow(v_fps, 0.852) / pow(r_ft, 1.1667);
    }
    double reynolds = 4.0 * r_ft * v_fps / viscosity_ft2s;
    double f = friction_factor(x->force_main_coefficient / TW_FOOT_M, r_ft, reynolds);
    return f * v_fps / r_ft / 8.0 / length_factor;
}
