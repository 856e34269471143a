/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resolution where the map has no entry: what the store is asked, and who
   takes what it does not know. */
#include "tests/unit/resolve-map.h"

/* Rule 4 and what rule 5 needs. */
static void test_resolve__store(void **state)
{
	static const struct {
		const char *label, *delimiters, *text;
		bool primary;
		const char *path, *mailbox, *base, *tag, *catch_all;
		const char *postmaster, *domain;
	} rows[] = {
		{ "unknown to the map", "+", "Bob@Else.example", true, NULL,
		  "bob@else.example", NULL, NULL, NULL, NULL, NULL },
		{ "tag of a primary", "+", "Bob+Jira@else.example", false,
		  NULL, "bob@else.example", "Bob@else.example", "+Jira", NULL,
		  NULL, NULL },
		{ "empty tag of a primary", "+", "bob+@else.example", false,
		  NULL, "bob@else.example", "bob@else.example", "+", NULL,
		  NULL, NULL },
		{ "no delimiters, no tag", "", "bob+jira@else.example", true,
		  NULL, "bob+jira@else.example", NULL, NULL, NULL, NULL,
		  NULL },
		{ "an alias, but no delimiters", "", "sales+a@company.com",
		  true, NULL, "sales+a@company.com", NULL, NULL,
		  "all@company.com", NULL, NULL },
		{ "delimiter in first place", "+", "+bob@else.example", true,
		  NULL, "+bob@else.example", NULL, NULL, NULL, NULL, NULL },
		{ "quoted, tag in quotes", "+", "\"B ob+x\"@else.example",
		  false, NULL, "\"b ob\"@else.example",
		  "\"B ob\"@else.example", "+x", NULL, NULL, NULL },
		{ "catch-all", "+", "Nobody@company.com", true, NULL,
		  "nobody@company.com", NULL, NULL, "all@company.com", NULL,
		  NULL },
		{ "catch-all with tag", "+", "nobody+X@company.com", false,
		  NULL, "nobody@company.com", "nobody@company.com", "+X",
		  "all@company.com", NULL, NULL },
		{ "catch-all disabled", "+", "a@caoff.example", true, NULL,
		  "a@caoff.example", NULL, NULL, NULL, NULL, NULL },
		{ "catch-all expired", "+", "a@caold.example", true, NULL,
		  "a@caold.example", NULL, NULL, NULL, NULL, NULL },
		{ "catch-all with receive off", "+", "a@cadeaf.example",
		  true, NULL, "a@cadeaf.example", NULL, NULL, NULL, NULL,
		  NULL },
		{ "domain alias, case kept, new catch-all", "+",
		  "Alice@company.net", false, "Alice@company.com",
		  "alice@company.com", NULL, NULL, "all@company.com", NULL,
		  "@company.net" },
		{ "domain alias with tag", "+", "Alice+X@Company.Net", false,
		  "Alice+X@company.com", "alice@company.com",
		  "Alice@company.com", "+X", "all@company.com", NULL,
		  "@company.net" },
		{ "no ping-pong", "+", "alice@ping.example", false,
		  "alice@pong.example", "alice@pong.example", NULL, NULL,
		  NULL, NULL, "@ping.example" },
		{ "domain alias once, not twice", "+", "sales@chain.example",
		  false, "sales@company.net", "sales@company.net", NULL, NULL,
		  NULL, NULL, "@chain.example" },
		{ "domain alias onto itself", "+", "a@self.example", false,
		  "a@self.example", "a@self.example", NULL, NULL, NULL, NULL,
		  "@self.example" },
		{ "domain alias, just fits", "+", "abc@long.example", false,
		  "abc@" D250, "abc@" D250, NULL, NULL, NULL, NULL,
		  "@long.example" },
		{ "domain alias, base does not fit with quotes", "+",
		  "a.+@long.example", false, "a.+@" D250, "a.+@" D250, NULL,
		  "+", NULL, NULL, "@long.example" },
		{ "SRS0=", "+", "SRS0=HHH=TT=ext.example=a@company.com", true,
		  NULL, "srs0=hhh=tt=ext.example=a@company.com", NULL, NULL,
		  NULL, NULL, NULL },
		{ "srs1-", "+", "srs1-x@company.com", true, NULL,
		  "srs1-x@company.com", NULL, NULL, NULL, NULL, NULL },
		{ "Srs0+ is a tag too", "+", "Srs0+x@company.com", false,
		  NULL, "srs0@company.com", "Srs0@company.com", "+x", NULL,
		  NULL, NULL },
		{ "SRS1= in quotes", "+", "\"SRS1=a b\"@company.com", true,
		  NULL, "\"srs1=a b\"@company.com", NULL, NULL, NULL, NULL,
		  NULL },
		{ "SRS behind a domain alias", "+", "SRS0=x@company.net",
		  false, "SRS0=x@company.com", "srs0=x@company.com", NULL,
		  NULL, NULL, NULL, "@company.net" },
		{ "no SRS: other digit", "+", "srs2=x@company.com", true,
		  NULL, "srs2=x@company.com", NULL, NULL, "all@company.com",
		  NULL, NULL },
		{ "no SRS: nothing behind", "+", "srs0@company.com", true,
		  NULL, "srs0@company.com", NULL, NULL, "all@company.com",
		  NULL, NULL },
		{ "no SRS: other sign", "+", "srs0.x@company.com", true,
		  NULL, "srs0.x@company.com", NULL, NULL, "all@company.com",
		  NULL, NULL },
		{ "postmaster", "+", "Postmaster@company.com", true, NULL,
		  "postmaster@company.com", NULL, NULL, "all@company.com",
		  "pm@company.com", NULL },
		{ "postmaster in quotes", "+", "\"postmaster\"@else.example",
		  true, NULL, "postmaster@else.example", NULL, NULL, NULL,
		  "pm@company.com", NULL },
		{ "postmaster with tag", "+", "postmaster+x@else.example",
		  false, NULL, "postmaster@else.example",
		  "postmaster@else.example", "+x", NULL, NULL, NULL },
		{ "postmaster behind a domain alias", "+",
		  "Postmaster@company.net", false, "Postmaster@company.com",
		  "postmaster@company.com", NULL, NULL, "all@company.com",
		  "pm@company.com", "@company.net" },
		{ "postmaster, domain alias disabled", "+",
		  "Postmaster@off.example", true, NULL,
		  "postmaster@off.example", NULL, NULL, NULL,
		  "pm@company.com", NULL },
		{ "postmaster, domain alias expired", "+",
		  "postmaster@old.example", true, NULL,
		  "postmaster@old.example", NULL, NULL, NULL,
		  "pm@company.com", NULL },
		{ "postmaster, domain alias deaf", "+",
		  "postmaster@deaf.example", true, NULL,
		  "postmaster@deaf.example", NULL, NULL, NULL,
		  "pm@company.com", NULL },
	};
	static struct np_verdict v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *label = rows[i].label;

		map_init(rows[i].delimiters, "pm@company.com");
		check_int(label, resolve(label, rows[i].text, NP_FOR_RECEIVE,
					 &v, NULL), 1);
		check_int(label, v.answer, NP_VERDICT_ASK);
		check_int(label, v.rule, NP_RULE_STORE);
		check_int(label, v.primary, rows[i].primary);
		check_field(label, "path", v.path, rows[i].path);
		check_field(label, "mailbox", v.mailbox, rows[i].mailbox);
		check_field(label, "base", v.base, rows[i].base);
		check_field(label, "tag", v.tag, rows[i].tag);
		check_field(label, "catch_all", v.catch_all,
			    rows[i].catch_all);
		check_field(label, "postmaster", v.postmaster,
			    rows[i].postmaster);
		check_field(label, "domain_entry", v.domain_entry,
			    rows[i].domain);
		check_int(label, v.domain_alias, rows[i].domain != NULL);
		check_field(label, "entry", v.entry, NULL);
		check_field(label, "untagged", v.untagged, NULL);

		/* For sending nothing stands in. */
		check_int(label, resolve(label, rows[i].text, NP_FOR_SEND, &v,
					 NULL), 1);
		check_field(label, "catch_all", v.catch_all, NULL);
		check_field(label, "postmaster", v.postmaster, NULL);
	}
}

