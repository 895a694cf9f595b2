#include "server/alerts.h"

#include "net/post.h"
#include "server/service.h"
#include "warning/notices.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tw_alerts {
    struct tw_server *server;
    struct tw_warning_point *points;
    struct tw_warning_place *places; /* [points + 1]; the last: no place */
    struct tw_notice_target *targets;
    struct tw_bulletins *bulletins;
    struct tw_notices *notices; /* NULL: nobody is told */
    char names[128];            /* of the city's storm, in identifiers */
};

static tw_status make_places(struct tw_alerts *alerts)
{
    const struct tw_city *city = alerts->server->city;
    size_t count = (size_t)city->point_count + 1;
    alerts->points = calloc(count, sizeof *alerts->points);
    alerts->places = calloc(count, sizeof *alerts->places);
    if (alerts->points == NULL || alerts->places == NULL) return TW_ERR_NOMEM;
    for (int32_t p = 0; p < city->point_count; p++) {
        const struct tw_city_point *point = &city->points[p];
        alerts->points[p].id = point->id;
        memcpy(alerts->points[p].classes_m, point->classes_m, sizeof point->classes_m);
        alerts->places[p] = (struct tw_warning_place){.names = {point->name.zh, point->name.en},
                                                      .lon = point->lon,
                                                      .lat = point->lat,
                                                      .zone_s = city->zone_s};
        memcpy(alerts->places[p].classes_m, point->classes_m, sizeof point->classes_m);
    }
    alerts->places[city->point_count] = (struct tw_warning_place){
        .names = {"?", "?"}, .lon = NAN, .lat = NAN, .zone_s = city->zone_s};
    return TW_OK;
}

static tw_status make_bulletins(struct tw_alerts *alerts)
{
    struct tw_server *server = alerts->server;
    const struct tw_city *city = server->city;
    bool replay = server->storm != NULL;
    (void)snprintf(alerts->names, sizeof alerts->names, "%.60s%s%.60s", city->id, replay ? "-" : "",
                   replay ? server->storm->id : "");
    const struct tw_bulletins_setup setup = {
        .cap = {.sender = city->alerts.sender,
                .sender_names = {city->title.zh, city->title.en},
                .status = replay          ? TW_CAP_EXERCISE
                          : city->made_up ? TW_CAP_TEST
                                          : TW_CAP_ACTUAL,
                .valid_s = city->horizon_s,
                .radius_m = city->alerts.radius_m,
                .zone_s = city->zone_s},
        .city = alerts->names,
        .note = replay          ? "A storm that is played again. 回放，非实况。"
                : city->made_up ? "A city that is made up. 虚构城市。"
                                : NULL,
        .points = alerts->points,
        .places = alerts->places,
        .count = city->point_count,
        .session = server->session,
        .store = server->store};
    return tw_bulletins_create(&setup, &alerts->bulletins);
}

static tw_status make_notices(struct tw_alerts *alerts)
{
    const struct tw_server *server = alerts->server;
    const struct tw_city_alerts *a = &server->city->alerts;
    int32_t count = 0;
    if (server->storm != NULL && !a->replays) return TW_OK;
    if (a->webhook_count + a->mail_count == 0) return TW_OK;
    alerts->targets =
        calloc((size_t)a->webhook_count + (size_t)a->mail_count, sizeof *alerts->targets);
    if (alerts->targets == NULL) return TW_ERR_NOMEM;
    for (int32_t i = 0; i < a->webhook_count; i++)
        alerts->targets[count++] = (struct tw_notice_target){TW_NOTICE_WEBHOOK, a->webhooks[i]};
    for (int32_t i = 0; i < a->mail_count; i++)
        alerts->targets[count++] = (struct tw_notice_target){TW_NOTICE_MAIL, a->mail_to[i]};
    const struct tw_notices_setup setup = {.targets = alerts->targets,
                                           .count = count,
                                           .secret = a->secret,
                                           .mail_server = a->mail_server,
                                           .mail_from = a->mail_from,
                                           .mail_user = a->mail_user,
                                           .mail_password = a->mail_password,
                                           .session = server->session,
                                           .store = server->store,
                                           .first_pause_s = 10.0};
    TW_TRY(tw_post_begin());
    return tw_notices_create(&setup, &alerts->notices);
}

tw_status tw_alerts_create(struct tw_server *server, struct tw_alerts **out_alerts)
{
    struct tw_alerts *alerts = calloc(1, sizeof *alerts);
    if (alerts == NULL) return TW_ERR_NOMEM;
    alerts->server = server;
    tw_status status = make_places(alerts);
    if (status == TW_OK) status = make_bulletins(alerts);
    if (status == TW_OK) status = make_notices(alerts);
    if (status != TW_OK) {
        tw_alerts_destroy(alerts);
        return status;
    }
    *out_alerts = alerts;
    return TW_OK;
}

void tw_alerts_quiesce(struct tw_alerts *alerts)
{
    if (alerts == NULL) return;
    tw_notices_destroy(alerts->notices);
    alerts->notices = NULL;
}

void tw_alerts_destroy(struct tw_alerts *alerts)
{
    if (alerts == NULL) return;
    tw_alerts_quiesce(alerts);
    tw_bulletins_destroy(alerts->bulletins);
    free(alerts->targets);
    free(alerts->places);
    free(alerts->points);
    free(alerts);
}

void tw_alerts_step(struct tw_alerts *alerts, struct tw_warnings *warnings, int64_t now_ms)
{
    const struct tw_store_bulletin *bulletin =
        tw_bulletins_step(alerts->bulletins, warnings, now_ms);
    if (bulletin != NULL && alerts->notices != NULL) tw_notices_add(alerts->notices, bulletin);
}

const struct tw_warning_place *tw_alerts_place(struct tw_alerts *alerts, const char *point)
{
    const struct tw_city *city = alerts->server->city;
    int32_t p = 0;
    while (p < city->point_count && strcmp(city->points[p].id, point) != 0)
        p++;
    return &alerts->places[p];
}

void tw_alerts_headline(const struct tw_store_bulletin *bulletin, struct tw_strbuf *out)
{
    json_t *brief = json_loads(bulletin->brief, 0, NULL);
    const char *zh = json_string_value(json_object_get(brief, "zh"));
    const char *en = json_string_value(json_object_get(brief, "en"));
    (void)tw_strbuf_printf(out, "%s / %s", zh == NULL ? "" : zh, en == NULL ? "" : en);
    json_decref(brief);
}
