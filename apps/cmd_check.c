/* thalweg check: every fault of a model or of a city. */
#include "commands.h"
#include "faults.h"
#include "grid/raster.h"
#include "options.h"
#include "server/city.h"
#include "server/devices_ini.h"
#include "server/modbus.h"
#include "server/roles.h"
#include "server/storm.h"
#include "server/works_files.h"
#include "telemetry/catalogue.h"
#include "thalweg/plant.h"
#include "thalweg/thalweg.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] =
    "usage: thalweg check [options] MODEL.inp|CITY\n"
    "\n"
    "Finds every fault in a SWMM model, or in a city's folder with its network, layers, terrain,\n"
    "devices, tokens and storms, and names each with its file and line. Of the model, a city's "
    "too,\n"
    "it also warns of what SWMM takes without a word though it is hardly meant: objects that "
    "nothing\n"
    "uses, rows that replace others, values out of place.\n"
    "\n"
    "  --json    the faults as a JSON array on standard output\n"
    "  --quiet   faults only, no warnings, no summary\n"
    "  --help\n"
    "\n"
    "Exit: 0 sound, 1 faults were found, 3 there is nothing to check.\n";

struct arguments {
    const char *path;
    bool json, quiet;
};

static void print_json_text(const char *text)
{
    (void)putchar('"');
    for (const unsigned char *c = (const unsigned char *)text; *c != 0; c++) {
        if (*c == '"' || *c == '\\') {
            printf("\\%c", *c);
        } else if (*c < 0x20) {
            printf("\\u%04x", *c);
        } else {
            (void)putchar(*c);
        }
    }
    (void)putchar('"');
}

static void print_json(const tw_faults *faults)
{
    (void)putchar('[');
    for (size_t i = 0; i < tw_faults_kept(faults); i++) {
        struct tw_fault fault = tw_faults_get(faults, i);
        printf("%s{\"file\": ", i > 0 ? ",\n " : "");
        print_json_text(fault.file);
        printf(", \"line\": %d, \"warning\": %s, \"text\": ", fault.line,
               fault.warning ? "true" : "false");
        print_json_text(fault.text);
        (void)putchar('}');
    }
    printf("]\n");
}

static void check_terrain(const struct tw_city *city, tw_faults *faults)
{
    struct tw_raster raster;
    char why[160];
    if (city->terrain_path == NULL) return;
    if (tw_raster_read(city->terrain_path, why, sizeof why, &raster) != TW_OK) {
        tw_faults_add(faults, city->terrain_path, 0, "%s", why);
        return;
    }
    tw_raster_done(&raster);
}

/* Every name under which measurements may come: the sensors' and the gages' own. */
static tw_status add_names(const struct tw_city *city, struct tw_catalogue *catalogue)
{
    for (int32_t s = 0; s < city->sensor_count; s++) {
        const struct tw_sensor_entry entry = {.series = s + 1, .unit = city->sensors[s].unit};
        TW_TRY(tw_catalogue_add(catalogue, city->sensors[s].id, &entry));
    }
    for (int32_t g = 0; g < tw_model_gage_count(city->model); g++) {
        struct tw_gage_info info;
        int32_t s = city->gage_sensor[g];
        TW_TRY(tw_model_gage_info(city->model, (tw_gage_id){g}, &info));
        if (s < 0 || tw_catalogue_find(catalogue, info.name) != NULL) continue;
        const struct tw_sensor_entry entry = {.series = s + 1, .unit = city->sensors[s].unit};
        TW_TRY(tw_catalogue_add(catalogue, info.name, &entry));
    }
    return TW_OK;
}

static tw_status check_devices(const struct tw_city *city, tw_faults *faults)
{
    struct tw_catalogue catalogue;
    struct tw_devices *devices = NULL;
    if (city->devices_path == NULL) return TW_OK;
    tw_catalogue_init(&catalogue);
    tw_status status = add_names(city, &catalogue);
    if (status == TW_OK) status = tw_devices_create(&catalogue, &devices);
    if (status == TW_OK) status = tw_devices_read(city->devices_path, devices, faults);
    if (status == TW_OK) status = tw_modbus_check(devices, city->devices_path, faults);
    tw_devices_destroy(devices);
    tw_catalogue_done(&catalogue);
    return status == TW_ERR_INPUT ? TW_OK : status; /* the faults say it */
}

/* What is watched at each plant, and the model that may lie beside it. */
static tw_status check_plants(const struct tw_city *city, tw_faults *faults)
{
    struct tw_works_list works = {0};
    if (city->plants_path == NULL) return TW_OK;
    tw_status status = tw_works_list_read(city->plants_path, faults, &works);
    tw_works_list_done(&works);
    for (int32_t i = 0; i < city->plant_count && status != TW_ERR_NOMEM; i++) {
        tw_plant *model = NULL;
        if (city->plants[i].model_path == NULL) continue;
        status = tw_plant_read(city->plants[i].model_path, faults, &model);
        tw_plant_destroy(model);
    }
    return status == TW_ERR_NOMEM ? status : TW_OK;
}

static tw_status check_city(const char *folder, tw_faults *faults)
{
    struct tw_city *city = NULL;
    struct tw_roles *roles = NULL;
    tw_status status = tw_city_load_checked(folder, faults, &city);
    if (status != TW_OK) return status;
    check_terrain(city, faults);
    status = tw_storms_check(city, faults);
    if (status == TW_OK) status = check_devices(city, faults);
    if (status == TW_OK) status = check_plants(city, faults);
    tw_ini_warn_unused(&city->ini, faults);
    if (status == TW_OK && tw_roles_load(city->tokens_path, NULL, faults, &roles) == TW_ERR_NOMEM) {
        status = TW_ERR_NOMEM;
    }
    tw_roles_destroy(roles);
    tw_city_destroy(city);
    return status;
}

static int check(const struct arguments *a)
{
    struct stat about;
    tw_faults *faults = NULL;
    if (stat(a->path, &about) != 0) {
        (void)fprintf(stderr, "thalweg check: %s: %s\n", a->path, strerror(errno));
        return TW_EXIT_INPUT;
    }
    if (tw_faults_create(0, &faults) != TW_OK) return TW_EXIT_FAILED;
    tw_status status =
        S_ISDIR(about.st_mode) ? check_city(a->path, faults) : tw_model_check(a->path, faults);
    size_t found = tw_faults_count(faults);
    if (a->json) {
        print_json(faults);
    } else {
        tw_faults_print(faults, !a->quiet);
    }
    if (!a->quiet && !a->json) {
        printf("%s: %zu fault%s\n", a->path, found, found == 1 ? "" : "s");
    }
    int code = found > 0 ? TW_EXIT_FOUND : TW_EXIT_DONE;
    if (found == 0 && status != TW_OK) {
        (void)fprintf(stderr, "thalweg check: %s: %s\n", a->path, tw_status_text(status));
        code = status == TW_ERR_NOMEM ? TW_EXIT_FAILED : TW_EXIT_INPUT;
    }
    tw_faults_destroy(faults);
    return code;
}

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    (void)value;
    if (option == 'j') a->json = true;
    if (option == 'q') a->quiet = true;
    return true;
}

int tw_cmd_check(int argc, char **argv)
{
    static const struct option known[] = {{"json", no_argument, NULL, 'j'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct arguments a = {NULL, false, false};
    const struct tw_options options = {.command = "check",
                                       .usage = usage,
                                       .letters = "hq",
                                       .known = known,
                                       .take = take_option,
                                       .into = &a,
                                       .least = 1,
                                       .most = 1};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    a.path = argv[optind];
    return check(&a);
}