static void test_resolve__bare_postmaster(void **state)
{
	static struct np_verdict v;

	(void)state;
	map_init("+", "pm@company.com");
	check_int("set", resolve("set", "PostMaster", NP_FOR_RECEIVE, &v,
				 NULL), 1);
	check_int("set", v.rule, NP_RULE_POSTMASTER);
	check_field("set", "path", v.path, "pm@company.com");
	check_field("set", "mailbox", v.mailbox, "pm@company.com");
	check_true("set", !v.primary);
	check_int("send", resolve("send", "postmaster", NP_FOR_SEND, &v,
				  NULL), 1);
	check_field("send", "mailbox", v.mailbox, "postmaster");

	map_init("+", "");
	check_int("unset", resolve("unset", "PostMaster", NP_FOR_RECEIVE, &v,
				   NULL), 1);
	check_int("unset", v.answer, NP_VERDICT_ASK);
	check_int("unset", v.rule, NP_RULE_STORE);
	check_true("unset", !v.primary);
	check_field("unset", "path", v.path, NULL);
	check_field("unset", "mailbox", v.mailbox, "postmaster");
	check_field("unset", "catch_all", v.catch_all, NULL);
	check_field("unset", "postmaster", v.postmaster, NULL);
	check_int("no domain, no entry", map_lookups(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve__store),
		cmocka_unit_test(test_resolve__bare_postmaster),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
