/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stamps and marks: what is written, what is known again, and what is not. */
#include "lmtp/mark.h"
#include "lmtp/stamp.h"
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NOW INT64_C(1750000000)
#define DAY 86400
#define KEYS "# the first signs\n\n" \
	     "new 000102030405060708090a0b0c0d0e0f\n" \
	     "old\tFFFEFDFCFBFAF9F8F7F6F5F4F3F2F1F0FF\n"

static const unsigned char nonce[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static struct np_mark_keys keys_of(const char *text)
{
	struct np_mark_keys keys;
	struct np_error err = { .kind = NP_ERROR_NONE };
	char copy[2048];

	assert_true(strlen(text) < sizeof(copy));
	strcpy(copy, text);
	if (np_mark_keys_parse("k", copy, strlen(text), &keys, &err) < 0)
		fail_msg("%s", err.text);
	return keys;
}

static void test_keys__parse(void **state)
{
	struct np_mark_keys keys = keys_of(KEYS);

	(void)state;
	assert_int_equal(keys.count, 2);
	assert_string_equal(keys.keys[0].id, "new");
	assert_int_equal(keys.keys[0].len, 16);
	assert_int_equal(keys.keys[0].octets[15], 15);
	assert_string_equal(keys.keys[1].id, "old");
	assert_int_equal(keys.keys[1].len, 17);
	assert_int_equal(keys.keys[1].octets[1], 0xfe);
	assert_ptr_equal(np_mark_keys_find(&keys, "old"), &keys.keys[1]);
	assert_null(np_mark_keys_find(&keys, "ol"));
}

#define HEX16 "000102030405060708090a0b0c0d0e0f"

static void test_keys__longest(void **state)
{
	struct np_mark_keys keys = keys_of("A.b_c-d890123456  " HEX16 HEX16 HEX16
					   HEX16 " \r\n#\r\n\r\n");

	(void)state;
	assert_int_equal(keys.count, 1);
	assert_string_equal(keys.keys[0].id, "A.b_c-d890123456");
	assert_int_equal(keys.keys[0].len, NP_MAX_KEY);
	assert_int_equal(keys.keys[0].octets[63], 15);
}

static void test_keys__errors(void **state)
{
	static const struct {
		const char *label, *text, *error;
	} rows[] = {
		{ "empty", "", "k: holds no key" },
		{ "only a comment", "# a " HEX16, "k: holds no key" },
		{ "no id", "\n" HEX16 HEX16, "k:2: a line is" },
		{ "no key", "a\n", "k:1: the key a is not 32 to 128" },
		{ "short", "a 0001020304050607", "k:1: the key a is not" },
		{ "odd", "a " HEX16 "0", "k:1: the key a is not" },
		{ "no hex", "a " HEX16 "0g", "k:1: the key a is not" },
		{ "too long", "a " HEX16 HEX16 HEX16 HEX16 "00", "k:1: the" },
		{ "more behind it", "a " HEX16 " b", "k:1: the key a is not" },
		{ "bad id", "a;b " HEX16, "k:1: a line is" },
		{ "long id", "12345678901234567 " HEX16, "k:1: a line is" },
		{ "twice", "a " HEX16 "\nb " HEX16 "\na " HEX16,
		  "k:3: the id a is there twice" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_mark_keys keys;
		struct np_error err = { .kind = NP_ERROR_NONE };
		char copy[512];

		strcpy(copy, rows[i].text);
		check_int(rows[i].label,
			  np_mark_keys_parse("k", copy, strlen(copy), &keys,
					     &err), -1);
		check_int(rows[i].label, err.kind, NP_ERROR_SETTINGS);
		if (strncmp(err.text, rows[i].error, strlen(rows[i].error)) != 0)
			fail_msg("%s: %s", rows[i].label, err.text);
		/* Nothing of a key may reach a log. */
		check_true(rows[i].label, strstr(err.text, "0102") == NULL);
	}
}

static void test_keys__are_bounded(void **state)
{
	struct np_mark_keys keys;
	struct np_error err;
	char text[2048];
	size_t len = 0;

	(void)state;
	for (int i = 0; i <= NP_MAX_MARK_KEYS; i++)
		len += (size_t)sprintf(text + len, "k%d " HEX16 "\n", i);
	assert_int_equal(np_mark_keys_parse("k", text, len, &keys, &err), -1);
	assert_string_equal(err.text, "k:17: more than 16 keys");
	memcpy(text, "a\0b\n", 5);
	assert_int_equal(np_mark_keys_parse("k", text, 4, &keys, &err), -1);
}

static void test_keys__read_a_file(void **state)
{
	char name[] = "/tmp/np-test-stamp-XXXXXX";
	struct np_mark_keys *keys = NULL;
	struct np_error err;
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, KEYS, strlen(KEYS)), strlen(KEYS));
	assert_int_equal(np_mark_keys_read(name, &keys, &err), 1);
	assert_int_equal(keys->count, 2);
	np_mark_keys_free(&keys);
	assert_null(keys);
	np_mark_keys_free(&keys);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(np_mark_keys_read(name, &keys, &err), -1);
	assert_null(keys);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(np_mark_keys_read(name, &keys, &err), -1);
	assert_int_equal(err.kind, NP_ERROR_MISSING);
}

