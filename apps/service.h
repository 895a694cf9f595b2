/* Subcommands of the service: those that need its libraries. */
#ifndef TW_APPS_SERVICE_H
#define TW_APPS_SERVICE_H

/**
 * Run a subcommand of the service.
 *
 * entry    its function, e.g. tw_cmd_serve
 * returns  its exit code; TW_EXIT_FAILED, with a message, when the service can't be loaded
 */
int tw_service_run(const char *entry, int argc, char **argv);

#endif
