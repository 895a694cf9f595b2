/* Publishes at a given rate over many connections and says how long each acknowledgement took.
 *
 *   mqtt_load PORT USER PASSWORD CONNECTIONS RATE SECONDS FIRST_SENSOR
 *
 * Every message is QoS 1, one sample: topic load/S<k>, {"ts": ms, "value": v}; k is FIRST_SENSOR plus
 * the connection's number. Messages are sent when they are due whether earlier ones were acknowledged or not, so
 * that a server that falls behind is seen in the figures. Prints one line of JSON.                */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { IDS = 65536, IN_SIZE = 8192, OUT_SIZE = 65536 };

struct peer {
    int fd;
    uint8_t in[IN_SIZE];
    size_t in_size;
    uint8_t out[OUT_SIZE];
    size_t out_size;
    uint16_t id;
    int64_t *sent_ns; /* [IDS] */
    int64_t time_ms;  /* of the last sample: each has a time of its own */
};

static int64_t now_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static size_t put_text(uint8_t *out, const char *text)
{
    size_t size = strlen(text);
    out[0] = (uint8_t)(size >> 8);
    out[1] = (uint8_t)size;
    memcpy(out + 2, text, size);
    return size + 2;
}

static void fail(const char *what)
{
    fprintf(stderr, "mqtt_load: %s: %s\n", what, strerror(errno));
    exit(4);
}

static void join(struct peer *peer, int port, char **argv, int number)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    uint8_t packet[512], answer[4];
    char name[32];
    int on = 1;
    snprintf(name, sizeof name, "load-%d", number);
    size_t size = 2 + put_text(packet + 2, "MQTT");
    packet[size++] = 4;
    packet[size++] = 0xc2; /* user name, password, clean */
    packet[size++] = 0;
    packet[size++] = 60;
    size += put_text(packet + size, name);
    size += put_text(packet + size, argv[2]);
    size += put_text(packet + size, argv[3]);
    packet[0] = 0x10;
    packet[1] = (uint8_t)(size - 2);
    peer->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(peer->fd, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (send(peer->fd, packet, size, MSG_NOSIGNAL) != (ssize_t)size) fail("CONNECT");
    if (recv(peer->fd, answer, 4, MSG_WAITALL) != 4 || answer[3] != 0) fail("CONNACK");
    fcntl(peer->fd, F_SETFL, O_NONBLOCK);
    peer->sent_ns = calloc(IDS, sizeof *peer->sent_ns);
}

static void flush(struct peer *peer)
{
    if (peer->out_size == 0) return;
    ssize_t sent = send(peer->fd, peer->out, peer->out_size, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) fail("send");
    if (sent <= 0) return;
    memmove(peer->out, peer->out + sent, peer->out_size - (size_t)sent);
    peer->out_size -= (size_t)sent;
}

static void publish(struct peer *peer, int sensor)
{
    char topic[32], payload[96];
    int64_t time_ms = now_ns(CLOCK_REALTIME) / 1000000;
    if (time_ms <= peer->time_ms) time_ms = peer->time_ms + 1;
    peer->time_ms = time_ms;
    snprintf(topic, sizeof topic, "load/S%d", sensor);
    int size = snprintf(payload, sizeof payload, "{\"ts\":%lld,\"value\":%.3f}", (long long)time_ms,
                        1.0 + (double)(time_ms / 100 % 1000) / 1000.0);
    uint8_t *out = peer->out + peer->out_size;
    if (peer->out_size + 256 > OUT_SIZE) fail("the server does not read");
    if (++peer->id == 0) peer->id = 1;
    out[0] = 0x32;
    out[1] = (uint8_t)(2 + strlen(topic) + 2 + (size_t)size);
    size_t at = 2 + put_text(out + 2, topic);
    out[at++] = (uint8_t)(peer->id >> 8);
    out[at++] = (uint8_t)peer->id;
    memcpy(out + at, payload, (size_t)size);
    peer->out_size += at + (size_t)size;
    peer->sent_ns[peer->id] = now_ns(CLOCK_MONOTONIC);
}

