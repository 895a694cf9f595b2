#include "telemetry_load.h"

#include "base/file.h"
#include "base/text.h"
#include "commands.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_SIZE 4096
#define ACKS_MAX 4000000
#define PERIOD_S 10
#define RETRIES_S 30.0 /* a server that is gone is asked again for so long */

/* What all senders share. */
struct load {
    const struct tw_telemetry_load *options;
    char host[128], port[8];
    int64_t start_ms; /* of the first values */
    double until_s;
    pthread_mutex_t mutex; /* guards what follows */
    FILE *ledger;
    float *ack_ms;
    size_t ack_count;
    int64_t samples, refused, broken;
};

/* One sender and its share of the series. */
struct sender {
    struct load *load;
    int32_t first, end;
    int fd;
    struct tw_strbuf body, head;
    char answer[ANSWER_SIZE];
};

static double now_s(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void sleep_s(double seconds)
{
    if (!(seconds > 0.0)) return;
    struct timespec t = {.tv_sec = (time_t)seconds};
    t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
    (void)nanosleep(&t, NULL);
}

/* ---- HTTP, as little as one needs ---- */

static int dial(const struct load *load)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    int fd = -1;
    int on = 1;
    if (getaddrinfo(load->host, load->port, &hints, &list) != 0) return -1;
    for (const struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            (void)close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    if (fd >= 0) (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static bool send_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* Read one answer; its status, 0 when the connection broke. */
static int read_answer(struct sender *s)
{
    size_t used = 0;
    for (;;) {
        ssize_t got = recv(s->fd, s->answer + used, sizeof s->answer - 1 - used, 0);
        if (got <= 0) return 0;
        used += (size_t)got;
        s->answer[used] = 0;
        const char *end = strstr(s->answer, "\r\n\r\n");
        if (end == NULL && used < sizeof s->answer - 1) continue;
        if (end == NULL || strncmp(s->answer, "HTTP/1.1 ", 9) != 0) return 0;
        const char *length = strcasestr(s->answer, "\r\nContent-Length:");
        size_t body = length != NULL && length < end ? strtoul(length + 17, NULL, 10) : 0;
        if (used >= (size_t)(end - s->answer) + 4 + body)
            return (int)strtol(s->answer + 9, NULL, 10);
        if (used == sizeof s->answer - 1) return 0;
    }
}

/* Post the body; its status, 0 when the server is not there. */
static int post(struct sender *s)
{
    const struct tw_telemetry_load *o = s->load->options;
    if (s->fd < 0) s->fd = dial(s->load);
    if (s->fd < 0) return 0;
    tw_strbuf_clear(&s->head);
    (void)tw_strbuf_printf(&s->head,
                           "POST %s HTTP/1.1\r\nHost: %s:%s\r\nContent-Type: %s\r\n"
                           "Content-Length: %zu\r\n%s%s%s\r\n",
                           o->lines ? "/api/v1/write?precision=ms" : "/api/v1/samples",
                           s->load->host, s->load->port,
                           o->lines ? "text/plain" : "application/json", s->body.length,
                           o->token != NULL ? "Authorization: Bearer " : "",
                           o->token != NULL ? o->token : "", o->token != NULL ? "\r\n" : "");
    int status = 0;
    if (s->head.status == TW_OK && s->body.status == TW_OK &&
        send_all(s->fd, s->head.text, s->head.length) &&
        send_all(s->fd, s->body.text, s->body.length)) {
        status = read_answer(s);
    }
    if (status == 0) {
        (void)close(s->fd);
        s->fd = -1;
    }
    return status;
}

/* ---- bodies ---- */

static void add_sample(struct sender *s, int32_t series, int64_t time_ms, const char *time,
                       bool first)
{
    const struct tw_telemetry_load *o = s->load->options;
    char id[TW_TELEMETRY_ID_SIZE];
    double value = tw_telemetry_value(&o->plan, series, time_ms);
    int decimals = tw_telemetry_decimals(&o->plan, series);
    tw_telemetry_id(&o->plan, series, id);
    if (o->lines) {
        (void)tw_strbuf_printf(&s->body, "%s value=%.*f %lld\n", id, decimals, value,
                               (long long)time_ms);
    } else {
        (void)tw_strbuf_printf(&s->body, "%s{\"sensor\":\"%s\",\"time\":\"%s\",\"value\":%.*f}",
                               first ? "" : ",", id, time, decimals, value);
    }
}

/* Series first.. of one moment, a batch of those that are due; the first one that is left. */
static int32_t fill(struct sender *s, int32_t first, int64_t time_ms, int *out_count)
{
    const struct tw_telemetry_load *o = s->load->options;
    char time[64];
    struct tm parts;
    time_t seconds = (time_t)(time_ms / 1000);
    (void)gmtime_r(&seconds, &parts);
    (void)strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", &parts);
    tw_strbuf_clear(&s->body);
    if (!o->lines) (void)tw_strbuf_printf(&s->body, "{\"source\":\"synth\",\"samples\":[");
    int count = 0;
    for (; first < s->end && count < o->batch; first++) {
        if (time_ms / 1000 % tw_telemetry_period_s(&o->plan, first) != 0) continue;
        add_sample(s, first, time_ms, time, count == 0);
        count++;
    }
    if (!o->lines) (void)tw_strbuf_printf(&s->body, "]}");
    *out_count = count;
    return first;
}

/* ---- one sender ---- */

/* Write down what was acknowledged: series first..end-1 that were due, and their time. */
static void book(struct load *load, double took_s, int count, int32_t first, int32_t end,
                 int64_t time_ms)
{
    (void)pthread_mutex_lock(&load->mutex);
    if (load->ack_count < ACKS_MAX) load->ack_ms[load->ack_count++] = (float)(1000.0 * took_s);
    load->samples += count;
    if (load->ledger != NULL) {
        (void)fprintf(load->ledger, "%d %d %lld\n", first, end, (long long)time_ms);
        (void)fflush(load->ledger);
    }
    (void)pthread_mutex_unlock(&load->mutex);
}

/* Send one batch until it is acknowledged; false when time is up or it is refused for good. */
static bool deliver(struct sender *s, int count, int32_t first, int32_t end, int64_t time_ms)
{
    struct load *load = s->load;
    double patience_s = now_s(CLOCK_MONOTONIC) + RETRIES_S;
    for (;;) {
        double began_s = now_s(CLOCK_MONOTONIC);
        int status = post(s);
        if (status == 200 || status == 204) {
            book(load, now_s(CLOCK_MONOTONIC) - began_s, count, first, end, time_ms);
            return true;
        }
        (void)pthread_mutex_lock(&load->mutex);
        int64_t before = status == 0 ? load->broken++ : load->refused++;
        (void)pthread_mutex_unlock(&load->mutex);
        bool final = status >= 400 && status != 429 && status != 503;
        if (final && before == 0) {
            (void)fprintf(stderr, "thalweg synth: refused: %.300s\n", s->answer);
        }
        if (final || now_s(CLOCK_MONOTONIC) > patience_s) return false;
        if (now_s(CLOCK_MONOTONIC) > load->until_s) return true;
        sleep_s(0.05);
    }
}

static void *send_loop(void *user)
{
    struct sender *s = user;
    struct load *load = s->load;
    double began_s = now_s(CLOCK_MONOTONIC);
    for (int64_t cycle = 0;; cycle++) {
        int64_t time_ms = load->start_ms + cycle * PERIOD_S * 1000;
        if (!load->options->flat) {
            sleep_s(began_s + (double)(cycle * PERIOD_S) - now_s(CLOCK_MONOTONIC));
        }
        for (int32_t at = s->first; at < s->end;) {
            int count = 0;
            int32_t first = at;
            at = fill(s, at, time_ms, &count);
            if (now_s(CLOCK_MONOTONIC) > load->until_s) return NULL;
            if (count > 0 && !deliver(s, count, first, at, time_ms)) return NULL;
        }
    }
}

/* ---- all of it ---- */

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a;
    float y = *(const float *)b;
    return (x > y) - (x < y);
}

static bool place_split(struct load *load)
{
    static const char scheme[] = "http://";
    const char *at = load->options->place + sizeof scheme - 1;
    size_t length = strcspn(at, ":/");
    const char *port = at[length] == ':' ? at + length + 1 : "80";
    if (length == 0 || length >= sizeof load->host) return false;
    (void)snprintf(load->host, sizeof load->host, "%.*s", (int)length, at);
    (void)snprintf(load->port, sizeof load->port, "%.*s", (int)strcspn(port, "/"), port);
    return true;
}

static int report(struct load *load, double took_s)
{
    qsort(load->ack_ms, load->ack_count, sizeof *load->ack_ms, by_size);
    size_t n = load->ack_count;
    double p50_ms = n == 0 ? 0.0 : (double)load->ack_ms[n / 2];
    double p99_ms = n == 0 ? 0.0 : (double)load->ack_ms[n - 1 - (n - 1) / 100];
    printf("%lld samples acknowledged in %.1f s: %.0f a second; acknowledgement p50 %.1f ms, "
           "p99 %.1f ms; %lld requests refused, %lld broken\n",
           (long long)load->samples, took_s, (double)load->samples / took_s, p50_ms, p99_ms,
           (long long)load->refused, (long long)load->broken);
    return load->samples > 0 ? TW_EXIT_DONE : TW_EXIT_FAILED;
}

static int send_everything(struct load *load)
{
    const struct tw_telemetry_load *o = load->options;
    int32_t count = tw_telemetry_count(&o->plan);
    struct sender *senders = calloc((size_t)o->connections, sizeof *senders);
    pthread_t *threads = calloc((size_t)o->connections, sizeof *threads);
    load->ack_ms = malloc(ACKS_MAX * sizeof *load->ack_ms);
    bool room = senders != NULL && threads != NULL && load->ack_ms != NULL;
    double began_s = now_s(CLOCK_MONOTONIC);
    load->until_s = began_s + o->seconds;
    int started = 0;
    for (; started < o->connections && room; started++) {
        senders[started] =
            (struct sender){.load = load,
                            .fd = -1,
                            .first = (int32_t)((int64_t)count * started / o->connections),
                            .end = (int32_t)((int64_t)count * (started + 1) / o->connections)};
        if (pthread_create(&threads[started], NULL, send_loop, &senders[started]) != 0) break;
    }
    for (int i = 0; i < started; i++) {
        (void)pthread_join(threads[i], NULL);
        if (senders[i].fd >= 0) (void)close(senders[i].fd);
        tw_strbuf_done(&senders[i].body);
        tw_strbuf_done(&senders[i].head);
    }
    int code = started > 0 ? report(load, now_s(CLOCK_MONOTONIC) - began_s) : TW_EXIT_FAILED;
    free(senders);
    free(threads);
    free(load->ack_ms);
    return code;
}

/* The layer of sensors that a city needs to take all this. */
static int write_layer(const struct tw_telemetry_load *o)
{
    tw_outfile *file = NULL;
    int32_t count = tw_telemetry_count(&o->plan);
    tw_status status = tw_outfile_open(o->place, &file);
    if (status == TW_OK) {
        (void)tw_outfile_printf(file, "{\"type\":\"FeatureCollection\",\"features\":[\n");
        for (int32_t i = 0; i < count; i++) {
            char id[TW_TELEMETRY_ID_SIZE];
            tw_telemetry_id(&o->plan, i, id);
            (void)tw_outfile_printf(
                file,
                "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\",\"coordinates\":[106.55,"
                "29.5]},\"properties\":{\"id\":\"%s\",\"kind\":\"value\",\"unit\":\"%s\","
                "\"min\":-1,\"max\":10000,\"stuck_after_min\":1440,\"missing_after_min\":10,"
                "\"made_up\":true}}%s\n",
                id, tw_telemetry_unit(&o->plan, i), i + 1 < count ? "," : "");
        }
        (void)tw_outfile_printf(file, "]}\n");
        status = tw_outfile_commit(file);
    }
    if (status == TW_OK) return TW_EXIT_DONE;
    (void)fprintf(stderr, "thalweg synth: %s: %s\n", o->place, strerror(errno));
    return TW_EXIT_INPUT;
}

int tw_telemetry_run(const struct tw_telemetry_load *options)
{
    struct load load = {.options = options};
    if (strncmp(options->place, "http://", 7) != 0) return write_layer(options);
    if (!place_split(&load)) {
        (void)fprintf(stderr,
                      "thalweg synth: --telemetry takes http://HOST:PORT or a file's name\n");
        return TW_EXIT_USAGE;
    }
    if (options->ledger != NULL) {
        load.ledger = fopen(options->ledger, "a");
        if (load.ledger == NULL) {
            (void)fprintf(stderr, "thalweg synth: %s: %s\n", options->ledger, strerror(errno));
            return TW_EXIT_INPUT;
        }
    }
    /* Whole minutes, so that the network's points are among the first. Flat out a day passes in
     * seconds: it begins a month ago and stays in the past. */
    int64_t start_s = (int64_t)now_s(CLOCK_REALTIME) - (options->flat ? 30 * 86400 : 0);
    load.start_ms = start_s / 60 * 60 * 1000;
    (void)pthread_mutex_init(&load.mutex, NULL);
    int code = send_everything(&load);
    (void)pthread_mutex_destroy(&load.mutex);
    if (load.ledger != NULL) (void)fclose(load.ledger);
    return code;
}
