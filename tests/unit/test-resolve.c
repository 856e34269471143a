/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules that end at an entry, or at a refusal, or with "could not look". */
#include "tests/unit/resolve-map.h"

/* Rules 1 and 2, also behind rule 3. */
static void test_resolve__entry(void **state)
{
	static const struct {
		const char *label, *delimiters, *text;
		enum np_rule rule;
		const char *entry, *path, *mailbox, *untagged, *tag, *domain;
	} rows[] = {
		{ "alias", "+", "sales@company.com", NP_RULE_ALIAS,
		  "sales@company.com", "bob@company.com", "bob@company.com",
		  NULL, NULL, NULL },
		{ "case", "+", "SALES@Company.COM", NP_RULE_ALIAS,
		  "sales@company.com", "bob@company.com", "bob@company.com",
		  NULL, NULL, NULL },
		{ "tag moves, its case kept", "+", "Sales+VIP@company.com",
		  NP_RULE_TAG, "sales@company.com", "bob+VIP@company.com",
		  "bob@company.com", "bob@company.com", "+VIP", NULL },
		{ "empty tag", "+", "sales+@company.com", NP_RULE_TAG,
		  "sales@company.com", "bob+@company.com", "bob@company.com",
		  "bob@company.com", "+", NULL },
		{ "tag of two parts", "+", "sales+a+b@company.com",
		  NP_RULE_TAG, "sales@company.com", "bob+a+b@company.com",
		  "bob@company.com", "bob@company.com", "+a+b", NULL },
		{ "several delimiters, the second", "+=",
		  "sales=a+b@company.com", NP_RULE_TAG, "sales@company.com",
		  "bob=a+b@company.com", "bob@company.com",
		  "bob@company.com", "=a+b", NULL },
		{ "several delimiters, the first", "+=",
		  "sales+a=b@company.com", NP_RULE_TAG, "sales@company.com",
		  "bob+a=b@company.com", "bob@company.com",
		  "bob@company.com", "+a=b", NULL },
		{ "exact tag entry wins", "+", "info+Press@company.com",
		  NP_RULE_ALIAS, "info+press@company.com", "ann@company.com",
		  "ann@company.com", NULL, "+Press", NULL },
		{ "other tag beside an exact one", "+",
		  "info+pres@company.com", NP_RULE_TAG, "info@company.com",
		  "bob+pres@company.com", "bob@company.com",
		  "bob@company.com", "+pres", NULL },
		{ "exact tag entry wins over a disabled base", "+",
		  "off+on@company.com", NP_RULE_ALIAS, "off+on@company.com",
		  "bob@company.com", "bob@company.com", NULL, "+on", NULL },
		{ "not yet expired", "+", "on@company.com", NP_RULE_ALIAS,
		  "on@company.com", "bob@company.com", "bob@company.com",
		  NULL, NULL, NULL },
		{ "tag that makes it too long stays behind", "+",
		  "long+abc@company.com", NP_RULE_TAG, "long@company.com",
		  A60 "a@company.com", A60 "a@company.com", NULL, "+abc",
		  NULL },
		{ "tag that just fits", "+", "long+ab@company.com",
		  NP_RULE_TAG, "long@company.com", A60 "a+ab@company.com",
		  A60 "a@company.com", A60 "a@company.com", "+ab", NULL },
		{ "quotes that are not needed", "+",
		  "\"sales\"@company.com", NP_RULE_ALIAS, "sales@company.com",
		  "bob@company.com", "bob@company.com", NULL, NULL, NULL },
		{ "quoted entry", "+", "\"My\\ Desk\"@company.com",
		  NP_RULE_ALIAS, "\"my desk\"@company.com",
		  "bob@company.com", "bob@company.com", NULL, NULL, NULL },
		{ "tag in quotes", "+", "\"my desk+a b\"@company.com",
		  NP_RULE_TAG, "\"my desk\"@company.com",
		  "\"bob+a b\"@company.com", "bob@company.com",
		  "bob@company.com", "+a b", NULL },
		{ "only the tag needs quotes", "+",
		  "\"sales+a b\"@company.com", NP_RULE_TAG,
		  "sales@company.com", "\"bob+a b\"@company.com",
		  "bob@company.com", "bob@company.com", "+a b", NULL },
		{ "mailbox with quotes", "+", "desk+a@company.com",
		  NP_RULE_TAG, "desk@company.com", "\"b ob+a\"@company.com",
		  "\"b ob\"@company.com", "\"b ob\"@company.com", "+a",
		  NULL },
		{ "UTF-8", "+", "J\xc3\xbcrgen+\xc3\xb6@company.com",
		  NP_RULE_TAG, "j\xc3\xbcrgen@company.com",
		  "bob+\xc3\xb6@company.com", "bob@company.com",
		  "bob@company.com", "+\xc3\xb6", NULL },
		{ "IDN as U-label", "+", "sales@M\xc3\xbcnchen.example",
		  NP_RULE_ALIAS, "sales@xn--mnchen-3ya.example",
		  "bob@company.com", "bob@company.com", NULL, NULL, NULL },
		{ "IDN as A-label", "+", "sales@XN--mnchen-3ya.example",
		  NP_RULE_ALIAS, "sales@xn--mnchen-3ya.example",
		  "bob@company.com", "bob@company.com", NULL, NULL, NULL },
		{ "domain alias, alias", "+", "sales@company.net",
		  NP_RULE_ALIAS, "sales@company.com", "bob@company.com",
		  "bob@company.com", NULL, NULL, "@company.net" },
		{ "domain alias, tag", "+", "Sales+A@company.net",
		  NP_RULE_TAG, "sales@company.com", "bob+A@company.com",
		  "bob@company.com", "bob@company.com", "+A",
		  "@company.net" },
		{ "domain alias, exact tag entry", "+",
		  "info+press@company.net", NP_RULE_ALIAS,
		  "info+press@company.com", "ann@company.com",
		  "ann@company.com", NULL, "+press", "@company.net" },
		{ "entry before the domain alias", "+", "own@company.net",
		  NP_RULE_ALIAS, "own@company.net", "own@company.com",
		  "own@company.com", NULL, NULL, NULL },
		{ "base entry before the domain alias", "+",
		  "own+x@company.net", NP_RULE_TAG, "own@company.net",
		  "own+x@company.com", "own@company.com", "own@company.com",
		  "+x", NULL },
		{ "no ping-pong, entry of the second domain", "+",
		  "sales@ping.example", NP_RULE_ALIAS, "sales@pong.example",
		  "pong@company.com", "pong@company.com", NULL, NULL,
		  "@ping.example" },
		{ "disabled postmaster entry counts as active", "+",
		  "PostMaster@pm.example", NP_RULE_ALIAS,
		  "postmaster@pm.example", "bob@company.com",
		  "bob@company.com", NULL, NULL, NULL },
		{ "expired postmaster entry", "+",
		  "postmaster@pmold.example", NP_RULE_ALIAS,
		  "postmaster@pmold.example", "bob@company.com",
		  "bob@company.com", NULL, NULL, NULL },
		{ "deaf postmaster entry", "+", "postmaster@pmdeaf.example",
		  NP_RULE_ALIAS, "postmaster@pmdeaf.example",
		  "bob@company.com", "bob@company.com", NULL, NULL, NULL },
		{ "disabled postmaster entry behind a domain alias", "+",
		  "postmaster@topm.example", NP_RULE_ALIAS,
		  "postmaster@pm.example", "bob@company.com",
		  "bob@company.com", NULL, NULL, "@topm.example" },
		{ "postmaster with a tag", "+", "postmaster+x@pmon.example",
		  NP_RULE_TAG, "postmaster@pmon.example",
		  "bob+x@company.com", "bob@company.com", "bob@company.com",
		  "+x", NULL },
	};
	static struct np_verdict v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *label = rows[i].label;

		/* With [map] postmaster: an entry comes before it. */
		map_init(rows[i].delimiters, "pm@company.com");
		check_int(label, resolve(label, rows[i].text, NP_FOR_RECEIVE,
					 &v, NULL), 1);
		check_int(label, v.answer, NP_VERDICT_ASK);
		check_int(label, v.rule, rows[i].rule);
		check_int(label, v.reason, NP_REASON_NONE);
		check_field(label, "entry", v.entry, rows[i].entry);
		check_field(label, "path", v.path, rows[i].path);
		check_field(label, "mailbox", v.mailbox, rows[i].mailbox);
		check_field(label, "untagged", v.untagged, rows[i].untagged);
		check_field(label, "tag", v.tag, rows[i].tag);
		check_field(label, "domain_entry", v.domain_entry,
			    rows[i].domain);
		check_int(label, v.domain_alias, rows[i].domain != NULL);
		check_true(label, !v.primary);
		check_field(label, "catch_all", v.catch_all, NULL);
		check_field(label, "postmaster", v.postmaster, NULL);
		check_field(label, "base", v.base, NULL);
	}
}

