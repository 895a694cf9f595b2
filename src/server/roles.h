/* Who may do what (docs/decisions/0004-roles.md). */
#ifndef TW_SERVER_ROLES_H
#define TW_SERVER_ROLES_H

#include "net/http.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdbool.h>

/** Roles, as bits. */
enum tw_role {
    TW_ROLE_VIEWER = 1,      /* sees everything but the audit */
    TW_ROLE_DEVICE = 2,      /* sends samples, nothing else */
    TW_ROLE_OPERATOR = 4,    /* acknowledges warnings, moves a replay's clock */
    TW_ROLE_AUDITOR = 8,     /* reads the audit */
    TW_ROLE_DISPATCHER = 16, /* approves plans, orders crews, makes links for their phones */
    TW_ROLE_CREW = 32        /* a crew's phone: its own order and reports, nothing else */
};

/** Tokens and their roles. */
struct tw_roles;

/**
 * Read a file of tokens: lines `ROLE SHA256-OF-THE-TOKEN-IN-HEX [NAME]`; # begins a comment. The
 * line `viewer anonymous` lets everybody look.
 *
 * path       NULL: no tokens, and everybody who reaches the server (that is: the person at the
 *            machine) has every role
 * own_token  a token of this process itself with the role of a device; copied; NULL: none
 * faults     takes faults with their line
 * out_roles  owned by the caller
 * errors     TW_ERR_FILE, TW_ERR_INPUT, TW_ERR_NOMEM
 */
tw_status tw_roles_load(const char *path, const char *own_token, tw_faults *faults,
                        struct tw_roles **out_roles);

/** Let the process's own token dispatch, too: in a drill in which the dispatcher is played. */
void tw_roles_own_dispatches(struct tw_roles *roles);

/** Free; NULL is fine. */
void tw_roles_destroy(struct tw_roles *roles);

/** Role bits of a token (NULL: none was sent) and the caller's name. */
unsigned tw_roles_of(const struct tw_roles *roles, const char *token, char who[TW_HTTP_WHO_SIZE]);

#endif
