/* Runs a command and writes what it took: seconds, processor seconds, largest resident set [KB].
 *
 *   measure FIGURES.txt COMMAND ...
 *
 * A process inherits the largest resident set of the one that started it, so this one is small:
 * started from Python, nothing below 20 MB could be measured.                                    */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t) { return (double)t.tv_sec + 1e-6 * (double)t.tv_usec; }

int main(int argc, char **argv)
{
    struct timespec begin, end;
    struct rusage usage;
    int status = 0;
    if (argc < 3) {
        fprintf(stderr, "usage: measure FIGURES.txt COMMAND ...\n");
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &begin);
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) < 0) return 4;
    clock_gettime(CLOCK_MONOTONIC, &end);
    FILE *out = fopen(argv[1], "w");
    if (out == NULL) return 4;
    fprintf(out, "%.4f %.4f %ld\n",
            (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec),
            seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss);
    if (fclose(out) != 0) return 4;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 4;
}
