/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses: what is accepted and how it is then written, what is refused and
   why, the key, and the tag. */
#include "aliasmap/address.h"
#include "tests/unit/check.h"

#include <stdlib.h>

#define A10 "aaaaaaaaaa"
#define A60 A10 A10 A10 A10 A10 A10
#define A63 A60 "aaa"
#define A64 A60 "aaaa"
/* 253 octets in four labels. */
#define D253 A63 "." A63 "." A63 "." A60 "a"
#define U NP_ADDRESS_UTF8
#define P NP_ADDRESS_BARE_POSTMASTER

/* In its own size on the heap: a sanitizer sees one octet too far. */
static enum np_address_result
parse(const char *text, size_t len, unsigned int flags,
      struct np_address *addr_r, const char **why_r)
{
	char *copy = malloc(len > 0 ? len : 1);
	enum np_address_result result;

	assert_non_null(copy);
	if (len > 0)
		memcpy(copy, text, len);
	result = np_address_parse(copy, len, flags, addr_r, why_r);
	free(copy);
	return result;
}

static struct np_address address(const char *text)
{
	struct np_address addr;
	const char *why = "";

	if (parse(text, strlen(text), U | P, &addr, &why) != NP_ADDRESS_OK)
		fail_msg("%s: %s", text, why);
	return addr;
}

