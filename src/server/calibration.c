#include "server/calibrate.h"

#include "server/ini.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Of the usual spread at least this is left: storms differ by more than what a few of them tell. */
#define LEAST_SPREAD_RATIO 0.5

tw_status tw_calibration_of(struct tw_city *city, tw_faults *faults,
                            struct tw_filter_prior priors[TW_FILTER_PARAMETERS])
{
    const struct tw_filter_setup usual = tw_filter_setup_default();
    memcpy(priors, usual.priors, sizeof usual.priors);
    return tw_calibration_read(tw_city_path(city, "calibration.ini"), faults, priors);
}

void tw_calibration_write(const struct tw_calibration *calibration, const char *storms,
                          struct tw_strbuf *out)
{
    (void)tw_strbuf_printf(
        out,
        "; What `thalweg calibrate` found: factors of the model's file. forecast and hindcast\n"
        "; begin with `middle` and vary it by `spread`, the standard deviation of its logarithm; "
        "nine\n"
        "; of ten believe it within low and high. Take the file away to forget it.\n"
        "[calibration]\n"
        "storms = %s\n"
        "values = %d\n"
        "difference_before = %.3f\n"
        "difference_after = %.3f\n",
        storms, calibration->values, calibration->before, calibration->after);
    for (int32_t p = 0; p < TW_FILTER_PARAMETERS; p++) {
        const struct tw_calibrated *f = &calibration->factors[p];
        (void)tw_strbuf_printf(
            out, "[factor %s]\nmiddle = %.4f\nlow = %.4f\nhigh = %.4f\nspread = %.4f\n",
            tw_filter_parameter_word((enum tw_filter_parameter)p), f->middle, f->low, f->high,
            f->spread);
    }
}

tw_status tw_calibration_read(const char *path, tw_faults *faults,
                              struct tw_filter_prior priors[TW_FILTER_PARAMETERS])
{
    static const double factors[2] = {0.05, 20.0}, spreads[2] = {0.0, 2.0};
    if (path == NULL) return TW_ERR_NOMEM;
    if (access(path, F_OK) != 0 && errno == ENOENT) return TW_OK;
    struct tw_arena arena;
    struct tw_ini ini;
    tw_arena_init(&arena);
    size_t before = tw_faults_count(faults);
    tw_status status = tw_ini_read(path, &arena, faults, &ini);
    for (int32_t p = 0; status == TW_OK && p < TW_FILTER_PARAMETERS; p++) {
        char section[64];
        (void)snprintf(section, sizeof section, "factor %s",
                       tw_filter_parameter_word((enum tw_filter_parameter)p));
        priors[p].middle =
            tw_ini_number(&ini, section, "middle", priors[p].middle, factors, faults);
        double least = LEAST_SPREAD_RATIO * priors[p].spread;
        priors[p].spread =
            tw_ini_number(&ini, section, "spread", priors[p].spread, spreads, faults);
        if (priors[p].spread < least) priors[p].spread = least;
    }
    tw_arena_done(&arena);
    if (status == TW_ERR_NOMEM) return status;
    return status != TW_OK || tw_faults_count(faults) > before ? TW_ERR_INPUT : TW_OK;
}
