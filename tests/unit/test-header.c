/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The header scanner: a table, pieces of any size, and GMime as the judge of
   random headers. */
#include "lmtp/header.h"
#include "tests/unit/check.h"

#include <gmime/gmime.h>

#include <stdio.h>
#include <stdlib.h>

static void scan(struct np_header *header, const char *data, size_t len)
{
	np_header_init(header);
	np_header_feed(header, data, len);
	np_header_end(header);
}

static void test_header__finds_fields(void **state)
{
	static const struct {
		const char *label, *text;
		unsigned int received;
		const char *message_id;
		const char *marks[3];
	} rows[] = {
		{ "empty", "", 0, "", { NULL } },
		{ "no header", "\r\nReceived: x\r\n", 0, "", { NULL } },
		{ "no header, bare LF", "\nReceived: x\n", 0, "", { NULL } },
		{ "all three", "Received: a\r\nMessage-ID: <i@x>\r\n"
		  "X-Nameplate-Mark: v=1\r\n\r\nReceived: body\r\n", 1, "<i@x>",
		  { "v=1" } },
		{ "bare LF", "Received: a\nMessage-ID: <i@x>\n\nReceived: b\n",
		  1, "<i@x>", { NULL } },
		{ "LF, then CRLF ends it", "Received: a\n\r\nReceived: b\n", 1,
		  "", { NULL } },
		{ "any case", "rEcEiVeD: a\r\nMESSAGE-id: <i@x>\r\n"
		  "x-nameplate-MARK: 1\r\n\r\n", 1, "<i@x>", { "1" } },
		{ "blank before the colon", "Received : a\r\n"
		  "Received\t \t: b\r\n\r\n", 2, "", { NULL } },
		{ "no blank behind it", "Message-ID:<i@x>\r\n\r\n", 0, "<i@x>",
		  { NULL } },
		{ "folded", "X-Nameplate-Mark: v=1;\r\n k=a;\r\n\tt=1\r\n\r\n",
		  0, "", { "v=1; k=a;\tt=1" } },
		{ "folded with bare LF", "X-Nameplate-Mark: v=1;\n k=a\n\n", 0,
		  "", { "v=1; k=a" } },
		{ "folded behind the colon", "Message-ID:\r\n <i@x>\r\n\r\n",
		  0, "<i@x>", { NULL } },
		{ "folded blanks at the end", "Message-ID: <i@x>  \r\n \t\r\n"
		  "Received: a\r\n\r\n", 1, "<i@x>", { NULL } },
		{ "folded Received counts once", "Received: a\r\n Received: b"
		  "\r\n\r\n", 1, "", { NULL } },
		{ "several marks, topmost first", "X-Nameplate-Mark: 1\r\n"
		  "Subject: s\r\nX-Nameplate-Mark: 2\r\n"
		  "X-Nameplate-Mark: 3\r\n\r\n", 0, "", { "1", "2", "3" } },
		{ "an empty mark is none", "X-Nameplate-Mark:\r\n"
		  "X-Nameplate-Mark: 2\r\n\r\n", 0, "", { "2" } },
		{ "the first Message-ID", "Message-ID: <1@x>\r\n"
		  "Message-ID: <2@x>\r\n\r\n", 0, "<1@x>", { NULL } },
		{ "even where it is empty", "Message-ID:\r\n"
		  "Message-ID: <2@x>\r\n\r\n", 0, "", { NULL } },
		{ "names that only begin so", "Received-SPF: a\r\n"
		  "X-Nameplate-Marks: a\r\nResent-Message-ID: <i@x>\r\n\r\n", 0,
		  "", { NULL } },
		{ "names that only end so", "X-Received: a\r\n\r\n", 0, "",
		  { NULL } },
		{ "names that are cut", "Receive: a\r\nX-Nameplate-Mar: b\r\n"
		  "\r\n", 0, "", { NULL } },
		{ "two words before the colon", "Received by: a\r\n"
		  "Message-ID x: b\r\n\r\n", 0, "", { NULL } },
		{ "a name in two", "Recei ved: a\r\nMessage -ID: <i@x>\r\n"
		  "X-Nameplate\t-Mark: b\r\n\r\n", 0, "", { NULL } },
		{ "a long name before ours", "A-Name-Of-Many-More-Letters: a\r\n"
		  "Message-ID: <i@x>\r\n\r\n", 0, "<i@x>", { NULL } },
		{ "a letter at the end of the alphabet", "MeSSAGE-IZ: a\r\n"
		  "Message-I[: a\r\n\r\n", 0, "", { NULL } },
		{ "a line that is no field", "From alice Thu Jan  1 1970\r\n"
		  "garbage\r\nX-Nameplate-Mark: 1\r\n\r\n", 0, "", { "1" } },
		{ "no colon, then a folded line", "Received\r\n : a\r\n"
		  "Received: b\r\n\r\n", 1, "", { NULL } },
		{ "an empty name", ": a\r\nReceived: b\r\n\r\n", 1, "",
		  { NULL } },
		{ "the end of data in a name", "Received: a\r\nReceived", 1, "",
		  { NULL } },
		{ "the end of data in a value", "Message-ID: <i@x>", 0, "<i@x>",
		  { NULL } },
		{ "the end of data behind a CR", "Message-ID: <i@x>\r", 0,
		  "<i@x>", { NULL } },
		{ "a bare CR is no line end", "Message-ID: <i\r@x>\r\n\r\n", 0,
		  "<i\r@x>", { NULL } },
		{ "a bare CR does not hide a field", "Subject: s\rReceived: a"
		  "\r\nReceived: b\r\n\r\n", 1, "", { NULL } },
		{ "CR CR LF does not end it", "Received: a\r\n\r\r\n"
		  "Received: b\r\n\r\n", 2, "", { NULL } },
		{ "CR before a field", "\rReceived: a\r\nReceived: b\r\n\r\n",
		  1, "", { NULL } },
		{ "8-bit", "Subject: \xff\xfe\r\n\xc3\xa4: x\r\nReceived: a\r\n"
		  "\r\n", 1, "", { NULL } },
	};
	struct np_header header;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned int marks = 0;

		scan(&header, rows[i].text, strlen(rows[i].text));
		check_int(rows[i].label, header.received, rows[i].received);
		check_str(rows[i].label, header.message_id,
			  rows[i].message_id);
		check_true(rows[i].label, !header.starts_with_space);
		for (; marks < 3 && rows[i].marks[marks] != NULL; marks++)
			check_str(rows[i].label, header.marks[marks],
				  rows[i].marks[marks]);
		check_int(rows[i].label, header.mark_count, marks);
	}
}

