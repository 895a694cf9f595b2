/* [warning] and [notify] of city.ini: how warnings are made and to whom they go. */
#include "base/file.h"
#include "server/city.h"
#include "warning/warnings.h"

#include <stdlib.h>
#include <string.h>

#define SECRET_BYTES 4096

static int line_of(struct tw_city *city, const char *section, const char *key)
{
    const struct tw_ini_entry *entry = tw_ini_find(&city->ini, section, key);
    return entry == NULL ? 0 : entry->line;
}

static void load_rules(struct tw_city *city, tw_faults *faults)
{
    struct tw_city_alerts *a = &city->alerts;
    struct tw_ini *ini = &city->ini;
    const tw_warning_rules usual = TW_WARNING_RULES_DEFAULT;
    const double ratio[2] = {0.01, 1.0};
    const double minutes[2] = {0.0, 1440.0};
    const double times[2] = {1.0, 100.0};
    const double metres[2] = {1.0, 100000.0};
    a->raise_ratio =
        tw_ini_number(ini, "warning", "raise_probability", usual.raise_ratio, ratio, faults);
    a->near_ratio =
        tw_ini_number(ini, "warning", "near_probability", usual.near_ratio, ratio, faults);
    a->keep_ratio =
        tw_ini_number(ini, "warning", "keep_probability", usual.keep_ratio, ratio, faults);
    a->near_s = 60.0 * tw_ini_number(ini, "warning", "least_lead_min", usual.near_s / 60.0, minutes,
                                     faults);
    a->group_gap_s = 60.0 * tw_ini_number(ini, "warning", "group_gap_min", usual.group_gap_s / 60.0,
                                          minutes, faults);
    a->lower_after = (int32_t)tw_ini_number(ini, "warning", "lower_after",
                                            (double)usual.lower_after, times, faults);
    a->end_after =
        (int32_t)tw_ini_number(ini, "warning", "end_after", (double)usual.end_after, times, faults);
    a->radius_m = tw_ini_number(ini, "warning", "radius_m", 150.0, metres, faults);
    a->sender = tw_ini_text(ini, "warning", "sender", "thalweg@localhost");
    if (a->keep_ratio > a->near_ratio || a->near_ratio > a->raise_ratio) {
        tw_faults_add(faults, ini->path, line_of(city, "warning", "keep_probability"),
                      "[warning] keep_probability (%g), near_probability (%g) and "
                      "raise_probability (%g) must not fall in this order",
                      a->keep_ratio, a->near_ratio, a->raise_ratio);
    }
}

/* The first line of a file that [notify] names: a secret is not for city.ini, which is shared. */
static const char *secret_of(struct tw_city *city, const char *key, tw_faults *faults)
{
    const char *name = tw_ini_text(&city->ini, "notify", key, NULL);
    char *bytes = NULL;
    size_t size = 0;
    if (name == NULL) return NULL;
    const char *path = tw_city_path(city, name);
    if (path == NULL || tw_file_read(path, SECRET_BYTES, &bytes, &size) != TW_OK) {
        tw_faults_add(faults, city->ini.path, line_of(city, "notify", key),
                      "[notify] %s: %s cannot be read; put the secret into the first line of a "
                      "file that only the server may read",
                      key, name);
        return NULL;
    }
    size_t length = 0;
    while (length < size && bytes[length] != '\n' && bytes[length] != '\r' && bytes[length] != 0)
        length++;
    const char *secret = tw_arena_text(&city->arena, bytes, length);
    if (length == 0) {
        tw_faults_add(faults, city->ini.path, line_of(city, "notify", key),
                      "[notify] %s: the first line of %s is empty", key, name);
    }
    free(bytes);
    return secret;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0 && text[strlen(with)] != 0;
}

/* A mail address goes into a header and a command: nothing that could end either may be in it. */
static bool is_mail_address(const char *text)
{
    const char *at = strchr(text, '@');
    if (at == NULL || at == text || at[1] == 0) return false;
    for (; *text != 0; text++) {
        if ((unsigned char)*text <= ' ' || strchr("<>,;:\"\\()[]", *text) != NULL) return false;
    }
    return true;
}

static void check_addresses(struct tw_city *city, tw_faults *faults)
{
    const struct tw_city_alerts *a = &city->alerts;
    const char *path = city->ini.path;
    for (int32_t i = 0; i < a->webhook_count; i++) {
        if (begins(a->webhooks[i], "https://") || begins(a->webhooks[i], "http://")) continue;
        tw_faults_add(faults, path, line_of(city, "notify", "webhook"),
                      "[notify] webhook: \"%s\" does not begin with https:// or http://",
                      a->webhooks[i]);
    }
    for (int32_t i = 0; i < a->mail_count; i++) {
        if (is_mail_address(a->mail_to[i])) continue;
        tw_faults_add(faults, path, line_of(city, "notify", "mail_to"),
                      "[notify] mail_to: \"%s\" is no mail address; write name@example.org",
                      a->mail_to[i]);
    }
    if (a->mail_count > 0 && (a->mail_server == NULL || a->mail_from == NULL)) {
        tw_faults_add(faults, path, line_of(city, "notify", "mail_to"),
                      "[notify] mail_to needs mail_server = smtp://HOST and mail_from = ADDRESS");
    }
    if (a->mail_from != NULL && !is_mail_address(a->mail_from)) {
        tw_faults_add(faults, path, line_of(city, "notify", "mail_from"),
                      "[notify] mail_from: \"%s\" is no mail address", a->mail_from);
    }
    if (a->mail_server != NULL && !begins(a->mail_server, "smtp://") &&
        !begins(a->mail_server, "smtps://")) {
        tw_faults_add(faults, path, line_of(city, "notify", "mail_server"),
                      "[notify] mail_server: \"%s\" does not begin with smtp:// or smtps://",
                      a->mail_server);
    }
    if ((a->mail_user == NULL) != (a->mail_password == NULL)) {
        tw_faults_add(faults, path, line_of(city, "notify", "mail_user"),
                      "[notify] mail_user and mail_password go together");
    }
}

tw_status tw_city_alerts_load(struct tw_city *city, tw_faults *faults)
{
    struct tw_city_alerts *a = &city->alerts;
    struct tw_ini *ini = &city->ini;
    load_rules(city, faults);
    TW_TRY(tw_city_words(city, tw_ini_text(ini, "notify", "webhook", ""), &a->webhooks,
                         &a->webhook_count));
    TW_TRY(tw_city_words(city, tw_ini_text(ini, "notify", "mail_to", ""), &a->mail_to,
                         &a->mail_count));
    a->secret = secret_of(city, "webhook_secret", faults);
    a->mail_password = secret_of(city, "mail_password", faults);
    a->mail_server = tw_ini_text(ini, "notify", "mail_server", NULL);
    a->mail_from = tw_ini_text(ini, "notify", "mail_from", NULL);
    a->mail_user = tw_ini_text(ini, "notify", "mail_user", NULL);
    a->replays = tw_ini_yes(ini, "notify", "replays", false, faults);
    check_addresses(city, faults);
    return TW_OK;
}
