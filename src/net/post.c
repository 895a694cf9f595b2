#include "net/post.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define CONNECT_S 10L
#define WAIT_S 30L

struct upload {
    const char *bytes;
    size_t size, at;
};

struct exchange {
    CURL *curl;
    const atomic_bool *stop;
    struct tw_post_answer *answer;
    char error[CURL_ERROR_SIZE];
};

tw_status tw_post_begin(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == 0 ? TW_OK : TW_ERR_NOMEM;
}

/* Keep the first line of an answer; the rest is nobody's. */
static size_t take(char *bytes, size_t size, size_t count, void *user)
{
    struct tw_post_answer *answer = user;
    size_t have = strlen(answer->text);
    for (size_t i = 0; i < size * count && have + 1 < sizeof answer->text; i++) {
        unsigned char c = (unsigned char)bytes[i];
        answer->text[have++] = c < ' ' || c >= 0x7f ? ' ' : (char)c;
    }
    answer->text[have] = 0;
    return size * count;
}

static size_t give(char *out, size_t size, size_t count, void *user)
{
    struct upload *upload = user;
    size_t room = size * count;
    size_t left = upload->size - upload->at;
    if (left < room) room = left;
    memcpy(out, upload->bytes + upload->at, room);
    upload->at += room;
    return room;
}

static int watch(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct exchange *exchange = user;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return atomic_load(exchange->stop) ? 1 : 0;
}

/* What every exchange has: limits, no surprises from the environment. */
static bool prepare(struct exchange *exchange, const char *url, const char *protocols)
{
    CURL *curl = exchange->curl;
    exchange->answer->status = 0;
    exchange->answer->text[0] = 0;
    exchange->error[0] = 0;
    (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, exchange->error);
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, WAIT_S);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange->answer);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
    (void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, exchange);
    (void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    return curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK;
}

static tw_status perform(struct exchange *exchange)
{
    struct tw_post_answer *answer = exchange->answer;
    CURLcode code = curl_easy_perform(exchange->curl);
    long status = 0;
    (void)curl_easy_getinfo(exchange->curl, CURLINFO_RESPONSE_CODE, &status);
    answer->status = (int)status;
    if (code == CURLE_OK) return TW_OK;
    (void)snprintf(answer->text, sizeof answer->text, "%.150s",
                   exchange->error[0] != 0 ? exchange->error : curl_easy_strerror(code));
    if (code == CURLE_OUT_OF_MEMORY) return TW_ERR_NOMEM;
    return code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL ? TW_ERR_ARG
                                                                             : TW_ERR_NET;
}

tw_status tw_post_http_send(const struct tw_post_http *post, const atomic_bool *stop,
                            struct tw_post_answer *out_answer)
{
    struct exchange exchange = {.curl = curl_easy_init(), .stop = stop, .answer = out_answer};
    struct curl_slist *headers = NULL;
    bool sound = exchange.curl != NULL && prepare(&exchange, post->url, "http,https");
    for (size_t i = 0; i < post->header_count && sound; i++) {
        struct curl_slist *longer = curl_slist_append(headers, post->headers[i]);
        sound = longer != NULL;
        if (sound) headers = longer;
    }
    tw_status status = TW_ERR_NOMEM;
    if (sound) {
        (void)curl_easy_setopt(exchange.curl, CURLOPT_HTTPHEADER, headers);
        (void)curl_easy_setopt(exchange.curl, CURLOPT_POSTFIELDS, post->body);
        (void)curl_easy_setopt(exchange.curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->size);
        status = perform(&exchange);
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(exchange.curl);
    return status;
}

tw_status tw_post_mail_send(const struct tw_post_mail *mail, const atomic_bool *stop,
                            struct tw_post_answer *out_answer)
{
    struct exchange exchange = {.curl = curl_easy_init(), .stop = stop, .answer = out_answer};
    struct upload upload = {.bytes = mail->message, .size = mail->size};
    struct curl_slist *to = curl_slist_append(NULL, mail->to);
    tw_status status = TW_ERR_NOMEM;
    if (exchange.curl != NULL && to != NULL && prepare(&exchange, mail->server, "smtp,smtps")) {
        CURL *curl = exchange.curl;
        (void)curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
        (void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
        (void)curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        (void)curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
        (void)curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
        (void)curl_easy_setopt(curl, CURLOPT_USE_SSL,
                               (long)(mail->user != NULL ? CURLUSESSL_ALL : CURLUSESSL_TRY));
        if (mail->user != NULL) {
            (void)curl_easy_setopt(curl, CURLOPT_USERNAME, mail->user);
            (void)curl_easy_setopt(curl, CURLOPT_PASSWORD, mail->password);
        }
        status = perform(&exchange);
    }
    curl_slist_free_all(to);
    curl_easy_cleanup(exchange.curl);
    return status;
}
