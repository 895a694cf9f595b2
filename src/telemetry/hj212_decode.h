/* From the fields of an HJ 212 message to measurements of a device's sensors. */
#ifndef TW_TELEMETRY_HJ212_DECODE_H
#define TW_TELEMETRY_HJ212_DECODE_H

#include "telemetry/devices.h"
#include "telemetry/hj212_message.h"
#include "telemetry/ingest.h"
#include "thalweg/status.h"

#include <stddef.h>
#include <stdint.h>

/* Commands of the standard that we speak; HJ 212-2017, table 9. */
enum {
    TW_HJ212_TIME_UPLOAD = 1011,
    TW_HJ212_TIME_SET = 1012,
    TW_HJ212_TIME_ASKED = 1013,
    TW_HJ212_REALTIME = 2011,
    TW_HJ212_STATE = 2021,
    TW_HJ212_DAY = 2031,
    TW_HJ212_RUN_TIME = 2041,
    TW_HJ212_MINUTES = 2051,
    TW_HJ212_HOUR = 2061,
    TW_HJ212_REQUEST_ANSWER = 9011,
    TW_HJ212_REQUEST_RESULT = 9012,
    TW_HJ212_NOTICE_ANSWER = 9013,
    TW_HJ212_DATA_ANSWER = 9014
};

/** What a message came to. */
struct tw_hj212_measured {
    struct tw_measurement *m; /* [count] from malloc; sensors borrowed from the device */
    size_t count;
    size_t unmapped;   /* values of codes that the device has no sensor for */
    size_t valueless;  /* mapped fields whose value is no number */
    int64_t newest_ms; /* INT64_MIN: none */
};

/**
 * Take the values that the device has sensors for. A value of real time is the tag `w01018-Rtd` or
 * `w01018`; of any other command `2051.w01018-Avg`. Its time is its SampleTime, else the DataTime
 * before it.
 *
 * cp       of the whole message
 * zone_s   seconds east of Greenwich in which the plant's clock runs
 * out      free out->m with free()
 * out_why  what is wrong, a constant text; with TW_ERR_FORMAT
 * errors   TW_ERR_FORMAT a time is missing or none, TW_ERR_NOMEM
 */
tw_status tw_hj212_decode(const struct tw_device *device, int32_t cn, struct tw_hj212_text cp,
                          int32_t zone_s, struct tw_hj212_measured *out, const char **out_why);

/** Whether a device has a sensor for a history value (2051) of a code. */
bool tw_hj212_has_history(const struct tw_device *device, struct tw_hj212_text code);

#endif