static void test_header__first_line_of_space_is_no_header(void **state)
{
	static const char *const rows[] = {
		" Received: a\r\nReceived: b\r\n\r\n", "\tReceived: a\n", " ",
		" \r\nReceived: a\r\n"
	};
	struct np_header header;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		scan(&header, rows[i], strlen(rows[i]));
		check_true(rows[i], header.starts_with_space);
		check_int(rows[i], header.received, 0);
	}
	scan(&header, "Received: a\r\n b\r\n", 17);
	assert_false(header.starts_with_space);
}

static void test_header__done_is_told_at_once(void **state)
{
	struct np_header header;

	(void)state;
	np_header_init(&header);
	np_header_feed(&header, "X-Nameplate-Mark: 1\r\n", 21);
	np_header_feed(&header, "Message-ID: <i@x>  \r\n\r", 22);
	assert_false(header.done);
	np_header_feed(&header, "\nReceived: a\r\n", 14);
	assert_true(header.done);
	assert_string_equal(header.message_id, "<i@x>");
	assert_int_equal(header.mark_count, 1);
	np_header_feed(&header, "Received: a\r\n", 13);
	assert_int_equal(header.received, 0);
	np_header_end(&header);
	np_header_end(&header);
	/* The mark may be what the message ends with. */
	np_header_init(&header);
	np_header_feed(&header, "X-Nameplate-Mark: 1", 19);
	assert_int_equal(header.mark_count, 0);
	np_header_end(&header);
	assert_true(header.done);
	assert_int_equal(header.mark_count, 1);
}

