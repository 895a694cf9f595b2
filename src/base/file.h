/* Files: read whole, or written beside their place and moved there when they are complete. */
#ifndef TW_BASE_FILE_H
#define TW_BASE_FILE_H

#include "base/compiler.h"
#include "thalweg/faults.h"
#include "thalweg/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Read a whole file (a pipe too).
 *
 * limit     most bytes that are accepted; of a device no more than 1 MB
 * out_text  from malloc, the caller frees it; a NUL follows the last byte
 * out_size  bytes without that NUL; may be NULL
 * errors    TW_ERR_FILE (errno says why), TW_ERR_FULL larger than limit, TW_ERR_NOMEM
 */
tw_status tw_file_read(const char *path, size_t limit, char **out_text, size_t *out_size);

/**
 * Read a whole file that has to be text; what is wrong with it is told in faults.
 *
 * out_text  from malloc, the caller frees it
 * errors    TW_ERR_FILE it cannot be read or is larger than limit, TW_ERR_INPUT it has a zero byte,
 *           TW_ERR_NOMEM
 */
tw_status tw_file_read_text(const char *path, size_t limit, tw_faults *faults, char **out_text);

/** Whether two names lead to one file, through links too; never for devices and pipes. */
bool tw_file_same(const char *one, const char *other);

/** Make a folder; one that is there already is fine. errors: TW_ERR_FILE (errno says why) */
tw_status tw_folder_make(const char *path);

/** A file being written. */
typedef struct tw_outfile tw_outfile;

/**
 * Begin to write a file: bytes go to a temporary file in the same folder, so a reader sees the old
 * file or the whole new one. What is not a regular file (/dev/null, a pipe) is written in place.
 *
 * out_file  owned by the caller until commit or abandon
 * errors    TW_ERR_FILE (errno says why), TW_ERR_NOMEM
 */
tw_status tw_outfile_open(const char *path, tw_outfile **out_file);

/** Write bytes. errors: TW_ERR_FILE (disk full: errno ENOSPC), which then stays */
tw_status tw_outfile_write(tw_outfile *file, const void *bytes, size_t count);

/** Write formatted text. errors: TW_ERR_FILE, TW_ERR_NOMEM */
tw_status tw_outfile_printf(tw_outfile *file, const char *format, ...) TW_PRINTF(2, 3);

/** Write again bytes that were written before, at a place in the file. errors: TW_ERR_FILE */
tw_status tw_outfile_rewrite(tw_outfile *file, int64_t at, const void *bytes, size_t count);

/** Bytes written so far: the place of the next one. */
int64_t tw_outfile_size(const tw_outfile *file);

/**
 * Put the file in its place: everything on disk, then renamed. Frees `file` in any case; on
 * failure nothing is left behind.
 *
 * errors  TW_ERR_FILE a write had failed, or this one does (errno says why)
 */
tw_status tw_outfile_commit(tw_outfile *file);

/** Drop what was written and free `file`; NULL is fine. */
void tw_outfile_abandon(tw_outfile *file);

#endif