static void test_resolve__refused(void **state)
{
	static const struct {
		const char *label, *text;
		enum np_purpose purpose;
		enum np_rule rule;
		enum np_reason reason;
		const char *entry;
	} rows[] = {
		{ "disabled; the catch-all never revives it",
		  "Off@company.com", NP_FOR_RECEIVE, NP_RULE_ALIAS,
		  NP_REASON_DISABLED, "off@company.com" },
		{ "disabled, with tag", "off+x@company.com", NP_FOR_RECEIVE,
		  NP_RULE_TAG, NP_REASON_DISABLED, "off@company.com" },
		{ "disabled tag entry, base active", "on+off@company.com",
		  NP_FOR_RECEIVE, NP_RULE_ALIAS, NP_REASON_DISABLED,
		  "on+off@company.com" },
		{ "expired", "old@company.com", NP_FOR_RECEIVE,
		  NP_RULE_ALIAS, NP_REASON_EXPIRED, "old@company.com" },
		{ "expired, with tag", "old+@company.com", NP_FOR_RECEIVE,
		  NP_RULE_TAG, NP_REASON_EXPIRED, "old@company.com" },
		{ "receive off", "deaf@company.com", NP_FOR_RECEIVE,
		  NP_RULE_ALIAS, NP_REASON_RECEIVE_OFF, "deaf@company.com" },
		{ "receive off, with tag", "deaf+x@company.com",
		  NP_FOR_RECEIVE, NP_RULE_TAG, NP_REASON_RECEIVE_OFF,
		  "deaf@company.com" },
		{ "disabled in the new domain", "off@company.net",
		  NP_FOR_RECEIVE, NP_RULE_ALIAS, NP_REASON_DISABLED,
		  "off@company.com" },
		{ "domain alias disabled", "a@off.example", NP_FOR_RECEIVE,
		  NP_RULE_DOMAIN, NP_REASON_DISABLED, "@off.example" },
		{ "domain alias expired", "a@old.example", NP_FOR_RECEIVE,
		  NP_RULE_DOMAIN, NP_REASON_EXPIRED, "@old.example" },
		{ "domain alias with receive off", "a@deaf.example",
		  NP_FOR_RECEIVE, NP_RULE_DOMAIN, NP_REASON_RECEIVE_OFF,
		  "@deaf.example" },
		{ "too long in the new domain", "abcd@long.example",
		  NP_FOR_RECEIVE, NP_RULE_DOMAIN, NP_REASON_TOO_LONG,
		  "@long.example" },
		{ "postmaster with tag is not protected",
		  "postmaster+x@pm.example", NP_FOR_RECEIVE, NP_RULE_TAG,
		  NP_REASON_DISABLED, "postmaster@pm.example" },
		{ "postmaster with tag, domain alias",
		  "postmaster+x@off.example", NP_FOR_RECEIVE, NP_RULE_DOMAIN,
		  NP_REASON_DISABLED, "@off.example" },
		{ "send off", "info@company.com", NP_FOR_SEND, NP_RULE_ALIAS,
		  NP_REASON_SEND_OFF, "info@company.com" },
		{ "send off, with tag", "info+x@company.com", NP_FOR_SEND,
		  NP_RULE_TAG, NP_REASON_SEND_OFF, "info@company.com" },
		{ "send off in the new domain", "info@company.net",
		  NP_FOR_SEND, NP_RULE_ALIAS, NP_REASON_SEND_OFF,
		  "info@company.com" },
		{ "send off of the domain alias", "sales@nosend.example",
		  NP_FOR_SEND, NP_RULE_DOMAIN, NP_REASON_SEND_OFF,
		  "@nosend.example" },
		{ "send: disabled", "off@company.com", NP_FOR_SEND,
		  NP_RULE_ALIAS, NP_REASON_DISABLED, "off@company.com" },
		{ "send: expired", "old@company.com", NP_FOR_SEND,
		  NP_RULE_ALIAS, NP_REASON_EXPIRED, "old@company.com" },
		{ "send off of postmaster", "postmaster@pmon.example",
		  NP_FOR_SEND, NP_RULE_ALIAS, NP_REASON_SEND_OFF,
		  "postmaster@pmon.example" },
	};
	static struct np_verdict v;

	(void)state;
	map_init("+", "pm@company.com");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *label = rows[i].label;

		check_int(label, resolve(label, rows[i].text,
					 rows[i].purpose, &v, NULL), 0);
		check_int(label, v.answer, NP_VERDICT_REFUSED);
		check_int(label, v.rule, rows[i].rule);
		check_int(label, v.reason, rows[i].reason);
		check_field(label, "entry", v.entry, rows[i].entry);
		/* Nothing left that someone could go on with. */
		check_field(label, "path", v.path, NULL);
		check_field(label, "mailbox", v.mailbox, NULL);
		check_field(label, "untagged", v.untagged, NULL);
		check_field(label, "catch_all", v.catch_all, NULL);
		check_field(label, "postmaster", v.postmaster, NULL);
		check_true(label, !v.primary);
	}
}

