/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copy, sum, fsync, rename, link, prune: the last part of a change, after
 * map-edit-db.c has closed the file. The order is what makes it durable: the
 * octets are on disk before the name, the name before the link.
 */
#include "np-config.h"

#include "aliasmap/map-publish.h"

#include "aliasmap/map-step.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PUBLISH_CHUNK (1024 * 1024)

static int publish_failed(const struct np_map_path *path, const char *what,
			  struct np_error *err)
{
	int error = errno;

	(void)np_error_set(err, error == EACCES || error == EPERM ?
			   NP_ERROR_UNREADABLE : NP_ERROR_WRITE,
			   "%s: %s: %s; the map is unchanged", path->link,
			   what, strerror(error));
	np_generation_say_room(err, path->link, error);
	return -1;
}

void np_publish_new_name(const struct np_map_path *path, char *out)
{
	(void)snprintf(out, NP_MAX_FILE_NAME, "%s.new", path->base);
}

static void publish_link_name(const struct np_map_path *path, char *out)
{
	(void)snprintf(out, NP_MAX_FILE_NAME, "%s.link", path->base);
}

int np_publish_clean(int folder_fd, const struct np_map_path *path,
		     struct np_error *err)
{
	char name[NP_MAX_FILE_NAME];

	np_publish_new_name(path, name);
	if (np_map_step("clean") < 0 ||
	    (unlinkat(folder_fd, name, 0) == -1 && errno != ENOENT))
		return publish_failed(path, "cannot remove the file that an "
				      "earlier change left behind", err);
	publish_link_name(path, name);
	if (unlinkat(folder_fd, name, 0) == -1 && errno != ENOENT)
		return publish_failed(path, "cannot remove the link that an "
				      "earlier change left behind", err);
	return 1;
}

static int publish_write(int fd, const unsigned char *data, size_t len,
			 off_t offset)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, data, len, offset);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		data += n;
		len -= (size_t)n;
		offset += n;
	}
	return 1;
}

static int publish_read_write(int from_fd, int fd)
{
	unsigned char *chunk = malloc(PUBLISH_CHUNK);
	off_t offset = 0;
	ssize_t n = 1;

	if (chunk == NULL)
		return -1;
	while (n > 0) {
		n = pread(from_fd, chunk, PUBLISH_CHUNK, offset);
		if (n == -1 && errno == EINTR)
			n = 1;
		else if (n > 0 && publish_write(fd, chunk, (size_t)n,
						offset) < 0)
			n = -1;
		else
			offset += n;
	}
	free(chunk);
	return n == 0 ? 1 : -1;
}

/* Copies the file, with the least that the file system needs for it. */
static int publish_fill(int from_fd, int fd, uint64_t size)
{
	uint64_t left = size;
	loff_t from = 0, to = 0;

	if (ioctl(fd, FICLONE, from_fd) == 0)
		return 1;
	while (left > 0) {
		ssize_t n = copy_file_range(from_fd, &from, fd, &to,
					    (size_t)left, 0);

		if (n == -1 && errno == EINTR)
			continue;
		/* No room will not become more room by another way. */
		if (n == -1 && (errno == ENOSPC || errno == EDQUOT ||
				errno == EFBIG))
			return -1;
		if (n <= 0)
			return publish_read_write(from_fd, fd);
		left -= (uint64_t)n;
	}
	return 1;
}

int np_publish_copy(int folder_fd, const struct np_map_path *path,
		    const struct np_generation *gen, int from_fd,
		    struct np_error *err)
{
	char name[NP_MAX_FILE_NAME];
	uint64_t size, sum;
	int fd = -1;

