#include "telemetry/sl651_frame.h"

#include <string.h>

enum {
    BEGIN = 0x7E,
    HEAD = 14,   /* up to STX or SYN */
    NUMBERS = 3, /* packets and packet, behind SYN */
    TAIL = 3,    /* the end character and the check */
    DOWN = 0x8,  /* direction, above the length */
    NUMBER_MAX = 0xFFF
};

uint16_t tw_sl651_crc(const uint8_t *bytes, size_t size)
{
    unsigned check = 0xFFFF;
    for (size_t i = 0; i < size; i++) {
        check ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            check = (check & 1) != 0 ? (check >> 1) ^ 0xA001 : check >> 1;
    }
    return (uint16_t)check;
}

static unsigned word_of(const uint8_t *bytes) { return (unsigned)bytes[0] << 8 | bytes[1]; }

/* Take a head apart whose direction and first character are right; why it is none, or NULL. */
static const char *head_read(const uint8_t *bytes, size_t length, struct tw_sl651_frame *frame)
{
    frame->down = bytes[11] >> 4 == DOWN;
    frame->centre = bytes[frame->down ? 7 : 2];
    memcpy(frame->station, bytes + (frame->down ? 2 : 3), sizeof frame->station);
    memcpy(frame->password, bytes + 8, sizeof frame->password);
    frame->function = bytes[10];
    frame->text = bytes + HEAD;
    frame->size = length;
    if (bytes[13] == TW_SL651_STX) return NULL;
    if (length < NUMBERS) return "the packet numbers are missing";
    frame->packets = (uint16_t)(word_of(frame->text) >> 4);
    frame->packet = (uint16_t)(word_of(frame->text + 1) & NUMBER_MAX);
    frame->text += NUMBERS;
    frame->size -= NUMBERS;
    if (frame->packet < 1 || frame->packet > frame->packets) return "the packet number is wrong";
    return NULL;
}

/* Where the next frame may begin: at two 7E, or at one that ends the bytes. */
static size_t begin_find(const uint8_t *bytes, size_t size, size_t at)
{
    while (at < size && !(bytes[at] == BEGIN && (at + 1 == size || bytes[at + 1] == BEGIN)))
        at++;
    return at;
}

enum tw_sl651_cut tw_sl651_frame_cut(const uint8_t *bytes, size_t size, size_t *out_used,
                                     struct tw_sl651_frame *out_frame, const char **out_why)
{
    *out_used = begin_find(bytes, size, 0);
    *out_why = "bytes that are no frame";
    if (*out_used > 0) return TW_SL651_BAD;
    if (size < HEAD) return TW_SL651_MORE;

    struct tw_sl651_frame frame = {0};
    size_t length = word_of(bytes + 11) & TW_SL651_TEXT_MAX;
    size_t checked = HEAD + length + 1;
    *out_why = NULL;
    if (bytes[11] >> 4 != 0 && bytes[11] >> 4 != DOWN) {
        *out_why = "the direction is neither up nor down";
    } else if (bytes[13] != TW_SL651_STX && bytes[13] != TW_SL651_SYN) {
        *out_why = "neither STX nor SYN begins the text";
    } else if (size < HEAD + length + TAIL) {
        return TW_SL651_MORE;
    } else if (word_of(bytes + checked) != tw_sl651_crc(bytes, checked)) {
        *out_why = "the check (CRC) is wrong";
    }
    if (*out_why != NULL) { /* of three 7E the last two may begin a frame */
        *out_used = begin_find(bytes, size, bytes[2] == BEGIN ? 1 : 2);
        return TW_SL651_BAD;
    }
    *out_used = checked + 2;
    *out_why = head_read(bytes, length, &frame);
    if (*out_why != NULL) return TW_SL651_BAD;
    frame.end = bytes[HEAD + length];
    *out_frame = frame;
    return TW_SL651_FRAME;
}

size_t tw_sl651_frame_write(const struct tw_sl651_frame *frame, uint8_t *out)
{
    size_t numbers = frame->packets > 0 ? NUMBERS : 0;
    size_t length = frame->size + numbers;
    if (length > TW_SL651_TEXT_MAX) return 0;
    out[0] = out[1] = BEGIN;
    out[frame->down ? 7 : 2] = frame->centre;
    memcpy(out + (frame->down ? 2 : 3), frame->station, sizeof frame->station);
    memcpy(out + 8, frame->password, sizeof frame->password);
    out[10] = frame->function;
    out[11] = (uint8_t)((frame->down ? DOWN << 4 : 0) | (int)(length >> 8));
    out[12] = (uint8_t)(length & 0xFF);
    out[13] = numbers > 0 ? TW_SL651_SYN : TW_SL651_STX;
    if (numbers > 0) {
        out[14] = (uint8_t)(frame->packets >> 4);
        out[15] = (uint8_t)((frame->packets & 0xF) << 4 | frame->packet >> 8);
        out[16] = (uint8_t)(frame->packet & 0xFF);
    }
    if (frame->size > 0) memcpy(out + HEAD + numbers, frame->text, frame->size);
    out[HEAD + length] = frame->end;
    unsigned check = tw_sl651_crc(out, HEAD + length + 1);
    out[HEAD + length + 1] = (uint8_t)(check >> 8);
    out[HEAD + length + 2] = (uint8_t)(check & 0xFF);
    return HEAD + length + TAIL;
}
