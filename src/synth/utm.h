/* Universal Transverse Mercator on WGS 84, for the coordinates of a made city. */
#ifndef TW_SYNTH_UTM_H
#define TW_SYNTH_UTM_H

/** A place on the map [m], northern hemisphere. */
struct tw_utm {
    double east_m, north_m;
};

/** A place on the globe [degree]. */
struct tw_lonlat {
    double lon_deg, lat_deg;
};

/**
 * Map coordinates of a place.
 *
 * zone     1..60; EPSG 32600 + zone
 * returns  within a millimetre for places within 6 degrees of the zone's meridian, latitude 0..84
 * source   Karney 2011, Transverse Mercator with an accuracy of a few nanometers, series in n
 */
struct tw_utm tw_utm_from_lonlat(int zone, struct tw_lonlat place);

/** The inverse of tw_utm_from_lonlat. */
struct tw_lonlat tw_utm_to_lonlat(int zone, struct tw_utm place);

#endif