static void test_resolve__send(void **state)
{
	static const struct {
		const char *label, *text;
		enum np_rule rule;
		const char *mailbox;
	} rows[] = {
		{ "send on", "sales@company.com", NP_RULE_ALIAS,
		  "bob@company.com" },
		{ "send on, with tag", "sales+x@company.com", NP_RULE_TAG,
		  "bob@company.com" },
		{ "receive off does not matter", "deaf@company.com",
		  NP_RULE_ALIAS, "bob@company.com" },
		{ "both domain alias and entry", "sales@company.net",
		  NP_RULE_ALIAS, "bob@company.com" },
		{ "receive off of the domain alias", "sales@deaf.example",
		  NP_RULE_ALIAS, "bob@company.com" },
		{ "tag of the own mailbox", "Bob+x@company.com",
		  NP_RULE_STORE, "bob@company.com" },
		{ "own name in a domain alias", "bob@company.net",
		  NP_RULE_STORE, "bob@company.com" },
	};
	static struct np_verdict v;

	(void)state;
	map_init("+", "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *label = rows[i].label;

		check_int(label, resolve(label, rows[i].text, NP_FOR_SEND, &v,
					 NULL), 1);
		check_int(label, v.rule, rows[i].rule);
		check_field(label, "mailbox", v.mailbox, rows[i].mailbox);
	}
}

