/* thalweg serve: the server of a city and its page. */
#include "base/text.h"
#include "commands.h"
#include "faults.h"
#include "options.h"
#include "server/server.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char usage[] =
    "usage: thalweg serve [options] CITY\n"
    "\n"
    "Serves a city's folder (docs/city-folder.md): takes measurements, runs the model behind "
    "them,\n"
    "forecasts, warns, and shows it on a page. Prints the page's address when it is ready and "
    "ends\n"
    "on SIGINT or SIGTERM.\n"
    "\n"
    "  --replay STORM        play a storm of the city instead of the present\n"
    "  --speed X             so many times as fast as life, 1 to 3600 (default 1)\n"
    "  --paused              the storm's clock stands until it is started on the page\n"
    "  --continue            go on with the last replay of the storm where it ended, e.g. after a "
    "crash\n"
    "  --drill[=auto]        crews that do not exist play over HTTP; auto: a dispatcher, too\n"
    "  --drill-seed N        of what happens to them (default 1)\n"
    "  --exit-at-end         end when the storm has been played\n"
    "  --rain honest|perfect rain that forecasts take: persistence, or the storm's own\n"
    "  --listen ADDR:PORT    where to listen (default: city.ini's, else 127.0.0.1:8080 or the\n"
    "                        next free port)\n"
    "  --store DIR           folder of the store (default: city.ini's, else var in the city)\n"
    "  --quiet               say nothing but the address\n"
    "  --help\n";

struct arguments {
    tw_server_options server;
    bool exit_at_end, quiet;
};

enum option_id {
    OPTION_REPLAY = 256,
    OPTION_SPEED,
    OPTION_PAUSED,
    OPTION_CONTINUE,
    OPTION_EXIT,
    OPTION_DRILL,
    OPTION_DRILL_SEED,
    OPTION_RAIN,
    OPTION_LISTEN,
    OPTION_STORE,
    OPTION_QUIET
};

static const struct option known[] = {{"replay", required_argument, NULL, OPTION_REPLAY},
                                      {"speed", required_argument, NULL, OPTION_SPEED},
                                      {"paused", no_argument, NULL, OPTION_PAUSED},
                                      {"continue", no_argument, NULL, OPTION_CONTINUE},
                                      {"drill", optional_argument, NULL, OPTION_DRILL},
                                      {"drill-seed", required_argument, NULL, OPTION_DRILL_SEED},
                                      {"exit-at-end", no_argument, NULL, OPTION_EXIT},
                                      {"rain", required_argument, NULL, OPTION_RAIN},
                                      {"listen", required_argument, NULL, OPTION_LISTEN},
                                      {"store", required_argument, NULL, OPTION_STORE},
                                      {"quiet", no_argument, NULL, OPTION_QUIET},
                                      {"help", no_argument, NULL, 'h'},
                                      {NULL, 0, NULL, 0}};

/* Take an option; false when its value makes no sense. */
static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    switch (option) {
    case OPTION_REPLAY:
        a->server.storm = value;
        return true;
    case OPTION_SPEED:
        return tw_text_double(value, &a->server.speed) == TW_OK && a->server.speed >= 1.0 &&
               a->server.speed <= 3600.0;
    case OPTION_PAUSED:
        a->server.paused = true;
        return true;
    case OPTION_CONTINUE:
        a->server.resume = true;
        return true;
    case OPTION_EXIT:
        a->exit_at_end = true;
        return true;
    case OPTION_DRILL:
        a->server.drill = value == NULL ? "person" : value;
        return strcmp(a->server.drill, "person") == 0 || strcmp(a->server.drill, "auto") == 0;
    case OPTION_DRILL_SEED: {
        int32_t seed = 0;
        if (tw_text_int(value, &seed) != TW_OK || seed < 0) return false;
        a->server.drill_seed = (uint64_t)seed;
        return true;
    }
    case OPTION_RAIN:
        a->server.rain = value;
        return strcmp(value, "honest") == 0 || strcmp(value, "perfect") == 0;
    case OPTION_LISTEN:
        a->server.listen = value;
        return true;
    case OPTION_STORE:
        a->server.store = value;
        return value[0] != 0;
    case OPTION_QUIET:
        a->quiet = true;
        return true;
    default:
        return false;
    }
}

/* -1: go on; else the exit code. */
static int parse(int argc, char **argv, struct arguments *a)
{
    const struct tw_options options = {.command = "serve",
                                       .usage = usage,
                                       .known = known,
                                       .take = take_option,
                                       .into = a,
                                       .least = 1,
                                       .most = 1};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    a->server.folder = argv[optind];
    const tw_server_options *o = &a->server;
    if (o->storm == NULL && (a->exit_at_end || o->paused || o->resume || o->drill != NULL)) {
        (void)fprintf(stderr, "thalweg serve: --exit-at-end, --paused, --continue and --drill need "
                              "--replay STORM\n");
        return TW_EXIT_USAGE;
    }
    return -1;
}

static int exit_code(tw_status status)
{
    switch (status) {
    case TW_OK:
        return TW_EXIT_DONE;
    case TW_ERR_INPUT:
    case TW_ERR_FILE:
    case TW_ERR_NAME:
    case TW_ERR_ARG:
        return TW_EXIT_INPUT;
    default:
        return TW_EXIT_FAILED;
    }
}

/* Wait until somebody asks for the end, or the storm is over. */
static void wait_for_end(struct tw_server *server, bool exit_at_end, const sigset_t *signals)
{
    const struct timespec moment = {.tv_nsec = 200 * 1000000};
    for (;;) {
        int got = sigtimedwait(signals, NULL, &moment);
        if (got == SIGINT || got == SIGTERM) return;
        if (exit_at_end && tw_server_finished(server)) return;
    }
}

static int serve(const struct arguments *a)
{
    char why[600];
    tw_faults *faults = NULL;
    struct tw_server *server = NULL;
    sigset_t signals;
    /* Before any thread is made, so that all of them leave these to the main one. SIGXFSZ and
     * SIGPIPE would end a server whose disk is full or whose client went away. */
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    if (tw_faults_create(0, &faults) != TW_OK) return TW_EXIT_FAILED;
    tw_status status = tw_server_create(&a->server, faults, why, sizeof why, &server);
    tw_faults_print(faults, false);
    size_t told = tw_faults_count(faults);
    size_t kept = tw_faults_kept(faults); /* without faults: warnings */
    if (told == 0 && kept > 0 && !a->quiet) {
        (void)fprintf(stderr, "%zu warnings: thalweg check %s names them\n", kept,
                      a->server.folder);
    }
    tw_faults_destroy(faults);
    if (status != TW_OK) {
        if (why[0] != 0) (void)fprintf(stderr, "thalweg serve: %s\n", why);
        if (why[0] == 0 && told == 0) {
            (void)fprintf(stderr, "thalweg serve: %s: %s\n", a->server.folder,
                          tw_status_text(status));
        }
        return exit_code(status);
    }
    printf("Thalweg: %s\n%s", tw_server_url(server), tw_server_places(server));
    (void)fflush(stdout);
    wait_for_end(server, a->exit_at_end, &signals);
    tw_server_destroy(server);
    return TW_EXIT_DONE;
}

int tw_cmd_serve(int argc, char **argv)
{
    struct arguments a = {.server = TW_SERVER_OPTIONS_DEFAULT};
    int code = parse(argc, argv, &a);
    return code >= 0 ? code : serve(&a);
}