static void test_address__accepts(void **state)
{
	static const struct {
		const char *label, *text;
		unsigned int flags;
		const char *printed, *key;
	} rows[] = {
		{ "case", "Sales@Company.COM", 0, "Sales@company.com",
		  "sales@company.com" },
		{ "tag", "sales+VIP@x.example", 0, "sales+VIP@x.example",
		  "sales+vip@x.example" },
		{ "all atext", "!#$%&'*+-/=?^_`{|}~aZ09@x", 0,
		  "!#$%&'*+-/=?^_`{|}~aZ09@x",
		  "!#$%&'*+-/=?^_`{|}~az09@x" },
		{ "dots", "a.b.c@x", 0, "a.b.c@x", "a.b.c@x" },
		{ "unneeded quotes", "\"Sales\"@x", 0, "Sales@x", "sales@x" },
		{ "unneeded quotes with dot", "\"a.b\"@x", 0, "a.b@x",
		  "a.b@x" },
		{ "unneeded backslash", "\"a\\b\"@x", 0, "ab@x", "ab@x" },
		{ "needed quotes", "\"A B\"@x", 0, "\"A B\"@x", "\"a b\"@x" },
		{ "needed quotes, backslash not", "\"A\\ B\"@x", 0,
		  "\"A B\"@x", "\"a b\"@x" },
		{ "quoted quote", "\"a\\\"b\"@x", 0, "\"a\\\"b\"@x",
		  "\"a\\\"b\"@x" },
		{ "quoted backslash", "\"a\\\\b\"@x", 0, "\"a\\\\b\"@x",
		  "\"a\\\\b\"@x" },
		{ "quoted at", "\"a@b\"@x", 0, "\"a@b\"@x", "\"a@b\"@x" },
		{ "quoted at alone", "\"@\"@x", 0, "\"@\"@x", "\"@\"@x" },
		{ "quoted dots", "\"a..b\"@x", 0, "\"a..b\"@x",
		  "\"a..b\"@x" },
		{ "quoted final dot", "\"a.\"@x", 0, "\"a.\"@x", "\"a.\"@x" },
		{ "quoted blank", "\" \"@x", 0, "\" \"@x", "\" \"@x" },
		{ "64 octets", A64 "@x", 0, A64 "@x", A64 "@x" },
		{ "64 octets with quotes", "\" " A60 "a\"@x", 0,
		  "\" " A60 "a\"@x", "\" " A60 "a\"@x" },
		{ "254 octets", "a@" A63 "." A63 "." A63 "." A60, 0,
		  "a@" A63 "." A63 "." A63 "." A60,
		  "a@" A63 "." A63 "." A63 "." A60 },
		{ "label of 63", "a@" A63 ".com", 0, "a@" A63 ".com",
		  "a@" A63 ".com" },
		{ "ends of the alphabets", "a@az09.9Z0A", 0, "a@az09.9z0a",
		  "a@az09.9z0a" },
		{ "one label, digits, hyphen", "a@1-2--3", 0, "a@1-2--3",
		  "a@1-2--3" },
		{ "UTF-8", "J\xc3\xbcrgen@x", U, "J\xc3\xbcrgen@x",
		  "j\xc3\xbcrgen@x" },
		{ "UTF-8 in capitals stays", "\xc3\x9cTE@x", U,
		  "\xc3\x9cTE@x", "\xc3\x9cte@x" },
		{ "UTF-8 in quotes", "\"\xc3\xbc \xf0\x9f\x93\xac\"@x", U,
		  "\"\xc3\xbc \xf0\x9f\x93\xac\"@x",
		  "\"\xc3\xbc \xf0\x9f\x93\xac\"@x" },
		{ "IDN", "a@m\xc3\xbcnchen.example", U,
		  "a@xn--mnchen-3ya.example", "a@xn--mnchen-3ya.example" },
		{ "IDN in capitals", "a@M\xc3\x9cNCHEN.Example", U,
		  "a@xn--mnchen-3ya.example", "a@xn--mnchen-3ya.example" },
		{ "IDN decomposed", "a@mu\xcc\x88nchen.example", U,
		  "a@xn--mnchen-3ya.example", "a@xn--mnchen-3ya.example" },
		{ "IDN as A-label", "a@XN--MNCHEN-3YA.example", 0,
		  "a@xn--mnchen-3ya.example", "a@xn--mnchen-3ya.example" },
		{ "IDN, sharp s is no ss", "a@fa\xc3\x9f.example", U,
		  "a@xn--fa-hia.example", "a@xn--fa-hia.example" },
		{ "IDN, ideographic full stop", "a@\xe4\xbe\x8b\xe3\x80\x82jp",
		  U, "a@xn--fsq.jp", "a@xn--fsq.jp" },
		{ "IPv4", "a@[192.0.2.1]", 0, "a@[192.0.2.1]",
		  "a@[192.0.2.1]" },
		{ "IPv6", "a@[IPv6:2001:DB8:0:0::1]", 0,
		  "a@[ipv6:2001:db8::1]", "a@[ipv6:2001:db8::1]" },
		{ "bare postmaster", "PostMaster", P, "PostMaster",
		  "postmaster" },
		{ "postmaster with domain", "postmaster@x", P, "postmaster@x",
		  "postmaster@x" },
	};
	char out[NP_MAX_ADDRESS + 1];
	struct np_address addr;
	const char *why = "";

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (parse(rows[i].text, strlen(rows[i].text), rows[i].flags,
			  &addr, &why) != NP_ADDRESS_OK)
			fail_msg("%s: %s", rows[i].label, why);
		check_true(rows[i].label, np_address_print(&addr, out) == out);
		check_str(rows[i].label, out, rows[i].printed);
		check_str(rows[i].label, np_address_key(&addr, out),
			  rows[i].key);
		check_true(rows[i].label, np_address_fits(&addr));
	}
}

