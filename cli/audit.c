/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit of changes; see audit.h. */
#include "cli/audit.h"
#include "cli/date.h"

#include "aliasmap/edit.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

struct np_audit {
	const char *command;
	FILE *out;		/* the lines, each ends with LF */
	char *lines;
	size_t size;
	bool summary_only;
};

struct np_audit *np_audit_create(const char *command)
{
	struct np_audit *audit = calloc(1, sizeof(*audit));

	if (audit == NULL)
		return NULL;
	audit->command = command;
	audit->out = open_memstream(&audit->lines, &audit->size);
	if (audit->out == NULL) {
		free(audit);
		return NULL;
	}
	return audit;
}

void np_audit_destroy(struct np_audit **audit)
{
	if (*audit == NULL)
		return;
	if ((*audit)->out != NULL)
		(void)fclose((*audit)->out);
	free((*audit)->lines);
	free(*audit);
	*audit = NULL;
}

void np_audit_print(const struct np_alias *alias, char *out, size_t size)
{
	char date[NP_MAX_DATE] = "";

	if (alias == NULL) {
		(void)snprintf(out, size, "-");
		return;
	}
	if (alias->expires != 0)
		(void)np_date_print(alias->expires, date);
	(void)snprintf(out, size, "%s -> %s%s%s%s%s%s%s%s%s", alias->address,
		       alias->mailbox, alias->enabled ? "" : ", disabled",
		       alias->receive ? "" : ", receive off",
		       alias->send ? ", send" : "",
		       date[0] != '\0' ? ", expires " : "", date,
		       alias->note[0] != '\0' ? ", note \"" : "", alias->note,
		       alias->note[0] != '\0' ? "\"" : "");
	/* One line, whatever a note holds. */
	np_text_clean(out);
}

void np_audit_entry(void *context, const struct np_alias *before,
		    const struct np_alias *after)
{
	char from[NP_MAX_AUDIT], to[NP_MAX_AUDIT];
	struct np_audit *audit = context;

	if (audit->summary_only)
		return;
	np_audit_print(before, from, sizeof(from));
	np_audit_print(after, to, sizeof(to));
	(void)fprintf(audit->out, "before %s, after %s\n", from, to);
}

void np_audit_summary(struct np_audit *audit, const char *text)
{
	if (audit == NULL)
		return;
	audit->summary_only = true;
	if (text != NULL)
		(void)fprintf(audit->out, "%s\n", text);
}

/* sudo keeps the name of the one who typed. */
static const char *audit_who(void)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *pw;

	if (geteuid() == 0 && sudo != NULL && sudo[0] != '\0' &&
	    strpbrk(sudo, "\r\n") == NULL)
		return sudo;
	pw = getpwuid(getuid());
	return pw != NULL ? pw->pw_name : "?";
}

static void audit_open(void)
{
	openlog("nameplate", LOG_PID, LOG_AUTHPRIV);
}

void np_audit_write(struct np_audit *audit, uint64_t generation)
{
	const char *who = audit_who();
	char *line, *next;

	if (audit == NULL || fflush(audit->out) != 0)
		return;
	audit_open();
	for (line = audit->lines; (next = strchr(line, '\n')) != NULL;
	     line = next + 1) {
		*next = '\0';
		syslog(LOG_NOTICE, "by %s (uid %ld): %s: generation %llu: %s",
		       who, (long)getuid(), audit->command,
		       (unsigned long long)generation, line);
	}
	closelog();
}

void np_audit_note(const char *command, const char *text)
{
	audit_open();
	syslog(LOG_NOTICE, "by %s (uid %ld): %s: %s", audit_who(),
	       (long)getuid(), command, text);
	closelog();
}
