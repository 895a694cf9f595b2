#include "net/frame.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define LARGEST ((size_t)1 << 30)

struct header {
    uint32_t magic, kind;
    uint64_t size;
};

static const uint32_t magic = 0x7457664dU;

static tw_status send_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return TW_ERR_NET;
        bytes += sent;
        size -= (size_t)sent;
    }
    return TW_OK;
}

static tw_status receive_all(int fd, char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t got = recv(fd, bytes, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return TW_ERR_NET;
        bytes += got;
        size -= (size_t)got;
    }
    return TW_OK;
}

tw_status tw_frame_send_parts(int fd, uint32_t kind, int count, const void *const parts[],
                              const size_t sizes[])
{
    struct header header = {.magic = magic, .kind = kind};
    for (int i = 0; i < count; i++) {
        if (sizes[i] > LARGEST - header.size) return TW_ERR_FULL;
        header.size += sizes[i];
    }
    TW_TRY(send_all(fd, (const char *)&header, sizeof header));
    for (int i = 0; i < count; i++)
        TW_TRY(send_all(fd, parts[i], sizes[i]));
    return TW_OK;
}

tw_status tw_frame_send(int fd, uint32_t kind, const void *bytes, size_t size)
{
    const void *const parts[] = {bytes};
    const size_t sizes[] = {size};
    return tw_frame_send_parts(fd, kind, 1, parts, sizes);
}

tw_status tw_frame_receive(int fd, struct tw_frame *out_frame)
{
    struct header header;
    TW_TRY(receive_all(fd, (char *)&header, sizeof header));
    if (header.magic != magic || header.size > LARGEST) return TW_ERR_FORMAT;
    struct tw_frame frame = {.kind = header.kind, .size = (size_t)header.size};
    if (frame.size > 0) {
        frame.bytes = malloc(frame.size + 1);
        if (frame.bytes == NULL) return TW_ERR_NOMEM;
        tw_status status = receive_all(fd, frame.bytes, frame.size);
        if (status != TW_OK) {
            free(frame.bytes);
            return status;
        }
        frame.bytes[frame.size] = 0;
    }
    *out_frame = frame;
    return TW_OK;
}
