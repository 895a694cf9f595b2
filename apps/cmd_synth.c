/* thalweg synth: a made mountain city of any size. */
#include "base/text.h"
#include "commands.h"
#include "synth/folder.h"
#include "telemetry_load.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES_LEAST = 200, NODES_MOST = 200000 };

static const char usage[] =
    "usage: thalweg synth --nodes N --seed S [options] DIR\n"
    "       thalweg synth --telemetry http://HOST:PORT|FILE.geojson [options]\n"
    "\n"
    "Makes a mountain city on a peninsula between two rivers and writes its folder: network,\n"
    "terrain, twelve flood-prone points, sensors, roads, depots, cameras, three plants and four\n"
    "storms. The same N and S give the same bytes on every machine. All of it is made up.\n"
    "\n"
    "  --nodes N        nodes of the network, 200 to 200000; it has as many or one less\n"
    "  --seed S         a whole number from 0: which city\n"
    "  --title-zh TEXT  its title in Chinese\n"
    "  --title-en TEXT  its title in English\n"
    "  --storms-only    write only DIR/storms, of the city with this N and S\n"
    "  --force          write into DIR even when there is something in it\n"
    "\n"
    "With --telemetry the measurements of a made city are sent to a server, 60 plants of 500 tags\n"
    "every 10 s and 3000 points every 60 s; a FILE gets the layer of sensors that the server's "
    "city\n"
    "needs for that.\n"
    "\n"
    "  --scale N        N times as many plants and points (1)\n"
    "  --plan P,T,N     P plants of T tags and N points (60,500,3000)\n"
    "  --lines          in line protocol instead of JSON\n"
    "  --flat           as fast as it goes; without it at the pace of the measurements\n"
    "  --seconds S      for so long (60)\n"
    "  --connections N  at once (4)\n"
    "  --batch N        samples in a request (1000)\n"
    "  --token TOKEN    of a device\n"
    "  --ledger FILE    a line for every request that was acknowledged: first series, the one "
    "after\n"
    "                   the last, time [ms]\n"
    "  --help\n"
    "\n"
    "Exit: 0 done, 2 usage, 3 DIR is not empty or cannot be written, 4 failed.\n";

struct arguments {
    int32_t nodes; /* 0: not given */
    uint64_t seed;
    bool seeded, force, storms_only;
    const char *title_zh, *title_en, *dir;
    struct tw_telemetry_load load; /* place NULL: no telemetry */
};

static bool read_seed(const char *text, uint64_t *out_seed)
{
    char *end = NULL;
    if (!isdigit((unsigned char)text[0])) return false;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    *out_seed = value;
    return errno == 0 && *end == '\0';
}

/* Titles become values of an ini file: a line end or a comment's sign would cut them. */
static bool is_title(const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++)
        if (*c < 0x20 || *c == ';') return false;
    return text[0] != '\0';
}

static bool say(const char *what, const char *value)
{
    (void)fprintf(stderr, "thalweg synth: %s%s%s\n", what, value != NULL ? ", not " : "",
                  value != NULL ? value : "");
    return false;
}

/* A whole number of at least 1. */
static bool take_count(const char *name, const char *value, int32_t most, int *out)
{
    int32_t number = 0;
    if (tw_text_int(value, &number) != TW_OK || number < 1 || number > most) {
        (void)fprintf(stderr, "thalweg synth: --%s takes a number from 1 to %d, not %s\n", name,
                      (int)most, value);
        return false;
    }
    *out = number;
    return true;
}

/* PLANTS,TAGS,POINTS */
static bool take_plan(struct tw_telemetry_plan *plan, const char *value)
{
    char text[3][16] = {""};
    int end = 0;
    int32_t *const counts[3] = {&plan->plants, &plan->tags, &plan->points};
    bool sound =
        sscanf(value, "%15[0-9],%15[0-9],%15[0-9]%n", text[0], text[1], text[2], &end) == 3 &&
        value[end] == 0;
    for (int i = 0; i < 3 && sound; i++)
        sound = tw_text_int(text[i], counts[i]) == TW_OK && *counts[i] <= 100000;
    return (sound && (int64_t)plan->plants * plan->tags + plan->points <= 1000000) ||
           say("--plan takes PLANTS,TAGS,POINTS, a million series at most", value);
}

/* Options of --telemetry; false: usage. */
static bool take_load(struct tw_telemetry_load *load, int option, const char *value)
{
    int scale = 1;
    switch (option) {
    case 't':
        load->place = value;
        return true;
    case 'x':
        if (!take_count("scale", value, 10, &scale)) return false;
        load->plan.plants *= scale;
        load->plan.points *= scale;
        return true;
    case 'p':
        return take_plan(&load->plan, value);
    case 'l':
        load->lines = true;
        return true;
    case 'F':
        load->flat = true;
        return true;
    case 'S':
        return (tw_text_double(value, &load->seconds) == TW_OK && load->seconds > 0.0) ||
               say("--seconds takes a number above 0", value);
    case 'c':
        return take_count("connections", value, 1000, &load->connections);
    case 'b':
        return take_count("batch", value, 10000, &load->batch);
    case 'k':
        load->token = value;
        return true;
    case 'L':
        load->ledger = value;
        return true;
    default:
        (void)fputs(usage, stderr);
        return false;
    }
}

