/* Crews, vehicles and supplies of a city's depots. */
#ifndef TW_SERVER_CITY_STAFF_H
#define TW_SERVER_CITY_STAFF_H

#include "dispatch/book.h"
#include "server/city.h"
#include "server/geojson.h"

#define TW_STAFF_SKILLS 16 /* kinds of skills in a city; bit i of a crew's skills is skills[i] */

/** A crew. */
struct tw_city_crew {
    const char *id;
    int32_t depot, size;
    uint32_t skills;
    int line; /* of depots.geojson */
};

/** A vehicle. */
struct tw_city_vehicle {
    const char *id, *kind;
    int32_t depot, seats;
    double pump_m3h, wading_m; /* wading 0: as its kind does */
    int line;
};

/** All of them. */
struct tw_city_staff {
    struct tw_city_crew *crews;
    struct tw_city_vehicle *vehicles;
    struct tw_items *supplies; /* [depots] */
    int32_t crew_count, crew_room, vehicle_count, vehicle_room;
    const char *skills[TW_STAFF_SKILLS];
    int32_t skill_count;
};

/**
 * Read crews, vehicles and supplies of the depot that comes next.
 *
 * feature  of depots.geojson; its faults are named
 * errors   TW_ERR_NOMEM
 */
tw_status tw_city_staff_add(struct tw_city *city, const struct tw_layer *layer,
                            const struct tw_feature *feature);

/** Name crews and vehicles that are at two depots. */
void tw_city_staff_check(const struct tw_city *city, const char *path, tw_faults *faults);

#endif
