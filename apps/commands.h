/* The subcommands of `thalweg`, one file each. argv[0] is the subcommand's name. */
#ifndef TW_APPS_COMMANDS_H
#define TW_APPS_COMMANDS_H

/* Exit codes of every subcommand. */
enum tw_exit {
    TW_EXIT_DONE = 0,
    TW_EXIT_FOUND = 1, /* what it was asked to look for: faults, differences */
    TW_EXIT_USAGE = 2,
    TW_EXIT_INPUT = 3, /* bad input */
    TW_EXIT_FAILED = 4 /* failed while running */
};

#define TW_COMMAND(id, name, help) int tw_cmd_##id(int argc, char **argv);
#define TW_SERVICE_COMMAND TW_COMMAND
#include "commands.def"
#undef TW_SERVICE_COMMAND
#undef TW_COMMAND

#endif
