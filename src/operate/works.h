/* What is watched at a treatment works: tags, units, equipment, chemicals, cameras, limits; from the
 * sections of plants/NAME.ini, which docs/inspection.md describes. */
#ifndef TW_OPERATE_WORKS_H
#define TW_OPERATE_WORKS_H

#include "base/arena.h"
#include "operate/kind.h"
#include "operate/limits.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stdint.h>

/** An entry of an ini file, as whoever read it hands it over; borrowed. */
struct tw_setting {
    const char *section, *key, *value;
    int line;
};

/** Kinds of things at a plant: a section [KIND NAME] each. */
enum tw_asset_kind {
    TW_ASSET_UNIT, /* a tank or building */
    TW_ASSET_PUMP,
    TW_ASSET_BLOWER,
    TW_ASSET_MACHINE, /* mixer, screen, scraper, UV ... */
    TW_ASSET_CHEMICAL,
    TW_ASSET_CAMERA,
    TW_ASSET_COUNT
};

/** The word of a kind in files. */
const char *tw_asset_word(enum tw_asset_kind kind);

/** A thing at a plant. */
struct tw_asset {
    enum tw_asset_kind kind;
    const char *name, *zh, *en;
    const char *at;             /* the unit it is part of; "" */
    double rated_kw, rated_m3h; /* NAN: not known */
    double least_days;          /* of a chemical: so long its stock has to last */
    const char *address;        /* of a camera: what ffmpeg can open; "" */
    int line;
};

/** A tag: one series of values. */
struct tw_works_tag {
    const char *name, *zh, *en;
    enum tw_kind kind;
    const char *at;     /* an asset, or influent, effluent, plant; "" */
    int32_t asset;      /* index; -1: none */
    const char *series; /* its name in the store: PLANT.NAME unless the file says another */
    struct tw_sensor_limits limits;
    double alarm_low, alarm_high; /* NAN: none */
    int line;
};

/** A treatment works; strings and arrays live in its arena. */
struct tw_works {
    struct tw_arena arena;
    const char *id, *zh, *en, *standard, *class_, *path;
    double capacity_m3d;      /* NAN: not known */
    double peak_ratio;        /* of it, that is taken for hours */
    double energy_high_kwhm3; /* from here on it is told; NAN: never */
    double nominal_v;         /* of the supply */
    bool made_up;
    struct tw_asset *assets;
    struct tw_works_tag *tags;
    int32_t asset_count, tag_count, limit_count;
    struct tw_limit limits[TW_LIMITS_MOST];
};

/**
 * Read what is watched at a works. Sections of other kinds (a model's pipes) are left alone.
 *
 * path       for the faults, copied
 * settings   [count] in the order of the file
 * out_works  owned by the caller; untouched on failure
 * errors     TW_ERR_INPUT there are faults, each told with its line; TW_ERR_NOMEM
 */
tw_status tw_works_read(const char *path, const struct tw_setting *settings, int32_t count,
                        tw_faults *faults, struct tw_works **out_works);

/** Free; NULL is fine. */
void tw_works_destroy(struct tw_works *works);

/** The first tag of a kind at a place; NULL: none. */
const struct tw_works_tag *tw_works_tag_at(const struct tw_works *works, enum tw_kind kind,
                                           const char *at);

#endif
