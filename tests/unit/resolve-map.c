/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The map in memory that the tests of resolve look things up in. It stands in
   for map.c, which is not linked here. */
#include "tests/unit/resolve-map.h"

#define NOW 1000

/* What an entry has of its own. */
enum entry_flag {
	OFF = 0x01,		/* disabled */
	EXPIRED = 0x02,
	DEAF = 0x04,		/* receive off */
	SEND = 0x08,
	BROKEN = 0x10,		/* the lookup fails */
	LATER = 0x20		/* expires, but not yet */
};

static const struct {
	const char *address, *mailbox;
	unsigned int flags;
} entries[] = {
	{ "sales@company.com", "bob@company.com", SEND },
	{ "info@company.com", "bob@company.com", 0 },
	{ "info+press@company.com", "ann@company.com", 0 },
	{ "\"my desk\"@company.com", "bob@company.com", 0 },
	{ "desk@company.com", "\"b ob\"@company.com", 0 },
	{ "j\xc3\xbcrgen@company.com", "bob@company.com", 0 },
	{ "sales@xn--mnchen-3ya.example", "bob@company.com", 0 },
	{ "long@company.com", A60 "a@company.com", 0 },
	{ "off@company.com", "bob@company.com", OFF | SEND },
	{ "off+on@company.com", "bob@company.com", SEND },
	{ "on@company.com", "bob@company.com", LATER | SEND },
	{ "on+off@company.com", "bob@company.com", OFF },
	{ "old@company.com", "bob@company.com", EXPIRED | SEND },
	{ "deaf@company.com", "bob@company.com", DEAF | SEND },
	{ "broken@company.com", "bob@company.com", BROKEN },
	{ "ill@company.com", "no address", SEND },
	/* A domain with a catch-all, and domain aliases onto it. */
	{ "@company.com", "all@company.com", SEND },
	{ "@company.net", "@company.com", SEND },
	{ "own@company.net", "own@company.com", 0 },
	{ "@nosend.example", "@company.com", 0 },
	/* Two domain aliases that lead to each other; one in a row. */
	{ "@ping.example", "@pong.example", SEND },
	{ "@pong.example", "@ping.example", SEND },
	{ "sales@pong.example", "pong@company.com", SEND },
	{ "@chain.example", "@company.net", SEND },
	{ "@self.example", "@self.example", SEND },
	{ "@long.example", "@" D250, SEND },
	/* Domain aliases that are off. */
	{ "@off.example", "@company.com", OFF | SEND },
	{ "@old.example", "@company.com", EXPIRED | SEND },
	{ "@deaf.example", "@company.com", DEAF | SEND },
	{ "@broken.example", "@company.com", BROKEN },
	{ "@tobroken.example", "@broken.example", SEND },
	/* Catch-alls that are off. */
	{ "@caoff.example", "all@company.com", OFF },
	{ "@caold.example", "all@company.com", EXPIRED },
	{ "@cadeaf.example", "all@company.com", DEAF },
	/* Postmaster. */
	{ "postmaster@pm.example", "bob@company.com", OFF },
	{ "postmaster@pmold.example", "bob@company.com", EXPIRED },
	{ "postmaster@pmdeaf.example", "bob@company.com", DEAF | SEND },
	{ "postmaster@pmon.example", "bob@company.com", 0 },
	{ "@topm.example", "@pm.example", 0 },
};

struct np_map {
	struct np_map_meta meta;
	unsigned int lookups;
};

const struct np_map_meta *np_map_meta(const struct np_map *map)
{
	return &map->meta;
}

int np_map_lookup(struct np_map *map, const char *key,
		  struct np_alias *alias_r, struct np_error *err)
{
	map->lookups++;
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		unsigned int flags = entries[i].flags;

		if (strcmp(entries[i].address, key) != 0)
			continue;
		if ((flags & BROKEN) != 0)
			return np_error_set(err, NP_ERROR_INTERNAL, "broken");
		np_alias_init(alias_r);
		strcpy(alias_r->address, key);
		strcpy(alias_r->mailbox, entries[i].mailbox);
		alias_r->enabled = (flags & OFF) == 0;
		alias_r->receive = (flags & DEAF) == 0;
		alias_r->send = (flags & SEND) != 0;
		if ((flags & EXPIRED) != 0)
			alias_r->expires = NOW;
		if ((flags & LATER) != 0)
			alias_r->expires = NOW + 1;
		return 1;
	}
	return 0;
}

static struct np_map map;

unsigned int map_lookups(void)
{
	return map.lookups;
}

void map_init(const char *delimiters, const char *postmaster)
{
	memset(&map, 0, sizeof(map));
	strcpy(map.meta.settings.delimiters, delimiters);
	strcpy(map.meta.settings.postmaster, postmaster);
}

int resolve(const char *label, const char *text,
		   enum np_purpose purpose, struct np_verdict *verdict_r,
		   struct np_error *err)
{
	struct np_address addr;

	if (np_address_parse(text, strlen(text), NP_ADDRESS_UTF8 |
			     NP_ADDRESS_BARE_POSTMASTER, &addr, NULL) !=
	    NP_ADDRESS_OK)
		fail_msg("%s: \"%s\" is no address", label, text);
	/* Whatever was there before is gone. */
	memset(verdict_r, 'x', sizeof(*verdict_r));
	return np_resolve(&map, &addr, purpose, NOW, verdict_r, err);
}

void check_field(const char *label, const char *field,
			const char *actual, const char *expected)
{
	if (strcmp(actual, expected != NULL ? expected : "") != 0)
		fail_msg("%s: %s is \"%s\", not \"%s\"", label, field, actual,
			 expected != NULL ? expected : "");
}
