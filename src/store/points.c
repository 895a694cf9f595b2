/* Points in order. */
#include "store/store_internal.h"

#include <stdlib.h>
#include <string.h>

int tw_point_compare(const struct tw_chunk_point *a, const struct tw_chunk_point *b)
{
    if (a->time_ms != b->time_ms) return a->time_ms < b->time_ms ? -1 : 1;
    return (a->source > b->source) - (a->source < b->source);
}

tw_status tw_points_reserve(struct tw_points *points, size_t room)
{
    if (room <= points->room) return TW_OK;
    size_t larger = room > 2 * points->room ? room : 2 * points->room;
    struct tw_chunk_point *items = realloc(points->items, larger * sizeof *items);
    if (items == NULL) return TW_ERR_NOMEM;
    points->items = items;
    points->room = larger;
    return TW_OK;
}

tw_status tw_points_merge(const struct tw_chunk_point *a, size_t a_count,
                          const struct tw_chunk_point *b, size_t b_count, struct tw_points *out)
{
    size_t i = 0;
    size_t k = 0;
    TW_TRY(tw_points_reserve(out, out->count + a_count + b_count));
    while (i < a_count && k < b_count) {
        int order = tw_point_compare(&a[i], &b[k]);
        out->items[out->count++] = order < 0 ? a[i] : b[k];
        i += order <= 0;
        k += order >= 0;
    }
    for (; i < a_count; i++)
        out->items[out->count++] = a[i];
    for (; k < b_count; k++)
        out->items[out->count++] = b[k];
    return TW_OK;
}

/* Merge neighbours of sorted stretches, ever longer; equal ones keep their order. */
static struct tw_chunk_point *merge_sort(struct tw_chunk_point *points,
                                         struct tw_chunk_point *other, size_t count)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t begin = 0; begin < count; begin += 2 * width) {
            size_t middle = begin + width < count ? begin + width : count;
            size_t end = middle + width < count ? middle + width : count;
            size_t i = begin;
            size_t k = middle;
            for (size_t at = begin; at < end; at++) {
                bool left =
                    i < middle && (k == end || tw_point_compare(&points[i], &points[k]) <= 0);
                other[at] = left ? points[i++] : points[k++];
            }
        }
        struct tw_chunk_point *swap = points;
        points = other;
        other = swap;
    }
    return points;
}

tw_status tw_points_order(struct tw_points *points)
{
    if (points->count < 2) return TW_OK;
    struct tw_chunk_point *other = malloc(points->count * sizeof *other);
    if (other == NULL) return TW_ERR_NOMEM;
    const struct tw_chunk_point *sorted = merge_sort(points->items, other, points->count);
    if (sorted != points->items) memcpy(points->items, sorted, points->count * sizeof *sorted);
    free(other);
    size_t kept = 0;
    for (size_t i = 0; i < points->count; i++) {
        bool again = kept > 0 && tw_point_compare(&points->items[kept - 1], &points->items[i]) == 0;
        points->items[again ? kept - 1 : kept++] = points->items[i];
    }
    points->count = kept;
    return TW_OK;
}
