/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The checks of a whole map. A row is a map, what the host knows, and every
 * finding in its order. Entries are put without the rules of edit.h, as an
 * adopted map may hold them.
 */
#include "aliasmap/check.h"
#include "tests/unit/map-fixture.h"

#include <stdlib.h>

#define NOW 1000000

static const struct {
	const char *label;
	/* "postmaster=KEY;" first, or not; then
	   "alias mailbox [expires=N] [note=WORD] [off]", separated by ";". */
	const char *map;
	/* Mailboxes that there are; "anything", "later", "unasked". */
	const char *known;
	const char *found;	/* each ends with LF */
} rows[] = {
	{ "nothing", "", "", "" },
	{ "all is well", "a@x m@x;abuse@x m@x;postmaster@x m@x", "m@x", "" },
	{ "roles at the store", "a@x m@x", "m@x abuse@x postmaster@x", "" },
	{ "roles by the catch-all", "@x catchall@x", "catchall@x", "" },
	{ "roles by the domain alias", "@old @x;a@x m@x",
	  "m@x abuse@x postmaster@x", "" },
	{ "roles missing", "a@x m@x", "m@x",
	  "postmaster@x: reaches nobody (RFC 2142), use: np add postmaster@x "
	  "MAILBOX\n"
	  "abuse@x: reaches nobody (RFC 2142), use: np add abuse@x MAILBOX\n" },
	{ "a role disabled", "abuse@x m@x off", "m@x postmaster@x",
	  "abuse@x: is disabled (RFC 2142), use: np show abuse@x\n" },
	{ "[map] postmaster is there", "postmaster=pm@x;a@x m@x",
	  "m@x abuse@x pm@x", "" },
	{ "[map] postmaster is a ghost", "postmaster=pm@x;a@x m@x",
	  "m@x abuse@x",
	  "pm@x: no such mailbox, and [map] postmaster names it, make it or "
	  "name another one there\n"
	  "postmaster@x: reaches nobody (RFC 2142), use: np add postmaster@x "
	  "MAILBOX\n" },
	{ "[map] postmaster is a ghost, and the catch-all takes it",
	  "postmaster=pm@x;@x catchall@x", "catchall@x",
	  "pm@x: no such mailbox, and [map] postmaster names it, make it or "
	  "name another one there\n" },
	{ "[map] postmaster is an alias", "postmaster=pm@x;pm@x m@x",
	  "m@x abuse@x postmaster@x",
	  "[map] postmaster: pm@x is an alias of m@x, name that mailbox: "
	  "postmaster = m@x\n" },
	{ "[map] postmaster in a domain alias", "postmaster=pm@old;@old @x",
	  "unasked",
	  "[map] postmaster: pm@old: @old is a domain alias of @x, name the "
	  "mailbox: postmaster = pm@x\n" },
	{ "nobody can be asked", "a@x m@x", "unasked", "" },
	{ "the host cannot tell now", "a@x m@x", "later", "" },
	{ "anything is taken", "a@x m@x", "anything", "" },
	{ "ghost", "a@x g@x;b@x g@x", "abuse@x postmaster@x",
	  "g@x: no such mailbox, and 2 aliases lead to it, use: np move g@x "
	  "MAILBOX, or: np remove-mailbox g@x\n" },
	{ "one ghost", "a@x g@x", "abuse@x postmaster@x",
	  "g@x: no such mailbox, and 1 alias leads to it, use: np move g@x "
	  "MAILBOX, or: np remove-mailbox g@x\n" },
	{ "chain", "a@x b@x;b@x m@x", "b@x m@x abuse@x postmaster@x",
	  "a@x -> b@x: b@x is an alias of m@x, use: np set a@x --mailbox m@x\n"
	  "b@x -> m@x: hides the mailbox b@x, use: np remove b@x\n" },
	{ "chain of domains", "@a @b;@b @c", "unasked",
	  "@a -> @b: @b is an alias of @c, use: np set @a --mailbox @c\n" },
	{ "a catch-all behind a domain alias is no chain",
	  "@a @b;@b catchall@b", "unasked", "" },
	{ "mailbox in a domain alias", "a@x m@old;@old @x", "unasked",
	  "a@x -> m@old: @old is a domain alias of @x, use: np set a@x "
	  "--mailbox m@x\n" },
	{ "mailbox with a tag", "a@x m+t@x", "unasked",
	  "a@x -> m+t@x: a mailbox has no tag, use: np set a@x --mailbox "
	  "m@x\n" },
	{ "hidden mailbox", "a@x m@x", "a@x m@x abuse@x postmaster@x",
	  "a@x -> m@x: hides the mailbox a@x, use: np remove a@x\n" },
	{ "tags", "m+t@x m@x;c+t@x m@x;n+t@x m@x",
	  "c@x m@x abuse@x postmaster@x",
	  "c+t@x -> m@x: takes mail with a tag from the mailbox c@x, use: np "
	  "remove c+t@x\n" },
	{ "hidden by a domain alias", "@old @x;a@x m@x",
	  "m@old m@x abuse@x postmaster@x",
	  "@old -> @x: hides the mailbox m@old, use: np remove @old\n" },
	{ "catch-all, shared", "@x m@x;a@y m@x", "unasked",
	  "@x -> m@x: a catch-all onto a mailbox with 1 other alias, use one "
	  "of its own: np set @x --mailbox catchall@x\n" },
	{ "catch-all, somebody's", "@x m@x", "unasked",
	  "@x -> m@x: a catch-all onto somebody's mailbox, use one of its "
	  "own: np set @x --mailbox catchall@x, or if it is one: np set @x "
	  "--note TEXT\n" },
	{ "catch-all, one of its own with a note", "@x m@x note=ours",
	  "unasked", "" },
	{ "catch-alls that share one", "@x catchall@x;@y catchall@x",
	  "unasked", "" },
	{ "catch-alls that share one with an alias",
	  "@x catchall@x;@y catchall@x;a@y catchall@x", "unasked",
	  "@x -> catchall@x: a catch-all onto a mailbox with 1 other alias, "
	  "use one of its own: np set @x --mailbox catchall@x\n"
	  "@y -> catchall@x: a catch-all onto a mailbox with 1 other alias, "
	  "use one of its own: np set @y --mailbox catchall@y\n" },
	{ "catch-all, nobody's", "@a catch-all@a;@b unknown@b;@c all@c;"
	  "@d spamtrap@d", "unasked", "" },
	{ "catch-all, by the domain only", "@x m@catch", "unasked",
	  "@x -> m@catch: a catch-all onto somebody's mailbox, use one of its "
	  "own: np set @x --mailbox catchall@x, or if it is one: np set @x "
	  "--note TEXT\n" },
	{ "expiry", "soon@x m@x expires=1000001;day14@x m@x expires=2209600;"
	  "day15@x m@x expires=2209601;over@x m@x expires=1000000;"
	  "off@x m@x expires=1000001 off", "unasked",
	  "day14@x -> m@x: expires 1970-01-26T13:46:40Z, to keep it use: np "
	  "set day14@x --expires never\n"
	  "soon@x -> m@x: expires 1970-01-12T13:46:41Z, to keep it use: np "
	  "set soon@x --expires never\n" },
};

