/* A disk that can be made to fail, for tests: loaded before libc into a process whose files it is about.
 *
 * DISK_MATCH   what a path must contain to be on this disk
 * DISK_FLAGS   a file; while it is there, what it names fails with EIO: "fsync", "write"; with ENOSPC: "full"; or is
 *              slow: "slow=800" makes each fsync take so many milliseconds more
 * DISK_SHADOW  a folder; what is really on the disk: only what an fsync brought there. After an fsync that fails, the
 *              pages are clean for the kernel and not on the disk, as on Linux since 4.13.
 * DISK_CLOCK   a file with seconds to be added to the time of day
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define FILES 64
#define PAGES (1 << 16) /* 256 MiB a file */

struct file { ino_t ino; unsigned char dirty[PAGES / 8]; };
static struct file files[FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int on_disk(int fd, char *path) {
  const char *match = getenv("DISK_MATCH");
  char link[64];
  if (!match) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, PAGE - 1);
  if (n < 0) return 0;
  path[n] = 0;
  return strstr(path, match) != NULL && !strstr(path, "-shm") && !strstr(path, "/lock");
}

static const char *told(const char *what, char *text, size_t size) { /* where the flags name it, or NULL */
  const char *flags = getenv("DISK_FLAGS");
  if (!flags) return NULL;
  int fd = syscall(SYS_openat, AT_FDCWD, flags, O_RDONLY);
  if (fd < 0) return NULL;
  ssize_t n = syscall(SYS_read, fd, text, size - 1);
  syscall(SYS_close, fd);
  text[n > 0 ? n : 0] = 0;
  return strstr(text, what);
}

static int fails(const char *what) {
  char text[256];
  return told(what, text, sizeof text) != NULL;
}

static void slowly(int fd) {
  char path[PAGE], text[256];
  const char *slow = told("slow=", text, sizeof text);
  if (!slow || !on_disk(fd, path)) return;
  long ms = atol(slow + 5);
  struct timespec wait = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&wait, NULL);
}

static struct file *of(int fd) {
  struct stat st;
  if (fstat(fd, &st)) return NULL;
  for (int i = 0; i < FILES; i++) {
    if (files[i].ino == st.st_ino || !files[i].ino) {
      files[i].ino = st.st_ino;
      return &files[i];
    }
  }
  return NULL;
}

static void touch(int fd, off_t at, size_t size) {
  char path[PAGE];
  if (!getenv("DISK_SHADOW") || !on_disk(fd, path)) return;
  pthread_mutex_lock(&lock);
  struct file *file = of(fd);
  for (off_t page = at / PAGE; file && size && page <= (off_t)(at + size - 1) / PAGE && page < PAGES; page++)
    file->dirty[page / 8] |= 1 << (page % 8);
  pthread_mutex_unlock(&lock);
}

static void shadow_of(const char *path, char *shadow) {
  const char *name = strrchr(path, '/');
  snprintf(shadow, PAGE, "%s/%s", getenv("DISK_SHADOW"), name ? name + 1 : path);
}

static int settle(int fd) { /* what fsync does to the pages, with or without bringing them to the disk */
  char path[PAGE], shadow[PAGE], page[PAGE];
  if (!on_disk(fd, path)) return 0;
  int failing = fails("fsync");
  if (getenv("DISK_SHADOW")) {
    struct stat st;
    fstat(fd, &st);
    if (S_ISREG(st.st_mode)) {
      pthread_mutex_lock(&lock);
      struct file *file = of(fd);
      shadow_of(path, shadow);
      char again[64];
      snprintf(again, sizeof again, "/proc/self/fd/%d", fd);
      int in = syscall(SYS_openat, AT_FDCWD, again, O_RDONLY);
      int out = failing ? -1 : (int)syscall(SYS_openat, AT_FDCWD, shadow, O_RDWR | O_CREAT, 0600);
      for (off_t n = 0; file && n < PAGES; n++) {
        if (!(file->dirty[n / 8] & (1 << (n % 8)))) continue;
        file->dirty[n / 8] &= ~(1 << (n % 8));
        if (out < 0) continue;
        ssize_t got = syscall(SYS_pread64, in, page, PAGE, n * PAGE);
        if (got > 0) syscall(SYS_pwrite64, out, page, got, n * PAGE);
      }
      if (out >= 0) {
        syscall(SYS_ftruncate, out, st.st_size);
        syscall(SYS_close, out);
      }
      if (in >= 0) syscall(SYS_close, in);
      pthread_mutex_unlock(&lock);
    }
  }
  if (!failing) return 0;
  errno = EIO;
  return -1;
}

int fsync(int fd) {
  slowly(fd);
  return settle(fd) ? -1 : (int)syscall(SYS_fsync, fd);
}
int fdatasync(int fd) {
  slowly(fd);
  return settle(fd) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

static int refused(int fd) {
  char path[PAGE];
  int full = fails("full");
  if ((!full && !fails("write")) || !on_disk(fd, path)) return 0;
  errno = full ? ENOSPC : EIO;
  return 1;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
  if (refused(fd)) return -1;
  ssize_t n = syscall(SYS_pwrite64, fd, data, size, at);
  if (n > 0) touch(fd, at, n);
  return n;
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }

ssize_t write(int fd, const void *data, size_t size) {
  char path[PAGE];
  if (fd < 3 || !on_disk(fd, path)) return syscall(SYS_write, fd, data, size);
  if (refused(fd)) return -1;
  off_t at = lseek(fd, 0, SEEK_CUR);
  ssize_t n = syscall(SYS_write, fd, data, size);
  if (n > 0) touch(fd, at, n);
  return n;
}

int unlink(const char *path) {
  const char *match = getenv("DISK_MATCH");
  char shadow[PAGE];
  if (match && getenv("DISK_SHADOW") && strstr(path, match)) {
    shadow_of(path, shadow);
    syscall(SYS_unlinkat, AT_FDCWD, shadow, 0);
  }
  return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

static long shift(void) {
  const char *name = getenv("DISK_CLOCK");
  char text[32] = "";
  if (!name) return 0;
  int fd = syscall(SYS_openat, AT_FDCWD, name, O_RDONLY);
  if (fd < 0) return 0;
  syscall(SYS_read, fd, text, sizeof text - 1);
  syscall(SYS_close, fd);
  return atol(text);
}

int clock_gettime(clockid_t id, struct timespec *now) {
  int code = (int)syscall(SYS_clock_gettime, id, now);
  if (!code && id == CLOCK_REALTIME) now->tv_sec += shift();
  return code;
}
int gettimeofday(struct timeval *now, void *zone) {
  int code = (int)syscall(SYS_gettimeofday, now, zone);
  if (!code) now->tv_sec += shift();
  return code;
}
time_t time(time_t *where) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (where) *where = now.tv_sec;
  return now.tv_sec;
}