static bool take_option(struct arguments *a, int option, const char *value)
{
    switch (option) {
    case 'n':
        if (tw_text_int(value, &a->nodes) == TW_OK && a->nodes >= NODES_LEAST &&
            a->nodes <= NODES_MOST) {
            return true;
        }
        return say("--nodes takes a number from 200 to 200000", value);
    case 's':
        a->seeded = true;
        return read_seed(value, &a->seed) || say("--seed takes a whole number from 0", value);
    case 'z':
        a->title_zh = value;
        return is_title(value) || say("a title is one line without ';'", NULL);
    case 'e':
        a->title_en = value;
        return is_title(value) || say("a title is one line without ';'", NULL);
    case 'f':
        a->force = true;
        return true;
    case 'o':
        a->storms_only = true;
        return true;
    default:
        return take_load(&a->load, option, value);
    }
}

/* The folder's own name when it will do as an id. */
static void id_from(const char *dir, char *out_id, size_t size)
{
    size_t end = strlen(dir), begin;
    while (end > 0 && dir[end - 1] == '/')
        end--;
    for (begin = end; begin > 0 && dir[begin - 1] != '/'; begin--) {
        unsigned char c = (unsigned char)dir[begin - 1];
        if (c >= 0x80 || (!isalnum(c) && c != '-' && c != '_')) break;
    }
    bool whole = begin < end && (begin == 0 || dir[begin - 1] == '/') && end - begin < size;
    (void)snprintf(out_id, size, "%.*s", whole ? (int)(end - begin) : 4,
                   whole ? dir + begin : "city");
}

static bool is_empty(const char *path)
{
    DIR *dir = opendir(path);
    bool empty = true;
    if (dir == NULL) return errno == ENOENT;
    for (const struct dirent *entry; empty && (entry = readdir(dir)) != NULL;)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    (void)closedir(dir);
    return empty;
}

/* Nothing is there that would be mixed with what is written; says so otherwise. */
static bool is_free(const struct arguments *a)
{
    struct tw_strbuf path = {.text = NULL};
    (void)tw_strbuf_printf(&path, "%s%s", a->dir, a->storms_only ? "/storms" : "");
    bool empty = is_empty(tw_strbuf_get(&path));
    if (!empty) {
        (void)fprintf(stderr,
                      "thalweg synth: %s is no empty folder; --force writes into it all the same\n",
                      tw_strbuf_get(&path));
    }
    tw_strbuf_done(&path);
    return empty;
}

static int synth(const struct arguments *a)
{
    struct tw_city city;
    char id[64];
    id_from(a->dir, id, sizeof id);
    struct tw_folder_options options = {id, a->title_zh, a->title_en, a->storms_only};
    if (!a->force && !is_free(a)) return TW_EXIT_INPUT;
    tw_status status = tw_city_make(a->seed, a->nodes, &city);
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg synth: the city can't be made: %s\n",
                      tw_status_text(status));
        tw_city_done(&city);
        return TW_EXIT_FAILED;
    }
    status = tw_folder_write(&city, &options, a->dir);
    int code = status == TW_OK         ? TW_EXIT_DONE
               : status == TW_ERR_FILE ? TW_EXIT_INPUT
                                       : TW_EXIT_FAILED;
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg synth: %s: %s\n", a->dir,
                      status == TW_ERR_FILE ? strerror(errno) : tw_status_text(status));
    } else {
        printf("%s: %" PRId32 " nodes, %" PRId32 " links, %" PRId32 " subcatchments\n", a->dir,
               city.rows.node_count, city.rows.link_count, city.rows.basin_count);
    }
    tw_city_done(&city);
    return code;
}

int tw_cmd_synth(int argc, char **argv)
{
    static const struct option known[] = {{"nodes", required_argument, NULL, 'n'},
                                          {"seed", required_argument, NULL, 's'},
                                          {"title-zh", required_argument, NULL, 'z'},
                                          {"title-en", required_argument, NULL, 'e'},
                                          {"storms-only", no_argument, NULL, 'o'},
                                          {"force", no_argument, NULL, 'f'},
                                          {"telemetry", required_argument, NULL, 't'},
                                          {"scale", required_argument, NULL, 'x'},
                                          {"plan", required_argument, NULL, 'p'},
                                          {"lines", no_argument, NULL, 'l'},
                                          {"flat", no_argument, NULL, 'F'},
                                          {"seconds", required_argument, NULL, 'S'},
                                          {"connections", required_argument, NULL, 'c'},
                                          {"batch", required_argument, NULL, 'b'},
                                          {"token", required_argument, NULL, 'k'},
                                          {"ledger", required_argument, NULL, 'L'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct arguments a = {
        .title_zh = "山城（虚构）",
        .title_en = "Shancheng (made up)",
        .load = {.plan = TW_TELEMETRY_CITY, .connections = 4, .batch = 1000, .seconds = 60.0}};
    int option;
    while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (option == 'h') {
            (void)fputs(usage, stdout);
            return TW_EXIT_DONE;
        }
        if (!take_option(&a, option, optarg)) return TW_EXIT_USAGE;
    }
    if (a.load.place != NULL && argc == optind) return tw_telemetry_run(&a.load);
    if (a.load.place != NULL || argc - optind != 1 || a.nodes == 0 || !a.seeded) {
        (void)fputs(usage, stderr);
        return TW_EXIT_USAGE;
    }
    a.dir = argv[optind];
    return synth(&a);
}
