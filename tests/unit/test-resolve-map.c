/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resolution by a real map: in each mode of opening, and inside a change that
   is not committed yet. */
#include "aliasmap/resolve.h"
#include "tests/unit/map-fixture.h"

#define NOW 1000

static const struct {
	const char *address, *mailbox;
	bool enabled, send;
	int64_t expires;
} entries[] = {
	{ "sales@x.org", "bob@x.org", true, true, 0 },
	{ "info+press@x.org", "ann@x.org", true, false, 0 },
	{ "off@x.org", "bob@x.org", false, false, 0 },
	{ "old@x.org", "bob@x.org", true, false, NOW },
	{ "@x.org", "all@x.org", true, false, 0 },
	{ "@y.org", "@x.org", true, true, 0 },
};

static const struct {
	const char *text;
	int rc;
	enum np_rule rule;
	enum np_reason reason;
	const char *mailbox, *path, *catch_all, *postmaster;
} rows[] = {
	{ "Sales@X.org", 1, NP_RULE_ALIAS, NP_REASON_NONE, "bob@x.org",
	  "bob@x.org", "", "" },
	{ "sales=Vip+1@x.org", 1, NP_RULE_TAG, NP_REASON_NONE, "bob@x.org",
	  "bob=Vip+1@x.org", "", "" },
	{ "info+press@x.org", 1, NP_RULE_ALIAS, NP_REASON_NONE, "ann@x.org",
	  "ann@x.org", "", "" },
	{ "info+other@x.org", 1, NP_RULE_STORE, NP_REASON_NONE, "info@x.org",
	  "", "all@x.org", "" },
	{ "off@x.org", 0, NP_RULE_ALIAS, NP_REASON_DISABLED, "", "", "", "" },
	{ "old+a@y.org", 0, NP_RULE_TAG, NP_REASON_EXPIRED, "", "", "", "" },
	{ "sales+a@y.org", 1, NP_RULE_TAG, NP_REASON_NONE, "bob@x.org",
	  "bob+a@x.org", "", "" },
	{ "Nobody@y.org", 1, NP_RULE_STORE, NP_REASON_NONE, "nobody@x.org",
	  "Nobody@x.org", "all@x.org", "" },
	{ "postmaster@z.org", 1, NP_RULE_STORE, NP_REASON_NONE,
	  "postmaster@z.org", "", "", "pm@x.org" },
	{ "postmaster", 1, NP_RULE_POSTMASTER, NP_REASON_NONE, "pm@x.org",
	  "pm@x.org", "", "" },
};

static struct np_change *fill(const struct folder *folder)
{
	static const struct np_map_settings settings = {
		.delimiters = "+=", .postmaster = "pm@x.org"
	};
	struct np_error err = { NP_ERROR_NONE, "" };
	struct np_change *change;
	struct np_alias alias;

	check_int(err.text, np_map_create(folder->link, "test", &settings,
					  &err), 1);
	check_int(err.text, np_change_begin(folder->link, "test", 30, &change,
					    &err), 1);
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		np_alias_init(&alias);
		strcpy(alias.address, entries[i].address);
		strcpy(alias.mailbox, entries[i].mailbox);
		alias.enabled = entries[i].enabled;
		alias.send = entries[i].send;
		alias.expires = entries[i].expires;
		check_int(err.text, np_change_put(change, &alias, &err), 1);
	}
	return change;
}

static void check_rows(struct np_map *map)
{
	static struct np_verdict v;
	struct np_error err = { NP_ERROR_NONE, "" };
	struct np_address addr;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *label = rows[i].text;

		check_int(label, np_address_parse(label, strlen(label),
						  NP_ADDRESS_BARE_POSTMASTER,
						  &addr, NULL),
			  NP_ADDRESS_OK);
		check_int(label, np_resolve(map, &addr, NP_FOR_RECEIVE, NOW,
					    &v, &err), rows[i].rc);
		check_int(label, v.rule, rows[i].rule);
		check_int(label, v.reason, rows[i].reason);
		check_str(label, v.mailbox, rows[i].mailbox);
		check_str(label, v.path, rows[i].path);
		check_str(label, v.catch_all, rows[i].catch_all);
		check_str(label, v.postmaster, rows[i].postmaster);
	}
}

static void test_resolve_map__every_mode(void **state)
{
	static const enum np_map_mode modes[] = {
		NP_MAP_FILE, NP_MAP_COPY, NP_MAP_SHARED
	};
	struct np_change *change = fill(*state);
	struct np_error err = { NP_ERROR_NONE, "" };
	const struct folder *folder = *state;
	struct np_map *map;
	uint64_t generation;

	check_rows(np_change_map(change));
	check_int("commit", np_change_commit(&change, &generation, &err), 1);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		check_int("open", np_map_open(folder->link, modes[i], &map,
					      &err), 1);
		check_rows(map);
		np_map_close(&map);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_resolve_map__every_mode,
						folder_setup, folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
