/* thalweg modbus-gateway: the process that reads one Modbus gateway. */
#include "commands.h"
#include "server/worker.h"
#include "telemetry/modbus_gateway.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>

/* A gateway's process, started by the server only. */
int tw_cmd_modbus_gateway(int argc, char **argv)
{
    struct stat about;
    (void)argv;
    if (argc != 1 || fstat(TW_WORKER_FD, &about) != 0 || !S_ISSOCK(about.st_mode)) {
        (void)fprintf(stderr, "thalweg modbus-gateway is started by thalweg serve\n");
        return TW_EXIT_USAGE;
    }
    /* As the model's process: the server decides when this ends, and its end is this one's. */
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    return tw_modbus_gateway_serve(TW_WORKER_FD) == TW_OK ? TW_EXIT_DONE : TW_EXIT_FAILED;
}
