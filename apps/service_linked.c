/* The service is linked with the command: builds for debugging and with sanitizers. */
#include "commands.h"
#include "service.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *entry;
    int (*run)(int argc, char **argv);
} entries[] = {
#define TW_COMMAND(id, name, help)
#define TW_SERVICE_COMMAND(id, name, help) {"tw_cmd_" #id, tw_cmd_##id},
#include "commands.def"
#undef TW_COMMAND
#undef TW_SERVICE_COMMAND
};

int tw_service_run(const char *entry, int argc, char **argv)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        if (strcmp(entries[i].entry, entry) == 0) return entries[i].run(argc, argv);
    }
    return TW_EXIT_USAGE;
}
