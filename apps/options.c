#include "options.h"

#include "base/text.h"
#include "commands.h"

#include <stdio.h>

int tw_options_refuse(const char *usage)
{
    (void)fputs(usage, stderr);
    return TW_EXIT_USAGE;
}

int tw_options_read(int argc, char **argv, const struct tw_options *options)
{
    const char *letters = options->letters != NULL ? options->letters : "h";
    int option;
    while ((option = getopt_long(argc, argv, letters, options->known, NULL)) != -1) {
        if (option == 'h') {
            (void)fputs(options->usage, stdout);
            return TW_EXIT_DONE;
        }
        if (option == '?') return tw_options_refuse(options->usage); /* getopt has said why */
        if (options->take(options->into, option, optarg)) continue;
        (void)fprintf(stderr, "thalweg %s: \"%s\" makes no sense here\n\n", options->command,
                      optarg != NULL ? optarg : "");
        return tw_options_refuse(options->usage);
    }
    int words = argc - optind;
    if (words < options->least || words > options->most) return tw_options_refuse(options->usage);
    return -1;
}

bool tw_option_whole(const char *text, int32_t least, int32_t most, int32_t *out)
{
    int32_t value = 0;
    if (tw_text_int(text, &value) != TW_OK || value < least || value > most) return false;
    *out = value;
    return true;
}

bool tw_option_number(const char *text, double least, double most, double *out)
{
    double value = 0.0;
    if (tw_text_double(text, &value) != TW_OK || !(value >= least && value <= most)) return false;
    *out = value;
    return true;
}
