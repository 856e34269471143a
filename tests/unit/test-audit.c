/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How an entry reads in the audit; syslog() of this program keeps the lines. */
#include "cli/audit.h"
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>

static char lines[4000];

static void keep_line(int priority, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void keep_line(int priority, const char *format, va_list args)
{
	size_t len = strlen(lines);

	assert_int_equal(priority, 5 /* LOG_NOTICE */);
	(void)vsnprintf(lines + len, sizeof(lines) - len, format, args);
	(void)strcat(lines, "\n");
}

/* In place of the C library's; _FORTIFY_SOURCE calls the other one, and
   <syslog.h> may make macros of both. */
void syslog(int priority, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void syslog(int priority, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	keep_line(priority, format, args);
	va_end(args);
}

void __syslog_chk(int priority, int flag, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void __syslog_chk(int priority, int flag, const char *format, ...)
{
	va_list args;

	(void)flag;
	va_start(args, format);
	keep_line(priority, format, args);
	va_end(args);
}

static void fill(struct np_alias *alias)
{
	np_alias_init(alias);
	(void)strcpy(alias->address, "a@x");
	(void)strcpy(alias->mailbox, "m@x");
}

static void test_audit__print(void **state)
{
	struct np_alias alias;
	char out[NP_MAX_AUDIT];

	(void)state;
	np_audit_print(NULL, out, sizeof(out));
	assert_string_equal(out, "-");
	fill(&alias);
	np_audit_print(&alias, out, sizeof(out));
	assert_string_equal(out, "a@x -> m@x");
	alias.enabled = alias.receive = false;
	alias.send = true;
	alias.expires = 1;
	(void)strcpy(alias.note, "a\nb");
	np_audit_print(&alias, out, sizeof(out));
	assert_string_equal(out, "a@x -> m@x, disabled, receive off, send, "
			    "expires 1970-01-01T00:00:01Z, note \"a?b\"");
}

static void test_audit__lines(void **state)
{
	struct np_audit *audit = np_audit_create("set");
	struct np_alias before, after;

	(void)state;
	(void)setenv("SUDO_USER", "alice", 1);
	fill(&before);
	fill(&after);
	after.send = true;
	np_audit_entry(audit, &before, &after);
	np_audit_entry(audit, &after, NULL);
	assert_string_equal(lines, "");
	np_audit_write(audit, 7);
	assert_non_null(strstr(lines, "): set: generation 7: before a@x -> "
			       "m@x, after a@x -> m@x, send\nby "));
	assert_non_null(strstr(lines, "): set: generation 7: before a@x -> "
			       "m@x, send, after -\n"));
	np_audit_destroy(&audit);
	assert_null(audit);
	np_audit_destroy(&audit);
	np_audit_write(NULL, 8);
}

static void test_audit__summary(void **state)
{
	struct np_audit *audit = np_audit_create("import");
	struct np_alias alias;

	(void)state;
	lines[0] = '\0';
	fill(&alias);
	np_audit_summary(audit, "2 added");
	np_audit_entry(audit, NULL, &alias);
	np_audit_write(audit, 9);
	assert_non_null(strstr(lines, "): import: generation 9: 2 added\n"));
	assert_null(strstr(lines, "a@x"));
	np_audit_destroy(&audit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_audit__print),
		cmocka_unit_test(test_audit__lines),
		cmocka_unit_test(test_audit__summary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