static void test_address__refuses(void **state)
{
	static const struct {
		const char *label, *text;
		size_t len;	/* 0: to the NUL */
		unsigned int flags;
		enum np_address_result result;
		const char *why;	/* part of it */
	} rows[] = {
		{ "empty", "", 0, 0, NP_ADDRESS_SYNTAX, "is empty" },
		{ "no domain", "sales", 0, P, NP_ADDRESS_SYNTAX, "no domain" },
		{ "postmaster without flag", "postmaster", 0, 0,
		  NP_ADDRESS_SYNTAX, "no domain" },
		{ "longer than postmaster", "postmasters", 0, P,
		  NP_ADDRESS_SYNTAX, "no domain" },
		{ "shorter than postmaster", "postmaste", 0, P,
		  NP_ADDRESS_SYNTAX, "no domain" },
		{ "as long as postmaster", "pastmaster", 0, P,
		  NP_ADDRESS_SYNTAX, "no domain" },
		{ "postmaster in quotes", "\"postmaster\"", 0, P,
		  NP_ADDRESS_SYNTAX, "no domain" },
		{ "empty local part", "@x", 0, 0, NP_ADDRESS_SYNTAX,
		  "local part is empty" },
		{ "empty quotes", "\"\"@x", 0, 0, NP_ADDRESS_SYNTAX,
		  "local part is empty" },
		{ "empty domain", "a@", 0, 0, NP_ADDRESS_SYNTAX,
		  "domain is empty" },
		{ "leading dot", ".a@x", 0, 0, NP_ADDRESS_SYNTAX, "dot" },
		{ "double dot", "a..b@x", 0, 0, NP_ADDRESS_SYNTAX, "dot" },
		{ "final dot", "a.@x", 0, 0, NP_ADDRESS_SYNTAX, "dot" },
		{ "blank", "a b@x", 0, 0, NP_ADDRESS_SYNTAX, "quotes" },
		{ "brackets", "<a@x>", 0, 0, NP_ADDRESS_SYNTAX, "quotes" },
		{ "source route", "@y:a@x", 0, 0, NP_ADDRESS_SYNTAX, "empty" },
		{ "NUL", "a\0b@x", 5, 0, NP_ADDRESS_SYNTAX, "quotes" },
		{ "NUL in quotes", "\"a\0b\"@x", 7, 0, NP_ADDRESS_SYNTAX,
		  "control" },
		{ "quoted NUL", "\"a\\\0\"@x", 7, 0, NP_ADDRESS_SYNTAX,
		  "control" },
		{ "line end in quotes", "\"a\r\n\"@x", 0, 0,
		  NP_ADDRESS_SYNTAX, "control" },
		{ "DEL in quotes", "\"a\x7f\"@x", 0, 0, NP_ADDRESS_SYNTAX,
		  "control" },
		{ "quote not closed", "\"a@x", 0, 0, NP_ADDRESS_SYNTAX,
		  "closing quote" },
		{ "quote alone", "\"", 0, 0, NP_ADDRESS_SYNTAX,
		  "closing quote" },
		{ "backslash at the end", "\"a\\", 0, 0, NP_ADDRESS_SYNTAX,
		  "backslash" },
		{ "behind the quote", "\"a\"b@x", 0, 0, NP_ADDRESS_SYNTAX,
		  "after its closing quote" },
		{ "quote inside", "a\"b\"@x", 0, 0, NP_ADDRESS_SYNTAX,
		  "quotes" },
		{ "two at", "a@b@c", 0, 0, NP_ADDRESS_SYNTAX, "character" },
		{ "domain with final dot", "a@x.", 0, 0, NP_ADDRESS_SYNTAX,
		  "empty label" },
		{ "domain with double dot", "a@x..y", 0, 0,
		  NP_ADDRESS_SYNTAX, "empty label" },
		{ "domain with underscore", "a@x_y", 0, 0, NP_ADDRESS_SYNTAX,
		  "character" },
		{ "domain with blank", "a@x ", 0, 0, NP_ADDRESS_SYNTAX,
		  "character" },
		{ "domain with NUL", "a@x\0y", 5, 0, NP_ADDRESS_SYNTAX,
		  "character" },
		{ "label begins with hyphen", "a@-x", 0, 0,
		  NP_ADDRESS_SYNTAX, "hyphen" },
		{ "label ends with hyphen", "a@x-.y", 0, 0,
		  NP_ADDRESS_SYNTAX, "hyphen" },
		{ "IDN of a symbol", "a@\xe2\x98\x83.example", 0, U,
		  NP_ADDRESS_SYNTAX, "IDNA" },
		{ "IDN with final dot", "a@\xc3\xbc.", 0, U,
		  NP_ADDRESS_SYNTAX, "empty label" },
		{ "IDN that maps to an at", "a@\xc3\xbc\xef\xbc\xa0y", 0, U,
		  NP_ADDRESS_SYNTAX, "" },
		{ "IPv4 too large", "a@[192.0.2.256]", 0, 0,
		  NP_ADDRESS_SYNTAX, "literal" },
		{ "IPv4 short", "a@[192.0.2]", 0, 0, NP_ADDRESS_SYNTAX,
		  "literal" },
		{ "IPv6 without word", "a@[::1]", 0, 0, NP_ADDRESS_SYNTAX,
		  "literal" },
		{ "IPv6 empty", "a@[IPv6:]", 0, 0, NP_ADDRESS_SYNTAX,
		  "literal" },
		{ "literal, too long", "a@[IPv6:" A64 A64 A64 "]", 0, 0,
		  NP_ADDRESS_SYNTAX, "literal" },
		{ "literal not closed", "a@[192.0.2.11", 0, 0,
		  NP_ADDRESS_SYNTAX, "literal" },
		{ "literal, only a bracket", "a@[", 0, 0, NP_ADDRESS_SYNTAX,
		  "literal" },
		{ "literal with NUL", "a@[192.0.2.1\0]", 14, 0,
		  NP_ADDRESS_SYNTAX, "literal" },
		{ "literal of another kind", "a@[x:y]", 0, 0,
		  NP_ADDRESS_SYNTAX, "literal" },
		{ "not UTF-8", "a\xff@x", 0, U, NP_ADDRESS_SYNTAX, "UTF-8" },
		{ "not UTF-8, not allowed", "a\xff@x", 0, 0,
		  NP_ADDRESS_SYNTAX, "UTF-8" },
		{ "UTF-8 from its middle", "\x80@x", 0, U, NP_ADDRESS_SYNTAX,
		  "UTF-8" },
		{ "UTF-8 cut short", "a@x\xc3", 0, U, NP_ADDRESS_SYNTAX,
		  "UTF-8" },
		{ "overlong UTF-8", "\xc0\xaf@x", 0, U, NP_ADDRESS_SYNTAX,
		  "UTF-8" },
		{ "surrogate", "\xed\xa0\x80@x", 0, U, NP_ADDRESS_SYNTAX,
		  "UTF-8" },
		{ "C1 control", "a\xc2\x9b@x", 0, U, NP_ADDRESS_SYNTAX,
		  "UTF-8" },
		{ "quoted pair of UTF-8", "\"\\\xc3\xbc\"@x", 0, U,
		  NP_ADDRESS_SYNTAX, "backslash" },
		{ "UTF-8 not allowed", "\xc3\xbc@x", 0, 0,
		  NP_ADDRESS_NEEDS_UTF8, "SMTPUTF8" },
		{ "UTF-8 in quotes not allowed", "\"\xc3\xbc\"@x", 0, 0,
		  NP_ADDRESS_NEEDS_UTF8, "SMTPUTF8" },
		{ "UTF-8 domain not allowed", "a@\xc3\xbc.example", 0, 0,
		  NP_ADDRESS_NEEDS_UTF8, "SMTPUTF8" },
		{ "65 octets", A64 "a@x", 0, 0, NP_ADDRESS_TOO_LONG,
		  "64 octets" },
		{ "65 octets with quotes", "\"" A63 "\"@x", 0, 0,
		  NP_ADDRESS_TOO_LONG, "64 octets" },
		{ "1000 octets without at", A64 A64 A64 A64, 0, 0,
		  NP_ADDRESS_TOO_LONG, "64 octets" },
		{ "255 octets", "aa@" A63 "." A63 "." A63 "." A60, 0, 0,
		  NP_ADDRESS_TOO_LONG, "254 octets" },
		{ "domain of 254", "a@a." D253, 0, 0, NP_ADDRESS_TOO_LONG,
		  "253 octets" },
		{ "label of 64", "a@" A64 ".com", 0, 0, NP_ADDRESS_TOO_LONG,
		  "63 octets" },
		{ "IDN label too long", "a@" A60 "\xc3\xbc.com", 0, U,
		  NP_ADDRESS_TOO_LONG, "A-labels" },
	};
	struct np_address addr = { "same", "before" };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = NULL;
		size_t len = rows[i].len > 0 ? rows[i].len :
			strlen(rows[i].text);

		check_int(rows[i].label,
			  parse(rows[i].text, len, rows[i].flags, &addr, &why),
			  rows[i].result);
		check_true(rows[i].label, why != NULL);
		if (strstr(why, rows[i].why) == NULL)
			check_str(rows[i].label, why, rows[i].why);
		check_str(rows[i].label, addr.local, "same");
		check_str(rows[i].label, addr.domain, "before");
		check_int(rows[i].label,
			  parse(rows[i].text, len, rows[i].flags, &addr, NULL),
			  rows[i].result);
	}
}

