/* Packets of MQTT: bytes are cut and decoded for both versions; what is understood is safe to walk. */
#include "telemetry/mqtt_codec.h"

#include "base/require.h"
#include "fuzz.h"

static size_t sum(struct tw_mqtt_span span)
{
    size_t total = 0;
    for (size_t i = 0; i < span.size; i++)
        total += span.bytes[i];
    return total;
}

static void walk(const uint8_t *data, size_t size, uint8_t version)
{
    struct tw_mqtt_packet packet;
    enum tw_mqtt_reason reason = TW_MQTT_SUCCESS;
    if (tw_mqtt_decode(data, size, version, &packet, &reason) != TW_OK) {
        TW_REQUIRE(reason >= TW_MQTT_UNSPECIFIED); /* a failure has a code that tells it */
        return;
    }
    size_t total = sum(packet.topic) + sum(packet.payload) + sum(packet.client_id) +
                   sum(packet.username) + sum(packet.password) + sum(packet.will_topic) +
                   sum(packet.will_payload) + sum(packet.properties.user) +
                   sum(packet.properties.reason_text);
    size_t at = 0;
    bool filters = packet.type == TW_MQTT_SUBSCRIBE || packet.type == TW_MQTT_UNSUBSCRIBE;
    for (struct tw_mqtt_filter filter; filters && tw_mqtt_filter_next(&packet, &at, &filter);) {
        total += sum(filter.topic);
        if (!tw_mqtt_filter_valid(filter.topic, 16)) continue;
        (void)tw_mqtt_filter_matches(filter.topic, tw_mqtt_span_of("plant/pump7/level"));
    }
    TW_REQUIRE(!filters || at == packet.filters.size); /* all of it, or it was malformed */
    TW_REQUIRE(total <= 255 * 32 * size);
    if (packet.type == TW_MQTT_PUBLISH && tw_mqtt_topic_valid(packet.topic, 16)) {
        (void)tw_mqtt_filter_matches(tw_mqtt_span_of("+/#"), packet.topic);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t packet = 0;
    for (size_t at = 0; at < size; at += packet) {
        if (tw_mqtt_frame(data + at, size - at, &packet) != TW_OK) return 0;
        if (packet == 0 || packet > size - at) return 0;
        walk(data + at, packet, TW_MQTT_3);
        walk(data + at, packet, TW_MQTT_5);
    }
    return 0;
}
