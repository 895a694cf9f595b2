#include "server/model_link.h"

#include "server/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 3000
#define PAUSE_FIRST_MS 200
#define PAUSE_LONGEST_MS 30000

extern char **environ;

struct tw_model_link {
    const char *program;
    struct tw_model_link_owner owner;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t stopped;
    bool stopping;
    int fd; /* -1: no child */
    pid_t child;
    int starts;
    pthread_mutex_t send_mutex; /* one frame at a time */
};

/* Start the child with one end of a socket pair; the other end, or -1. */
static int start_child(const char *program, const char *command, pid_t *out_child)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigset_t usual;
    (void)sigemptyset(&none);
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGPIPE);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawnattr_init(&attributes);
    /* dup2 onto itself would keep the close-on-exec flag; the pair's numbers are above 3 because
     * the server has opened more than that by now, but nothing depends on it. */
    if (ends[1] == TW_WORKER_FD) {
        int moved = dup(ends[1]);
        (void)close(ends[1]);
        ends[1] = moved;
    }
    (void)posix_spawn_file_actions_adddup2(&actions, ends[1], TW_WORKER_FD);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setsigdefault(&attributes, &usual);
    /* posix_spawn has no const for argv, and changes nothing in it. */
    char name[] = "thalweg";
    char word[32];
    (void)snprintf(word, sizeof word, "%s", command == NULL ? "model-worker" : command);
    char *const arguments[] = {name, word, NULL};
    int failed = posix_spawn(out_child, program, &actions, &attributes, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    (void)close(ends[1]);
    if (failed == 0) return ends[0];
    (void)close(ends[0]);
    return -1;
}

static bool is_stopping(struct tw_model_link *link)
{
    (void)pthread_mutex_lock(&link->mutex);
    bool stopping = link->stopping;
    (void)pthread_mutex_unlock(&link->mutex);
    return stopping;
}

/* Sleep, but not while the link is to stop. */
static void pause_for(struct tw_model_link *link, int ms)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    (void)pthread_mutex_lock(&link->mutex);
    while (!link->stopping) {
        if (pthread_cond_timedwait(&link->stopped, &link->mutex, &until) == ETIMEDOUT) break;
    }
    (void)pthread_mutex_unlock(&link->mutex);
}

/* Wait for a child that should end by itself; kill it when it does not. */
static void reap(pid_t child)
{
    const struct timespec moment = {.tv_nsec = 10 * 1000000};
    for (int waited_ms = 0; waited_ms < PATIENCE_MS; waited_ms += 10) {
        pid_t ended = waitpid(child, NULL, WNOHANG);
        if (ended == child || (ended < 0 && errno != EINTR)) return;
        (void)nanosleep(&moment, NULL);
    }
    (void)kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
}

/* Speak with one child until it is gone. returns: frames that it sent */
static int converse(struct tw_model_link *link, bool fresh)
{
    pid_t child = 0;
    int frames = 0;
    int fd = start_child(link->program, link->owner.command, &child);
    if (fd < 0) return 0;
    (void)pthread_mutex_lock(&link->mutex);
    link->fd = fd;
    link->child = child;
    link->starts++;
    (void)pthread_mutex_unlock(&link->mutex);
    link->owner.greet(link->owner.user, link, fresh);
    struct tw_frame frame;
    while (!is_stopping(link) && tw_frame_receive(fd, &frame) == TW_OK) {
        bool failed = frame.kind == TW_FRAME_FAILED;
        frames++;
        link->owner.frame(link->owner.user, &frame);
        free(frame.bytes);
        if (failed) break;
    }
    (void)pthread_mutex_lock(&link->send_mutex); /* nobody may be sending when it is closed */
    (void)pthread_mutex_lock(&link->mutex);
    link->fd = -1;
    link->child = 0;
    (void)pthread_mutex_unlock(&link->mutex);
    (void)close(fd);
    (void)pthread_mutex_unlock(&link->send_mutex);
    reap(child);
    return frames;
}

static void *keep_running(void *user)
{
    struct tw_model_link *link = user;
    int pause_ms = PAUSE_FIRST_MS;
    bool fresh = false;
    while (!is_stopping(link)) {
        int frames = converse(link, fresh);
        if (is_stopping(link)) break;
        link->owner.lost(link->owner.user);
        /* One that worked for a while was not killed by what it was told at the start. */
        bool worked = frames > 10;
        fresh = !worked && !fresh;
        pause_for(link, pause_ms);
        pause_ms = worked ? PAUSE_FIRST_MS : 2 * pause_ms;
        if (pause_ms > PAUSE_LONGEST_MS) pause_ms = PAUSE_LONGEST_MS;
    }
    return NULL;
}

tw_status tw_model_link_create(const char *program, const struct tw_model_link_owner *owner,
                               struct tw_model_link **out_link)
{
    struct tw_model_link *link = calloc(1, sizeof *link);
    if (link == NULL) return TW_ERR_NOMEM;
    link->program = program;
    link->owner = *owner;
    link->fd = -1;
    (void)pthread_mutex_init(&link->mutex, NULL);
    (void)pthread_mutex_init(&link->send_mutex, NULL);
    (void)pthread_cond_init(&link->stopped, NULL);
    *out_link = link; /* the thread may use it before this returns */
    if (pthread_create(&link->thread, NULL, keep_running, link) != 0) {
        *out_link = NULL;
        free(link);
        return TW_ERR_NOMEM;
    }
    return TW_OK;
}

void tw_model_link_stop(struct tw_model_link *link)
{
    if (link == NULL) return;
    (void)pthread_mutex_lock(&link->mutex);
    link->stopping = true;
    if (link->fd >= 0) (void)shutdown(link->fd, SHUT_RDWR);
    (void)pthread_cond_signal(&link->stopped);
    (void)pthread_mutex_unlock(&link->mutex);
}

void tw_model_link_destroy(struct tw_model_link *link)
{
    if (link == NULL) return;
    tw_model_link_stop(link);
    (void)pthread_join(link->thread, NULL);
    (void)pthread_mutex_destroy(&link->mutex);
    (void)pthread_mutex_destroy(&link->send_mutex);
    (void)pthread_cond_destroy(&link->stopped);
    free(link);
}

void tw_model_link_send(struct tw_model_link *link, uint32_t kind, int count,
                        const void *const parts[], const size_t sizes[])
{
    (void)pthread_mutex_lock(&link->send_mutex);
    (void)pthread_mutex_lock(&link->mutex);
    int fd = link->fd;
    (void)pthread_mutex_unlock(&link->mutex);
    if (fd >= 0) (void)tw_frame_send_parts(fd, kind, count, parts, sizes);
    (void)pthread_mutex_unlock(&link->send_mutex);
}

int tw_model_link_starts(struct tw_model_link *link)
{
    (void)pthread_mutex_lock(&link->mutex);
    int starts = link->starts;
    (void)pthread_mutex_unlock(&link->mutex);
    return starts;
}