static void test_address__domain_alone(void **state)
{
	static const struct {
		const char *label, *text;
		unsigned int flags;
		enum np_address_result result;
		const char *domain;
	} rows[] = {
		{ "case", "Company.COM", 0, NP_ADDRESS_OK, "company.com" },
		{ "253 octets", D253, 0, NP_ADDRESS_OK, D253 },
		{ "254 octets", D253 "a", 0, NP_ADDRESS_TOO_LONG, "-" },
		{ "2000 octets", D253 "." D253 "." D253 "." D253 "." D253 "."
		  D253 "." D253 "." D253, 0, NP_ADDRESS_TOO_LONG, "-" },
		{ "IDN", "\xc3\xbc.example", U, NP_ADDRESS_OK,
		  "xn--tda.example" },
		{ "IDN not allowed", "\xc3\xbc.example", 0,
		  NP_ADDRESS_NEEDS_UTF8, "-" },
		{ "literal", "[192.0.2.1]", 0, NP_ADDRESS_OK, "[192.0.2.1]" },
		{ "at", "@company.com", 0, NP_ADDRESS_SYNTAX, "-" },
		{ "empty", "", 0, NP_ADDRESS_SYNTAX, "-" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char out[NP_MAX_DOMAIN + 1] = "-";

		check_int(rows[i].label,
			  np_domain_parse(rows[i].text, strlen(rows[i].text),
					  rows[i].flags, out, NULL),
			  rows[i].result);
		check_str(rows[i].label, out, rows[i].domain);
	}
}

static void test_address__equal(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} rows[] = {
		{ "Bob@X.example", "bob@x.EXAMPLE", true },
		{ "\"bob\"@x", "bob@x", true },
		{ "\"B\\ C\"@x", "\"b c\"@x", true },
		{ "a@[IPv6:0::1]", "a@[IPv6:::1]", true },
		{ "a@\xc3\xbc.example", "a@xn--tda.example", true },
		{ "postmaster", "postmaster@x", false },
		{ "bob+a@x", "bob@x", false },
		{ "bob@x", "bob@y", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_address a = address(rows[i].a);
		struct np_address b = address(rows[i].b);

		check_int(rows[i].a, np_address_equal(&a, &b), rows[i].equal);
	}
}

/* One that np_address_parse would not make is cut, not written past the end. */
static void test_address__prints_in_bounds(void **state)
{
	struct np_address addr = { A64, D253 };
	char out[NP_MAX_ADDRESS + 2];

	(void)state;
	memset(out, 'x', sizeof(out));
	check_true("fits", !np_address_fits(&addr));
	check_int("length", strlen(np_address_print(&addr, out)),
		  NP_MAX_ADDRESS);
	check_int("behind", out[NP_MAX_ADDRESS + 1], 'x');
	addr.domain[NP_MAX_ADDRESS - 65] = '\0';
	check_true("fits", np_address_fits(&addr));
	check_int("length", strlen(np_address_print(&addr, out)),
		  NP_MAX_ADDRESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address__accepts),
		cmocka_unit_test(test_address__refuses),
		cmocka_unit_test(test_address__domain_alone),
		cmocka_unit_test(test_address__equal),
		cmocka_unit_test(test_address__prints_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
