/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of data and dot-stuffing, octet by octet; see lmtp/dots.h. */
#include "lmtp/dots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct unstuff_row {
	const char *label;
	const char *in;
	const char *out;	/* what belongs to the message */
	const char *rest;	/* behind the end; NULL: no end was seen */
};

static const struct unstuff_row unstuff_rows[] = {
	{"plain", "a\r\n.\r\nQUIT", "a\r\n", "QUIT"},
	{"empty message", ".\r\n", "", ""},
	{"stuffed dot", "..a\r\n.\r\n", ".a\r\n", ""},
	{"single stuffed dot", "..\r\n.\r\n", ".\r\n", ""},
	{"unstuffed dot before text", ".a\r\n.\r\n", "a\r\n", ""},
	{"dot inside a line", "a.b\r\n.\r\n", "a.b\r\n", ""},
	{"two ends", "a\r\n.\r\n.\r\n", "a\r\n", ".\r\n"},
	{"no end", "a\r\n", "a\r\n", NULL},
	{"dot without end", "a\r\n.", "a\r\n", NULL},
	{"smuggling LF.LF", "a\n.\nb", "a\n.\nb", NULL},
	{"smuggling LF.CRLF", "a\n.\r\nb", "a\n.\r\nb", NULL},
	{"smuggling CRLF.LF", "a\r\n.\nb", "a\r\n\nb", NULL},
	{"smuggling CR.CR", "a\r.\rb", "a\r.\rb", NULL},
	{"smuggling CR.CRLF", "a\r.\r\nb", "a\r.\r\nb", NULL},
	{"smuggling CRLF.CR", "a\r\n.\rb", "a\r\n\rb", NULL},
	{"smuggling CRLF.CRCRLF", "a\r\n.\r\r\nb", "a\r\n\r\r\nb", NULL},
	{"smuggling LFCR.LFCR", "a\n\r.\n\rb", "a\n\r.\n\rb", NULL},
	{"CRCRLF.CRLF is an end", "a\r\r\n.\r\nb", "a\r\r\n", "b"},
};

/* Feeds the row in pieces of size octets. */
static void check_unstuff(const struct unstuff_row *row, size_t piece)
{
	struct np_unstuff unstuff = {NP_DOTS_LINE_START};
	size_t len = strlen(row->in), at = 0, used, got, total = 0;
	char out[256];

	while (at < len && unstuff.state != NP_DOTS_END) {
		size_t n = len - at < piece ? len - at : piece;

		used = np_unstuff(&unstuff, row->in + at, n, out + total,
				  &got);
		at += used;
		total += got;
		if (unstuff.state != NP_DOTS_END && used != n)
			fail_msg("%s: octets left over", row->label);
	}
	if (total != strlen(row->out) || memcmp(out, row->out, total) != 0)
		fail_msg("%s (pieces of %zu): wrong message", row->label,
			 piece);
	if ((unstuff.state == NP_DOTS_END) != (row->rest != NULL))
		fail_msg("%s (pieces of %zu): end seen or not", row->label,
			 piece);
	if (row->rest != NULL && strcmp(row->in + at, row->rest) != 0)
		fail_msg("%s (pieces of %zu): wrong rest", row->label, piece);
}

static void test_dots__ends_only_at_crlf_dot_crlf(void **state)
{
	size_t i, piece;

	(void)state;
	for (i = 0; i < sizeof(unstuff_rows) / sizeof(unstuff_rows[0]); i++)
		for (piece = 1; piece < 8; piece++)
			check_unstuff(&unstuff_rows[i], piece);
}

static const struct {
	const char *label;
	const char *in;
	const char *out;
} stuff_rows[] = {
	{"plain", "a\r\n", "a\r\n.\r\n"},
	{"empty", "", ".\r\n"},
	{"no final line end", "a", "a\r\n.\r\n"},
	{"dot", ".\r\n", "..\r\n.\r\n"},
	{"dots", "..a\r\n.b\r\n", "...a\r\n..b\r\n.\r\n"},
	{"bare LF", "a\n.\nb\n", "a\r\n..\r\nb\r\n.\r\n"},
	{"bare CR", "a\r.\rb", "a\r\n..\r\nb\r\n.\r\n"},
	{"CR at the end", "a\r", "a\r\n.\r\n"},
	{"CRCRLF", "a\r\r\n.b\r\n", "a\r\n\r\n..b\r\n.\r\n"},
	{"LFCR", "a\n\r.b", "a\r\n\r\n..b\r\n.\r\n"},
	{"end sequence inside", "a\r\n.\r\nMAIL", "a\r\n..\r\nMAIL\r\n.\r\n"},
};

static void test_dots__stuffs_after_making_crlf(void **state)
{
	size_t i, piece, at, len, total;
	char out[256];

	(void)state;
	for (i = 0; i < sizeof(stuff_rows) / sizeof(stuff_rows[0]); i++)
		for (piece = 1; piece < 6; piece++) {
			struct np_stuff stuff = {false, false};

			len = strlen(stuff_rows[i].in);
			total = 0;
			for (at = 0; at < len; at += piece)
				total += np_stuff(&stuff,
						  stuff_rows[i].in + at,
						  len - at < piece ? len - at
								   : piece,
						  out + total);
			total += np_stuff_end(&stuff, out + total);
			if (total != strlen(stuff_rows[i].out) ||
			    memcmp(out, stuff_rows[i].out, total) != 0)
				fail_msg("%s (pieces of %zu)",
					 stuff_rows[i].label, piece);
		}
}

/* Whatever octets: stuffed, then taken out again, they are the same lines, and
   the end is where it was put. */
static void test_dots__round_trip(void **state)
{
	static const char octets[] = {'\r', '\n', '.', 'a', '\0', '\xff'};
	unsigned int seed = 1, round, i;
	char in[64], stuffed[NP_STUFFED(sizeof(in)) + 8], out[sizeof(stuffed)];
	size_t len, total, used, got;

	(void)state;
	for (round = 0; round < 20000; round++) {
		struct np_stuff stuff = {false, false}, again = {false, false};
		struct np_unstuff unstuff = {NP_DOTS_LINE_START};
		char want[sizeof(stuffed)];
		size_t want_len;

		len = (size_t)rand_r(&seed) % sizeof(in);
		for (i = 0; i < len; i++)
			in[i] = octets[(size_t)rand_r(&seed) % sizeof(octets)];
		total = np_stuff(&stuff, in, len, stuffed);
		total += np_stuff_end(&stuff, stuffed + total);
		used = np_unstuff(&unstuff, stuffed, total, out, &got);
		assert_int_equal(unstuff.state, NP_DOTS_END);
		assert_int_equal(used, total);
		/* Normalising what came out changes nothing any more. */
		want_len = np_stuff(&again, out, got, want);
		want_len += np_stuff_end(&again, want + want_len);
		assert_int_equal(want_len, total);
		assert_memory_equal(want, stuffed, total);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dots__ends_only_at_crlf_dot_crlf),
		cmocka_unit_test(test_dots__stuffs_after_making_crlf),
		cmocka_unit_test(test_dots__round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
