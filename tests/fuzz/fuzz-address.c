/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses: whatever is accepted reads back as itself, in every form. */
#include "aliasmap/address.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void fuzz_same(const char *text, const struct np_address *addr)
{
	struct np_address again;

	FUZZ_REQUIRE(np_address_parse(text, strlen(text),
				      NP_ADDRESS_UTF8 |
				      NP_ADDRESS_BARE_POSTMASTER, &again,
				      NULL) == NP_ADDRESS_OK);
	FUZZ_REQUIRE(strcmp(again.local, addr->local) == 0);
	FUZZ_REQUIRE(strcmp(again.domain, addr->domain) == 0);
}

static void fuzz_tag(const struct np_address *addr)
{
	static const struct np_address bob = {"bob", "company.com"};
	char text[NP_MAX_ADDRESS + 1], tag[NP_MAX_LOCAL_PART + 1];
	struct np_address base, moved, back;
	const char *behind = NULL;

	if (!np_address_split(addr, "+-=", &base, &behind))
		return;
	fuzz_same(np_address_print(&base, text), &base);
	FUZZ_REQUIRE(behind > addr->local &&
		     behind <= addr->local + strlen(addr->local));
	FUZZ_REQUIRE(np_address_tag(addr, "+-=", tag) > 0);
	FUZZ_REQUIRE(behind[-1] == tag[0]);
	if (np_address_move_tag(addr, "+-=", &bob, &moved)) {
		fuzz_same(np_address_print(&moved, text), &moved);
		FUZZ_REQUIRE(np_address_split(&moved, "+-=", &back, NULL));
		FUZZ_REQUIRE(np_address_equal(&back, &bob));
	}
	if (np_address_move_tag(addr, "+-=", &base, &moved))
		FUZZ_REQUIRE(np_address_equal(&moved, addr));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct np_address addr, lower;
	char text[NP_MAX_ADDRESS + 1];
	const char *why = NULL;
	unsigned int flags = size > 0 ? data[0] & 3U : 0;
	size_t skip = size > 0 ? 1 : 0;

	if (np_address_parse((const char *)data + skip, size - skip, flags,
			     &addr, &why) != NP_ADDRESS_OK) {
		FUZZ_REQUIRE(why != NULL);
		return 0;
	}
	FUZZ_REQUIRE(np_address_fits(&addr));
	fuzz_same(np_address_print(&addr, text), &addr);
	(void)np_address_key(&addr, text);
	FUZZ_REQUIRE(np_address_parse(text, strlen(text), 3, &lower, NULL) ==
		     NP_ADDRESS_OK);
	FUZZ_REQUIRE(np_address_equal(&lower, &addr));
	fuzz_tag(&addr);
	return 0;
}
