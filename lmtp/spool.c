/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keeps one message for its deliveries; see spool.h. */
#include "lmtp/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct np_spool {
	unsigned int refs;
	size_t limit;
	char *folder;
	char *memory;
	size_t memory_size;	/* allocated */
	uint64_t size;		/* of the message so far */
	int fd;			/* -1: all of it is in memory */
	struct evbuffer_file_segment *segment;
	struct np_header header;
};

struct np_spool *np_spool_create(size_t memory, const char *folder)
{
	struct np_spool *spool = g_new0(struct np_spool, 1);

	spool->refs = 1;
	spool->limit = memory;
	spool->folder = g_strdup(folder);
	spool->fd = -1;
	np_header_init(&spool->header);
	return spool;
}

struct np_spool *np_spool_ref(struct np_spool *spool)
{
	spool->refs++;
	return spool;
}

void np_spool_unref(struct np_spool **_spool)
{
	struct np_spool *spool = *_spool;

	*_spool = NULL;
	if (spool == NULL || --spool->refs > 0)
		return;
	np_header_end(&spool->header);
	/* The segment owns the descriptor, and outputs may still own it. */
	if (spool->segment != NULL)
		evbuffer_file_segment_free(spool->segment);
	else if (spool->fd >= 0)
		close(spool->fd);
	free(spool->memory);
	g_free(spool->folder);
	g_free(spool);
}

static int spool_open(const char *folder)
{
	char *name;
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	/* Not every file system has O_TMPFILE. */
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR &&
			errno != ENOENT))
		return fd;
	name = g_strdup_printf("%s/nameplate.XXXXXX", folder);
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	g_free(name);
	return fd;
}

static int spool_store(struct np_spool *spool, const char *data, size_t len,
		       struct np_error *err)
{
	ssize_t put;

	while (len > 0) {
		put = write(spool->fd, data, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return np_error_set(err, NP_ERROR_WRITE,
					    "spool %s: cannot write: %s",
					    spool->folder, strerror(errno));
		data += put;
		len -= (size_t)put;
	}
	return 1;
}

/* The message has outgrown the memory: what is there moves to a file. */
static int spool_spill(struct np_spool *spool, struct np_error *err)
{
	spool->fd = spool_open(spool->folder);
	if (spool->fd < 0)
		return np_error_set(err, NP_ERROR_WRITE,
				    "spool %s: cannot make a file: %s",
				    spool->folder, strerror(errno));
	if (spool_store(spool, spool->memory, (size_t)spool->size, err) < 0)
		return -1;
	free(spool->memory);
	spool->memory = NULL;
	spool->memory_size = 0;
	return 1;
}

static int spool_remember(struct np_spool *spool, const char *data, size_t len,
			  struct np_error *err)
{
	size_t need = (size_t)spool->size + len;
	size_t size = spool->memory_size > 0 ? spool->memory_size : 4096;
	char *memory;

	while (size < need)
		size *= 2;
	if (size > spool->memory_size) {
		memory = realloc(spool->memory, size);
		if (memory == NULL)
			return np_error_set(err, NP_ERROR_MEMORY,
					    "no memory for a message");
		spool->memory = memory;
		spool->memory_size = size;
	}
	memcpy(spool->memory + spool->size, data, len);
	return 1;
}

int np_spool_write(struct np_spool *spool, const char *data, size_t len,
		   struct np_error *err)
{
	int ret;

	if (len == 0)
		return 1;
	np_header_feed(&spool->header, data, len);
	if (spool->fd < 0 && spool->size + len > spool->limit &&
	    spool_spill(spool, err) < 0)
		return -1;
	if (spool->fd >= 0)
		ret = spool_store(spool, data, len, err);
	else
		ret = spool_remember(spool, data, len, err);
	if (ret > 0)
		spool->size += len;
	return ret;
}

int np_spool_finish(struct np_spool *spool, struct np_error *err)
{
	np_header_end(&spool->header);
	if (spool->fd < 0)
		return 1;
	spool->segment = evbuffer_file_segment_new(
		spool->fd, 0, (ev_off_t)spool->size, EVBUF_FS_CLOSE_ON_FREE);
	if (spool->segment == NULL)
		return np_error_set(err, NP_ERROR_WRITE,
				    "spool %s: cannot be read back",
				    spool->folder);
	return 1;
}

uint64_t np_spool_size(const struct np_spool *spool)
{
	return spool->size;
}

const struct np_header *np_spool_header(const struct np_spool *spool)
{
	return &spool->header;
}

static void on_reference_done(const void *data, size_t len, void *context)
{
	struct np_spool *spool = context;

	(void)data;
	(void)len;
	np_spool_unref(&spool);
}

int np_spool_append(struct np_spool *spool, struct evbuffer *out)
{
	if (spool->size == 0)
		return 1;
	if (spool->segment != NULL)
		return evbuffer_add_file_segment(
			       out, spool->segment, 0,
			       (ev_off_t)spool->size) < 0 ? -1 : 1;
	if (evbuffer_add_reference(out, spool->memory, (size_t)spool->size,
				   on_reference_done,
				   np_spool_ref(spool)) < 0) {
		spool->refs--;
		return -1;
	}
	return 1;
}

ssize_t np_spool_read(const struct np_spool *spool, uint64_t offset,
		      char *out, size_t size)
{
	if (offset >= spool->size)
		return 0;
	if (size > spool->size - offset)
		size = (size_t)(spool->size - offset);
	if (spool->fd >= 0)
		return pread(spool->fd, out, size, (off_t)offset);
	memcpy(out, spool->memory + offset, size);
	return (ssize_t)size;
}