struct host {
	const char *known;
	char found[4000];
};

static enum np_known on_known(void *context, const char *address)
{
	const struct host *host = context;
	char list[500], *word;

	if (strcmp(host->known, "anything") == 0)
		return NP_KNOWN_ANYTHING;
	if (strcmp(host->known, "later") == 0)
		return NP_KNOWN_LATER;
	if (strcmp(host->known, "unasked") == 0)
		return NP_KNOWN_UNASKED;
	(void)strcpy(list, host->known);
	for (word = strtok(list, " "); word != NULL; word = strtok(NULL, " ")) {
		if (strcmp(word, address) == 0)
			return NP_KNOWN_YES;
	}
	return NP_KNOWN_NO;
}

static void on_found(void *context, const char *text)
{
	struct host *host = context;

	(void)strcat(host->found, text);
	(void)strcat(host->found, "\n");
}

static void put_entry(struct np_change *change, char *text)
{
	struct np_alias alias;
	struct np_error err;
	char *save, *word;

	np_alias_init(&alias);
	(void)strcpy(alias.address, strtok_r(text, " ", &save));
	(void)strcpy(alias.mailbox, strtok_r(NULL, " ", &save));
	while ((word = strtok_r(NULL, " ", &save)) != NULL) {
		if (strncmp(word, "expires=", 8) == 0)
			alias.expires = atol(word + 8);
		else if (strncmp(word, "note=", 5) == 0)
			(void)strcpy(alias.note, word + 5);
		else
			alias.enabled = false;
	}
	assert_int_equal(np_change_put(change, &alias, &err), 1);
}

static void put_map(const char *link, const char *map)
{
	struct np_map_settings settings;
	struct np_change *change;
	char text[1000], *save, *word;
	struct np_error err;
	uint64_t generation;

	assert_int_equal(np_change_begin(link, "test", 1, &change, &err), 1);
	(void)memset(&settings, 0, sizeof(settings));
	(void)strcpy(settings.delimiters, "+");
	(void)strcpy(text, map);
	word = strtok_r(text, ";", &save);
	if (word != NULL && strncmp(word, "postmaster=", 11) == 0) {
		(void)strcpy(settings.postmaster, word + 11);
		word = strtok_r(NULL, ";", &save);
	}
	assert_int_equal(np_change_set_settings(change, &settings, &err), 1);
	for (; word != NULL; word = strtok_r(NULL, ";", &save))
		put_entry(change, word);
	assert_int_equal(np_change_commit(&change, &generation, &err), 1);
}

static void check_row(const struct folder *folder, size_t i)
{
	struct host host = { rows[i].known, "" };
	struct np_check check = {
		.command = "np", .now = NOW, .known = on_known,
		.found = on_found, .context = &host
	};
	unsigned int findings = 999, lines = 0;
	struct np_error err;

	put_map(folder->link, rows[i].map);
	assert_int_equal(np_map_open(folder->link, NP_MAP_FILE, &check.map,
				     &err), 1);
	check_int(rows[i].label, np_check_map(&check, &findings, &err), 1);
	check_str(rows[i].label, host.found, rows[i].found);
	for (const char *p = host.found; *p != '\0'; p++)
		lines += *p == '\n';
	check_int(rows[i].label, findings, lines);
	np_map_close(&check.map);
}

static void test_check__rows(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		void *own = NULL;

		assert_int_equal(folder_setup(&own), 0);
		map_create(own);
		check_row(own, i);
		assert_int_equal(folder_teardown(&own), 0);
	}
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check__rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
