/* POSIX threads; one of the four files of the engine that need POSIX. Both sides see the buffers under one lock; what is in a buffer belongs to the side
 * whose turn it is, so it is filled and written without the lock. */
#define _POSIX_C_SOURCE 200809L

#include "base/writer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

enum { BUFFERS = 2 };

struct tw_writer {
    tw_outfile *file;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t sent, written;
    /* under the lock */
    int64_t sent_count, written_count; /* buffers so far; the difference is at most BUFFERS */
    size_t size[BUFFERS];
    tw_status status; /* of all writes */
    int error;        /* errno of the first that failed */
    bool ended;
    char *buffer[BUFFERS];
};

/* The next buffer that was sent, -1 when there will be none. */
static int64_t next_buffer(struct tw_writer *w)
{
    pthread_mutex_lock(&w->lock);
    while (w->sent_count == w->written_count && !w->ended)
        pthread_cond_wait(&w->sent, &w->lock);
    int64_t next = w->sent_count > w->written_count ? w->written_count : -1;
    pthread_mutex_unlock(&w->lock);
    return next;
}

static void *write_all(void *self)
{
    struct tw_writer *w = self;
    for (int64_t next = next_buffer(w); next >= 0; next = next_buffer(w)) {
        int32_t k = (int32_t)(next % BUFFERS);
        /* a file that failed once stays failed and says so without writing */
        tw_status status = tw_outfile_write(w->file, w->buffer[k], w->size[k]);
        int error = errno;
        pthread_mutex_lock(&w->lock);
        if (status != TW_OK && w->status == TW_OK) {
            w->status = status;
            w->error = error;
        }
        w->written_count++;
        pthread_cond_signal(&w->written);
        pthread_mutex_unlock(&w->lock);
    }
    return NULL;
}

/* Signals are for the threads that the program made itself. */
static int start(struct tw_writer *w)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&w->thread, NULL, write_all, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

tw_status tw_writer_begin(tw_outfile *file, size_t bytes, struct tw_writer **out_writer)
{
    struct tw_writer *w = calloc(1, sizeof *w);
    if (w == NULL) return TW_ERR_NOMEM;
    w->file = file;
    for (int32_t k = 0; k < BUFFERS; k++)
        w->buffer[k] = malloc(bytes);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->sent, NULL);
    pthread_cond_init(&w->written, NULL);
    if (w->buffer[0] != NULL && w->buffer[1] != NULL && start(w) == 0) {
        *out_writer = w;
        return TW_OK;
    }
    for (int32_t k = 0; k < BUFFERS; k++)
        free(w->buffer[k]);
    free(w);
    return TW_ERR_NOMEM;
}

char *tw_writer_buffer(struct tw_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    while (writer->sent_count - writer->written_count == BUFFERS)
        pthread_cond_wait(&writer->written, &writer->lock);
    char *buffer = writer->buffer[writer->sent_count % BUFFERS];
    pthread_mutex_unlock(&writer->lock);
    return buffer;
}

tw_status tw_writer_send(struct tw_writer *writer, size_t count)
{
    pthread_mutex_lock(&writer->lock);
    writer->size[writer->sent_count % BUFFERS] = count;
    writer->sent_count++;
    pthread_cond_signal(&writer->sent);
    tw_status status = writer->status;
    int error = writer->error;
    pthread_mutex_unlock(&writer->lock);
    if (status != TW_OK) errno = error;
    return status;
}

tw_status tw_writer_end(struct tw_writer *writer)
{
    if (writer == NULL) return TW_OK;
    pthread_mutex_lock(&writer->lock);
    writer->ended = true;
    pthread_cond_signal(&writer->sent);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    tw_status status = writer->status;
    int error = writer->error;
    pthread_mutex_destroy(&writer->lock);
    pthread_cond_destroy(&writer->sent);
    pthread_cond_destroy(&writer->written);
    for (int32_t k = 0; k < BUFFERS; k++)
        free(writer->buffer[k]);
    free(writer);
    if (status != TW_OK) errno = error;
    return status;
}
