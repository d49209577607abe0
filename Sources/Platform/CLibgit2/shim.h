#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/repository.h>
#include <git2/sys/stream.h>

/* git_libgit2_opts takes a variable number of arguments, which Swift does not import. */

static inline int git_shim_set_search_path(int level, const char *path) {
    return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}

static inline int git_shim_set_owner_validation(int enabled) {
    return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}

static inline int git_shim_set_certificates(const char *file, const char *directory) {
    return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, directory);
}

static inline int git_shim_set_user_agent(const char *agent) {
    return git_libgit2_opts(GIT_OPT_SET_USER_AGENT, agent);
}

static inline int git_shim_set_pack_limits(size_t objects, size_t object_size) {
    int code = git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, objects);
    return code < 0 ? code : git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, object_size);
}

/* A stream over a socket. The first four fields are those of libgit2's own socket stream (1.0 to 1.9): its SSH transport
   takes the descriptor from here. */
typedef struct {
    git_stream parent;
    char *host;
    char *port;
    int descriptor;
    void *transfer;
} git_shim_socket_stream;
