#include "synth/hyetograph.h"

#include "synth/exact.h"

struct tw_intensity tw_intensity_shapingba(void)
{
    return (struct tw_intensity){.a = 1132.0, .c = 0.958, .b = 5.408, .n = 0.595};
}

double tw_intensity_mmh(const struct tw_intensity *formula, double period_years,
                        double duration_min)
{
    const double mmh_per_litre = 0.36; /* of 1 L/s/ha */
    double lg_period = tw_exact_log(period_years) / tw_exact_log(10.0);
    return mmh_per_litre * formula->a * (1.0 + formula->c * lg_period) /
           tw_exact_pow(duration_min + formula->b, formula->n);
}

/* H(t): depth of the heaviest t minutes [mm]. */
static double depth_of(const struct tw_chicago *storm, double duration_min)
{
    return tw_intensity_mmh(&storm->formula, storm->period_years, duration_min) * duration_min /
           60.0;
}

double tw_chicago_depth_mm(const struct tw_chicago *storm, double at_min)
{
    double r = storm->peak_ratio, whole = depth_of(storm, storm->duration_min);
    if (at_min <= 0.0) return 0.0;
    if (at_min >= storm->duration_min) return whole;
    double after_peak_min = at_min - r * storm->duration_min;
    if (after_peak_min < 0.0) return r * (whole - depth_of(storm, -after_peak_min / r));
    return r * whole + (1.0 - r) * depth_of(storm, after_peak_min / (1.0 - r));
}
