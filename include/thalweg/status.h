/* What every call of Thalweg can answer. The only public header that all folders may include. */
#ifndef THALWEG_STATUS_H
#define THALWEG_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

/* One row a code: identifier, text. */
#define TW_STATUS_LIST(X)                                                                          \
    X(OK, "ok")                                                                                    \
    X(ERR_NOMEM, "out of memory")                                                                  \
    X(ERR_ARG, "an argument is out of its range")                                                  \
    X(ERR_NAME, "no object of that name")                                                          \
    X(ERR_INPUT, "the input has faults")                                                           \
    X(ERR_FILE, "a file cannot be read or written")                                                \
    X(ERR_STATE, "the call does not fit the state of the object")                                  \
    X(ERR_FORMAT, "the bytes are not of the expected format")                                      \
    X(ERR_FULL, "a limit is reached")                                                              \
    X(ERR_NET, "a socket failed")                                                                  \
    X(ERR_NUMERIC, "a result is not a finite number")

/** Result of every call that can fail. */
typedef enum {
#define TW_STATUS_ENUM(name, text) TW_##name,
    TW_STATUS_LIST(TW_STATUS_ENUM)
#undef TW_STATUS_ENUM
} tw_status;

/**
 * The words for a status.
 *
 * returns   a constant English sentence without a full stop; never NULL
 */
const char *tw_status_text(tw_status status);

/* Pass a failure up to the caller. */
#define TW_TRY(call)                                                                               \
    do {                                                                                           \
        tw_status tw_try_status_ = (call);                                                         \
        if (tw_try_status_ != TW_OK) return tw_try_status_;                                        \
    } while (0)

#ifdef __cplusplus
}
#endif
#endif
