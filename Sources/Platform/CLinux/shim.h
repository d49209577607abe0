#ifndef CLINUX_SHIM_H
#define CLINUX_SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// What Linux has beyond POSIX, without asking the C library for its extensions: those would change every other header.

// Moves what is in a pipe, at most `count` bytes, to a place in a file. Never waits for the pipe.
static inline ssize_t clinux_move(int pipe, int file, int64_t offset, size_t count) {
    int64_t place = offset;
    // SPLICE_F_MOVE | SPLICE_F_NONBLOCK
    return syscall(SYS_splice, pipe, (int64_t *)0, file, &place, count, 3u);
}

// How many bytes a pipe holds before its writers wait. F_SETPIPE_SZ.
static inline int clinux_set_pipe_size(int pipe, int size) { return fcntl(pipe, 1031, size); }

// Gives the disk back what a part of a file takes; the file keeps its size and reads as zeros there.
static inline int clinux_punch(int file, int64_t offset, int64_t count) {
    // FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE
    return (int)syscall(SYS_fallocate, file, 3, offset, count);
}

// A counter that wakes whoever polls it; reading takes it back to 0. Not for the programs that the process starts.
static inline int clinux_event(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

// What the calling thread is called by `top -H` and the like; up to 15 bytes count.
static inline void clinux_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

#endif
