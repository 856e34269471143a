/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The child that reads and the parent that listens. What comes through the
 * pipe is as little to be trusted as the file. map-verify.c counts and adopts.
 *
 *   frame = key-len:u32 len:u32 key record      (host's octet order)
 *   end   = 0xffffffff  len:u32 text            (no text: all was read)
 */
#include "np-config.h"

#include "aliasmap/verify-walk.h"
#include "aliasmap/map-step.h"
#include "aliasmap/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define WALK_END UINT32_MAX
#define WALK_HEAD 8
#define WALK_BUFFER (64 * 1024)	/* more than the longest frame */

struct walk_reader {
	const struct np_walk *walk;
	bool backward;
	int fd;			/* the pipe */
	pid_t pid;
	int64_t deadline;
	unsigned char buffer[WALK_BUFFER];
	size_t len;
	bool ended;
	/* The last key of this part, and where a backward part ends. */
	unsigned char last[NP_DB_MAX_KEY], until[NP_DB_MAX_KEY];
	size_t last_len, until_len;
	bool has_last, has_until;
};

/* What ends a part, but not verify: always 0. */
static int walk_bad(const struct walk_reader *reader, const char *what,
		    struct np_error *err)
{
	(void)np_error_set(err, NP_ERROR_DAMAGED, "%s: %s",
			   reader->walk->name, what);
	return 0;
}

static void walk_send(FILE *out, uint32_t a, const void *key, uint32_t b,
		      const void *data)
{
	uint32_t head[2] = {a, b};

	if (fwrite(head, sizeof(head), 1, out) != 1 ||
	    (a != WALK_END && fwrite(key, 1, a, out) != a) ||
	    fwrite(data, 1, b, out) != b)
		_exit(1);
}

/* After a whole walk over records entries. 0, or -1. */
static int walk_check_index(struct np_db *db, const char *name,
			    uint64_t records, struct np_error *err)
{
	uint64_t size;

	if (np_db_count(db, NULL, &size, err) < 0)
		return -1;
	if (size == records)
		return 0;
	return np_error_set(err, NP_ERROR_DAMAGED,
			    "%s: the index by mailbox has %" PRIu64
			    " entries for %" PRIu64 " records", name, size,
			    records);
}

static int walk_read_all(const struct np_walk *walk, bool backward, FILE *out,
			 struct np_error *err)
{
	struct np_db *db;
	struct np_db_cursor *cursor;
	struct np_db_entry entry;
	uint64_t records = 0;
	int ret;

	/* Without mmap: a truncated file is an error then, no signal. */
	if (np_map_step("walk") < 0 ||
	    np_db_open(walk->fd, walk->size, walk->name, 0, &db, err) < 0)
		return -1;
	if (np_db_cursor_open(db, NULL, backward, &cursor, err) < 0)
		return -1;
	while ((ret = np_db_cursor_next(cursor, &entry, err)) > 0) {
		walk_send(out, (uint32_t)entry.key_len, entry.key,
			  (uint32_t)entry.len, entry.record);
		/* The meta record is not in the index. */
		if (entry.key_len != 1 || entry.key[0] != '\0')
			records++;
	}
	/* Nothing is closed: on a damaged file that is one more danger. */
	if (ret < 0 || backward)
		return ret;
	return walk_check_index(db, walk->name, records, err);
}

/* Never returns. */
static void walk_child(const struct np_walk *walk, bool backward, int fd,
		       unsigned int seconds)
{
	static const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
	const struct rlimit no_core = {0, 0};
	const struct rlimit cpu = {seconds + 1, seconds + 1};
	struct np_error err = {NP_ERROR_NONE, ""};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	FILE *out = fdopen(fd, "w");

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)setrlimit(RLIMIT_CPU, &cpu);
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		(void)signal(fatal[i], SIG_DFL);
	/* What malloc says about a broken heap is nobody's business. */
	if (null != -1)
		(void)dup2(null, STDERR_FILENO);
	if (walk->not_for_child != -1)
		(void)close(walk->not_for_child);
	if (out == NULL)
		_exit(1);
	if (walk_read_all(walk, backward, out, &err) < 0 &&
	    err.text[0] == '\0')
		strcpy(err.text, "cannot be read");
	walk_send(out, WALK_END, NULL, (uint32_t)strlen(err.text), err.text);
	_exit(fflush(out) == 0 ? 0 : 1);
}

static int walk_compare(const unsigned char *a, size_t a_len,
			const unsigned char *b, size_t b_len)
{
	int ret = memcmp(a, b, a_len < b_len ? a_len : b_len);

	if (ret != 0)
		return ret;
	return a_len == b_len ? 0 : a_len < b_len ? -1 : 1;
}

/* One record. 1 go on, 0 stop here (with err: it is not right), -1. */
static int walk_record(struct walk_reader *reader,
		       const struct np_db_entry *entry, struct np_error *err)
{
	if (reader->has_last) {
		int order = walk_compare(entry->key, entry->key_len,
					 reader->last, reader->last_len);

		if (reader->backward ? order >= 0 : order <= 0)
			return walk_bad(reader, "the records are out of order",
					err);
	}
	if (reader->has_until &&
	    walk_compare(entry->key, entry->key_len, reader->until,
			 reader->until_len) <= 0) {
		reader->ended = true;
		return 0;
	}
	memcpy(reader->last, entry->key, entry->key_len);
	reader->last_len = entry->key_len;
	reader->has_last = true;
	return reader->walk->on_record(reader->walk->context, entry, err);
}

