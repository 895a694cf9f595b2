/* The page as it is embedded in the command: cmake/web.cmake makes the table of web/dist. */
#ifndef TW_EMBED_PAGE_H
#define TW_EMBED_PAGE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * One file of the page.
 *
 * path   as it is asked for: "/index.html", "/assets/index-Dr1x.js"; "/" means "/index.html". What
 *        lies under "/assets/" has its hash in its name and never changes
 * mime   its Content-Type
 * bytes  [size] the file; with gzip they must go out with "Content-Encoding: gzip"
 */
struct tw_page_file {
    const char *path, *mime;
    const unsigned char *bytes;
    size_t size;
    bool gzip;
};

/** All files of the page, in order of path. */
extern const struct tw_page_file tw_page_files[];

/** How many there are; at least one. */
extern const size_t tw_page_file_count;

#endif
