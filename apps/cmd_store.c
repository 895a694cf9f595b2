/* thalweg store: check, back up, restore and move what a city has stored. */
#include "commands.h"
#include "options.h"
#include "store/admin.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] =
    "usage: thalweg store check STORE\n"
    "       thalweg store backup STORE COPY\n"
    "       thalweg store restore COPY STORE\n"
    "       thalweg store move FROM TO\n"
    "\n"
    "A store is its file (var/live.db; its months lie beside it), a folder with a live.db, or a\n"
    "PostgreSQL database (postgresql://USER@HOST/NAME).\n"
    "\n"
    "check    reads all of it: every chunk unpacks, counts and sums agree, the log is continuous\n"
    "backup   copies it while it is in use, and reads the copy again\n"
    "restore  checks the copy, copies it to where there is no store yet, and reads that again\n"
    "move     the same for a store whose server was stopped, also between SQLite and PostgreSQL\n"
    "\n"
    "  --json    what was found as a JSON object on standard output\n"
    "  --quiet   faults only\n"
    "  --help\n"
    "\n"
    "Exit: 0 done and sound, 1 faults were found, 2 usage, 3 there is no store or already one, 4\n"
    "failed.\n";

enum { PATH_SIZE = 1024 };

struct arguments {
    const char *verb;
    char from[PATH_SIZE], to[PATH_SIZE];
    bool json, quiet;
};

static void tell_fault(void *user, const char *text)
{
    (void)fprintf(stderr, "%s: %s\n", (const char *)user, text);
}

static void tell_found(const struct arguments *a, const char *where, const struct tw_store_found *f)
{
    if (a->json) {
        printf("{\"faults\": %lld, \"series\": %lld, \"sources\": %lld, \"months\": %lld, "
               "\"chunks\": %lld, \"samples\": %lld, \"chunk_bytes\": %lld, \"log_rows\": %lld, "
               "\"log_samples\": %lld, \"warnings\": %lld, \"audit\": %lld, \"forecasts\": %lld}\n",
               (long long)f->faults, (long long)f->series, (long long)f->sources,
               (long long)f->months, (long long)f->chunks, (long long)f->points,
               (long long)f->chunk_bytes, (long long)f->log_rows, (long long)f->log_samples,
               (long long)f->warnings, (long long)f->audit_lines, (long long)f->forecasts);
    } else if (!a->quiet) {
        printf("%s: %lld series, %lld samples in %lld chunks of %lld months, %lld rows of the log, "
               "%lld warnings; %lld fault%s\n",
               where, (long long)f->series, (long long)f->points, (long long)f->chunks,
               (long long)f->months, (long long)f->log_rows, (long long)f->warnings,
               (long long)f->faults, f->faults == 1 ? "" : "s");
    }
}

static int exit_code(tw_status status)
{
    return status == TW_ERR_FORMAT || status == TW_ERR_STATE || status == TW_ERR_FILE
               ? TW_EXIT_INPUT
               : TW_EXIT_FAILED;
}

/* -1: sound; else the exit code, and it was told. */
static int check(const struct arguments *a, char *where, struct tw_store_found *out_found)
{
    char why[400] = "";
    tw_status status = tw_store_check(where, tell_fault, where, why, sizeof why, out_found);
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg store %s: %s: %s\n", a->verb, where, why);
        return exit_code(status);
    }
    return out_found->faults > 0 ? TW_EXIT_FOUND : -1;
}

static int copy(struct arguments *a)
{
    char why[400] = "";
    struct tw_store_found found;
    if (strcmp(a->verb, "backup") != 0) { /* which reads the chunks, and tells of damage, itself */
        int code = check(a, a->from, &found);
        if (code >= 0) return code;
    }
    tw_status status = tw_store_copy(a->from, a->to, why, sizeof why, &found);
    if (status != TW_OK) {
        (void)fprintf(stderr, "thalweg store %s: %s to %s: %s\n", a->verb, a->from, a->to, why);
        return exit_code(status);
    }
    tell_found(a, a->to, &found);
    return TW_EXIT_DONE;
}

/* A folder stands for the live.db in it. False when it is too long. */
static bool place(const char *given, char *out)
{
    struct stat about;
    size_t length = strlen(given);
    bool folder =
        strncmp(given, "postgres", 8) != 0 && length > 0 &&
        (given[length - 1] == '/' || (stat(given, &about) == 0 && S_ISDIR(about.st_mode)));
    return snprintf(out, PATH_SIZE, "%s%s", given, folder ? "/live.db" : "") < PATH_SIZE;
}

static bool take_option(void *into, int option, const char *value)
{
    struct arguments *a = into;
    (void)value;
    if (option == 'j') a->json = true;
    if (option == 'q') a->quiet = true;
    return true;
}

/* -1: go on; else the exit code. */
static int parse(int argc, char **argv, struct arguments *a)
{
    static const struct option known[] = {{"json", no_argument, NULL, 'j'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    const struct tw_options options = {.command = "store",
                                       .usage = usage,
                                       .letters = "hq",
                                       .known = known,
                                       .take = take_option,
                                       .into = a,
                                       .least = 2,
                                       .most = 3};
    int code = tw_options_read(argc, argv, &options);
    if (code >= 0) return code;
    int places = argc - optind - 1;
    a->verb = argv[optind];
    bool one = strcmp(a->verb, "check") == 0;
    bool two = strcmp(a->verb, "backup") == 0 || strcmp(a->verb, "restore") == 0 ||
               strcmp(a->verb, "move") == 0;
    if (places != (one ? 1 : 2) || !(one || two) || !place(argv[optind + 1], a->from) ||
        (two && !place(argv[optind + 2], a->to))) {
        return tw_options_refuse(usage);
    }
    return -1;
}

int tw_cmd_store(int argc, char **argv)
{
    struct arguments a = {.verb = ""};
    struct tw_store_found found;
    int code = parse(argc, argv, &a);
    if (code >= 0) return code;
    if (strcmp(a.verb, "check") != 0) return copy(&a);
    code = check(&a, a.from, &found);
    if (code < 0 || code == TW_EXIT_FOUND) tell_found(&a, a.from, &found);
    return code < 0 ? TW_EXIT_DONE : code;
}