/* "Could not look" at every place where it is looked. */
static void test_resolve__later(void **state)
{
	static const struct {
		const char *label, *text;
	} rows[] = {
		{ "entry", "broken@company.com" },
		{ "base", "broken+x@company.com" },
		{ "domain", "a@broken.example" },
		{ "new domain", "a@tobroken.example" },
		{ "entry in the new domain", "broken@company.net" },
		{ "base in the new domain", "broken+x@company.net" },
		{ "postmaster", "postmaster@broken.example" },
		{ "mailbox that is no address", "ill+x@company.com" },
	};
	static struct np_verdict v;

	(void)state;
	map_init("+", "pm@company.com");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_error err = { NP_ERROR_NONE, "" };
		const char *label = rows[i].label;

		check_int(label, resolve(label, rows[i].text, NP_FOR_RECEIVE,
					 &v, &err), -1);
		check_int(label, v.answer, NP_VERDICT_LATER);
		check_true(label, err.kind != NP_ERROR_NONE);
		check_true(label, err.text[0] != '\0');
		check_field(label, "path", v.path, NULL);
		check_field(label, "mailbox", v.mailbox, NULL);
		check_field(label, "catch_all", v.catch_all, NULL);
		check_int(label, resolve(label, rows[i].text, NP_FOR_SEND, &v,
					 NULL), -1);
		check_int(label, v.answer, NP_VERDICT_LATER);
	}
}

static void test_resolve__words(void **state)
{
	(void)state;
	check_str("rule", np_rule_name(NP_RULE_ALIAS), "alias");
	check_str("rule", np_rule_name(NP_RULE_TAG), "tag");
	check_str("rule", np_rule_name(NP_RULE_DOMAIN), "domain alias");
	check_str("rule", np_rule_name(NP_RULE_STORE), "store");
	check_str("rule", np_rule_name(NP_RULE_CATCH_ALL), "catch-all");
	check_str("rule", np_rule_name(NP_RULE_POSTMASTER), "postmaster");
	check_str("rule", np_rule_name((enum np_rule)0), "none");
	check_str("reason", np_reason_name(NP_REASON_NONE), "none");
	check_str("reason", np_reason_name(NP_REASON_DISABLED), "disabled");
	check_str("reason", np_reason_name(NP_REASON_EXPIRED), "expired");
	check_str("reason", np_reason_name(NP_REASON_RECEIVE_OFF),
		  "receive off");
	check_str("reason", np_reason_name(NP_REASON_SEND_OFF), "send off");
	check_str("reason", np_reason_name(NP_REASON_TOO_LONG), "too long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_resolve__entry),
		cmocka_unit_test(test_resolve__refused),
		cmocka_unit_test(test_resolve__send),
		cmocka_unit_test(test_resolve__later),
		cmocka_unit_test(test_resolve__words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
