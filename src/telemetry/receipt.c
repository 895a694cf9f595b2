#include "telemetry/receipt.h"

#include <stdlib.h>
#include <string.h>

struct tw_receipt {
    struct tw_conn conn;
    size_t size;
    char bytes[];
};

tw_status tw_receipt_create(struct tw_conn conn, const void *bytes, size_t size,
                            struct tw_receipt **out_receipt)
{
    struct tw_receipt *receipt = malloc(sizeof *receipt + size);
    if (receipt == NULL) return TW_ERR_NOMEM;
    receipt->conn = conn;
    receipt->size = size;
    if (size > 0) memcpy(receipt->bytes, bytes, size);
    *out_receipt = receipt;
    return TW_OK;
}

void tw_receipt_destroy(struct tw_receipt *receipt) { free(receipt); }

void tw_receipt_settle(void *user, tw_status status)
{
    struct tw_receipt *receipt = user;
    if (status == TW_OK && receipt->size > 0) {
        tw_conn_send(receipt->conn, receipt->bytes, receipt->size);
    }
    free(receipt);
}
