/* A still of a camera: ffmpeg as a child process writes one JPEG into a pipe. */
#include "base/clock.h"
#include "operate/inspect_store.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LONGEST_MS = 10000, LARGEST = 4 << 20 };

extern char **environ;

static char *base64(const unsigned char *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = malloc((size + 2) / 3 * 4 + 1), *at = out;
    if (out == NULL) return NULL;
    for (size_t i = 0; i < size; i += 3) {
        unsigned long group = (unsigned long)bytes[i] << 16;
        if (i + 1 < size) group |= (unsigned long)bytes[i + 1] << 8;
        if (i + 2 < size) group |= bytes[i + 2];
        *at++ = digits[group >> 18];
        *at++ = digits[group >> 12 & 63];
        *at++ = i + 1 < size ? digits[group >> 6 & 63] : '=';
        *at++ = i + 2 < size ? digits[group & 63] : '=';
    }
    *at = '\0';
    return out;
}

static int spawn_ffmpeg(const char *address, int out_fd, pid_t *out_child)
{
    enum { WORDS = 14, ADDRESS = 5 };
    /* exec wants words that could be written to. */
    char words[] = "ffmpeg\0-nostdin\0-v\0error\0-i\0\0-frames:v\0"
                   "1\0-c:v\0mjpeg\0-f\0image2pipe\0pipe:1";
    char *arguments[WORDS] = {NULL}, *at = words;
    char *own = strdup(address);
    posix_spawn_file_actions_t actions;
    if (own == NULL) return ENOMEM;
    for (int i = 0; i + 1 < WORDS; i++) {
        arguments[i] = i == ADDRESS ? own : at;
        at += strlen(at) + 1;
    }
    int code = posix_spawn_file_actions_init(&actions);
    if (code == 0) {
        (void)posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
        (void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        code = posix_spawnp(out_child, "ffmpeg", &actions, NULL, arguments, environ);
        (void)posix_spawn_file_actions_destroy(&actions);
    }
    free(own);
    return code;
}

/* All that comes until the end of the pipe, or until the time is over. */
static size_t read_all(int fd, unsigned char *out, size_t room, bool *out_late)
{
    size_t size = 0;
    int64_t end_ms = tw_clock_steady_ms() + LONGEST_MS;
    *out_late = false;
    while (size < room) {
        int64_t left_ms = end_ms - tw_clock_steady_ms();
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int code = left_ms > 0 ? poll(&ready, 1, (int)left_ms) : 0;
        if (code < 0 && errno == EINTR) continue;
        if (code <= 0) {
            *out_late = true;
            return size;
        }
        ssize_t n = read(fd, out + size, room - size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return size;
        size += (size_t)n;
    }
    return size;
}

char *tw_inspect_still_ffmpeg(void *user, const char *address, char *why, size_t why_size)
{
    (void)user;
    int fds[2];
    pid_t child;
    bool late;
    char *out = NULL;
    unsigned char *bytes = malloc(LARGEST);
    if (bytes == NULL || pipe2(fds, O_CLOEXEC) != 0) {
        (void)snprintf(why, why_size, "%s", strerror(errno));
        free(bytes);
        return NULL;
    }
    int code = spawn_ffmpeg(address, fds[1], &child);
    (void)close(fds[1]);
    if (code != 0) {
        (void)snprintf(why, why_size, "ffmpeg: %s", strerror(code));
    } else {
        size_t size = read_all(fds[0], bytes, LARGEST, &late);
        (void)kill(child, SIGKILL); /* it has ended, or has had its time */
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            continue;
        bool jpeg = size > 4 && bytes[0] == 0xff && bytes[1] == 0xd8;
        if (jpeg && !late) out = base64(bytes, size);
        if (out == NULL) {
            (void)snprintf(why, why_size,
                           late ? "the camera did not answer within 10 s"
                                : "the camera gave no picture");
        }
    }
    (void)close(fds[0]);
    free(bytes);
    return out;
}
