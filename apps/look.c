#include "look.h"

#include "base/text.h"

#include <unistd.h>

tw_status tw_look_open(const char *given, const char *database, const char *folder,
                       const char *remedy, tw_faults *faults, struct tw_store **out_store)
{
    char why[300] = "";
    struct tw_strbuf usual = {0};
    const char *place = given != NULL ? given : database;
    *out_store = NULL;
    if (place == NULL) {
        (void)tw_strbuf_printf(&usual, "%s/live.db", folder);
        if (usual.status != TW_OK) return usual.status;
        place = tw_strbuf_get(&usual);
        if (access(place, F_OK) != 0) {
            tw_strbuf_done(&usual);
            return TW_OK;
        }
    }
    tw_status status = tw_store_open(place, NULL, NULL, why, sizeof why, out_store);
    if (status == TW_ERR_FILE || status == TW_ERR_FORMAT) {
        tw_faults_add(faults, place, 0, "%s; %s", why, remedy);
        status = TW_ERR_INPUT;
    }
    tw_strbuf_done(&usual);
    return status;
}
