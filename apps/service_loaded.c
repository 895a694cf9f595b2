/* The service is a shared object inside the command, loaded when a subcommand needs it: its
 * libraries cost 12 MB and 30 ms, more than a run of a small model (docs/decisions). */
#include "commands.h"
#include "service.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* From cmake/service.cmake. */
extern const unsigned char tw_service_bytes[];
extern const uint64_t tw_service_size;

static bool write_all(int fd, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) {
            bytes += n;
            size -= (size_t)n;
        }
    }
    return true;
}

/* dlopen wants a path: a file in memory has one. */
static void *load(char *why, size_t why_size)
{
    char path[64];
    int fd = memfd_create("thalweg-service", MFD_CLOEXEC);
    if (fd < 0 || !write_all(fd, tw_service_bytes, tw_service_size)) {
        (void)snprintf(why, why_size, "a file in memory: %s", strerror(errno));
        if (fd >= 0) (void)close(fd);
        return NULL;
    }
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    void *service = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (service == NULL) (void)snprintf(why, why_size, "%s", dlerror());
    (void)close(fd);
    return service;
}

int tw_service_run(const char *entry, int argc, char **argv)
{
    char why[400] = "";
    void *service = load(why, sizeof why);
    void *symbol = service == NULL ? NULL : dlsym(service, entry);
    if (symbol == NULL) {
        (void)fprintf(stderr, "thalweg: the service can't be loaded: %s\n", why);
        (void)fprintf(stderr, "  It needs the libraries named in docs/dependencies.md.\n");
        return TW_EXIT_FAILED;
    }
    int (*run)(int argc, char **argv) = NULL;
    memcpy(&run, &symbol, sizeof run); /* ISO C has no cast from an object to a function */
    return run(argc, argv);            /* it stays loaded until the process ends */
}