/* The child's last words. */
static int walk_end(struct walk_reader *reader, const unsigned char *text,
		    size_t len, struct np_error *err)
{
	reader->ended = true;
	if (len == 0)
		return 0;
	(void)np_error_set(err, NP_ERROR_DAMAGED, "%.*s", (int)len,
			   (const char *)text);
	return 0;
}

/* Takes whole frames out of the buffer. 1 more to come, 0 the end, -1. */
static int walk_frames(struct walk_reader *reader, struct np_error *err)
{
	size_t pos = 0;
	int ret = 1;

	while (ret > 0 && reader->len - pos >= WALK_HEAD) {
		const unsigned char *p = reader->buffer + pos;
		struct np_db_entry entry;
		uint32_t head[2];
		size_t key_len;

		memcpy(head, p, sizeof(head));
		key_len = head[0] == WALK_END ? 0 : head[0];
		if (key_len > NP_DB_MAX_KEY || head[1] > NP_DB_MAX_RECORD)
			return walk_bad(reader, "cannot be read", err);
		if (reader->len - pos < WALK_HEAD + key_len + head[1])
			break;
		p += WALK_HEAD;
		pos += WALK_HEAD + key_len + head[1];
		entry.key = p;
		entry.key_len = key_len;
		entry.record = p + key_len;
		entry.len = head[1];
		ret = head[0] == WALK_END ?
			walk_end(reader, p, head[1], err) :
			walk_record(reader, &entry, err);
	}
	memmove(reader->buffer, reader->buffer + pos, reader->len - pos);
	reader->len -= pos;
	return ret;
}

/* Listens until the end. 1 all was read, 0 (err), -1. */
static int walk_listen(struct walk_reader *reader, struct np_error *err)
{
	int ret = 1;

	while (ret > 0) {
		struct pollfd poll_fd = {reader->fd, POLLIN, 0};
		int64_t left = reader->deadline - np_clock_ms();
		int ready;
		ssize_t n;

		ready = left <= 0 ? 0 : poll(&poll_fd, 1, (int)left);
		if (ready == 0)
			return walk_bad(reader, "reading it does not end",
					err);
		/* Nothing is there to read: that would wait without end. */
		if (ready == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		n = read(reader->fd, reader->buffer + reader->len,
			 sizeof(reader->buffer) - reader->len);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return walk_bad(reader, "Berkeley DB dies of it", err);
		reader->len += (size_t)n;
		ret = walk_frames(reader, err);
	}
	if (ret == 0 && reader->ended && err->kind == NP_ERROR_NONE)
		return 1;
	return ret;
}

/* One direction. 1 all was read, 0 (err), -1. */
static int walk_part(struct walk_reader *reader, unsigned int milliseconds,
		     struct np_error *err)
{
	int fds[2], status, ret;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return np_error_set(err, NP_ERROR_INTERNAL, "pipe: %s",
				    strerror(errno));
	reader->pid = fork();
	if (reader->pid == -1) {
		ret = errno;
		(void)close(fds[0]);
		(void)close(fds[1]);
		return np_error_set(err, NP_ERROR_INTERNAL, "fork: %s",
				    strerror(ret));
	}
	if (reader->pid == 0)
		walk_child(reader->walk, reader->backward, fds[1],
			   milliseconds / 1000 + 1);
	(void)close(fds[1]);
	reader->fd = fds[0];
	reader->deadline = np_clock_ms() + milliseconds;
	reader->len = 0;
	reader->has_last = reader->ended = false;
	ret = walk_listen(reader, err);
	(void)kill(reader->pid, SIGKILL);
	(void)close(reader->fd);
	while (waitpid(reader->pid, &status, 0) == -1 && errno == EINTR)
		;
	return ret;
}

int np_walk_run(const struct np_walk *walk, unsigned int seconds,
		struct np_error *err)
{
	struct walk_reader *reader = calloc(1, sizeof(*reader));
	struct np_error why = {NP_ERROR_NONE, ""};
	struct np_error second = {NP_ERROR_NONE, ""};
	unsigned int half = seconds * 500;
	int ret;

	if (reader == NULL)
		return np_error_set(err, NP_ERROR_MEMORY, "out of memory");
	reader->walk = walk;
	ret = walk_part(reader, half, &why);
	if (ret == 0) {
		/* From the other end, as far as it goes. */
		memcpy(reader->until, reader->last, sizeof(reader->last));
		reader->until_len = reader->last_len;
		reader->has_until = reader->has_last;
		reader->backward = true;
		if (walk_part(reader, half, &second) < 0) {
			why = second;
			ret = -1;
		}
	}
	free(reader);
	if (ret <= 0)
		(void)np_error_set(err, why.kind, "%s", why.text);
	return ret;
}