/* The MACs below were made with another program's HMAC, from the text in
   stamp.h alone. */
static void test_stamp__writes(void **state)
{
	static const struct {
		const char *label;
		struct np_stamp stamp;
		const char *text;
	} rows[] = {
		{ "alias", { "bob@c.example", "Sales@c.example", "i@x", 1, NOW },
		  "Delivered-To: bob@c.example\r\n"
		  "Delivered-To: Sales@c.example\r\n"
		  "X-Nameplate-Mark: v=1; k=new; t=1750000000; n=1; "
		  "m=DwutYMLKpEOutGus; r=AQIDBAUGBwg; "
		  "h=4hQfzZ_SAGVhqfIf5UOwjA\r\n" },
		{ "primary", { "bob@c.example", "Bob@C.example", "", 0, NOW },
		  "Delivered-To: bob@c.example\r\n"
		  "X-Nameplate-Mark: v=1; k=new; t=1750000000; n=0; m=; "
		  "r=AQIDBAUGBwg; h=cDWs6pvZ4d0hICscutn4_g\r\n" },
		{ "nothing to show", { "bob@c.example", NULL, "", 0, NOW },
		  "Delivered-To: bob@c.example\r\n"
		  "X-Nameplate-Mark: v=1; k=new; t=1750000000; n=0; m=; "
		  "r=AQIDBAUGBwg; h=cDWs6pvZ4d0hICscutn4_g\r\n" },
		{ "shared", { NULL, NULL, "i@x", 5, NOW },
		  "X-Nameplate-Mark: v=1; k=new; t=1750000000; n=0; "
		  "m=DwutYMLKpEOutGus; r=AQIDBAUGBwg; "
		  "h=IVGie1BsyY-5lWxc1HD2Zw\r\n" },
	};
	struct np_mark_keys keys = keys_of(KEYS);
	char out[NP_MAX_STAMP];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = np_stamp_write(&keys, &rows[i].stamp, nonce, out,
					    sizeof(out));

		check_str(rows[i].label, out, rows[i].text);
		check_int(rows[i].label, len, strlen(rows[i].text));
	}
}

static void test_stamp__fits_or_not(void **state)
{
	struct np_stamp stamp = { "bob@c.example", "sales@c.example", "i@x", 0,
				  NOW };
	struct np_mark_keys keys = keys_of(KEYS);
	char out[NP_MAX_STAMP];
	size_t len = np_stamp_write(&keys, &stamp, nonce, out, sizeof(out));

	(void)state;
	assert_true(len > 0);
	for (size_t size = 1; size <= len; size++)
		assert_int_equal(np_stamp_write(&keys, &stamp, nonce, out, size),
				 0);
	assert_int_equal(np_stamp_write(&keys, &stamp, nonce, out, len + 1),
			 len);
	/* Blanks are fine in quotes; a line end never is. */
	stamp.received = "\"a b\"@c.example";
	assert_true(np_stamp_write(&keys, &stamp, nonce, out, sizeof(out)) > 0);
	assert_non_null(strstr(out, "\r\nDelivered-To: \"a b\"@c.example\r\n"));
	stamp.received = "a\r\nX: y@c.example";
	assert_int_equal(np_stamp_write(&keys, &stamp, nonce, out, sizeof(out)),
			 0);
}

#define M "v=1; k=new; t=1750000000; n=0; m=; r=AQIDBAUGBwg; " \
	  "h=0123456789abcdefABCD-_"

