/* A plant's file as sections and entries with their lines. */
#ifndef TW_PLANT_INI_H
#define TW_PLANT_INI_H

#include "base/arena.h"
#include "base/compiler.h"
#include "plant/flowsheet.h"
#include "thalweg/faults.h"

/** key = value */
struct tw_plant_entry {
    const char *key, *value;
    int line;
    bool used;
};

/** [kind name] and its entries. */
struct tw_plant_section {
    const char *kind, *name; /* name: "" when there is none */
    int line;
    struct tw_plant_entry *entries;
    int32_t count, capacity;
};

/** A file. */
struct tw_plant_ini {
    const char *path;
    struct tw_plant_section *sections;
    int32_t count, capacity;
    tw_faults *faults;
    struct tw_arena *arena;
};

/**
 * Cut a text into sections; faults name lines that are none.
 *
 * text    overwritten, borrowed by what is made of it
 * errors  TW_ERR_NOMEM
 */
tw_status tw_plant_ini_cut(struct tw_plant_ini *ini, char *text);

/** The entry of a key; NULL. Marks it used. */
const struct tw_plant_entry *tw_plant_ini_find(struct tw_plant_section *section, const char *key);

/** A text; `otherwise` when the key is not there. */
const char *tw_plant_ini_text(struct tw_plant_section *section, const char *key,
                              const char *otherwise);

/** A number within limits; a fault and `otherwise` when it is none. */
double tw_plant_ini_number(struct tw_plant_ini *ini, struct tw_plant_section *section,
                           const struct tw_plant_key *key);

/** A fault of a section, at an entry or at its head when entry is NULL. */
void tw_plant_ini_fault(struct tw_plant_ini *ini, const struct tw_plant_section *section,
                        const struct tw_plant_entry *entry, const char *format, ...)
    TW_PRINTF(4, 5);

/** Faults for keys that nobody asked for. */
void tw_plant_ini_unused(struct tw_plant_ini *ini, const struct tw_plant_section *section);

/** Hand all kept faults and warnings of a list on to another; to may be NULL. */
void tw_plant_faults_pass(const tw_faults *from, tw_faults *to);

#endif
