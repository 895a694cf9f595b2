#include "telemetry/csv_drop.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "net/sha256.h"
#include "telemetry/csv_table.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define AGAIN_MS 60000
#define PART 10000 /* samples of one commit */
#define HASHES_MAX ((size_t)256 << 20)

struct tw_csv_drop {
    struct tw_csv_drop_options options;
    int watch_fd, stop_fd;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards the counts */
    struct tw_csv_drop_counts counts;
};

/* ---- waiting for the disk ---- */

struct commit {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool done;
    tw_status status;
};

static void committed(void *user, tw_status status)
{
    struct commit *commit = user;
    (void)pthread_mutex_lock(&commit->mutex);
    commit->done = true;
    commit->status = status;
    (void)pthread_cond_signal(&commit->changed);
    (void)pthread_mutex_unlock(&commit->mutex);
}

/* Store a part of a table; waits until it is on disk. */
static tw_status store_part(struct tw_csv_drop *drop, const struct tw_measurement *list,
                            size_t count, struct tw_samples_fault *fault)
{
    struct commit commit = {.done = false};
    const struct tw_csv_drop_options *o = &drop->options;
    (void)pthread_mutex_init(&commit.mutex, NULL);
    (void)pthread_cond_init(&commit.changed, NULL);
    tw_status status =
        tw_ingest_submit(o->ingest, o->device, o->source, list, count, committed, &commit, fault);
    if (status == TW_OK) {
        (void)pthread_mutex_lock(&commit.mutex);
        while (!commit.done)
            (void)pthread_cond_wait(&commit.changed, &commit.mutex);
        status = commit.status;
        (void)pthread_mutex_unlock(&commit.mutex);
    }
    (void)pthread_cond_destroy(&commit.changed);
    (void)pthread_mutex_destroy(&commit.mutex);
    return status;
}

/* Store a whole table, once all of it is known to be right. */
static tw_status store_table(struct tw_csv_drop *drop, const struct tw_csv_table *table,
                             struct tw_samples_fault *fault)
{
    tw_status status = tw_ingest_check(drop->options.ingest, drop->options.device, table->list,
                                       table->count, fault);
    if (status == TW_ERR_FORMAT && fault->index >= 0) {
        /* People look for lines, not for samples. */
        char error[sizeof fault->error];
        const char *words = strstr(fault->error, ": ");
        fault->index = table->lines[fault->index];
        (void)snprintf(error, sizeof error, "line %d: %.200s", (int)fault->index,
                       words != NULL ? words + 2 : fault->error);
        memcpy(fault->error, error, sizeof error);
    }
    for (size_t at = 0; at < table->count && status == TW_OK; at += PART) {
        size_t left = table->count - at;
        status = store_part(drop, table->list + at, left < PART ? left : PART, fault);
    }
    return status;
}

/* ---- files ---- */

/* FOLDER/SUB/NAME in a text that the caller frees; NULL: no memory. */
static char *path_of(const struct tw_csv_drop *drop, const char *sub, const char *name)
{
    struct tw_strbuf path = {0};
    (void)tw_strbuf_printf(&path, "%s%s%s/%s", drop->options.folder, sub[0] != 0 ? "/" : "", sub,
                           name);
    return path.status == TW_OK ? path.text : NULL;
}

/* Whether a content has been stored; its hash is one line of done/hashes. */
static bool is_known(const struct tw_csv_drop *drop, const char *hash)
{
    char *path = path_of(drop, "done", "hashes");
    char *text = NULL;
    bool known = path != NULL && tw_file_read(path, HASHES_MAX, &text, NULL) == TW_OK &&
                 strstr(text, hash) != NULL;
    free(text);
    free(path);
    return known;
}

static bool remember(const struct tw_csv_drop *drop, const char *hash, const char *name)
{
    char *path = path_of(drop, "done", "hashes");
    FILE *file = path == NULL ? NULL : fopen(path, "ae");
    bool written = file != NULL && fprintf(file, "%s %s\n", hash, name) > 0;
    if (file != NULL && fclose(file) != 0) written = false;
    free(path);
    return written;
}

