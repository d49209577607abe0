#include <zlib.h>

// The library's own is a macro. 16 more than the window's size asks for a gzip header.
static inline int kozmic_gzip_init(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
