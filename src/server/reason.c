#include "server/reason.h"

#include <stdarg.h>
#include <stdio.h>

tw_status tw_reason_tell(struct tw_reason why, tw_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why.text, why.size, format, arguments);
    va_end(arguments);
    return status;
}