static void test_header__is_bounded(void **state)
{
	char text[40000];
	struct np_header header;
	size_t len = 0;

	(void)state;
	/* The topmost 20 of 30 marks. */
	for (int i = 0; i < 30; i++)
		len += (size_t)sprintf(text + len, "X-Nameplate-Mark: %d\r\n",
				       i);
	scan(&header, text, len);
	assert_int_equal(header.mark_count, NP_MAX_MARKS);
	assert_string_equal(header.marks[19], "19");
	/* A mark of 511 octets is one, of 512 none; its place is free. */
	len = (size_t)sprintf(text, "X-Nameplate-Mark: %0*d   \r\n\t\r\n"
			      "X-Nameplate-Mark: %0*d\r\n"
			      "X-Nameplate-Mark: 3\r\n",
			      NP_MAX_MARK - 1, 0, NP_MAX_MARK, 0);
	scan(&header, text, len);
	assert_int_equal(header.mark_count, 2);
	assert_int_equal(strlen(header.marks[0]), NP_MAX_MARK - 1);
	assert_string_equal(header.marks[1], "3");
	/* The Message-ID likewise. */
	len = (size_t)sprintf(text, "Message-ID: %0*d\r\n",
			      NP_MAX_MESSAGE_ID - 1, 0);
	scan(&header, text, len);
	assert_int_equal(strlen(header.message_id), NP_MAX_MESSAGE_ID - 1);
	len = (size_t)sprintf(text, "Message-ID: %0*d\r\nReceived: a\r\n",
			      NP_MAX_MESSAGE_ID, 0);
	scan(&header, text, len);
	assert_string_equal(header.message_id, "");
	assert_int_equal(header.received, 1);
	/* One huge line and one huge name. */
	memset(text, 'x', sizeof(text));
	memcpy(text, "Subject: ", 9);
	memcpy(text + sizeof(text) - 15, "\r\nReceived: a\r\n", 15);
	scan(&header, text, sizeof(text));
	assert_int_equal(header.received, 1);
	memset(text, 'x', 10);
	text[20000] = ':';
	scan(&header, text, sizeof(text));
	assert_int_equal(header.received, 1);
}

static void test_header__nul_is_no_value(void **state)
{
	static const char text[] = "Message-ID: <i\0@x>\r\n"
				   "X-Nameplate-Mark: a\0b\r\n"
				   "Rec\0eived: a\r\n"
				   "X-Nameplate-Mark: c\r\n";
	struct np_header header;

	(void)state;
	scan(&header, text, sizeof(text) - 1);
	assert_string_equal(header.message_id, "");
	assert_int_equal(header.mark_count, 1);
	assert_string_equal(header.marks[0], "c");
	assert_int_equal(header.received, 0);
}

static void test_message_id__as_gmime_reads_it(void **state)
{
	static const struct {
		const char *value, *id;
	} rows[] = {
		{ "<i@x.example>", "i@x.example" },
		{ "  <i@x.example> ", "i@x.example" },
		{ "<i@x.example> (comment)", "i@x.example" },
		{ "(comment) <i@x.example>", "i@x.example" },
		{ "<a b@x>", NULL },		/* something, see below */
		{ "", "" },
		{ "<>", NULL },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool found = np_message_id(rows[i].value, out, sizeof(out));

		check_int(rows[i].value, found, out[0] != '\0');
		if (rows[i].id != NULL)
			check_str(rows[i].value, out, rows[i].id);
		/* Fit for a log line, whatever it is. */
		for (const char *p = out; *p != '\0'; p++)
			check_true(rows[i].value,
				   (unsigned char)*p > 0x20 && *p != 0x7f);
	}
	assert_true(np_message_id("<i@x.example>", out, 12));
	assert_string_equal(out, "i@x.example");
	assert_false(np_message_id("<i@x.example>", out, 11));
	assert_string_equal(out, "");
}

/* A repeatable random number below limit. */
static unsigned int random_below(uint64_t *seed, unsigned int limit)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (unsigned int)((*seed >> 16) % limit);
}

static const char *random_of(uint64_t *seed, const char *const *words,
			     unsigned int count)
{
	return words[random_below(seed, count)];
}

/* A header of well-formed fields, with everything that may vary: case, line
   ends, folding, blanks. */
static GString *random_header(uint64_t *seed)
{
	static const char *const names[] = {
		"Received", "RECEIVED", "received", "X-Received", "Message-ID",
		"message-id", "Message-Id", "X-Nameplate-Mark",
		"x-nameplate-mark", "Subject", "To", "X", "Delivered-To",
		"X-Nameplate-Marks", "Received-SPF"
	};
	static const char *const parts[] = {
		"<a@x>", "v=1;", "k=a", "by x", "\xc3\xa4", "\"q\"", "(c)", ":",
		"=", "Received: a", "<", ">", "a", "\\"
	};
	static const char *const gaps[] = {
		" ", "", "\t", "  ", "\r\n ", "\n ", "\r\n\t", "\n\t \t"
	};
	static const char *const ends[] = { "\r\n", "\n" };
	GString *text = g_string_new(NULL);
	unsigned int fields = random_below(seed, 30);

	while (fields-- > 0) {
		unsigned int count = random_below(seed, 8);

		g_string_append(text, random_of(seed, names, 15));
		g_string_append_c(text, ':');
		while (count-- > 0) {
			g_string_append(text, random_of(seed, gaps, 8));
			g_string_append(text, random_of(seed, parts, 14));
		}
		g_string_append(text, random_of(seed, ends, 2));
	}
	g_string_append(text, random_of(seed, ends, 2));
	g_string_append(text, "Received: in the body\r\n");
	return text;
}