	np_publish_new_name(path, name);
	if (np_map_step("copy") < 0 ||
	    (fd = openat(folder_fd, name, O_RDWR | O_CREAT | O_EXCL |
			 O_NOFOLLOW | O_CLOEXEC, 0600)) == -1)
		return publish_failed(path, "cannot make a copy", err);
	if (publish_fill(from_fd, fd, gen->size) < 0 ||
	    np_map_step("check") < 0 ||
	    np_generation_sum(fd, NULL, &size, &sum) < 0) {
		(void)publish_failed(path, "cannot make a copy", err);
		(void)close(fd);
		return -1;
	}
	if (np_generation_check_size(path, gen, size, err) < 0 ||
	    np_generation_check_sum(path, gen, sum, err) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

/* Gives LINK.new its mode and its name, on disk. *name_r: NP_MAX_FILE_NAME. */
static int publish_name(int folder_fd, const struct np_map_path *path,
			uint64_t number, struct np_generation *gen,
			char *name_r)
{
	char new_name[NP_MAX_FILE_NAME];
	int fd, ret = -1, error;

	np_publish_new_name(path, new_name);
	gen->number = number;
	fd = openat(folder_fd, new_name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return -1;
	/* Dovecot's processes run as the mail user: readable for all,
	   whatever the umask of who ran the command. */
	if (np_map_step("mode") == 0 && fchmod(fd, 0644) == 0 &&
	    np_map_step("sum") == 0 &&
	    np_generation_sum(fd, NULL, &gen->size, &gen->sum) > 0 &&
	    np_map_step("fsync") == 0 && fsync(fd) == 0)
		ret = 1;
	error = errno;
	if (close(fd) == -1 && ret > 0) {
		error = errno;
		ret = -1;
	}
	if (ret > 0 && !np_generation_print(path->stem, gen, name_r)) {
		error = ENAMETOOLONG;
		ret = -1;
	}
	errno = error;
	if (ret < 0)
		return -1;
	if (np_map_step("rename") < 0)
		return -1;
	return renameat(folder_fd, new_name, folder_fd, name_r) == 0 ? 1 : -1;
}

/* A plain file in the link's place may be somebody's only backup. */
static int publish_keep_plain(int folder_fd, const struct np_map_path *path)
{
	char name[NP_MAX_FILE_NAME + 16];
	struct stat st;

	if (fstatat(folder_fd, path->base, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 1 : -1;
	if (!S_ISREG(st.st_mode))
		return 1;
	(void)snprintf(name, sizeof(name), "%s.replaced", path->base);
	if (unlinkat(folder_fd, name, 0) == -1 && errno != ENOENT)
		return -1;
	return linkat(folder_fd, path->base, folder_fd, name, 0) == 0 ? 1 : -1;
}

/* The one step that readers see. */
static int publish_relink(int folder_fd, const struct np_map_path *path,
			  const char *name)
{
	char link_name[NP_MAX_FILE_NAME];
	int error;

	publish_link_name(path, link_name);
	if (np_map_step("link") < 0 ||
	    symlinkat(name, folder_fd, link_name) == -1)
		return -1;
	if (publish_keep_plain(folder_fd, path) > 0 &&
	    np_map_step("relink") == 0 &&
	    renameat(folder_fd, link_name, folder_fd, path->base) == 0)
		return 1;
	error = errno;
	(void)unlinkat(folder_fd, link_name, 0);
	errno = error;
	return -1;
}

int np_publish_live(int folder_fd, const struct np_map_path *path,
		    uint64_t number, struct np_generation *gen_r,
		    struct np_error *err)
{
	char name[NP_MAX_FILE_NAME];
	struct np_generation gen;

	if (publish_name(folder_fd, path, number, &gen, name) < 0)
		return publish_failed(path, "cannot write the new generation",
				      err);
	if (publish_relink(folder_fd, path, name) < 0) {
		(void)publish_failed(path, "cannot make the new generation "
				     "live", err);
		(void)unlinkat(folder_fd, name, 0);
		return -1;
	}
	*gen_r = gen;
	if (np_map_step("folder") == 0 && fsync(folder_fd) == 0)
		return 1;
	(void)np_error_set(err, NP_ERROR_WRITE,
			   "%s: the change is in force, but the last fsync, "
			   "that of the folder, failed: %s; it may be gone "
			   "after a power failure", path->link,
			   strerror(errno));
	return 0;
}

static bool publish_same(const struct np_generation *a,
			 const struct np_generation *b)
{
	return b != NULL && a->number == b->number && a->size == b->size &&
		a->sum == b->sum;
}

void np_publish_prune(int folder_fd, const struct np_map_path *path,
		      const struct np_generation *live,
		      const struct np_generation *before)
{
	char name[NP_MAX_FILE_NAME];
	struct np_generation *list;
	size_t count;

	if (np_map_step("prune") < 0 ||
	    np_generation_scan(folder_fd, path, &list, &count, NULL) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		if (publish_same(&list[i], live) ||
		    publish_same(&list[i], before) ||
		    !np_generation_print(path->stem, &list[i], name))
			continue;
		(void)unlinkat(folder_fd, name, 0);
	}
	free(list);
}
