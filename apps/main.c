/* thalweg: one command, a subcommand for each task. */
#include "commands.h"
#include "service.h"

#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name, *help;
    int (*run)(int argc, char **argv); /* NULL: the service's */
    const char *entry;
} commands[] = {
#define TW_COMMAND(id, name, help) {name, help, tw_cmd_##id, NULL},
#define TW_SERVICE_COMMAND(id, name, help) {name, help, NULL, "tw_cmd_" #id},
#include "commands.def"
#undef TW_SERVICE_COMMAND
#undef TW_COMMAND
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static void print_usage(FILE *to)
{
    (void)fprintf(to, "usage: thalweg COMMAND [options] ...\n\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (commands[i].help[0] != '\0') {
            (void)fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
        }
    }
    (void)fprintf(to,
                  "\nthalweg COMMAND --help tells more; thalweg --version tells the version.\n"
                  "Exit: 0 done, 1 found what was asked for, 2 usage, 3 bad input, 4 failed.\n");
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return TW_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_usage(stdout);
        return TW_EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("thalweg %s\n", TW_VERSION);
        return TW_EXIT_DONE;
    }
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], commands[i].name) != 0) continue;
        if (commands[i].run != NULL) return commands[i].run(argc - 1, argv + 1);
        return tw_service_run(commands[i].entry, argc - 1, argv + 1);
    }
    (void)fprintf(stderr, "thalweg: no command \"%s\"\n\n", argv[1]);
    print_usage(stderr);
    return TW_EXIT_USAGE;
}
