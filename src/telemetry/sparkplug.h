/* Sparkplug B: edge nodes that say at birth what they measure, and then only what has changed.
 *
 * What was said at birth is kept per node: aliases of metrics, the sequence of messages. A message
 * that does not fit it asks for a new birth. All calls from one thread.
 *
 * source  Eclipse Sparkplug Specification 3.0.0, chapters 4 to 6 */
#ifndef TW_TELEMETRY_SPARKPLUG_H
#define TW_TELEMETRY_SPARKPLUG_H

#include "telemetry/payload.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TW_SPARKPLUG_NAME_SIZE 128
#define TW_SPARKPLUG_NODES_MAX 5000
#define TW_SPARKPLUG_METRICS_MAX 20000

/** What is known of all nodes. */
struct tw_sparkplug;

/** What follows from a message, beside its measurements. */
struct tw_sparkplug_outcome {
    bool rebirth; /* the node must be asked to be born again */
    bool died;    /* the node, or one of its devices, has gone */
    char group[TW_SPARKPLUG_NAME_SIZE], node[TW_SPARKPLUG_NAME_SIZE];
    char device[TW_SPARKPLUG_NAME_SIZE]; /* "": the node itself */
};

/** Whether a topic is Sparkplug's. */
bool tw_sparkplug_is_topic(const char *topic);

/** Make what knows of no node yet. errors: TW_ERR_NOMEM */
tw_status tw_sparkplug_create(struct tw_sparkplug **out_sparkplug);

/** Free; NULL is fine. */
void tw_sparkplug_destroy(struct tw_sparkplug *sparkplug);

/**
 * Take a message of a node. A metric's tag is its name, inside its device: "device/name" is looked
 * for first. Values that are no numbers, and what the specification itself names (bdSeq, Node
 * Control), are left out. After a gap in the sequence aliases mean nothing until the next birth.
 *
 * out_outcome  filled in any case
 * errors       TW_ERR_FORMAT no such message, or of a node that another device has given birth to;
 *              TW_ERR_FULL too many nodes or metrics; TW_ERR_NOMEM
 */
tw_status tw_sparkplug_read(struct tw_sparkplug *sparkplug, const struct tw_payload *payload,
                            struct tw_readings *readings, struct tw_sparkplug_outcome *out_outcome,
                            struct tw_samples_fault *out_fault);

/** Bytes of the payload by which a node is asked to be born again; returns how many. */
size_t tw_sparkplug_rebirth(int64_t now_ms, uint8_t out[64]);

#endif
