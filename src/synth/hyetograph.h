/* Design rain: a storm intensity formula and the Chicago hyetograph that follows from it. */
#ifndef TW_SYNTH_HYETOGRAPH_H
#define TW_SYNTH_HYETOGRAPH_H

/** q = a (1 + c lg P) / (t + b)^n [L/s/ha], P return period [year], t duration [min]. */
struct tw_intensity {
    double a, c, b, n;
};

/** Chongqing, Shapingba (between the rivers), 2017 revision: 1132 (1 + 0.958 lg P) / (t + 5.408)^0.595. */
struct tw_intensity tw_intensity_shapingba(void);

/**
 * Mean intensity of the heaviest `duration_min` of a storm.
 *
 * period_years  return period, >= 1 [year]
 * returns       [mm/h]
 */
double tw_intensity_mmh(const struct tw_intensity *formula, double period_years,
                        double duration_min);

/** A Chicago storm. */
struct tw_chicago {
    struct tw_intensity formula;
    double period_years;
    double duration_min;
    double peak_ratio; /* r: part of the duration before the peak, 0..1 */
};

/**
 * Rain fallen since the storm's start. Any stretch around the peak has the formula's mean intensity
 * for its length, so that one storm is the design storm of every pipe.
 *
 * at_min   time since the start [min]; before it 0, after the end the whole depth
 * returns  [mm], non-decreasing in at_min
 * source   Keifer and Chu 1957, integrated: D(t) = r H(T) - r H((tp - t) / r) before the peak,
 *          r H(T) + (1 - r) H((t - tp) / (1 - r)) after it, H(t) = t i(t), tp = r T
 */
double tw_chicago_depth_mm(const struct tw_chicago *storm, double at_min);

#endif
