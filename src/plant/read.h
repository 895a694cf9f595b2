/* Parts of the reader of a plant's file. */
#ifndef TW_PLANT_READ_H
#define TW_PLANT_READ_H

#include "plant/flowsheet.h"
#include "plant/ini.h"

/** What is being read. */
struct tw_plant_reader {
    tw_plant *plant;
    struct tw_plant_ini ini;
    /* of each controller: what it moves, known once all controllers are */
    const struct tw_plant_entry *moves[TW_PLANT_UNITS];
    const struct tw_plant_section *sections[TW_PLANT_UNITS];
};

/** Index of a unit by name; -1. */
int32_t tw_plant_unit_find(const tw_plant *plant, const char *name);

/** Add a knob named OWNER.what. errors: TW_ERR_NOMEM */
tw_status tw_plant_knob_add(struct tw_plant_reader *r, const char *owner, const char *what,
                            const struct tw_knob *knob, int32_t *out_index);

/** Cut a column of a series of noise out of a text, which is overwritten. errors: TW_ERR_NOMEM */
tw_status tw_plant_noise_cut(char *text, int32_t column, struct tw_plant_reader *r,
                             const struct tw_plant_section *section,
                             const struct tw_plant_entry *file, struct tw_sensor *sensor);

/** [pipe NAME] */
tw_status tw_plant_take_pipe(struct tw_plant_reader *r, struct tw_plant_section *section);

/** [sensor NAME] */
tw_status tw_plant_take_sensor(struct tw_plant_reader *r, struct tw_plant_section *section);

/** [controller NAME] */
tw_status tw_plant_take_controller(struct tw_plant_reader *r, struct tw_plant_section *section);

/** [output]: columns beside the effluent; section may be NULL. */
tw_status tw_plant_take_output(struct tw_plant_reader *r, struct tw_plant_section *section);

/** [score]: weights; section may be NULL. */
void tw_plant_take_score(struct tw_plant_reader *r, struct tw_plant_section *section);

/** Check how the parts hang together, lay out the state and find the order of evaluation. */
tw_status tw_plant_connect(struct tw_plant_reader *r);

#endif
