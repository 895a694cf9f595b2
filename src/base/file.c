/* One of the four files of the engine that need POSIX (clock.c, threads.c, writer.c): exclusive creation,
 * fsync, rename over a file. */
#define _POSIX_C_SOURCE 200809L
#define _XOPEN_SOURCE 700
#define _FILE_OFFSET_BITS 64

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 17, READ_BYTES = 1 << 16, TEMPORARY_NAMES = 1000 };
enum { DEVICE_BYTES = 1 << 20 }; /* of a device, which may have no end */

static ssize_t read_some(int fd, char *at, size_t room)
{
    for (;;) {
        ssize_t n = read(fd, at, room);
        if (n >= 0 || errno != EINTR) return n;
    }
}

tw_status tw_folder_make(const char *path)
{
    struct stat about;
    if (mkdir(path, 0777) == 0) return TW_OK;
    if (errno == EEXIST && stat(path, &about) == 0) {
        if (S_ISDIR(about.st_mode)) return TW_OK;
        errno = ENOTDIR;
    }
    return TW_ERR_FILE;
}

/* Wider memory for a file that turns out longer than it said; `limit` and one more byte at most. */
static char *widen(char *text, size_t *capacity, size_t limit)
{
    size_t wider = *capacity < READ_BYTES ? READ_BYTES : 2 * *capacity;
    *capacity = wider < limit + 2 ? wider : limit + 2;
    return realloc(text, *capacity);
}

/* Read to the end; `size` is what the file is expected to have. On failure *out_text is what the
 * caller has to free. */
static tw_status read_all(int fd, size_t size, size_t limit, char **out_text, size_t *out_size)
{
    size_t capacity = size < limit ? size + 2 : limit + 2; /* one more shows that it is too large */
    size_t used = 0;
    *out_text = malloc(capacity);
    if (*out_text == NULL) return TW_ERR_NOMEM;
    for (;;) {
        ssize_t n = read_some(fd, *out_text + used, capacity - 1 - used);
        if (n < 0) return TW_ERR_FILE;
        if (n == 0) break;
        used += (size_t)n;
        if (used > limit) return TW_ERR_FULL;
        if (used < capacity - 1) continue;
        char *wider = widen(*out_text, &capacity, limit);
        if (wider == NULL) return TW_ERR_NOMEM;
        *out_text = wider;
    }
    (*out_text)[used] = '\0';
    *out_size = used;
    return TW_OK;
}

tw_status tw_file_read(const char *path, size_t limit, char **out_text, size_t *out_size)
{
    if (limit > SIZE_MAX / 4) limit = SIZE_MAX / 4;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return TW_ERR_FILE;
    struct stat is;
    tw_status status = TW_ERR_FILE;
    char *text = NULL;
    size_t used = 0;
    if (fstat(fd, &is) == 0) {
        size_t size = S_ISREG(is.st_mode) && is.st_size > 0 ? (size_t)is.st_size : 0;
        bool device = S_ISCHR(is.st_mode) || S_ISBLK(is.st_mode);
        if (device && limit > DEVICE_BYTES) limit = DEVICE_BYTES;
        status = read_all(fd, size, limit, &text, &used);
    }
    int why = errno;
    close(fd);
    if (status != TW_OK) {
        free(text);
        errno = why;
        return status;
    }
    *out_text = text;
    if (out_size != NULL) *out_size = used;
    return TW_OK;
}

bool tw_file_same(const char *one, const char *other)
{
    struct stat a, b;
    if (stat(one, &a) != 0 || stat(other, &b) != 0) return strcmp(one, other) == 0;
    return S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

tw_status tw_file_read_text(const char *path, size_t limit, tw_faults *faults, char **out_text)
{
    char *text = NULL;
    size_t size = 0;
    tw_status status = tw_file_read(path, limit, &text, &size);
    if (status == TW_ERR_NOMEM) return status;
    if (status != TW_OK) {
        tw_faults_add(faults, path, 0, "%s",
                      status == TW_ERR_FILE ? strerror(errno) : tw_status_text(status));
        return TW_ERR_FILE;
    }
    if (strlen(text) != size) {
        tw_faults_add(faults, path, 0, "is no text: byte %zu is zero", strlen(text) + 1);
        free(text);
        return TW_ERR_INPUT;
    }
    *out_text = text;
    return TW_OK;
}

struct tw_outfile {
    int fd;
    int error;       /* errno of the first failure; 0: none */
    char *path;      /* where it is to be */
    char *temporary; /* where it is now; NULL: written in place */
    int64_t size;    /* [bytes] written or in the buffer */
    size_t used;     /* [bytes] in the buffer */
    char buffer[BUFFER_BYTES];
};

static void free_outfile(tw_outfile *file)
{
    free(file->path);
    free(file->temporary);
    free(file);
}

/* Make a file that nobody else has, beside the path; its mode is what umask leaves of 0666. */
static int open_temporary(tw_outfile *file)
{
    size_t room = strlen(file->path) + 48;
    file->temporary = malloc(room);
    if (file->temporary == NULL) return -1;
    for (int i = 0; i < TEMPORARY_NAMES; i++) {
        snprintf(file->temporary, room, "%s.%ld-%d.part", file->path, (long)getpid(), i);
        int fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST) return fd;
    }
    return -1;
}

