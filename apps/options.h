/* How subcommands read their options. */
#ifndef TW_APPS_OPTIONS_H
#define TW_APPS_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

/** What a subcommand is called with. */
struct tw_options {
    const char *command;        /* as it is typed behind `thalweg`: "plant fit" */
    const char *usage;          /* printed by --help, and to stderr when something is wrong */
    const char *letters;        /* options that have a letter, for getopt; NULL: -h */
    const struct option *known; /* a row of zeros at the end; --help is 'h' */
    bool (*take)(void *into, int option, const char *value); /* false: the value is refused */
    void *into;
    int least, most; /* words behind the options */
};

/**
 * Take the options of a subcommand, and say what is wrong with them.
 *
 * returns  -1: go on, the words behind the options begin at argv[optind]; else the exit code
 */
int tw_options_read(int argc, char **argv, const struct tw_options *options);

/** Print the usage to stderr; returns the exit code. */
int tw_options_refuse(const char *usage);

/** Read a whole number; false, and nothing is written, when it is none or out of range. */
bool tw_option_whole(const char *text, int32_t least, int32_t most, int32_t *out);

/** Read a number; false, and nothing is written, when it is none or out of range. */
bool tw_option_number(const char *text, double least, double most, double *out);

#endif
