/* Plants of a city: what the map shows of plants/NAME.ini. */
#include "base/text.h"
#include "server/city.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_ini(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && name[0] != '.' && strcmp(name + length - 4, ".ini") == 0;
}

/* plants/W1.ini has its model in plants/models/W1.ini, when that is there. */
static tw_status find_model(struct tw_city *city, struct tw_city_plant *plant)
{
    const char *name = strrchr(plant->path, '/');
    struct tw_strbuf text = {0};
    (void)tw_strbuf_printf(&text, "%.*s/models%s", (int)(name - plant->path), plant->path, name);
    tw_status status = text.status;
    if (status == TW_OK && access(text.text, F_OK) == 0) {
        plant->model_path = tw_arena_text(&city->arena, text.text, text.length);
        if (plant->model_path == NULL) status = TW_ERR_NOMEM;
    }
    tw_strbuf_done(&text);
    return status;
}

static tw_status load_plant(struct tw_city *city, const char *path, struct tw_city_plant *out,
                            tw_faults *faults)
{
    struct tw_ini ini;
    const double longitudes[2] = {-180.0, 180.0};
    const double latitudes[2] = {-90.0, 90.0};
    tw_status status = tw_ini_read(path, &city->arena, faults, &ini);
    if (status != TW_OK) return status == TW_ERR_NOMEM ? status : TW_OK;
    struct tw_city_plant plant = {
        .node = {-1},
        .id = tw_ini_text(&ini, "plant", "id", NULL),
        .lon = tw_ini_number(&ini, "plant", "lon", (double)NAN, longitudes, faults),
        .lat = tw_ini_number(&ini, "plant", "lat", (double)NAN, latitudes, faults),
        .made_up = tw_ini_yes(&ini, "plant", "made_up", false, faults)};
    if (plant.id == NULL || isnan(plant.lon) || isnan(plant.lat)) {
        tw_faults_add(faults, path, 0, "[plant] needs id, lon and lat");
        return TW_OK;
    }
    plant.name.zh = tw_ini_text(&ini, "plant", "title_zh", plant.id);
    plant.name.en = tw_ini_text(&ini, "plant", "title_en", plant.id);
    const struct tw_ini_entry *feeds = tw_ini_find(&ini, "plant", "node");
    if (feeds != NULL && city->model != NULL &&
        tw_model_node_find(city->model, feeds->value, &plant.node) != TW_OK) {
        tw_faults_add(faults, path, feeds->line, "[plant] node: the model has no node \"%s\"",
                      feeds->value);
    }
    char *kept = tw_arena_text(&city->arena, path, strlen(path));
    if (kept == NULL) return TW_ERR_NOMEM;
    plant.path = kept;
    TW_TRY(find_model(city, &plant));
    *out = plant;
    city->plant_count++;
    return TW_OK;
}

tw_status tw_city_plants_load(struct tw_city *city, const char *folder, tw_faults *faults)
{
    struct dirent **list = NULL;
    int count = scandir(folder, &list, NULL, alphasort);
    if (count < 0) {
        tw_faults_add(faults, folder, 0, "%s", strerror(errno));
        return TW_OK;
    }
    city->plants = TW_ARENA_NEW(&city->arena, struct tw_city_plant, count + 1);
    tw_status status = city->plants == NULL ? TW_ERR_NOMEM : TW_OK;
    for (int i = 0; i < count; i++) {
        if (status == TW_OK && is_ini(list[i]->d_name)) {
            struct tw_strbuf path = {0};
            (void)tw_strbuf_printf(&path, "%s/%s", folder, list[i]->d_name);
            status = path.status != TW_OK
                         ? path.status
                         : load_plant(city, path.text, &city->plants[city->plant_count], faults);
            tw_strbuf_done(&path);
        }
        free(list[i]);
    }
    free(list);
    return status;
}
