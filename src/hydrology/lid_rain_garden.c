/* Rain garden: a bio-retention cell without a drain, in most cases without gravel. */
#include "hydrology/lid_layers.h"

void tw_lid_rates_rain_garden(struct tw_lid *lid, const double x[TW_LID_LAYERS],
                              double out[TW_LID_LAYERS])
{
    tw_lid_rates_bio_cell(lid, x, out);
}