static void test_mark__parse(void **state)
{
	static const struct {
		const char *label, *text;
		bool good;
	} rows[] = {
		{ "usual", M, true },
		{ "with a Message-ID", "v=1; k=a; t=1; n=12; m=0123456789abcdef;"
		  " r=AQIDBAUGBwg; h=0123456789abcdefABCD-_", true },
		{ "folded by a gateway", "v=1;\tk=a;  t=1; n=0; m=; \t"
		  "r=AQIDBAUGBwg; h=0123456789abcdefABCD-_", true },
		{ "empty", "", false },
		{ "cut", "v=1; k=new; t=1750000000; n=0; m=; r=AQIDBAUGBwg",
		  false },
		{ "more behind it", M ";", false },
		{ "a blank behind it", M " ", false },
		{ "a blank before it", " " M, false },
		{ "another version", "v=2" "; k=a; t=1; n=0; m=; r=AQIDBAUGBwg; "
		  "h=0123456789abcdefABCD-_", false },
		{ "version 10", "v=10; k=a; t=1; n=0; m=; r=AQIDBAUGBwg; "
		  "h=0123456789abcdefABCD-_", false },
		{ "no blank", "v=1;k=a;t=1;n=0;m=;r=AQIDBAUGBwg;"
		  "h=0123456789abcdefABCD-_", false },
		{ "another order", "v=1; t=1; k=a; n=0; m=; r=AQIDBAUGBwg; "
		  "h=0123456789abcdefABCD-_", false },
		{ "empty key id", "v=1; k=; t=1; n=0; m=; r=AQIDBAUGBwg; "
		  "h=0123456789abcdefABCD-_", false },
		{ "long key id", "v=1; k=12345678901234567; t=1; n=0; m=; "
		  "r=AQIDBAUGBwg; h=0123456789abcdefABCD-_", false },
		{ "negative time", "v=1; k=a; t=-1; n=0; m=; r=AQIDBAUGBwg; "
		  "h=0123456789abcdefABCD-_", false },
		{ "zeros in front", "v=1; k=a; t=01; n=0; m=; r=AQIDBAUGBwg; "
		  "h=0123456789abcdefABCD-_", false },
		{ "no number", "v=1; k=a; t=; n=0; m=; r=AQIDBAUGBwg; "
		  "h=0123456789abcdefABCD-_", false },
		{ "a huge time", "v=1; k=a; t=99999999999999999999; n=0; m=; "
		  "r=AQIDBAUGBwg; h=0123456789abcdefABCD-_", false },
		{ "a huge count", "v=1; k=a; t=1; n=10000; m=; r=AQIDBAUGBwg; "
		  "h=0123456789abcdefABCD-_", false },
		{ "a short digest", "v=1; k=a; t=1; n=0; m=0123456789abcde; "
		  "r=AQIDBAUGBwg; h=0123456789abcdefABCD-_", false },
		{ "a long digest", "v=1; k=a; t=1; n=0; m=0123456789abcdef0; "
		  "r=AQIDBAUGBwg; h=0123456789abcdefABCD-_", false },
		{ "no nonce", "v=1; k=a; t=1; n=0; m=; r=; "
		  "h=0123456789abcdefABCD-_", false },
		{ "a short MAC", "v=1; k=a; t=1; n=0; m=; r=AQIDBAUGBwg; "
		  "h=0123456789abcdefABCD-", false },
		{ "padding", "v=1; k=a; t=1; n=0; m=; r=AQIDBAUGBwg=; "
		  "h=0123456789abcdefABCD-_", false },
		{ "the other base64", "v=1; k=a; t=1; n=0; m=; r=AQIDBAUGBw+; "
		  "h=0123456789abcdefABCD-_", false },
		{ "another case", "V=1; k=a; t=1; n=0; m=; r=AQIDBAUGBwg; "
		  "h=0123456789abcdefABCD-_", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_mark mark;

		check_int(rows[i].label, np_mark_parse(rows[i].text, &mark),
			  rows[i].good);
	}
}

static void test_mark__values(void **state)
{
	struct np_mark mark;

	(void)state;
	assert_true(np_mark_parse("v=1; k=a.b; t=99; n=7; m=0123456789abcdef; "
				  "r=AQIDBAUGBwg; h=0123456789abcdefABCD-_",
				  &mark));
	assert_string_equal(mark.key, "a.b");
	assert_int_equal(mark.time, 99);
	assert_int_equal(mark.earlier, 7);
	assert_string_equal(mark.message, "0123456789abcdef");
	assert_string_equal(mark.nonce, "AQIDBAUGBwg");
	assert_string_equal(mark.mac, "0123456789abcdefABCD-_");
}

static void header_add_stamp(struct np_header *header,
			     const struct np_mark_keys *keys,
			     const char *mailbox, const char *message_id,
			     int64_t when, unsigned char salt)
{
	struct np_stamp stamp = { mailbox, NULL, message_id, 0, when };
	unsigned char octets[8] = { salt };
	char out[NP_MAX_STAMP];
	size_t len = np_stamp_write(keys, &stamp, octets, out, sizeof(out));

	assert_true(len > 0);
	np_header_feed(header, out, len);
}

/* Which marks count, and as what. */
static void test_returns__count(void **state)
{
	struct np_mark_keys keys = keys_of(KEYS);
	struct np_mark_keys old = keys_of("old FFFEFDFCFBFAF9F8F7F6F5F4F3F2F1F0FF");
	struct np_mark_keys foreign = keys_of("new " "ffffffffffffffffffffffff"
					      "ffffffff");
	static struct np_header header;
	struct np_returns returns;

	(void)state;
	np_header_init(&header);
	np_returns_count(&keys, &header, "i@x", "bob@c.example", NOW, &returns);
	assert_int_equal(returns.own, 0);
	/* Ours: this message, another one, by the old key, at the edges. */
	header_add_stamp(&header, &keys, "bob@c.example", "i@x", NOW, 1);
	header_add_stamp(&header, &keys, "Bob@C.example", "j@x", NOW, 2);
	header_add_stamp(&header, &old, "bob@c.example", "i@x", NOW, 3);
	header_add_stamp(&header, &keys, "bob@c.example", "",
			 NOW - NP_MARK_DAYS * DAY, 4);
	header_add_stamp(&header, &keys, "bob@c.example", "i@x", NOW + DAY, 5);
	/* The same once more: counts once. */
	header_add_stamp(&header, &keys, "bob@c.example", "i@x", NOW, 1);
	/* None: too old, from the future, another's, another key. */
	header_add_stamp(&header, &keys, "bob@c.example", "i@x",
			 NOW - NP_MARK_DAYS * DAY - 1, 6);
	header_add_stamp(&header, &keys, "bob@c.example", "i@x", NOW + DAY + 1,
			 7);
	header_add_stamp(&header, &keys, "eve@c.example", "i@x", NOW, 8);
	header_add_stamp(&header, &foreign, "bob@c.example", "i@x", NOW, 9);
	/* Shared. */
	header_add_stamp(&header, &keys, NULL, "i@x", NOW, 10);
	header_add_stamp(&header, &keys, NULL, "j@x", NOW, 11);
	np_header_feed(&header, "X-Nameplate-Mark: junk\r\n\r\n", 26);
	assert_int_equal(header.mark_count, 13);
	np_returns_count(&keys, &header, "i@x", "bob@c.example", NOW, &returns);
	assert_int_equal(returns.own, 5);
	assert_int_equal(returns.own_same_message, 3);
	assert_int_equal(returns.shared, 2);
	assert_int_equal(returns.shared_same_message, 1);
	/* A message without Message-ID: only the mark without one is its. */
	np_returns_count(&keys, &header, "", "bob@c.example", NOW, &returns);
	assert_int_equal(returns.own, 5);
	assert_int_equal(returns.own_same_message, 1);
}

/* Every octet that is changed makes it somebody else's. */
static void test_returns__a_changed_mark_is_none(void **state)
{
	struct np_mark_keys keys = keys_of(KEYS);
	struct np_stamp stamp = { "bob@c.example", NULL, "i@x", 1, NOW };
	struct np_returns returns;
	char out[NP_MAX_STAMP];
	size_t len = np_stamp_write(&keys, &stamp, nonce, out, sizeof(out));
	char *mark = strstr(out, "X-Nameplate-Mark: ") + 18;
	unsigned int tried = 0;

	(void)state;
	for (char *p = mark; p < out + len - 2; p++) {
		static struct np_header header;
		char kept = *p;

		*p = kept == '1' ? '2' : '1';
		np_header_init(&header);
		np_header_feed(&header, out, len);
		np_header_end(&header);
		np_returns_count(&keys, &header, "i@x", "bob@c.example", NOW,
				 &returns);
		check_int(out, returns.own + returns.shared, 0);
		*p = kept;
		tried++;
	}
	assert_true(tried > 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys__parse),
		cmocka_unit_test(test_keys__longest),
		cmocka_unit_test(test_keys__errors),
		cmocka_unit_test(test_keys__are_bounded),
		cmocka_unit_test(test_keys__read_a_file),
		cmocka_unit_test(test_stamp__writes),
		cmocka_unit_test(test_stamp__fits_or_not),
		cmocka_unit_test(test_mark__parse),
		cmocka_unit_test(test_mark__values),
		cmocka_unit_test(test_returns__count),
		cmocka_unit_test(test_returns__a_changed_mark_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
