/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of replies, the parser of a store's replies, and how one is
   passed on without showing the mailbox. */
#include "lmtp/reply.h"
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>

static void test_reply__prints_table(void **state)
{
	static const struct {
		const char *label;
		enum np_reply reply;
		const char *about;
		bool utf8;
		const char *line;
	} rows[] = {
		{ "plain", NP_REPLY_OK, NULL, false, "250 2.0.0 OK\r\n" },
		{ "plain ignores about", NP_REPLY_OK, "x", false,
		  "250 2.0.0 OK\r\n" },
		{ "no enhanced code in 354", NP_REPLY_SEND_DATA, NULL, false,
		  "354 End data with <CR><LF>.<CR><LF>\r\n" },
		{ "address", NP_REPLY_NO_SUCH_USER, "a@b.example", false,
		  "550 5.1.1 <a@b.example> User unknown\r\n" },
		{ "null address", NP_REPLY_BAD_SENDER, "", false,
		  "501 5.1.7 <> Sender address is not valid\r\n" },
		{ "address left out", NP_REPLY_LOOKUP_FAILED, NULL, false,
		  "451 4.3.0 Address lookup failed, try again later\r\n" },
		{ "word", NP_REPLY_UNKNOWN_PARAMETER, "NOTIFY", false,
		  "555 5.5.4 Unsupported parameter: NOTIFY\r\n" },
		{ "control characters", NP_REPLY_NO_SUCH_USER,
		  "a\r\n250 ok\x01\x7f@b", false,
		  "550 5.1.1 <a??250 ok??@b> User unknown\r\n" },
		{ "tab", NP_REPLY_NO_SUCH_USER, "a\tb", false,
		  "550 5.1.1 <a b> User unknown\r\n" },
		{ "utf-8 refused", NP_REPLY_NO_SUCH_USER, "b\xc3\xb8" "b@x",
		  false, "550 5.1.1 <b?b@x> User unknown\r\n" },
		{ "utf-8 allowed", NP_REPLY_NO_SUCH_USER, "b\xc3\xb8" "b@x",
		  true, "550 5.1.1 <b\xc3\xb8" "b@x> User unknown\r\n" },
		{ "broken utf-8", NP_REPLY_NO_SUCH_USER, "b\xc3" "b\xff@x",
		  true, "550 5.1.1 <b?b?@x> User unknown\r\n" },
		{ "cut utf-8 at the end", NP_REPLY_UNKNOWN_PARAMETER, "x\xe2\x82",
		  true, "555 5.5.4 Unsupported parameter: x??\r\n" },
	};
	char out[NP_MAX_REPLY_LINE + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = np_reply_print(rows[i].reply, rows[i].about,
					    rows[i].utf8, out);

		check_str(rows[i].label, out, rows[i].line);
		check_int(rows[i].label, len, strlen(rows[i].line));
	}
}

/* The codes stand in reply.h, in DESIGN and in tests of others: one look at
   all of them. */
static void test_reply__codes_and_lengths(void **state)
{
	static const int codes[] = {
		250, 250, 250, 250, 221, 354, 252, 500, 500, 500, 501, 501, 501,
		501, 555, 553, 503, 503, 550, 554, 552, 452, 421, 421, 452, 451,
		451, 451, 451, 451, 421, 421
	};
	char about[2000], label[32], out[NP_MAX_REPLY_LINE + 1];

	(void)state;
	memset(about, 'a', sizeof(about) - 1);
	about[sizeof(about) - 1] = '\0';
	check_int("rows", sizeof(codes) / sizeof(codes[0]),
		  NP_REPLY_STOPPING + 1);
	for (int i = NP_REPLY_OK; i <= NP_REPLY_STOPPING; i++) {
		size_t len = np_reply_print((enum np_reply)i, about, true, out);

		snprintf(label, sizeof(label), "reply %d", i);
		check_int(label, np_reply_code((enum np_reply)i), codes[i]);
		check_int(label, atoi(out), codes[i]);
		check_true(label, len <= NP_MAX_REPLY_LINE);
		check_int(label, strlen(out), len);
		check_str(label, out + len - 2, "\r\n");
		if (codes[i] != 354) {
			check_int(label, out[4], out[0]);
			check_int(label, out[5], '.');
		}
		/* A long address is cut, the text behind it is not. */
		if (strchr(out, '<') != NULL && codes[i] != 354)
			check_true(label, strstr(out, "> ") != NULL);
	}
}

