/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nameplate import FILE|-: all lines or none. Every bad line is reported with
 * its number; the map sees the file as one change. The store is not asked
 * (nameplate check does).
 */
#include "cli/audit.h"
#include "cli/import.h"
#include "cli/options.h"

#include "aliasmap/string-set.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define IMPORT_MAX_SIZE (1024U * 1024 * 1024)

struct import_run {
	struct np_cli *cli;
	struct np_import *import;
	struct np_string_set *seen;	/* aliases with their lines */
	size_t size;
	unsigned int added, changed, unchanged, bad;
	bool progress;
	int64_t shown;			/* when, in milliseconds */
};

/* The whole of fd. The caller frees. */
static char *import_read(int fd, size_t *len_r)
{
	size_t size = 65536, len = 0;
	char *text = malloc(size), *more;
	ssize_t n;

	while (text != NULL) {
		n = read(fd, text + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
		if (len < size)
			continue;
		more = size >= IMPORT_MAX_SIZE ? NULL :
		       realloc(text, size * 2);
		if (more == NULL) {
			free(text);
			errno = EFBIG;
			return NULL;
		}
		text = more;
		size *= 2;
	}
	if (text == NULL || n < 0) {
		free(text);
		return NULL;
	}
	*len_r = len;
	return text;
}

static char *import_read_file(const char *name, size_t *len_r)
{
	bool is_stdin = strcmp(name, "-") == 0;
	char *text = NULL;
	int fd;

	fd = is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		text = import_read(fd, len_r);
	if (text == NULL)
		np_cli_warn("%s: %s", name, strerror(errno));
	if (fd >= 0 && !is_stdin)
		(void)close(fd);
	return text;
}

static int64_t import_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A line that writes over itself, five times a second, on a terminal. */
static void import_progress(struct import_run *run, unsigned int count)
{
	int64_t now;

	if (!run->progress || count % 256 != 0)
		return;
	now = import_clock();
	if (now - run->shown < 200)
		return;
	run->shown = now;
	(void)fprintf(stderr, "\r%u lines, %zu %%", count,
		      run->size == 0 ? 100 :
		      np_import_position(run->import) * 100 / run->size);
	(void)fflush(stderr);
}

static void import_progress_end(const struct import_run *run)
{
	if (run->progress && run->shown != 0)
		(void)fputs("\r                              \r", stderr);
}

static void import_bad(struct import_run *run, unsigned int line,
		       const char *text)
{
	import_progress_end(run);
	np_cli_warn("line %u: %s", line, text);
	run->bad++;
}

/* An alias may stand only once in a file, whatever the lines say. */
static bool import_is_new(struct import_run *run,
			  const struct np_import_entry *entry)
{
	char text[NP_MAX_IMPORT_ADDRESS + 60], key[NP_MAX_ADDRESS + 1];
	unsigned int before = 0;
	int result;

	/* By its key: one domain has two spellings. What is no name is
	   refused by its rules. */
	if (np_edit_alias_name(&run->cli->edit, entry->alias, key) !=
	    NP_EDIT_DONE)
		return true;
	result = np_string_set_add(run->seen, key, entry->line, &before);
	if (result > 0)
		return true;
	if (result == 0)
		(void)snprintf(text, sizeof(text), "%s: stands already in "
			       "line %u", entry->alias, before);
	import_bad(run, entry->line, result == 0 ? text : "out of memory");
	return false;
}

/* One entry. false: the map cannot be written any more. */
static bool import_entry(struct import_run *run,
			 const struct np_import_entry *entry)
{
	struct np_edit *edit = &run->cli->edit;
	enum np_edit_result result;

	if (!import_is_new(run, entry))
		return true;
	edit->text[0] = '\0';
	result = np_edit_add(edit, entry->alias, entry->mailbox,
			     &entry->values, entry->fields, NP_EDIT_IMPORT);
	if (result == NP_EDIT_UNCHANGED)
		run->unchanged++;
	else if (result != NP_EDIT_DONE)
		import_bad(run, entry->line, edit->text);
	else if (edit->added)
		run->added++;
	else
		run->changed++;
	return result != NP_EDIT_FAILED;
}

static void import_all(struct import_run *run)
{
	struct np_import_entry *entry = malloc(sizeof(*entry));
	struct np_error err = { NP_ERROR_NONE, "" };
	unsigned int count = 0;
	int more;

	if (entry == NULL) {
		import_bad(run, 0, "out of memory");
		return;
	}
	while ((more = np_import_next(run->import, entry, &err)) != 0) {
		if (more < 0)
			import_bad(run, entry->line, err.text);
		else if (!import_entry(run, entry))
			break;
		import_progress(run, ++count);
	}
	import_progress_end(run);
	free(entry);
}

/* Behind the last line: whichever of the two lines came first, the one of the
   alias is named, for it has to be written anew. */
static void on_import_chain(void *context, const struct np_alias *alias,
			    const struct np_alias *next)
{
	struct import_run *run = context;
	unsigned int line = 0;

	/* A chain that was there before is for check. */
	if (np_string_set_find(run->seen, alias->address, &line) > 0 ||
	    np_string_set_find(run->seen, next->address, &line) > 0)
		import_bad(run, line, run->cli->edit.text);
}

static void import_check(struct import_run *run)
{
	struct np_edit *edit = &run->cli->edit;

	if (np_edit_check_import(edit, on_import_chain, run) ==
	    NP_EDIT_FAILED)
		import_bad(run, 0, edit->text);
}

static int import_finish(struct import_run *run, bool dry_run)
{
	struct np_cli *cli = run->cli;
	char text[200];
	int code;

	(void)snprintf(text, sizeof(text), "%u added, %u changed, %u "
		       "unchanged%s", run->added, run->changed,
		       run->unchanged, dry_run ? ", nothing written" : "");
	if (run->bad > 0) {
		np_cli_warn("%u bad line%s, nothing was changed", run->bad,
			    run->bad == 1 ? "" : "s");
		return cli->edit.err.kind == NP_ERROR_BUSY ?
		       NP_CLI_TRY_AGAIN : NP_CLI_REFUSED;
	}
	np_audit_summary(cli->audit, text);
	code = np_cli_finish(cli, dry_run ? 0 : run->added + run->changed);
	if (code == NP_CLI_DONE)
		(void)puts(text);
	return code;
}

static int import_text(struct np_cli *cli, const struct np_options *options,
		       enum np_import_format format, const char *text,
		       size_t len)
{
	struct np_error err = { NP_ERROR_NONE, "" };
	struct import_run run = { .cli = cli, .size = len };
	int code;

	if (np_import_open(text, len, format, &run.import, &err) < 0) {
		np_cli_warn("%s: %s", options->argv[0], err.text);
		return NP_CLI_REFUSED;
	}
	code = np_cli_begin(cli);
	if (code == NP_CLI_DONE) {
		/* Only the summary goes to the audit: no line per entry. */
		cli->edit.on_entry = NULL;
		run.progress = isatty(STDERR_FILENO) != 0;
		run.seen = np_string_set_create();
		if (run.seen == NULL)
			import_bad(&run, 0, "out of memory");
		else
			import_all(&run);
		if (run.seen != NULL && cli->edit.err.kind == NP_ERROR_NONE)
			import_check(&run);
		code = import_finish(&run, (options->given &
					    NP_OPTION_DRY_RUN) != 0);
	}
	np_string_set_destroy(&run.seen);
	np_import_close(&run.import);
	return code;
}

int np_cmd_import(struct np_cli *cli, int argc, char **argv)
{
	enum np_import_format format = NP_IMPORT_DETECT;
	struct np_options options;
	size_t len = 0;
	char *text;
	int code;

	code = np_options_read(cli, argc, argv, NP_OPTION_DRY_RUN |
			       NP_OPTION_FORMAT, 1, 1, &options);
	if (code >= 0)
		return code;
	if (options.format != NULL &&
	    !np_import_format(options.format, &format)) {
		np_cli_warn("--format %s: use csv, json or postfix",
			    options.format);
		return NP_CLI_USAGE;
	}
	code = np_cli_read_settings(cli);
	if (code != NP_CLI_DONE)
		return code;
	text = import_read_file(options.argv[0], &len);
	if (text == NULL)
		return NP_CLI_REFUSED;
	code = import_text(cli, &options, format, text, len);
	free(text);
	return code;
}
