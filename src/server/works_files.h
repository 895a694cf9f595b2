/* What is watched at the plants of a city: plants/NAME.ini, read for the inspection. */
#ifndef TW_SERVER_WORKS_FILES_H
#define TW_SERVER_WORKS_FILES_H

#include "operate/works.h"
#include "server/ini.h"

/** The plants of a city; all zeros is none. */
struct tw_works_list {
    struct tw_works **works; /* [count] owned, in the order of their files' names */
    int32_t count;
};

/** The settings of an ini file as a works wants them; in the arena. NULL: no memory */
struct tw_setting *tw_works_settings(const struct tw_ini *ini, struct tw_arena *arena);

/**
 * Read all plants of a folder.
 *
 * faults    each file's, with their lines
 * out_list  tw_works_list_done; plants with faults are not in it
 * errors    TW_ERR_FILE there is no such folder (a fault says so), TW_ERR_NOMEM
 */
tw_status tw_works_list_read(const char *folder, tw_faults *faults, struct tw_works_list *out_list);

/** Free; all zeros is fine. */
void tw_works_list_done(struct tw_works_list *list);

/** A plant by its id, letter case ignored; NULL: none. */
struct tw_works *tw_works_list_find(const struct tw_works_list *list, const char *id);

#endif
