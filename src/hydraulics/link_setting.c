#include "hydraulics/regulators.h"

#include <math.h>

double tw_link_setting_advance(const struct tw_model *model, int32_t link, double setting,
                               double target, double dt_s)
{
    if (model->links.kind[link] != TW_LINK_ORIFICE) return target;
    double move_time = model->orifices.move_time_s[model->links.row[link]];
    if (!(move_time > 0.0) || dt_s == 0.0) return target;
    double step = dt_s / move_time;
    if (step + 0.001 >= fabs(target - setting)) return target;
    return target > setting ? setting + step : setting - step;
}
