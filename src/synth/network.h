/* A made city's network as a file in EPA SWMM 5.2 format. */
#ifndef TW_SYNTH_NETWORK_H
#define TW_SYNTH_NETWORK_H

#include "base/file.h"
#include "synth/city.h"
#include "synth/utm.h"

/** The map's origin of local coordinates, EPSG:32648: longitude 106.55, latitude 29.56, rounded. */
struct tw_utm tw_city_origin(void);

/** Write the model; a failed write shows at commit. */
void tw_network_write(const struct tw_city *city, tw_outfile *file);

#endif