/* Move a file to done or quarantine; its hash goes into the name where one of that name is there. */
static bool move(const struct tw_csv_drop *drop, const char *name, const char *to, const char *hash)
{
    char other[300];
    char *from = path_of(drop, "", name);
    char *path = path_of(drop, to, name);
    if (path != NULL && access(path, F_OK) == 0) {
        free(path);
        (void)snprintf(other, sizeof other, "%.16s-%s", hash, name);
        path = path_of(drop, to, other);
    }
    bool moved = from != NULL && path != NULL && rename(from, path) == 0;
    free(from);
    free(path);
    return moved;
}

static bool write_why(const struct tw_csv_drop *drop, const char *name,
                      const struct tw_samples_fault *fault)
{
    char why[300];
    (void)snprintf(why, sizeof why, "%.255s.why", name);
    char *path = path_of(drop, "quarantine", why);
    tw_outfile *file = NULL;
    bool written = false;
    if (path != NULL && tw_outfile_open(path, &file) == TW_OK) {
        (void)tw_outfile_printf(file, "%s: %s\nremedy: %s\n", name, fault->error, fault->remedy);
        written = tw_outfile_commit(file) == TW_OK;
    }
    free(path);
    return written;
}

static void count(struct tw_csv_drop *drop, int64_t *which, int64_t samples)
{
    (void)pthread_mutex_lock(&drop->mutex);
    (*which)++;
    drop->counts.samples += samples;
    (void)pthread_mutex_unlock(&drop->mutex);
}

static void note_refused(struct tw_csv_drop *drop, const char *why)
{
    if (drop->options.device == NULL) return;
    tw_device_note_refused(drop->options.device, tw_clock_unix_ms(), why);
}

/* What is read of a file becomes samples; the file goes where it belongs. */
static void take_text(struct tw_csv_drop *drop, const char *name, const char *text, size_t size)
{
    char hash[TW_SHA256_HEX_SIZE];
    struct tw_csv_table table;
    struct tw_samples_fault fault;
    tw_sha256_hex(text, size, hash);
    if (is_known(drop, hash)) {
        if (move(drop, name, "done", hash)) count(drop, &drop->counts.repeated, 0);
        return;
    }
    tw_status status = tw_csv_table_read(text, size, drop->options.zone_s, &table, &fault);
    if (status == TW_OK) status = store_table(drop, &table, &fault);
    int64_t samples = (int64_t)table.count;
    tw_csv_table_done(&table);
    if (status == TW_OK && remember(drop, hash, name) && move(drop, name, "done", hash)) {
        count(drop, &drop->counts.files, samples);
    } else if (status == TW_ERR_FORMAT && write_why(drop, name, &fault) &&
               move(drop, name, "quarantine", hash)) {
        count(drop, &drop->counts.quarantined, 0);
        note_refused(drop, fault.error);
    } else {
        count(drop, &drop->counts.failed, 0); /* it stays and is tried again */
    }
}

static bool is_table(const char *name)
{
    size_t length = strlen(name);
    if (name[0] == '.' || length > 240) return false;
    return !(length > 4 && strcmp(name + length - 4, ".tmp") == 0) &&
           !(length > 5 && strcmp(name + length - 5, ".part") == 0);
}

static void take_file(struct tw_csv_drop *drop, const char *name)
{
    struct stat about;
    char *path = path_of(drop, "", name);
    char *text = NULL;
    size_t size = 0;
    if (path != NULL && is_table(name) && lstat(path, &about) == 0 && S_ISREG(about.st_mode)) {
        tw_status status = tw_file_read(path, TW_CSV_BYTES_MAX, &text, &size);
        if (status == TW_OK) {
            take_text(drop, name, text, size);
        } else if (status == TW_ERR_FULL) {
            struct tw_samples_fault fault = {.index = -1};
            (void)tw_samples_refuse(&fault, -1, "split it", "the file is larger than 64 MB");
            if (write_why(drop, name, &fault) &&
                move(drop, name, "quarantine", "large-file------")) {
                count(drop, &drop->counts.quarantined, 0);
            }
        } else {
            count(drop, &drop->counts.failed, 0);
        }
    }
    free(text);
    free(path);
}

