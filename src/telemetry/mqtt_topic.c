/* Names and filters of topics. */
#include "telemetry/mqtt_codec.h"

#include <string.h>

struct tw_mqtt_span tw_mqtt_span_of(const char *text)
{
    return (struct tw_mqtt_span){(const uint8_t *)text, strlen(text)};
}

/* Bytes of the character that begins here; 0: it is no UTF-8. source: RFC 3629, section 4 */
static size_t character(const uint8_t *bytes, size_t size)
{
    uint8_t first = bytes[0];
    if (first < 0x80) return first == 0 ? 0 : 1;
    size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || size < length) return 0;
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) return 0;
    }
    /* Longer than need be, a surrogate, or beyond the last character. */
    if (first == 0xe0 && bytes[1] < 0xa0) return 0;
    if (first == 0xed && bytes[1] > 0x9f) return 0;
    if (first == 0xf0 && bytes[1] < 0x90) return 0;
    if (first == 0xf4 && bytes[1] > 0x8f) return 0;
    return length;
}

bool tw_mqtt_text_valid(struct tw_mqtt_span text)
{
    size_t at = 0;
    while (at < text.size) {
        size_t length = character(text.bytes + at, text.size - at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

static int levels(struct tw_mqtt_span topic)
{
    int count = 1;
    for (size_t i = 0; i < topic.size; i++)
        count += topic.bytes[i] == '/';
    return count;
}

bool tw_mqtt_topic_valid(struct tw_mqtt_span topic, int levels_max)
{
    if (topic.size == 0 || levels(topic) > levels_max) return false;
    return memchr(topic.bytes, '+', topic.size) == NULL &&
           memchr(topic.bytes, '#', topic.size) == NULL && tw_mqtt_text_valid(topic);
}

bool tw_mqtt_filter_valid(struct tw_mqtt_span filter, int levels_max)
{
    if (filter.size == 0 || levels(filter) > levels_max || !tw_mqtt_text_valid(filter))
        return false;
    for (size_t i = 0; i < filter.size; i++) {
        uint8_t c = filter.bytes[i];
        bool first = i == 0 || filter.bytes[i - 1] == '/';
        bool last = i + 1 == filter.size;
        if (c == '#' && !(first && last)) return false;
        if (c == '+' && !(first && (last || filter.bytes[i + 1] == '/'))) return false;
    }
    return true;
}

/* The bytes of the level that begins at a place. */
static size_t level_size(struct tw_mqtt_span topic, size_t at)
{
    const uint8_t *end = memchr(topic.bytes + at, '/', topic.size - at);
    return end == NULL ? topic.size - at : (size_t)(end - (topic.bytes + at));
}

bool tw_mqtt_filter_matches(struct tw_mqtt_span filter, struct tw_mqtt_span topic)
{
    bool wild = filter.size > 0 && (filter.bytes[0] == '#' || filter.bytes[0] == '+');
    if (wild && topic.size > 0 && topic.bytes[0] == '$') return false; /* section 4.7.2 */
    size_t f = 0;
    size_t t = 0;
    bool topic_ended = false;
    for (;;) {
        size_t filter_size = level_size(filter, f);
        if (filter_size == 1 && filter.bytes[f] == '#') return true; /* the parent level too */
        if (topic_ended) return false;
        size_t topic_size = level_size(topic, t);
        bool any = filter_size == 1 && filter.bytes[f] == '+';
        if (!any && (filter_size != topic_size ||
                     memcmp(filter.bytes + f, topic.bytes + t, filter_size) != 0)) {
            return false;
        }
        f += filter_size;
        t += topic_size;
        topic_ended = t == topic.size;
        if (f == filter.size) return topic_ended;
        f++;
        if (!topic_ended) t++;
    }
}
