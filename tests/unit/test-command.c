/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of a client: what is taken, what is refused and how; with
   a row for what has crashed others. */
#include "lmtp/command.h"
#include "tests/unit/check.h"

#include <stdio.h>

#define OK NP_COMMAND_OK
#define UNKNOWN NP_COMMAND_UNKNOWN
#define SYNTAX NP_COMMAND_SYNTAX
#define ADDRESS NP_COMMAND_BAD_ADDRESS
#define VALUE NP_COMMAND_BAD_PARAMETER
#define PARAMETER NP_COMMAND_UNKNOWN_PARAMETER
#define UTF8 NP_COMMAND_NEEDS_UTF8

static void test_command__verbs(void **state)
{
	static const struct {
		const char *line;
		enum np_command_result result;
		enum np_command_name name;
	} rows[] = {
		{ "DATA", OK, NP_COMMAND_DATA },
		{ "data", OK, NP_COMMAND_DATA },
		{ "DATA \t", OK, NP_COMMAND_DATA },
		{ "DATA x", SYNTAX, NP_COMMAND_DATA },
		{ "DATAx", UNKNOWN, 0 },
		{ " DATA", UNKNOWN, 0 },
		{ "RSET", OK, NP_COMMAND_RSET },
		{ "RSET x", SYNTAX, NP_COMMAND_RSET },
		{ "QUIT", OK, NP_COMMAND_QUIT },
		{ "QUIT now", SYNTAX, NP_COMMAND_QUIT },
		{ "NOOP", OK, NP_COMMAND_NOOP },
		{ "NOOP a b \xff", OK, NP_COMMAND_NOOP },
		{ "NOOP \"", OK, NP_COMMAND_NOOP },
		{ "NOOP a\x01", SYNTAX, NP_COMMAND_NOOP },
		{ "VRFY bob", OK, NP_COMMAND_VRFY },
		{ "VRFY", SYNTAX, NP_COMMAND_VRFY },
		{ "VRFY \"\\", OK, NP_COMMAND_VRFY },
		{ "HELO x", OK, NP_COMMAND_HELO },
		{ "EHLO", OK, NP_COMMAND_HELO },
		{ "LHLO mx.example", OK, NP_COMMAND_LHLO },
		{ "LHLO [192.0.2.1]", OK, NP_COMMAND_LHLO },
		{ "LHLO _", OK, NP_COMMAND_LHLO },
		{ "LHLO", SYNTAX, NP_COMMAND_LHLO },
		{ "LHLO ", SYNTAX, NP_COMMAND_LHLO },
		{ "LHLO a b", SYNTAX, NP_COMMAND_LHLO },
		{ "MAIL", SYNTAX, NP_COMMAND_MAIL },
		{ "RCPT", SYNTAX, NP_COMMAND_RCPT },
		{ "BDAT 1 LAST", UNKNOWN, 0 },
		{ "STARTTLS", UNKNOWN, 0 },
		{ "XCLIENT a=b", UNKNOWN, 0 },
		{ "HELP", UNKNOWN, 0 },
		{ "GET / HTTP/1.1", UNKNOWN, 0 },
		{ "", UNKNOWN, 0 },
		{ " ", UNKNOWN, 0 },
		{ "\xff\xfe", UNKNOWN, 0 },
		{ "DAT", UNKNOWN, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_command command;

		check_int(rows[i].line,
			  np_command_parse(rows[i].line, strlen(rows[i].line),
					   true, &command), rows[i].result);
		if (rows[i].result != UNKNOWN)
			check_int(rows[i].line, command.name, rows[i].name);
	}
}

static void test_command__hello_is_printable_and_cut(void **state)
{
	char line[400] = "LHLO ";
	struct np_command command;

	(void)state;
	assert_int_equal(np_command_parse("LHLO a\xc3\xb8", 8, true, &command),
			 OK);
	assert_string_equal(command.hello, "a??");
	memset(line + 5, 'x', sizeof(line) - 5);
	assert_int_equal(np_command_parse(line, 5 + sizeof(command.hello), true,
					  &command), OK);
	assert_int_equal(strlen(command.hello), sizeof(command.hello) - 1);
	assert_int_equal(command.size, 0);
	assert_int_equal(np_command_parse(line, sizeof(line), true, &command),
			 OK);
	assert_int_equal(strlen(command.hello), sizeof(command.hello) - 1);
}

struct envelope_row {
	const char *line;
	enum np_command_result result;
	const char *path;	/* the rest only where OK */
	const char *local, *domain;
};

static void envelope_check(const struct envelope_row *row, bool smtputf8)
{
	struct np_command command;

	check_int(row->line, np_command_parse(row->line, strlen(row->line),
					      smtputf8, &command), row->result);
	if (row->path != NULL)
		check_str(row->line, command.path, row->path);
	if (row->local == NULL)
		return;
	check_str(row->line, command.address.local, row->local);
	check_str(row->line, command.address.domain, row->domain);
}

static void test_command__paths(void **state)
{
	static const struct envelope_row rows[] = {
		{ "MAIL FROM:<a@b.example>", OK, "a@b.example", "a",
		  "b.example" },
		{ "mail from:<A@B.Example>", OK, "A@B.Example", "A",
		  "b.example" },
		{ "MAIL FROM: <a@b>", OK, "a@b", "a", "b" },
		{ "MAIL FROM:  <a@b>", SYNTAX },
		{ "MAIL  FROM:<a@b>", SYNTAX },
		{ "MAIL FROM :<a@b>", SYNTAX },
		{ "MAIL FROM:<a@b> ", OK, "a@b", "a", "b" },
		{ "MAIL FROM:<>", OK, "", "", "" },
		{ "MAIL FROM: <>", OK, "", "", "" },
		{ "MAIL FROM:<> SIZE=1", OK, "", "", "" },
		{ "MAIL FROM:", SYNTAX },
		{ "MAIL FROM:a@b", SYNTAX },
		{ "MAIL FROM:<a@b", SYNTAX },
		{ "MAIL FROM:<a@b>x", SYNTAX },
		{ "MAIL FROM:<a@b>>", SYNTAX },
		{ "MAIL FROM:<<a@b>>", SYNTAX },
		{ "MAIL FROM:<a>", ADDRESS, "a" },
		{ "MAIL FROM:<postmaster>", ADDRESS },
		{ "MAIL FROM:< >", ADDRESS },
		{ "MAIL TO:<a@b>", SYNTAX },
		{ "RCPT TO:<a@b.example>", OK, "a@b.example", "a", "b.example" },
		{ "RCPT TO: <a@b>", OK, "a@b", "a", "b" },
		{ "RCPT TO:<>", ADDRESS, "" },
		{ "RCPT TO:<postmaster>", OK, "postmaster", "postmaster", "" },
		{ "RCPT TO:<PostMaster>", OK, "PostMaster", "PostMaster", "" },
		{ "RCPT TO:<bob>", ADDRESS },
		{ "RCPT TO:<a@[192.0.2.1]>", OK, "a@[192.0.2.1]", "a",
		  "[192.0.2.1]" },
		{ "RCPT TO:<a b@c>", ADDRESS, "a b@c" },
		{ "RCPT TO:<\"a b\"@c>", OK, "\"a b\"@c", "\"a b\"", "c" },
		{ "RCPT TO:<\"a>b\"@c>", OK, "\"a>b\"@c", "\"a>b\"", "c" },
		{ "RCPT TO:<\"a\\\">b\"@c>", OK, "\"a\\\">b\"@c" },
		{ "RCPT TO:<\"ab\"@c>", OK, "\"ab\"@c", "ab", "c" },
		{ "RCPT TO:<\"ab@c>", SYNTAX },
		{ "RCPT TO:<\"ab\\", SYNTAX },
		/* Source routes are dropped. */
		{ "RCPT TO:<@r.example:a@b>", OK, "a@b", "a", "b" },
		{ "RCPT TO:<@r.example,@s.example:a@b>", OK, "a@b", "a", "b" },
		{ "RCPT TO:<@r.example:postmaster>", OK, "postmaster" },
		{ "MAIL FROM:<@r.example:a@b>", OK, "a@b", "a", "b" },
		{ "MAIL FROM:<@r.example:>", ADDRESS },
		{ "RCPT TO:<@r.example,a@b>", ADDRESS },
		{ "RCPT TO:<@r.example,xs.example:a@b>", ADDRESS,
		  "@r.example,xs.example:a@b" },
		{ "RCPT TO:<@:a@b>", ADDRESS },
		{ "RCPT TO:<@r.example:@s.example:a@b>", ADDRESS },
		{ "RCPT TO:<@r.example>", ADDRESS },
		{ "RCPT TO:<r.example:a@b>", ADDRESS },
		/* CVE-2020-10967 and its neighbours. */
		{ "RCPT TO:<\"\"@x>", ADDRESS },
		{ "RCPT TO:<\"\"@>", ADDRESS },
		{ "RCPT TO:<@>", ADDRESS },
		{ "RCPT TO:<\"@x>", SYNTAX },
		{ "RCPT TO:<.@x>", ADDRESS },
		{ "RCPT TO:<a@>", ADDRESS },
		{ "RCPT TO:<a@b@c>", ADDRESS },
		{ "RCPT TO:<a@b,c@d>", ADDRESS },
		{ "RCPT TO:<a:b;@c>", ADDRESS },
		/* CVE-2020-7247: a shell's letters; one is an atom's. */
		{ "RCPT TO:<;id;@x>", ADDRESS },
		{ "RCPT TO:<`id`@x>", OK, "`id`@x", "`id`", "x" },
		{ "RCPT TO:<$(id)@x>", ADDRESS },
		{ "RCPT TO:<%s%n@x>", OK, "%s%n@x", "%s%n", "x" },
		/* Nothing that ends a line. */
		{ "RCPT TO:<a\rb@x>", SYNTAX },
		{ "RCPT TO:<a\nb@x>", SYNTAX },
		{ "RCPT TO:<\"a\\\nb\"@x>", SYNTAX },
		{ "RCPT TO:<a\tb@x>", SYNTAX },
		{ "RCPT TO:<a\x7f@x>", SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		envelope_check(&rows[i], false);
}

static void test_command__utf8(void **state)
{
	static const struct {
		struct envelope_row row;
		bool smtputf8;
	} rows[] = {
		{ { "RCPT TO:<b\xc3\xb8@x>", UTF8 }, false },
		{ { "RCPT TO:<b\xc3\xb8@x>", OK, "b\xc3\xb8@x", "b\xc3\xb8",
		    "x" }, true },
		{ { "RCPT TO:<a@b\xc3\xbc.example>", UTF8 }, false },
		{ { "RCPT TO:<a@b\xc3\xbc.example>", OK, "a@b\xc3\xbc.example",
		    "a", "xn--b-eha.example" }, true },
		{ { "RCPT TO:<@r\xc3\xbc.example:a@b>", OK, "a@b" }, true },
		/* MAIL: not without the parameter, even where the store can. */
		{ { "MAIL FROM:<b\xc3\xb8@x>", UTF8 }, true },
		{ { "MAIL FROM:<b\xc3\xb8@x> SMTPUTF8", OK, "b\xc3\xb8@x" },
		  true },
		{ { "MAIL FROM:<b\xc3\xb8@x> SMTPUTF8", PARAMETER }, false },
		{ { "RCPT TO:<b\xc3@x>", ADDRESS }, true },
		{ { "RCPT TO:<b\xff@x>", ADDRESS }, true },
		{ { "RCPT TO:<b\xc0\xaf@x>", ADDRESS }, true },
		{ { "RCPT TO:<b\xc2\x85@x>", ADDRESS }, true },
		/* CVE-2020-7046: UTF-8 that is cut in a parameter. */
		{ { "RCPT TO:<a@b> ORCPT=utf-8;b\xc3", VALUE }, true },
		{ { "MAIL FROM:<> BODY=\xe2\x82", VALUE }, true },
		{ { "MAIL FROM:<> \xe2\x82", SYNTAX }, true },
		{ { "MAIL FROM:<> X=\xe2\x82", PARAMETER }, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		envelope_check(&rows[i].row, rows[i].smtputf8);
}

static void test_command__parameters(void **state)
{
	static const struct {
		const char *line;
		enum np_command_result result;
		const char *refused;
		bool smtputf8;
	} rows[] = {
		{ "MAIL FROM:<> SIZE=0", OK, "" },
		{ "MAIL FROM:<> size=18446744073709551615", OK, "" },
		{ "MAIL FROM:<> SIZE=18446744073709551616", VALUE, "SIZE" },
		{ "MAIL FROM:<> SIZE=99999999999999999999", VALUE, "SIZE" },
		{ "MAIL FROM:<> SIZE=000000000000000000001", VALUE, "SIZE" },
		{ "MAIL FROM:<> SIZE=", VALUE, "SIZE" },
		{ "MAIL FROM:<> SIZE", VALUE, "SIZE" },
		{ "MAIL FROM:<> SIZE=-1", VALUE, "SIZE" },
		{ "MAIL FROM:<> SIZE=1x", VALUE, "SIZE" },
		{ "MAIL FROM:<> SIZE=1 SIZE=1", VALUE, "SIZE" },
		{ "MAIL FROM:<> BODY=7BIT", OK, "" },
		{ "MAIL FROM:<> body=8bitmime", OK, "" },
		{ "MAIL FROM:<> BODY=BINARYMIME", VALUE, "BODY" },
		{ "MAIL FROM:<> BODY", VALUE, "BODY" },
		{ "MAIL FROM:<> BODY=7BIT BODY=8BITMIME", VALUE, "BODY" },
		{ "MAIL FROM:<> SMTPUTF8", OK, "", true },
		{ "MAIL FROM:<> SMTPUTF8=", VALUE, "SMTPUTF8", true },
		{ "MAIL FROM:<> SMTPUTF8=x", VALUE, "SMTPUTF8", true },
		{ "MAIL FROM:<> SMTPUTF8 SMTPUTF8", VALUE, "SMTPUTF8", true },
		{ "MAIL FROM:<> SMTPUTF8", PARAMETER, "SMTPUTF8" },
		{ "MAIL FROM:<>  BODY=7BIT   SIZE=1 ", OK, "" },
		{ "MAIL FROM:<> RET=HDRS", PARAMETER, "RET" },
		{ "MAIL FROM:<> ENVID=x", PARAMETER, "ENVID" },
		{ "MAIL FROM:<> AUTH=<>", PARAMETER, "AUTH" },
		{ "MAIL FROM:<> ORCPT=rfc822;a@b", PARAMETER, "ORCPT" },
		{ "MAIL FROM:<> X-Y", PARAMETER, "X-Y" },
		{ "MAIL FROM:<> 0z9Z=a", PARAMETER, "0z9Z" },
		{ "MAIL FROM:<> -X", SYNTAX, "-X" },
		{ "MAIL FROM:<> =", SYNTAX, "" },
		{ "MAIL FROM:<> SIZE =1", VALUE, "SIZE" },
		{ "MAIL FROM:<> X_Y=1", SYNTAX, "X_Y" },
		{ "MAIL FROM:<> \"=1", SYNTAX, "\"" },
		{ "MAIL FROM:<>SIZE=1", SYNTAX, "" },
		{ "RCPT TO:<a@b> NOTIFY=NEVER", PARAMETER, "NOTIFY" },
		{ "RCPT TO:<a@b> SIZE=1", PARAMETER, "SIZE" },
		{ "RCPT TO:<a@b> SMTPUTF8", PARAMETER, "SMTPUTF8", true },
		{ "RCPT TO:<a@b> ORCPT=rfc822;a@b", OK, "" },
		{ "RCPT TO:<a@b> orcpt=RFC822;a+2Bc@b", OK, "" },
		{ "RCPT TO:<a@b> ORCPT=x400;foo", OK, "" },
		{ "RCPT TO:<a@b> ORCPT=rfc822;", OK, "" },
		{ "RCPT TO:<a@b> ORCPT=rfc822", VALUE, "ORCPT" },
		{ "RCPT TO:<a@b> ORCPT=;a@b", VALUE, "ORCPT" },
		{ "RCPT TO:<a@b> ORCPT=", VALUE, "ORCPT" },
		{ "RCPT TO:<a@b> ORCPT", VALUE, "ORCPT" },
		{ "RCPT TO:<a@b> ORCPT=a@b;c", VALUE, "ORCPT" },
		{ "RCPT TO:<a@b> ORCPT=r\xc3;c", VALUE, "ORCPT", true },
		{ "RCPT TO:<a@b> ORCPT=utf-9;b\xc3\xb8", VALUE, "ORCPT", true },
		{ "RCPT TO:<a@b> ORCPT=rfc822;a+2bc@b", VALUE, "ORCPT" },
		{ "RCPT TO:<a@b> ORCPT=rfc822;a+2", VALUE, "ORCPT" },
		{ "RCPT TO:<a@b> ORCPT=rfc822;a+", VALUE, "ORCPT" },
		{ "RCPT TO:<a@b> ORCPT=rfc822;a+00", VALUE, "ORCPT" },
		{ "RCPT TO:<a@b> ORCPT=rfc822;a=b", VALUE, "ORCPT" },
		{ "RCPT TO:<a@b> ORCPT=rfc822;a\xc3\xb8", VALUE, "ORCPT", true },
		{ "RCPT TO:<a@b> ORCPT=utf-8;a\xc3\xb8@b", OK, "", true },
		{ "RCPT TO:<a@b> ORCPT=utf-8;a\xc3\xb8@b", VALUE, "ORCPT" },
		{ "RCPT TO:<a@b> ORCPT=UTF-8;a\\x{F8}@b", OK, "" },
		{ "RCPT TO:<a@b> ORCPT=rfc822;a ORCPT=rfc822;a", VALUE,
		  "ORCPT" },
		/* The refused word goes into a reply. */
		{ "MAIL FROM:<> 123456789-123456789-123456789-123456789-"
		  "123456789-123456789-123456789", PARAMETER,
		  "123456789-123456789-123456789-123456789-123456789-"
		  "123456789-123" },
		{ "MAIL FROM:<> 123456789-123456789-123456789-123456789-"
		  "123456789-123456789-1234", PARAMETER,
		  "123456789-123456789-123456789-123456789-123456789-"
		  "123456789-123" },
		{ "MAIL FROM:<> a\xff" "b", SYNTAX, "a?b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_command command;

		check_int(rows[i].line,
			  np_command_parse(rows[i].line, strlen(rows[i].line),
					   rows[i].smtputf8, &command),
			  rows[i].result);
		check_str(rows[i].line, command.refused, rows[i].refused);
	}
}

static void test_command__parameter_values(void **state)
{
	static const char line[] = "MAIL FROM:<a@b> SIZE=123 BODY=8BITMIME "
				   "SMTPUTF8";
	struct np_command command;

	(void)state;
	assert_int_equal(np_command_parse(line, strlen(line), true, &command),
			 OK);
	assert_true(command.has_size);
	assert_int_equal(command.size, 123);
	assert_true(command.body_8bit);
	assert_true(command.smtputf8);
	assert_int_equal(np_command_parse("MAIL FROM:<a@b> BODY=7BIT", 25, true,
					  &command), OK);
	assert_false(command.has_size);
	assert_false(command.body_8bit);
	assert_false(command.smtputf8);
}

static void test_command__lengths(void **state)
{
	char line[NP_MAX_COMMAND_LINE + 100];
	struct np_command command;
	int len;

	(void)state;
	/* A local part of 64 and of 65 octets (RFC 5321 4.5.3.1.1). */
	len = snprintf(line, sizeof(line), "RCPT TO:<%064d@x>", 0);
	assert_int_equal(np_command_parse(line, (size_t)len, false, &command),
			 OK);
	len = snprintf(line, sizeof(line), "RCPT TO:<%065d@x>", 0);
	assert_int_equal(np_command_parse(line, (size_t)len, false, &command),
			 ADDRESS);
	/* A path that cannot even be kept. */
	len = snprintf(line, sizeof(line), "RCPT TO:<%0*d@x>",
		       NP_MAX_PATH_TEXT, 0);
	assert_int_equal(np_command_parse(line, (size_t)len, false, &command),
			 ADDRESS);
	/* One that fits with its NUL, and one that does not. */
	len = snprintf(line, sizeof(line), "RCPT TO:<%0*d>",
		       NP_MAX_PATH_TEXT - 1, 0);
	assert_int_equal(np_command_parse(line, (size_t)len, false, &command),
			 ADDRESS);
	assert_int_equal(strlen(command.path), NP_MAX_PATH_TEXT - 1);
	len = snprintf(line, sizeof(line), "RCPT TO:<%0*d>", NP_MAX_PATH_TEXT,
		       0);
	assert_int_equal(np_command_parse(line, (size_t)len, false, &command),
			 ADDRESS);
	assert_string_equal(command.path, "");
	/* ORCPT of 500 and of 501 octets (RFC 3461 4.2). */
	len = snprintf(line, sizeof(line), "RCPT TO:<a@x> ORCPT=rfc822;%0493d",
		       0);
	assert_int_equal(np_command_parse(line, (size_t)len, false, &command),
			 OK);
	len = snprintf(line, sizeof(line), "RCPT TO:<a@x> ORCPT=rfc822;%0494d",
		       0);
	assert_int_equal(np_command_parse(line, (size_t)len, false, &command),
			 VALUE);
	len = snprintf(line, sizeof(line), "NOOP %0*d",
		       NP_MAX_COMMAND_LINE - 5, 0);
	assert_int_equal(np_command_parse(line, (size_t)len, false, &command),
			 OK);
	len = snprintf(line, sizeof(line), "NOOP %0*d",
		       NP_MAX_COMMAND_LINE - 4, 0);
	assert_int_equal(np_command_parse(line, (size_t)len, false, &command),
			 SYNTAX);
	assert_int_equal(np_command_parse("RCPT TO:<a\0@x>", 14, false,
					  &command), SYNTAX);
	assert_int_equal(np_command_parse("DATA\0", 5, false, &command),
			 UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_command__verbs),
		cmocka_unit_test(test_command__hello_is_printable_and_cut),
		cmocka_unit_test(test_command__paths),
		cmocka_unit_test(test_command__utf8),
		cmocka_unit_test(test_command__parameters),
		cmocka_unit_test(test_command__parameter_values),
		cmocka_unit_test(test_command__lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
