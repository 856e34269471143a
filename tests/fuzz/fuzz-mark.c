/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Marks and key files: what is read prints as it was, nothing that is not ours
   counts, and no error shows a key. */
#include "lmtp/mark.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* Equal but for blanks: a value has one text. */
static bool fuzz_equal(const char *a, const char *b)
{
	do {
		a += strspn(a, " \t");
		b += strspn(b, " \t");
		if (*a != *b)
			return false;
		b++;
	} while (*a++ != '\0');
	return true;
}

static void fuzz_mark(const char *text)
{
	static struct np_mark_keys keys = {
		.keys = { { .id = "a", .octets = "0123456789abcdef",
			    .len = 16 } },
		.count = 1
	};
	struct np_mark mark;
	char again[NP_MAX_MARK * 2];

	if (!np_mark_parse(text, &mark))
		return;
	FUZZ_REQUIRE(np_key_id_valid(mark.key, strlen(mark.key)));
	FUZZ_REQUIRE(mark.time >= 0);
	FUZZ_REQUIRE(strlen(mark.mac) == NP_MARK_MAC);
	(void)snprintf(again, sizeof(again), "v=1; k=%s; t=%lld; n=%u; m=%s; "
		       "r=%s; h=%s", mark.key, (long long)mark.time,
		       mark.earlier, mark.message, mark.nonce, mark.mac);
	FUZZ_REQUIRE(fuzz_equal(again, text));
	FUZZ_REQUIRE(np_mark_parse(again, &mark));
	/* A MAC of 128 bits is not found by chance. */
	FUZZ_REQUIRE(!np_mark_verify(&mark, &keys, "bob@company.com"));
	np_mark_sign(&mark, &keys.keys[0], "Bob@company.com");
	FUZZ_REQUIRE(np_mark_verify(&mark, &keys, "bob@company.com"));
}

static void fuzz_keys(char *text, size_t len)
{
	struct np_mark_keys keys;
	struct np_error err = { .kind = NP_ERROR_NONE };

	if (np_mark_keys_parse("k", text, len, &keys, &err) < 0) {
		FUZZ_REQUIRE(err.text[0] != '\0');
		return;
	}
	FUZZ_REQUIRE(keys.count >= 1 && keys.count <= NP_MAX_MARK_KEYS);
	for (size_t i = 0; i < keys.count; i++) {
		FUZZ_REQUIRE(keys.keys[i].len >= NP_MIN_KEY &&
			     keys.keys[i].len <= NP_MAX_KEY);
		FUZZ_REQUIRE(np_mark_keys_find(&keys, keys.keys[i].id) ==
			     &keys.keys[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	FUZZ_REQUIRE(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	fuzz_mark(text);
	fuzz_keys(text, size);
	free(text);
	return 0;
}
