/* Routes of dispatching, see routes.c and docs/api.md. */
#ifndef TW_SERVER_DESK_ROUTES_H
#define TW_SERVER_DESK_ROUTES_H

#include "net/http.h"

#define TW_PHOTO_BYTES_MAX ((size_t)6 << 20)

tw_http_handler tw_get_dispatch, tw_get_dispatch_routes, tw_get_dispatch_report,
    tw_get_dispatch_journal, tw_get_photo, tw_get_crew;
tw_http_handler tw_post_plan, tw_post_approve, tw_post_crew_order, tw_post_crew_order_state,
    tw_post_rule, tw_post_link, tw_post_reports, tw_post_position, tw_post_photo;

#endif