static void test_reply__cuts_between_characters(void **state)
{
	char about[NP_MAX_REPLY_LINE + 8], out[NP_MAX_REPLY_LINE + 1];

	(void)state;
	/* Wherever the cut falls, the euro sign stays whole. */
	for (size_t shift = 0; shift < 3; shift++) {
		size_t len = shift;

		memset(about, 'x', shift);
		while (len + 3 < sizeof(about)) {
			memcpy(about + len, "\xe2\x82\xac", 3);
			len += 3;
		}
		about[len] = '\0';
		len = np_reply_print(NP_REPLY_UNKNOWN_PARAMETER, about, true,
				     out);
		check_true("length", len > NP_MAX_REPLY_LINE - 4 &&
				     len <= NP_MAX_REPLY_LINE);
		check_int("last octet", (unsigned char)out[len - 3], 0xac);
	}
}

static void test_store_reply__parses_lines(void **state)
{
	static const struct {
		const char *label;
		const char *lines[3];
		int result;	/* of the last line */
		int code;
		const char *enhanced, *text;
	} rows[] = {
		{ "usual", { "250 2.1.5 OK" }, 1, 250, "2.1.5", "OK" },
		{ "code alone", { "250" }, 1, 250, "", "" },
		{ "code and space", { "250 " }, 1, 250, "", "" },
		{ "no enhanced code", { "550 no such user" }, 1, 550, "",
		  "no such user" },
		{ "enhanced code alone", { "550 5.1.1" }, 1, 550, "5.1.1", "" },
		{ "enhanced code of another class", { "550 2.1.1 what" }, 1,
		  550, "", "what" },
		{ "enhanced code too long", { "550 5.1234.1 what" }, 1, 550,
		  "", "5.1234.1 what" },
		{ "enhanced code of three digits", { "550 5.123.456 what" }, 1,
		  550, "5.123.456", "what" },
		{ "leading zero", { "550 5.01.1 what" }, 1, 550, "",
		  "5.01.1 what" },
		{ "enhanced code glued", { "550 5.1.1what" }, 1, 550, "",
		  "5.1.1what" },
		{ "enhanced code unfinished", { "550 5.1." }, 1, 550, "",
		  "5.1." },
		{ "enhanced code of nines", { "550 5.9.9 what" }, 1, 550,
		  "5.9.9", "what" },
		{ "no dot", { "550 5x1.1 what" }, 1, 550, "", "5x1.1 what" },
		{ "no second dot", { "550 5.1x1 what" }, 1, 550, "",
		  "5.1x1 what" },
		{ "class 3", { "550 3.1.1 what" }, 1, 550, "", "3.1.1 what" },
		{ "several lines", { "550-5.1.1 one", "550-5.7.1 two",
		  "550 5.1.1 three" }, 1, 550, "5.1.1", "one" },
		{ "more to come", { "550-5.1.1 one", "550-two" }, 0, 550,
		  "5.1.1", "one" },
		{ "another code", { "550-one", "250 two" }, -1, 550, "", "one" },
		{ "code and dash", { "250-" }, 0, 250, "", "" },
		{ "354", { "354 go on" }, 1, 354, "", "go on" },
		{ "empty", { "" }, -1, 0, "", "" },
		{ "two digits", { "25" }, -1, 0, "", "" },
		{ "four digits", { "2500 x" }, -1, 0, "", "" },
		{ "letters", { "OK" }, -1, 0, "", "" },
		{ "space in front", { " 250 OK" }, -1, 0, "", "" },
		{ "1xx", { "150 x" }, -1, 0, "", "" },
		{ "6xx", { "650 x" }, -1, 0, "", "" },
		{ "second digit", { "569 x" }, -1, 0, "", "" },
		{ "tab behind the code", { "250\tOK" }, -1, 0, "", "" },
		{ "control characters", { "550 a\r250 b\x1b[2J\x7f" }, 1, 550,
		  "", "a?250 b?[2J?" },
		{ "tab in the text", { "550 a\tb" }, 1, 550, "", "a b" },
		{ "utf-8", { "550 b\xc3\xb8" "b \xff" }, 1, 550, "",
		  "b\xc3\xb8" "b ?" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_store_reply_parser parser;
		int result = 0;

		np_store_reply_init(&parser);
		for (size_t j = 0; j < 3 && rows[i].lines[j] != NULL; j++) {
			check_int(rows[i].label, result, 0);
			result = np_store_reply_line(&parser, rows[i].lines[j],
						     strlen(rows[i].lines[j]));
		}
		check_int(rows[i].label, result, rows[i].result);
		check_int(rows[i].label, parser.reply.code, rows[i].code);
		check_str(rows[i].label, parser.reply.enhanced,
			  rows[i].enhanced);
		check_str(rows[i].label, parser.reply.text, rows[i].text);
	}
}

static void test_store_reply__is_bounded(void **state)
{
	struct np_store_reply_parser parser;
	char line[NP_MAX_STORE_LINE + 1];

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "550 ", 4);
	np_store_reply_init(&parser);
	check_int("longest", np_store_reply_line(&parser, line,
						 NP_MAX_STORE_LINE), 1);
	check_int("text cut", strlen(parser.reply.text), NP_MAX_STORE_TEXT - 1);
	np_store_reply_init(&parser);
	check_int("too long", np_store_reply_line(&parser, line,
						  NP_MAX_STORE_LINE + 1), -1);
	np_store_reply_init(&parser);
	for (int i = 0; i < NP_MAX_STORE_LINES; i++)
		check_int("line", np_store_reply_line(&parser, "250-x", 5), 0);
	check_int("too many", np_store_reply_line(&parser, "250 x", 5), -1);
	/* What stands behind the line is not part of it. */
	np_store_reply_init(&parser);
	check_int("end", np_store_reply_line(&parser, "550 5.1.12", 9), 1);
	check_str("end", parser.reply.enhanced, "5.1.1");
	np_store_reply_init(&parser);
	check_int("end", np_store_reply_line(&parser, "550 5.1.1", 8), 1);
	check_str("end", parser.reply.enhanced, "");
	np_store_reply_init(&parser);
	check_int("end", np_store_reply_line(&parser, "550 5.1.1", 6), 1);
	check_str("end", parser.reply.text, "5.");
	np_store_reply_init(&parser);
	check_int("end", np_store_reply_line(&parser, "250-", 3), 1);
	np_store_reply_init(&parser);
	check_int("NUL", np_store_reply_line(&parser, "250 a\0b", 7), 1);
	check_str("NUL", parser.reply.text, "a?b");
}

