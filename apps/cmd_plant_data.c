/* What `thalweg plant` does with a plant's data: it needs the service, unlike `thalweg plant run`. */
#include "commands.h"
#include "plant_data.h"

#include <stdio.h>
#include <string.h>

int tw_cmd_plant_data(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {{"fit", tw_plant_fit_command},
                    {"forecast", tw_plant_forecast_command},
                    {"sensors", tw_plant_sensors_command},
                    {"soft", tw_plant_soft_command},
                    {"advise", tw_plant_advise_command}};
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) return commands[i].run(argc - 1, argv + 1);
    }
    (void)fprintf(stderr,
                  "usage: thalweg plant fit|forecast|sensors|soft|advise ...; --help tells more\n");
    return TW_EXIT_USAGE;
}