/* Take what has come; returns how many acknowledgements, their times in microseconds in waits. */
static size_t take(struct peer *peer, uint32_t *waits)
{
    size_t count = 0;
    ssize_t got = recv(peer->fd, peer->in + peer->in_size, IN_SIZE - peer->in_size, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) fail("the server has closed");
    if (got < 0) return 0;
    peer->in_size += (size_t)got;
    int64_t now = now_ns(CLOCK_MONOTONIC);
    size_t at = 0;
    for (; at + 4 <= peer->in_size; at += 4) {
        const uint8_t *ack = peer->in + at;
        uint16_t id = (uint16_t)(ack[2] << 8 | ack[3]);
        if (ack[0] != 0x40 || ack[1] != 2 || peer->sent_ns[id] == 0) fail("no acknowledgement");
        waits[count++] = (uint32_t)((now - peer->sent_ns[id]) / 1000);
        peer->sent_ns[id] = 0;
    }
    memmove(peer->in, peer->in + at, peer->in_size - at);
    peer->in_size -= at;
    return count;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    if (argc != 8) {
        fprintf(stderr, "usage: mqtt_load PORT USER PASSWORD CONNECTIONS RATE SECONDS FIRST\n");
        return 2;
    }
    int count = atoi(argv[4]), first = atoi(argv[7]);
    double rate = atof(argv[5]), seconds = atof(argv[6]);
    size_t total = (size_t)(rate * seconds), sent = 0, acked = 0;
    struct peer *peers = calloc((size_t)count, sizeof *peers);
    uint32_t *waits = malloc((total + IN_SIZE) * sizeof *waits);
    int epoll = epoll_create1(0);
    for (int i = 0; i < count; i++) {
        join(&peers[i], atoi(argv[1]), argv, i);
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        epoll_ctl(epoll, EPOLL_CTL_ADD, peers[i].fd, &event);
    }
    int64_t begin = now_ns(CLOCK_MONOTONIC), last = begin;
    while (acked < total && now_ns(CLOCK_MONOTONIC) - begin < (int64_t)((seconds + 20) * 1e9)) {
        struct epoll_event events[256];
        size_t due = (size_t)((double)(now_ns(CLOCK_MONOTONIC) - begin) * 1e-9 * rate);
        if (due > total) due = total;
        for (; sent < due; sent++) {
            int i = (int)(sent % (size_t)count);
            publish(&peers[i], first + i);
            flush(&peers[i]);
        }
        int ready = epoll_wait(epoll, events, 256, 1);
        for (int e = 0; e < ready; e++) {
            struct peer *peer = &peers[events[e].data.u32];
            acked += take(peer, waits + acked);
            last = now_ns(CLOCK_MONOTONIC);
        }
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    qsort(waits, acked, sizeof *waits, by_size);
    double took = (double)(last - begin) * 1e-9;
    double p[3] = {0};
    const double at[3] = {0.5, 0.99, 0.999};
    for (int i = 0; i < 3 && acked > 0; i++)
        p[i] = (double)waits[(size_t)(at[i] * (double)(acked - 1))] / 1000.0;
    printf("{\"sent\": %zu, \"acked\": %zu, \"seconds\": %.2f, \"per_s\": %.0f, \"p50_ms\": %.2f, "
           "\"p99_ms\": %.2f, \"p999_ms\": %.2f, \"max_ms\": %.2f, \"sender_cpu_s\": %.2f}\n",
           sent, acked, took, (double)acked / took, p[0], p[1], p[2],
           acked > 0 ? (double)waits[acked - 1] / 1000.0 : 0.0,
           (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec * 1e-6 +
               (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec * 1e-6);
    return acked == total ? 0 : 1;
}