static void test_store_reply__unknown_user_is_550_5_1_1(void **state)
{
	static const struct {
		const char *line;
		bool unknown;
	} rows[] = {
		{ "550 5.1.1 User doesn't exist", true },
		{ "550 User doesn't exist", false },
		{ "550 5.1.10 x", false },
		{ "550 5.2.1 x", false },
		{ "551 5.1.1 x", false },
		{ "450 4.1.1 x", false },
		{ "550 4.1.1 x", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_store_reply_parser parser;

		np_store_reply_init(&parser);
		check_int(rows[i].line,
			  np_store_reply_line(&parser, rows[i].line,
					      strlen(rows[i].line)), 1);
		check_int(rows[i].line,
			  np_store_reply_unknown_user(&parser.reply),
			  rows[i].unknown);
	}
}

struct relay_row {
	const char *label;
	const char *store;
	bool final;
	const char *line;	/* without CRLF */
};

static void relay_check(const struct relay_row *row, const char *address,
			const char *mailbox)
{
	struct np_store_reply_parser parser;
	char out[NP_MAX_REPLY_LINE + 1];
	size_t len;

	np_store_reply_init(&parser);
	check_int(row->label, np_store_reply_line(&parser, row->store,
						  strlen(row->store)), 1);
	len = np_reply_relay(&parser.reply, row->final, address, mailbox,
			     "s1", false, out);
	check_int(row->label, strlen(out), len);
	check_true(row->label, len >= 2 && len <= NP_MAX_REPLY_LINE);
	check_str(row->label, out + len - 2, "\r\n");
	out[len - 2] = '\0';
	check_str(row->label, out, row->line);
}

static void test_reply_relay__says_it_in_our_words(void **state)
{
	static const struct relay_row rows[] = {
		{ "recipient", "250 2.1.5 <bob@c.example> OK", false,
		  "250 2.1.5 <sales@c.example> Recipient OK" },
		{ "251 is 250", "251 bob@c.example", false,
		  "250 2.1.5 <sales@c.example> Recipient OK" },
		{ "delivered", "250 2.0.0 <bob@c.example> xyz Saved", true,
		  "250 2.0.0 <sales@c.example> Delivered (s1)" },
		{ "unknown", "550 5.1.1 <bob@c.example> User doesn't exist: bob",
		  false, "550 5.1.1 <sales@c.example> User unknown" },
		{ "unknown at the end", "550 5.1.1 bob at c.example gone", true,
		  "550 5.1.1 <sales@c.example> User unknown" },
		{ "full", "552 5.2.2 <bob@c.example> Quota exceeded (bob)",
		  true, "552 5.2.2 <sales@c.example> Mailbox is full" },
		{ "full for now", "452 4.2.2 <bob@c.example> Quota", false,
		  "452 4.2.2 <sales@c.example> Mailbox is full, "
		  "try again later" },
		{ "4xx text stays here", "451 4.2.0 <bob@c.example> internal",
		  true, "451 4.2.0 <sales@c.example> Mail store says try "
		  "again later" },
		{ "451", "451 x", true, "451 4.3.0 <sales@c.example> Mail "
		  "store says try again later" },
		{ "452", "452 x", true, "452 4.3.1 <sales@c.example> Mail "
		  "store says try again later" },
		{ "450", "450 x", true, "450 4.2.0 <sales@c.example> Mail "
		  "store says try again later" },
		{ "550 without a word is not 5.1.1", "550 x", false,
		  "550 5.0.0 <sales@c.example> Recipient refused" },
		{ "552", "552 x", false,
		  "552 5.2.0 <sales@c.example> Recipient refused" },
		{ "553", "553 x", false,
		  "553 5.1.0 <sales@c.example> Recipient refused" },
		{ "5xx at RCPT: text stays here", "554 5.7.1 no, bob", false,
		  "554 5.7.1 <sales@c.example> Delivery not allowed" },
		{ "3xx", "354 go on", false, "451 4.3.0 <sales@c.example> Mail "
		  "store has trouble, try again later" },
		{ "421", "421 4.3.2 bye", true, "451 4.3.0 <sales@c.example> "
		  "Mail store has trouble, try again later" },
		{ "503 is our dialogue, not the recipient", "503 5.5.1 MAIL",
		  true, "451 4.3.0 <sales@c.example> Mail store has trouble, "
		  "try again later" },
		{ "555 likewise", "555 5.5.4 Unsupported", false,
		  "451 4.3.0 <sales@c.example> Mail store has trouble, try "
		  "again later" },
		{ "530 likewise", "530 5.7.0 STARTTLS first", false,
		  "451 4.3.0 <sales@c.example> Mail store has trouble, try "
		  "again later" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		relay_check(&rows[i], "sales@c.example", "bob@c.example");
}

static void test_reply_relay__hides_the_mailbox(void **state)
{
	static const struct relay_row rows[] = {
		{ "plain", "550 5.7.1 I, bob@c.example, do not want this",
		  true, "550 5.7.1 <Sales+x@c.example> I, Sales+x@c.example, "
		  "do not want this" },
		{ "brackets", "552 5.2.0 <bob@c.example> rejected", true,
		  "552 5.2.0 <Sales+x@c.example> <Sales+x@c.example> "
		  "rejected" },
		{ "with tag", "550 5.7.1 for bob+VIP@c.example no", true,
		  "550 5.7.1 <Sales+x@c.example> for Sales+x@c.example no" },
		{ "another case", "550 5.7.1 BOB@C.Example", true,
		  "550 5.7.1 <Sales+x@c.example> Sales+x@c.example" },
		{ "quoted", "550 5.7.1 \"bob\"@c.example", true,
		  "550 5.7.1 <Sales+x@c.example> Sales+x@c.example" },
		{ "quoted with tag", "550 5.7.1 \"bob+vip\"@c.example", true,
		  "550 5.7.1 <Sales+x@c.example> Sales+x@c.example" },
		{ "several", "550 5.7.1 bob@c.example=bob@c.example", true,
		  "550 5.7.1 <Sales+x@c.example> "
		  "Sales+x@c.example=Sales+x@c.example" },
		{ "as part of a word", "550 5.7.1 xbob@c.example", true,
		  "550 5.7.1 <Sales+x@c.example> xSales+x@c.example" },
		{ "no text", "550 5.7.1", true,
		  "550 5.7.1 <Sales+x@c.example> Delivery not allowed" },
		{ "control characters", "550 5.7.1 a\x01 b\xff", true,
		  "550 5.7.1 <Sales+x@c.example> a? b?" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		relay_check(&rows[i], "Sales+x@c.example", "bob+vip@c.example");
}

/* What replacing alone would let through. */
static void test_reply_relay__hides_what_replacing_would_make(void **state)
{
	static const struct {
		struct relay_row row;
		const char *address, *mailbox;
	} rows[] = {
		{ { "made by the seam", "550 5.7.1 b@xy@xy", true,
		    "550 5.7.1 <s@xb> Delivery not allowed" },
		  "s@xb", "b@xy" },
		{ { "made by '?'", "550 5.7.1 \xc3\xb8" "b@x", true,
		    "550 5.7.1 <s@x> Delivery not allowed" },
		  "s@x", "?b@x" },
		{ { "the address holds it", "550 5.7.1 bob@x: no", true,
		    "550 5.7.1 <info-bob@x> info-bob@x: no" },
		  "info-bob@x", "bob@x" },
		{ { "the primary address", "550 5.7.1 bob@x: no", true,
		    "550 5.7.1 <Bob@x> Bob@x: no" }, "Bob@x", "bob@x" },
		{ { "a delimiter of the store", "550 5.7.1 bob@x, bob-vip@x",
		    true, "550 5.7.1 <s@x> s@x, s@x" }, "s@x", "bob-vip@x" },
		{ { "the address at the end", "550 5.7.1 no bob@x", true,
		    "550 5.7.1 <info-bob@x> no info-bob@x" },
		  "info-bob@x", "bob@x" },
		{ { "a shorter name is another's", "550 5.7.1 bo@x b@x z9@x",
		    true, "550 5.7.1 <s@x> bo@x b@x z9@x" }, "s@x", "boaz90@x" },
		{ { "a mailbox that is none", "550 5.7.1 text", true,
		    "550 5.7.1 <s@x> Delivery not allowed" }, "s@x", "bob" },
		{ { "a quoted mailbox", "550 5.7.1 <\"b b\"@x> or b b@x", true,
		    "550 5.7.1 <s@x> <s@x> or s@x" }, "s@x", "\"b b\"@x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		relay_check(&rows[i].row, rows[i].address, rows[i].mailbox);
}

static void test_reply_relay__stays_one_line_of_512(void **state)
{
	struct np_store_reply reply = { .code = 550, .enhanced = "5.7.1" };
	char address[255], out[NP_MAX_REPLY_LINE + 1];
	size_t len;

	(void)state;
	memset(address, 'a', sizeof(address));
	memcpy(address + 250, "@xyz", 5);
	for (size_t i = 0; i + 6 < sizeof(reply.text); i += 6)
		memcpy(reply.text + i, "bob@x ", 7);
	len = np_reply_relay(&reply, true, address, "bob@x", "id", false, out);
	check_true("replaced text", len <= NP_MAX_REPLY_LINE && len > 500);
	check_true("replaced text", strstr(out, "bob@x") == NULL);
	check_str("replaced text", out + len - 2, "\r\n");
	/* Cut, found to show it, and all of our own words instead. */
	memset(reply.text, 'x', sizeof(reply.text) - 1);
	memcpy(reply.text, "b@xy@xy", 7);
	len = np_reply_relay(&reply, true, "s@xb", "b@xy", "id", false, out);
	check_str("cut", out, "550 5.7.1 <s@xb> Delivery not allowed\r\n");
	reply.code = 250;
	memset(reply.text, 'i', sizeof(reply.text) - 1);
	len = np_reply_relay(&reply, true, address, "bob@x", reply.text, false,
			     out);
	check_true("long id", strstr(out, "Delivered\r\n") != NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reply__prints_table),
		cmocka_unit_test(test_reply__codes_and_lengths),
		cmocka_unit_test(test_reply__cuts_between_characters),
		cmocka_unit_test(test_store_reply__parses_lines),
		cmocka_unit_test(test_store_reply__is_bounded),
		cmocka_unit_test(test_store_reply__unknown_user_is_550_5_1_1),
		cmocka_unit_test(test_reply_relay__says_it_in_our_words),
		cmocka_unit_test(test_reply_relay__hides_the_mailbox),
		cmocka_unit_test(
			test_reply_relay__hides_what_replacing_would_make),
		cmocka_unit_test(test_reply_relay__stays_one_line_of_512),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
