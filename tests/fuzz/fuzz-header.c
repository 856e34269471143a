/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Headers: fed in pieces they say the same as fed at once, and what they say
   is bounded, trimmed text. */
#include "lmtp/header.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void fuzz_value(const char *value, size_t size)
{
	const char *end = memchr(value, '\0', size);

	FUZZ_REQUIRE(end != NULL);
	FUZZ_REQUIRE(strchr(value, '\n') == NULL);
	if (end == value)
		return;
	FUZZ_REQUIRE(value[0] != ' ' && value[0] != '\t');
	FUZZ_REQUIRE(end[-1] != ' ' && end[-1] != '\t');
}

static void fuzz_same(const struct np_header *a, const struct np_header *b)
{
	FUZZ_REQUIRE(a->starts_with_space == b->starts_with_space);
	FUZZ_REQUIRE(a->received == b->received);
	FUZZ_REQUIRE(strcmp(a->message_id, b->message_id) == 0);
	FUZZ_REQUIRE(a->mark_count == b->mark_count);
	for (unsigned int i = 0; i < a->mark_count; i++)
		FUZZ_REQUIRE(strcmp(a->marks[i], b->marks[i]) == 0);
}

/* The first octet chooses the pieces. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct np_header whole, pieces;
	const char *text = (const char *)data + 1;
	size_t at = 0, len = size > 0 ? size - 1 : 0, piece;
	unsigned int seed = size > 0 ? data[0] : 0;

	if (size == 0)
		return 0;
	np_header_init(&whole);
	np_header_feed(&whole, text, len);
	np_header_end(&whole);
	np_header_init(&pieces);
	while (at < len) {
		seed = seed * 1103515245U + 12345U;
		piece = 1 + (seed >> 16) % (1 + data[0] % 17);
		if (piece > len - at)
			piece = len - at;
		np_header_feed(&pieces, text + at, piece);
		np_header_feed(&pieces, text + at, 0);
		at += piece;
	}
	np_header_end(&pieces);
	fuzz_same(&whole, &pieces);
	fuzz_value(whole.message_id, sizeof(whole.message_id));
	FUZZ_REQUIRE(whole.mark_count <= NP_MAX_MARKS);
	for (unsigned int i = 0; i < whole.mark_count; i++) {
		FUZZ_REQUIRE(whole.marks[i][0] != '\0');
		fuzz_value(whole.marks[i], sizeof(whole.marks[i]));
	}
	return 0;
}
