#include "telemetry/modbus_schedule.h"

void tw_modbus_slaves_begin(struct tw_modbus_slave *slaves, int32_t count, int64_t now_ms)
{
    for (int32_t i = 0; i < count; i++) {
        slaves[i].next = 0;
        slaves[i].failures = 1; /* until it has answered, nobody waits for it */
        slaves[i].due_ms = slaves[i].served_ms = now_ms;
    }
}

/* Whether a slave is among those who go first: it answers, or it has been passed over for ten
 * intervals, which happens where those who answer fill the line. */
static bool goes_first(const struct tw_modbus_slave *slave, int64_t interval_ms, int64_t now_ms)
{
    return slave->failures == 0 || now_ms - slave->due_ms > 10 * interval_ms;
}

int32_t tw_modbus_slaves_next(const struct tw_modbus_slave *slaves, int32_t count,
                              int64_t interval_ms, int64_t now_ms, int64_t *out_wait_ms)
{
    int32_t best = -1;
    *out_wait_ms = INT64_MAX;
    for (int32_t i = 0; i < count; i++) {
        const struct tw_modbus_slave *slave = &slaves[i];
        int64_t wait_ms = slave->due_ms - now_ms;
        if (wait_ms > 0) {
            if (wait_ms < *out_wait_ms) *out_wait_ms = wait_ms;
            continue;
        }
        if (best >= 0) {
            bool first = goes_first(slave, interval_ms, now_ms);
            bool best_first = goes_first(&slaves[best], interval_ms, now_ms);
            if (first != best_first ? !first : slave->served_ms >= slaves[best].served_ms) continue;
        }
        best = i;
    }
    return best;
}

bool tw_modbus_slave_answered(struct tw_modbus_slave *slave, int64_t interval_ms, int64_t now_ms)
{
    slave->served_ms = now_ms;
    slave->failures = 0;
    if (++slave->next < slave->reads) return false;
    slave->next = 0;
    /* The next round begins an interval after this one; rounds that should have begun are left out. */
    int64_t late_ms = now_ms - slave->due_ms;
    slave->due_ms += (late_ms / interval_ms + 1) * interval_ms;
    return true;
}

void tw_modbus_slave_failed(struct tw_modbus_slave *slave, int64_t interval_ms, int64_t now_ms)
{
    int64_t pause_ms = interval_ms;
    if (slave->failures < 20) slave->failures++;
    for (int32_t i = 1; i < slave->failures && pause_ms < TW_MODBUS_RETRY_MAX_MS; i++)
        pause_ms *= 2;
    if (pause_ms > TW_MODBUS_RETRY_MAX_MS && TW_MODBUS_RETRY_MAX_MS > interval_ms)
        pause_ms = TW_MODBUS_RETRY_MAX_MS;
    slave->next = 0;
    slave->served_ms = now_ms;
    slave->due_ms = now_ms + pause_ms;
}