tw_status tw_outfile_open(const char *path, tw_outfile **out_file)
{
    struct stat is;
    int exists = stat(path, &is) == 0;
    if (exists && S_ISDIR(is.st_mode)) {
        errno = EISDIR;
        return TW_ERR_FILE;
    }
    tw_outfile *file = calloc(1, sizeof *file);
    if (file == NULL) return TW_ERR_NOMEM;
    /* Through a symbolic link, so that the link stays and its target is replaced. */
    file->path = exists ? realpath(path, NULL) : strdup(path);
    if (file->path == NULL) {
        free_outfile(file);
        return TW_ERR_NOMEM;
    }
    if (exists && !S_ISREG(is.st_mode))
        file->fd = open(file->path, O_WRONLY | O_CLOEXEC);
    else
        file->fd = open_temporary(file);
    if (file->fd < 0) {
        int why = errno;
        free_outfile(file);
        errno = why;
        return TW_ERR_FILE;
    }
    *out_file = file;
    return TW_OK;
}

static tw_status fail(tw_outfile *file)
{
    if (file->error == 0) file->error = errno;
    errno = file->error;
    return TW_ERR_FILE;
}

static tw_status write_out(tw_outfile *file, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t n = write(file->fd, bytes, count);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail(file);
        bytes += n;
        count -= (size_t)n;
    }
    return TW_OK;
}

static tw_status flush(tw_outfile *file)
{
    size_t used = file->used;
    file->used = 0;
    return write_out(file, file->buffer, used);
}

tw_status tw_outfile_write(tw_outfile *file, const void *bytes, size_t count)
{
    if (file->error != 0) return fail(file);
    file->size += (int64_t)count;
    if (count > sizeof file->buffer - file->used) TW_TRY(flush(file));
    if (count > sizeof file->buffer) return write_out(file, bytes, count);
    if (count > 0) memcpy(file->buffer + file->used, bytes, count);
    file->used += count;
    return TW_OK;
}

tw_status tw_outfile_printf(tw_outfile *file, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    tw_status status = TW_ERR_FORMAT;
    if (length >= 0 && (size_t)length < sizeof line) {
        status = tw_outfile_write(file, line, (size_t)length);
    } else if (length >= 0) {
        char *longer = malloc((size_t)length + 1);
        status = TW_ERR_NOMEM;
        if (longer != NULL) {
            vsnprintf(longer, (size_t)length + 1, format, again);
            status = tw_outfile_write(file, longer, (size_t)length);
        }
        free(longer);
    }
    va_end(again);
    return status;
}

tw_status tw_outfile_rewrite(tw_outfile *file, int64_t at, const void *bytes, size_t count)
{
    const char *from = bytes;
    if (file->error == 0) flush(file);
    while (file->error == 0 && count > 0) {
        ssize_t n = pwrite(file->fd, from, count, (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail(file);
        from += n;
        at += n;
        count -= (size_t)n;
    }
    return file->error == 0 ? TW_OK : fail(file);
}

int64_t tw_outfile_size(const tw_outfile *file) { return file->size; }

/* On disk before it gets its name; a device or a pipe has no disk. */
static void sync_out(tw_outfile *file)
{
    if (file->temporary == NULL) return;
    if (fsync(file->fd) != 0) fail(file);
}

tw_status tw_outfile_commit(tw_outfile *file)
{
    if (file->error == 0) flush(file);
    if (file->error == 0) sync_out(file);
    if (close(file->fd) != 0) fail(file);
    if (file->temporary != NULL) {
        if (file->error == 0 && rename(file->temporary, file->path) != 0) fail(file);
        if (file->error != 0) unlink(file->temporary);
    }
    int why = file->error;
    free_outfile(file);
    errno = why;
    return why == 0 ? TW_OK : TW_ERR_FILE;
}

void tw_outfile_abandon(tw_outfile *file)
{
    if (file == NULL) return;
    close(file->fd);
    if (file->temporary != NULL) unlink(file->temporary);
    free_outfile(file);
}
