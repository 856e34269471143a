/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The conversations of test-edit.c: a command, and what it must say. */
#ifndef TESTS_UNIT_EDIT_ROWS_H
#define TESTS_UNIT_EDIT_ROWS_H

#include <stddef.h>

static const struct {
	const char *command;
	const char *said;
} rows[] = {
	{ "new", "names" },
	{ "add sales@x.org bob@x.org",
	  "done sales@x.org -> bob@x.org: added" },
	{ "add sales@x.org bob@x.org",
	  "unchanged sales@x.org -> bob@x.org: unchanged" },
	{ "add sales@x.org carol@x.org",
	  "refused sales@x.org -> carol@x.org: is an alias of bob@x.org "
	  "already, use: np set sales@x.org --mailbox carol@x.org" },
	{ "add Sales@x.org bob@x.org", "refused Sales@x.org: use sales@x.org" },
	{ "add sales@X.org bob@x.org", "refused sales@X.org: use sales@x.org" },
	{ "add sales@x.org. bob@x.org",
	  "refused sales@x.org.: the domain has an empty label" },
	{ "add a..b@x.org bob@x.org", "refused a..b@x.org: use a.b@x.org" },
	{ "add \"sales\"@x.org bob@x.org",
	  "refused \"sales\"@x.org: use sales@x.org" },
	{ "add sales bob@x.org",
	  "refused sales: an address has a domain, use sales@DOMAIN" },
	{ "add a@[192.0.2.1] bob@x.org",
	  "refused a@[192.0.2.1]: an alias needs a domain name, not an address "
	  "literal" },
	{ "add info@x.org Bob@x.org", "refused Bob@x.org: use bob@x.org" },
	{ "add info@x.org bob+tag@x.org",
	  "refused bob+tag@x.org: a mailbox has no tag, use bob@x.org" },
	{ "add info@x.org info@x.org",
	  "refused info@x.org -> info@x.org: an alias cannot lead to itself" },
	{ "add info@x.org @y.org",
	  "refused info@x.org -> @y.org: an alias leads to one mailbox, use: "
	  "np add info@x.org MAILBOX" },
	/* Every spelling of a domain is one key. */
	{ "add info@b\xc3\xbc" "cher.example bob@x.org",
	  "done info@xn--bcher-kva.example -> bob@x.org: added" },
	{ "add info@xn--bcher-kva.example bob@x.org",
	  "unchanged info@xn--bcher-kva.example -> bob@x.org: unchanged" },
	{ "add sales+vip@x.org carol@x.org",
	  "done sales+vip@x.org -> carol@x.org: added" },

	{ "new", "chains" },
	{ "add sales@x bob@x", "done sales@x -> bob@x: added" },
	{ "add info@x sales@x",
	  "refused info@x -> sales@x: sales@x is an alias of bob@x, use: "
	  "np add info@x bob@x" },
	{ "add bob@x carol@x",
	  "refused bob@x -> carol@x: sales@x is an alias of bob@x, use first: "
	  "np move bob@x carol@x" },
	{ "add bob@x sales@x",
	  "refused bob@x -> sales@x: sales@x is an alias of bob@x, use first: "
	  "np remove sales@x" },
	/* The name of a disabled alias stays taken, its chain refused. */
	{ "disable sales@x",
	  "done sales@x -> bob@x: disabled, the name stays reserved" },
	{ "disable sales@x", "unchanged sales@x -> bob@x: unchanged" },
	{ "add sales@x carol@x",
	  "refused sales@x -> carol@x: is an alias of bob@x already, use: "
	  "np set sales@x --mailbox carol@x" },
	{ "add sales@x bob@x",
	  "unchanged sales@x -> bob@x: unchanged (disabled)" },
	{ "add info@x sales@x",
	  "refused info@x -> sales@x: sales@x is an alias of bob@x, use: "
	  "np add info@x bob@x" },
	{ "enable SALES@X", "done sales@x -> bob@x: enabled" },
	{ "enable nobody@x",
	  "refused nobody@x: no such alias, see: np list" },
	{ "move bob@x carol@x",
	  "done bob@x -> carol@x: 1 alias handed over" },
	{ "add bob@x carol@x", "done bob@x -> carol@x: added" },
	{ "set bob@x mailbox=dave@x", "done bob@x -> dave@x: changed" },
	{ "set bob@x mailbox=sales@x",
	  "refused bob@x -> sales@x: sales@x is an alias of carol@x, use: "
	  "np set bob@x --mailbox carol@x" },
	{ "set bob@x mailbox=bob@x",
	  "refused bob@x -> bob@x: an alias cannot lead to itself" },

	{ "new", "domains" },
	{ "add @old @new", "done @old -> @new: added" },
	{ "add @old @new", "unchanged @old -> @new: unchanged" },
	{ "add @Old @new", "refused @Old: use @old" },
	{ "add @older @old",
	  "refused @older -> @old: @old is an alias of @new, use: np add "
	  "@older @new" },
	{ "add @new @newer",
	  "refused @new -> @newer: @old is an alias of @new, use first: "
	  "np move @new @newer" },
	{ "add @new @old",
	  "refused @new -> @old: @old is an alias of @new, use first: "
	  "np remove @old" },
	{ "add @x @x", "refused @x -> @x: an alias cannot lead to itself" },
	{ "add a@x bob@old",
	  "refused a@x -> bob@old: @old is a domain alias of @new, use: "
	  "np add a@x bob@new" },
	{ "add a@old bob@new", "done a@old -> bob@new: added" },
	{ "add @new bob@new",
	  "refused @new -> bob@new: for a catch-all use: np add --catch-all "
	  "@new bob@new" },
	{ "catch @new bob@new", "done @new -> bob@new: added" },
	{ "catch a@new bob@new",
	  "refused a@new -> bob@new: a catch-all leads from a domain to a "
	  "mailbox, use: np add --catch-all @new MAILBOX" },
	{ "catch @old bob@new",
	  "refused @old -> bob@new: is a domain alias of @new already, use "
	  "first: np remove @old" },
	{ "add @new @other",
	  "refused @new -> @other: is the catch-all of bob@new already, use "
	  "first: np remove @new" },
	{ "set @old mailbox=bob@new",
	  "refused @old -> bob@new: a domain alias leads to a domain, name "
	  "one (@DOMAIN)" },
	{ "set @new mailbox=@old",
	  "refused @new -> @old: only a domain alias leads to a domain, name "
	  "a mailbox" },
	{ "catch @z bob@old",
	  "refused @z -> bob@old: @old is a domain alias of @new, use: "
	  "np add --catch-all @z bob@new" },
	{ "catch @z a@old",
	  "refused @z -> a@old: a@old is an alias of bob@new, use: "
	  "np add --catch-all @z bob@new" },
	{ "catch @z bob@new send", "refused @z: nobody can send as a "
	  "catch-all, leave --send out" },
	{ "add @oldest @new send", "done @oldest -> @new: added" },
	{ "move @new @newest",
	  "done @new -> @newest: 2 aliases handed over" },
	{ "add c@x b@x", "done c@x -> b@x: added" },
	{ "move b@x z@old", "refused b@x -> z@old: @old is a domain alias of "
	  "@newest, use: np move b@x z@newest" },
	{ "move @newest bob@x",
	  "refused @newest -> bob@x: name two mailboxes, or two domains "
	  "(@DOMAIN)" },

	{ "new", "a domain that becomes an alias" },
	{ "add a@x bob@old", "done a@x -> bob@old: added" },
	{ "add @old @new", "refused @old -> @new: a@x leads to bob@old, use "
	  "first: np set a@x --mailbox bob@new" },
	{ "catch @old bob@x", "done @old -> bob@x: added" },
	{ "remove @old", "done @old -> bob@x: removed" },
	{ "set a@x mailbox=bob@new", "done a@x -> bob@new: changed" },
	{ "add @old @new", "done @old -> @new: added" },

	{ "new", "values" },
	{ "add a@x b@x expires=999999",
	  "refused a@x: the time of --expires is over, use: np disable a@x" },
	{ "add a@x b@x expires=1000001 note=hello",
	  "done a@x -> b@x: added" },
	{ "add a@x b@x send",
	  "refused a@x -> b@x: is there with other settings, use: np set a@x "
	  "..." },
	{ "add a@x b@x note=hello", "unchanged a@x -> b@x: unchanged" },
	{ "set a@x note=hello", "unchanged a@x -> b@x: unchanged" },
	{ "set a@x note=", "done a@x -> b@x: changed" },
	{ "set a@x note=a\tb", "refused a@x: a note is one line of UTF-8 "
	  "without control characters" },
	{ "set a@x note=a\xc3", "refused a@x: a note is one line of UTF-8 "
	  "without control characters" },
	{ "set a@x note=a\xc2\x9b", "refused a@x: a note is one line of UTF-8 "
	  "without control characters" },
	{ "set a@x note=a\xed\xa0\x80", "refused a@x: a note is one line of "
	  "UTF-8 without control characters" },
	{ "set a@x note=gr\xc3\xbc\xc3\x9f" "e\xf0\x9f\x98\x80",
	  "done a@x -> b@x: changed" },
	{ "set a@x expires=0 send no-receive", "done a@x -> b@x: changed" },
	{ "show a@x", "a@x b@x enabled send 0 1000000 "
	  "gr\xc3\xbc\xc3\x9f" "e\xf0\x9f\x98\x80" },
	/* An import takes over what was given, and may bring what is over. */
	{ "import a@x b@x receive", "done a@x -> b@x: changed" },
	{ "import a@x b@x", "unchanged a@x -> b@x: unchanged" },
	{ "import a@x c@x",
	  "refused a@x -> c@x: is an alias of b@x already, use: np set a@x "
	  "--mailbox c@x" },
	{ "import d@x b@x expires=5 created=7 disabled",
	  "done d@x -> b@x: added" },
	{ "show d@x", "d@x b@x disabled receive 5 7 " },
	{ "import d@x b@x created=8",
	  "unchanged d@x -> b@x: unchanged (disabled)" },
	{ "enable d@x", "done d@x -> b@x: enabled, but expired, use: np set "
	  "d@x --expires never" },
	{ "import @y b@x", "done @y -> b@x: added" },

	{ "new", "postmaster" },
	{ "add postmaster@x b@x no-receive",
	  "refused postmaster@x: postmaster has to receive (RFC 5321 4.5.1), "
	  "leave --no-receive out" },
	{ "add postmaster@x b@x expires=2000000",
	  "refused postmaster@x: postmaster cannot expire (RFC 5321 4.5.1), "
	  "leave --expires out" },
	{ "add postmaster@x b@x", "done postmaster@x -> b@x: added" },
	{ "disable postmaster@x",
	  "refused postmaster@x: postmaster cannot be disabled (RFC 5321 "
	  "4.5.1), use: np set postmaster@x --mailbox MAILBOX" },
	{ "import postmaster@x b@x disabled",
	  "refused postmaster@x: postmaster cannot be disabled (RFC 5321 "
	  "4.5.1), use: np set postmaster@x --mailbox MAILBOX" },
	{ "set postmaster@x no-receive",
	  "refused postmaster@x: postmaster has to receive (RFC 5321 4.5.1), "
	  "leave --no-receive out" },
	{ "add postmasters@x b@x no-receive",
	  "done postmasters@x -> b@x: added" },

	{ "new", "removing" },
	{ "add a@x b@x", "done a@x -> b@x: added" },
	{ "add a+t@x b@x", "done a+t@x -> b@x: added" },
	{ "add c@x b@x", "done c@x -> b@x: added" },
	{ "catch @x z@x", "done @x -> z@x: added" },
	{ "remove a+t@x",
	  "done a+t@x -> b@x: removed, its mail goes to b@x now" },
	{ "remove A@x", "done a@x -> b@x: removed, the catch-all of x takes "
	  "its mail now (z@x)" },
	{ "remove a@x", "refused a@x: no such alias, see: np list" },
	{ "remove @x", "done @x -> z@x: removed" },
	{ "remove c@x", "done c@x -> b@x: removed" },
	{ "add d@x b@x", "done d@x -> b@x: added" },
	{ "add e@x b@x", "done e@x -> b@x: added" },
	{ "remove-mailbox b@x", "done b@x: 2 aliases removed" },
	{ "remove-mailbox b@x",
	  "refused b@x: no alias leads there, see: np list" },
	{ "show d@x", "none" },
	{ "move b@x c@x", "refused b@x: no alias leads there, see: np list" },

	{ "new", "moving" },
	{ "add a@x b@x", "done a@x -> b@x: added" },
	{ "add new@x b@x", "done new@x -> b@x: added" },
	{ "add o@x other@x", "done o@x -> other@x: added" },
	{ "move b@x b@x", "unchanged b@x -> b@x: unchanged" },
	{ "move b@x new@x", "refused b@x -> new@x: new@x is an alias of b@x, "
	  "use first: np remove new@x" },
	{ "move b@x o@x", "refused b@x -> o@x: o@x is an alias of other@x, "
	  "use: np move b@x other@x" },
	{ "move b@x other@x", "done b@x -> other@x: 2 aliases handed over" },
	{ "show new@x", "new@x other@x enabled receive 0 1000000 " },
	{ "move b@x c+t@x",
	  "refused c+t@x: a mailbox has no tag, use c@x" },

	{ "limits", "settings of the map" },
	{ "add a bob@x.org", "refused a: use a@x.org" },
	{ "add a@y.org bob@x.org", "refused a@y.org: aliases are made in "
	  "x.org only, or add y.org to [map] domains" },
	{ "add @y.org @x.org", "refused @y.org: aliases are made in x.org "
	  "only, or add y.org to [map] domains" },
	{ "add root@x.org bob@x.org", "refused root@x.org: root is reserved, "
	  "use another name, or take it out of [map] reserved" },
	{ "add root=t@x.org bob@x.org", "refused root=t@x.org: root is "
	  "reserved, use another name, or take it out of [map] reserved" },
	{ "add pm@x.org bob@x.org", "refused pm@x.org: is the mailbox of "
	  "[map] postmaster, name another one there first" },
	{ "add @x.org @y.org", "refused @x.org: is the domain of [map] "
	  "postmaster, name another one there first" },
	{ "add a+b@x.org bob@x.org", "refused a+b@x.org: use a-b@x.org" },
	{ "add a@x.org bob=t@y.org",
	  "refused bob=t@y.org: a mailbox has no tag, use bob@y.org" },
	{ "add a@x.org bob@y.org", "done a@x.org -> bob@y.org: added" },
	{ "add b@x.org bob@y.org", "done b@x.org -> bob@y.org: added" },
	{ "add c@x.org bob@y.org", "refused bob@y.org: has 2 of at "
	  "most 2 aliases, remove one or raise [map] max_aliases_per_mailbox" },
	{ "add b@x.org bob@y.org",
	  "unchanged b@x.org -> bob@y.org: unchanged" },
	{ "add c@x.org pm@x.org", "done c@x.org -> pm@x.org: added" },
	{ "set c@x.org mailbox=bob@y.org", "refused bob@y.org: has 2 of at "
	  "most 2 aliases, remove one or raise [map] "
	  "max_aliases_per_mailbox" },
	{ "move bob@y.org pm@x.org", "refused pm@x.org: has 1 of at "
	  "most 2 aliases, remove one or raise [map] max_aliases_per_mailbox" },
	{ "move pm@x.org dave@y.org",
	  "done pm@x.org -> dave@y.org: 1 alias handed over, [map] postmaster "
	  "still names the old mailbox" },
	{ "add postmaster@x.org bob@q",
	  "done postmaster@x.org -> bob@q: added" },
	{ "remove postmaster@x.org",
	  "done postmaster@x.org -> bob@q: removed, its mail goes to pm@x.org "
	  "now ([map] postmaster)" },
};

#endif
