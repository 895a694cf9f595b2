/* Reading a problem: for the files of this folder. */
#ifndef TW_DISPATCH_CASE_INTERNAL_H
#define TW_DISPATCH_CASE_INTERNAL_H

#include "base/arena.h"
#include "base/names.h"
#include "dispatch/case.h"
#include "dispatch/demand.h"
#include "dispatch/take.h"

/* What a case owns. Texts are borrowed from the documents. */
struct tw_case_memory {
    struct tw_arena arena;
    json_t *root, *layers[3];
    struct tw_names depot_ids, crew_ids, vehicle_ids, point_ids;
    const char *skills[TW_DISPATCH_SKILLS], *kits[TW_DISPATCH_KITS];
    int32_t skill_count, kit_count;
    struct tw_depot *depots;
    struct tw_crew *crews;
    struct tw_vehicle *vehicles;
    struct tw_team *teams;
    struct tw_dispatch_point *points;
    struct tw_decision *decisions;
    int32_t depot_count, crew_count, vehicle_count, team_count, point_count, decision_count;
    /* each point's own plan */
    struct tw_demand_step (*steps)[TW_DISPATCH_STAGES];
    int32_t *step_count; /* 0: the usual one */
};

/* A case being read. */
struct tw_case_reader {
    struct tw_take take;
    struct tw_case_memory *memory;
    struct tw_dispatch_case *out;
    const char *folder;
    tw_status status; /* TW_ERR_NOMEM stays */
};

/* The place of a word in a list; added when it is new; -1 with a fault when there are too many. */
int32_t tw_case_word(struct tw_case_reader *reader, const struct tw_path *path, bool skill,
                     const char *word);

/* Amounts of supplies, an object of word to number. */
void tw_case_stock(struct tw_case_reader *reader, const struct tw_path *path, const json_t *object,
                   int32_t *out_stock);

/* What is needed: people, pump_m3h, skills, kits. */
void tw_case_need(struct tw_case_reader *reader, const struct tw_path *path, const json_t *object,
                  struct tw_need *out_need);

/* The index of an id that must be there; -1 with a fault when it is not. */
int32_t tw_case_find(struct tw_case_reader *reader, const struct tw_path *path,
                     const struct tw_names *names, const char *what, const char *id);

/* The parts of the document that change from hour to hour. */
void tw_case_demand(struct tw_case_reader *reader, const json_t *root);
void tw_case_water(struct tw_case_reader *reader, const json_t *root);
void tw_case_people(struct tw_case_reader *reader, const json_t *root);
void tw_case_teams(struct tw_case_reader *reader, const json_t *root);
void tw_case_decisions(struct tw_case_reader *reader, const json_t *root);
void tw_case_options(struct tw_case_reader *reader, const json_t *root);

#endif