/* Without line ends and outer blanks. */
static char *unfold(const char *raw)
{
	char *value = g_malloc(strlen(raw) + 1), *out = value;

	for (const char *p = raw; *p != '\0'; p++) {
		if (*p != '\n' && !(p[0] == '\r' && p[1] == '\n'))
			*out++ = *p;
	}
	*out = '\0';
	return g_strstrip(value);
}

/* The findings as GMime has them. */
static void judge(const GString *text, struct np_header *header)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text->str,
								text->len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	GMimeHeaderList *list =
		g_mime_object_get_header_list(GMIME_OBJECT(message));
	bool has_message_id = false;

	memset(header, 0, sizeof(*header));
	for (int i = 0; i < g_mime_header_list_get_count(list); i++) {
		GMimeHeader *field = g_mime_header_list_get_header_at(list, i);
		const char *name = g_mime_header_get_name(field);
		char *value = unfold(g_mime_header_get_raw_value(field));

		if (g_ascii_strcasecmp(name, "Received") == 0) {
			header->received++;
		} else if (g_ascii_strcasecmp(name, "Message-ID") == 0) {
			if (!has_message_id)
				g_strlcpy(header->message_id, value,
					  sizeof(header->message_id));
			has_message_id = true;
		} else if (g_ascii_strcasecmp(name, "X-Nameplate-Mark") == 0 &&
			   *value != '\0' &&
			   header->mark_count < NP_MAX_MARKS) {
			g_strlcpy(header->marks[header->mark_count++], value,
				  NP_MAX_MARK);
		}
		g_free(value);
	}
	g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
}

static void check_same(const char *label, const struct np_header *ours,
		       const struct np_header *theirs)
{
	check_int(label, ours->received, theirs->received);
	check_str(label, ours->message_id, theirs->message_id);
	check_int(label, ours->mark_count, theirs->mark_count);
	for (unsigned int i = 0; i < ours->mark_count; i++)
		check_str(label, ours->marks[i], theirs->marks[i]);
}

static void test_header__agrees_with_gmime(void **state)
{
	uint64_t seed = 0x6e616d65706c6174;
	unsigned int received = 0, marks = 0;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		GString *text = random_header(&seed);
		static struct np_header ours, theirs;

		scan(&ours, text->str, text->len);
		judge(text, &theirs);
		check_same(text->str, &ours, &theirs);
		received += ours.received;
		marks += ours.mark_count;
		g_string_free(text, TRUE);
	}
	/* The rounds were about something. */
	assert_true(received > 10000 && marks > 5000);
}

static void test_header__pieces_make_no_difference(void **state)
{
	uint64_t seed = 42;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		GString *text = random_header(&seed);
		static struct np_header whole, pieces;
		size_t at = 0;

		scan(&whole, text->str, text->len);
		np_header_init(&pieces);
		while (at < text->len) {
			size_t len = 1 + random_below(&seed, 1 + round % 40);

			len = MIN(len, text->len - at);
			np_header_feed(&pieces, text->str + at, len);
			at += len;
		}
		np_header_end(&pieces);
		check_same(text->str, &pieces, &whole);
		g_string_free(text, TRUE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header__finds_fields),
		cmocka_unit_test(test_header__first_line_of_space_is_no_header),
		cmocka_unit_test(test_header__done_is_told_at_once),
		cmocka_unit_test(test_header__is_bounded),
		cmocka_unit_test(test_header__nul_is_no_value),
		cmocka_unit_test(test_message_id__as_gmime_reads_it),
		cmocka_unit_test(test_header__agrees_with_gmime),
		cmocka_unit_test(test_header__pieces_make_no_difference),
	};
	int failed;

	g_mime_init();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	g_mime_shutdown();
	return failed;
}
