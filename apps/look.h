/* The store of a city, to be looked at by a command beside the server. */
#ifndef TW_APPS_LOOK_H
#define TW_APPS_LOOK_H

#include "store/store.h"
#include "thalweg/faults.h"

/**
 * Open a store; to look must not make one.
 *
 * given      what the command line says; NULL: what the city says
 * database   the city's; NULL: none
 * folder     of the city's store otherwise
 * remedy     what to do when a server has it open
 * out_store  NULL when there is none yet
 * errors     TW_ERR_INPUT told in faults; TW_ERR_NOMEM
 */
tw_status tw_look_open(const char *given, const char *database, const char *folder,
                       const char *remedy, tw_faults *faults, struct tw_store **out_store);

#endif
