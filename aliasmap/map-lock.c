/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The write lock; see map-lock.h. */
#include "np-config.h"

#include "aliasmap/map-lock.h"

#include "aliasmap/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOCK_MAX_HOLDER 200
#define LOCK_POLL_MS 20

/* 1 taken, 0 somebody else has it, -1. */
static int lock_try(int fd)
{
	struct flock lock;

	memset(&lock, 0, sizeof(lock));
	lock.l_type = F_WRLCK;
	lock.l_whence = SEEK_SET;
	/* Of the open file, not of the process: libdb and others may close
	   descriptors of theirs, which would drop a process's lock. */
	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 1;
	return errno == EAGAIN || errno == EACCES || errno == EINTR ? 0 : -1;
}

static int lock_wait(int fd, unsigned int seconds)
{
	const struct timespec pause = {0, LOCK_POLL_MS * 1000000L};
	int64_t deadline = np_clock_ms() + (int64_t)seconds * 1000;
	int ret;

	while ((ret = lock_try(fd)) == 0 && np_clock_ms() < deadline)
		(void)nanosleep(&pause, NULL);
	return ret;
}

/* One printable line of what the holder wrote. */
static void lock_holder(int fd, char *holder)
{
	ssize_t n = pread(fd, holder, LOCK_MAX_HOLDER - 1, 0);

	holder[n > 0 ? n : 0] = '\0';
	for (char *p = holder; *p != '\0'; p++) {
		if (*p == '\n') {
			*p = '\0';
			break;
		}
		if (*p < ' ' || *p > '~')
			*p = '?';
	}
	if (holder[0] == '\0')
		strcpy(holder, "somebody unknown");
}

int np_map_lock(int folder_fd, const struct np_map_path *path,
		const char *holder, unsigned int wait_seconds,
		struct np_error *err)
{
	char name[NP_MAX_FILE_NAME + 8], text[LOCK_MAX_HOLDER];
	int fd, ret, n;

	(void)snprintf(name, sizeof(name), "%s.lock", path->base);
	fd = openat(folder_fd, name, O_RDWR | O_CREAT | O_CLOEXEC |
		    O_NOFOLLOW | O_NOCTTY, 0600);
	if (fd == -1)
		return np_error_set(err, errno == ENOSPC || errno == EROFS ?
				    NP_ERROR_WRITE : NP_ERROR_UNREADABLE,
				    "%s.lock: cannot open the write lock: %s%s",
				    path->link, strerror(errno),
				    errno == EACCES ? " (changes are made by "
				    "root)" : "");
	ret = lock_wait(fd, wait_seconds);
	if (ret == 0) {
		lock_holder(fd, text);
		(void)close(fd);
		return np_error_set(err, NP_ERROR_BUSY,
				    "%s: another change is going on (%s): try "
				    "again", path->link, text);
	}
	if (ret < 0) {
		ret = errno;
		(void)close(fd);
		return np_error_set(err, NP_ERROR_UNREADABLE,
				    "%s.lock: cannot lock: %s", path->link,
				    strerror(ret));
	}
	/* For people only: a full disk must not stop a removal here. */
	n = snprintf(text, sizeof(text) - 1, "%s", holder);
	if (n < 0 || (size_t)n >= sizeof(text) - 1)
		n = (int)sizeof(text) - 2;
	text[n++] = '\n';
	if (ftruncate(fd, 0) == -1 || pwrite(fd, text, (size_t)n, 0) == -1)
		errno = 0;
	return fd;
}

void np_map_unlock(int *lock_fd)
{
	if (*lock_fd == -1)
		return;
	/* Nobody must be named who has gone. */
	if (ftruncate(*lock_fd, 0) == -1)
		errno = 0;
	(void)close(*lock_fd);
	*lock_fd = -1;
}