/* Everything that lies there, in the order of names. */
static void scan(struct tw_csv_drop *drop)
{
    struct dirent **list = NULL;
    int found = scandir(drop->options.folder, &list, NULL, alphasort);
    for (int i = 0; i < found; i++) {
        take_file(drop, list[i]->d_name);
        free(list[i]);
    }
    if (found >= 0) free(list);
}

/* ---- the thread ---- */

static void take_events(struct tw_csv_drop *drop)
{
    _Alignas(struct inotify_event) char bytes[8192];
    ssize_t size = read(drop->watch_fd, bytes, sizeof bytes);
    bool lost = false;
    for (ssize_t at = 0; at < size;) {
        struct inotify_event event;
        memcpy(&event, bytes + at, sizeof event);
        if ((event.mask & IN_Q_OVERFLOW) != 0) lost = true;
        if (event.len > 0) take_file(drop, bytes + at + sizeof event);
        at += (ssize_t)(sizeof event + event.len);
    }
    if (lost) scan(drop);
}

static void *watch_loop(void *user)
{
    struct tw_csv_drop *drop = user;
    struct pollfd waits[2] = {{.fd = drop->watch_fd, .events = POLLIN},
                              {.fd = drop->stop_fd, .events = POLLIN}};
    scan(drop);
    for (;;) {
        int ready = poll(waits, 2, AGAIN_MS);
        if ((waits[1].revents & POLLIN) != 0) return NULL;
        if (ready == 0) {
            scan(drop);
        } else if (ready > 0 && (waits[0].revents & POLLIN) != 0) {
            take_events(drop);
        }
    }
}

static bool make_folders(const struct tw_csv_drop *drop)
{
    static const char *const subs[] = {"done", "quarantine"};
    bool made = tw_folder_make(drop->options.folder) == TW_OK;
    for (int i = 0; i < 2 && made; i++) {
        char *path = path_of(drop, "", subs[i]);
        made = path != NULL && tw_folder_make(path) == TW_OK;
        free(path);
    }
    return made;
}

tw_status tw_csv_drop_start(const struct tw_csv_drop_options *options,
                            struct tw_csv_drop **out_drop)
{
    struct tw_csv_drop *drop = calloc(1, sizeof *drop);
    if (drop == NULL) return TW_ERR_NOMEM;
    drop->options = *options;
    (void)pthread_mutex_init(&drop->mutex, NULL);
    drop->watch_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    drop->stop_fd = eventfd(0, EFD_CLOEXEC);
    bool sound = drop->watch_fd >= 0 && drop->stop_fd >= 0 && make_folders(drop) &&
                 inotify_add_watch(drop->watch_fd, options->folder,
                                   IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR) >= 0;
    if (sound && pthread_create(&drop->thread, NULL, watch_loop, drop) == 0) {
        *out_drop = drop;
        return TW_OK;
    }
    int why = errno;
    if (drop->watch_fd >= 0) (void)close(drop->watch_fd);
    if (drop->stop_fd >= 0) (void)close(drop->stop_fd);
    (void)pthread_mutex_destroy(&drop->mutex);
    free(drop);
    errno = why;
    return TW_ERR_FILE;
}

void tw_csv_drop_stop(struct tw_csv_drop *drop)
{
    const uint64_t one = 1;
    if (drop == NULL) return;
    /* A counter that is full has woken the thread already. */
    if (write(drop->stop_fd, &one, sizeof one) < 0) errno = 0;
    (void)pthread_join(drop->thread, NULL);
    (void)close(drop->watch_fd);
    (void)close(drop->stop_fd);
    (void)pthread_mutex_destroy(&drop->mutex);
    free(drop);
}

struct tw_csv_drop_counts tw_csv_drop_counts_get(struct tw_csv_drop *drop)
{
    (void)pthread_mutex_lock(&drop->mutex);
    struct tw_csv_drop_counts counts = drop->counts;
    (void)pthread_mutex_unlock(&drop->mutex);
    return counts;
}
