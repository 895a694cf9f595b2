/* thalweg model-worker: the model's process. */
#include "commands.h"
#include "server/worker.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>

/* The model's process, started by the server only. */
int tw_cmd_model_worker(int argc, char **argv)
{
    struct stat about;
    (void)argv;
    if (argc != 1 || fstat(TW_WORKER_FD, &about) != 0 || !S_ISSOCK(about.st_mode)) {
        (void)fprintf(stderr, "thalweg model-worker is started by thalweg serve\n");
        return TW_EXIT_USAGE;
    }
    /* Ctrl-C in a terminal reaches the whole group: the server decides when this ends. And when the
     * server is killed this must not go on alone. */
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    return tw_worker_serve(TW_WORKER_FD) == TW_OK ? TW_EXIT_DONE : TW_EXIT_FAILED;
}
