/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nameplate.conf: the defaults, every key, and every way to get it wrong. */
#include "conf/settings.h"
#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static struct np_settings *parse(const char *text)
{
	struct np_settings *settings = NULL;
	struct np_error err = { .kind = NP_ERROR_NONE };

	if (np_settings_parse("t.conf", text, strlen(text), &settings,
			      &err) < 0)
		fail_msg("%s", err.text);
	return settings;
}

static void test_settings__defaults(void **state)
{
	struct np_settings *s = parse("");

	(void)state;
	assert_string_equal(s->map_file, "/var/lib/nameplate/aliases.db");
	assert_string_equal(s->map.delimiters, "+");
	assert_string_equal(s->map.domains, "");
	assert_string_equal(s->map.postmaster, "");
	assert_string_equal(s->map.reserved, "");
	assert_int_equal(s->map.max_aliases_per_mailbox, 0);
	assert_string_equal(s->lmtp_listen[0], "unix:/run/nameplate/lmtp");
	assert_null(s->lmtp_listen[1]);
	assert_null(s->lmtp_allow[0]);
	assert_string_equal(s->lmtp_store, "unix:/run/dovecot/lmtp");
	assert_string_equal(s->lmtp_store_delimiter, "");
	assert_null(s->lmtp_hostname);
	assert_string_equal(s->lmtp_mark_key, "/etc/nameplate/mark.key");
	assert_int_equal(s->lmtp_stamp, NP_STAMP_AUTO);
	assert_int_equal(s->lmtp_max_returns, 2);
	assert_int_equal(s->lmtp_max_message_size, 0);
	assert_int_equal(s->lmtp_max_recipients, 1000);
	assert_int_equal(s->lmtp_max_connections, 10000);
	assert_true(s->lmtp_store_connections >= 4);
	assert_int_equal(s->lmtp_memory_per_message, 256 * 1024);
	assert_string_equal(s->lmtp_spool_dir, "/var/tmp");
	assert_int_equal(s->lmtp_client_timeout, 300);
	assert_int_equal(s->lmtp_store_connect_timeout, 10);
	assert_int_equal(s->lmtp_store_timeout, 100);
	assert_int_equal(s->lmtp_drain_timeout, 60);
	assert_string_equal(s->socketmap_listen[0],
			    "unix:/run/nameplate/socketmap");
	assert_string_equal(s->metrics_listen[0], "unix:/run/nameplate/metrics");
	assert_int_equal(s->log_target, NP_LOG_STDERR);
	assert_int_equal(s->log_level, NP_LOG_INFO);
	np_settings_free(&s);
	assert_null(s);
	np_settings_free(&s);
}

static void test_settings__every_key(void **state)
{
	struct np_settings *s = parse(
		"# all of them\r\n"
		"[map]\n"
		"file = /srv/a.db\n"
		"delimiters=+=\n"
		"domains = b\xc3\xbc" "cher.example , Company.com,a.example,"
		"company.com\n"
		"postmaster = Bob@Company.com  \n"
		"reserved = root, Admin\n"
		"max_aliases_per_mailbox = 30\n"
		"\n"
		"[lmtp]\n"
		"listen = unix:/run/x, inet:127.0.0.1:0024,inet:[::1]:24,"
		"inet:192.0.2.1:65535\n"
		"allow = 192.0.2.0/24, 2001:db8::/32, 198.51.100.7\n"
		"store = inet:store.example:24\n"
		"store_delimiter = -\n"
		"hostname = MX.example\n"
		"mark_key = /k\\s\\\n"
		"stamp = all\n"
		"max_returns = 19\n"
		"max_message_size = 50M\n"
		"max_recipients = 100\n"
		"max_connections = 1\n"
		"store_connections = 7\n"
		"memory_per_message = 1G\n"
		"spool_dir = /spool\n"
		"client_timeout = 1\n"
		"store_connect_timeout = 2\n"
		"store_timeout = 3\n"
		"drain_timeout = 0\n"
		"[socketmap]\n"
		"listen =\n"
		"  [metrics]  \n"
		"\tlisten\t=\tunix:/m\n"
		"[log]\n"
		"target = syslog\n"
		"level = debug");

	(void)state;
	assert_string_equal(s->map_file, "/srv/a.db");
	assert_string_equal(s->map.delimiters, "+=");
	assert_string_equal(s->map.domains,
			    "a.example,company.com,xn--bcher-kva.example");
	assert_string_equal(s->map.postmaster, "bob@company.com");
	assert_string_equal(s->map.reserved, "admin,root");
	assert_int_equal(s->map.max_aliases_per_mailbox, 30);
	assert_string_equal(s->lmtp_listen[0], "unix:/run/x");
	assert_string_equal(s->lmtp_listen[2], "inet:[::1]:24");
	assert_string_equal(s->lmtp_listen[3], "inet:192.0.2.1:65535");
	assert_null(s->lmtp_listen[4]);
	assert_string_equal(s->lmtp_allow[2], "198.51.100.7");
	assert_null(s->lmtp_allow[3]);
	assert_string_equal(s->lmtp_store, "inet:store.example:24");
	assert_string_equal(s->lmtp_store_delimiter, "-");
	assert_string_equal(s->lmtp_hostname, "mx.example");
	assert_string_equal(s->lmtp_mark_key, "/k\\s\\");
	assert_int_equal(s->lmtp_stamp, NP_STAMP_ALL);
	assert_int_equal(s->lmtp_max_returns, 19);
	assert_int_equal(s->lmtp_max_message_size, 50 * 1024 * 1024);
	assert_int_equal(s->lmtp_max_recipients, 100);
	assert_int_equal(s->lmtp_max_connections, 1);
	assert_int_equal(s->lmtp_store_connections, 7);
	assert_int_equal(s->lmtp_memory_per_message, 1 << 30);
	assert_string_equal(s->lmtp_spool_dir, "/spool");
	assert_int_equal(s->lmtp_client_timeout, 1);
	assert_int_equal(s->lmtp_store_connect_timeout, 2);
	assert_int_equal(s->lmtp_store_timeout, 3);
	assert_int_equal(s->lmtp_drain_timeout, 0);
	assert_null(s->socketmap_listen[0]);
	assert_string_equal(s->metrics_listen[0], "unix:/m");
	assert_int_equal(s->log_target, NP_LOG_SYSLOG);
	assert_int_equal(s->log_level, NP_LOG_DEBUG);
	np_settings_free(&s);
}

/* Each key of the example, with the comment sign taken away, is one that the
   program takes. */
static void test_settings__the_example(void **state)
{
	static char text[65536];
	FILE *file = fopen(EXAMPLE, "r");
	struct np_settings *s = NULL;
	unsigned int keys = 0;
	size_t len;

	(void)state;
	assert_non_null(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	assert_int_equal(fclose(file), 0);
	text[len] = '\0';
	s = parse(text);
	np_settings_free(&s);
	for (char *line = text; line != NULL; ) {
		if (line[0] == '#' && line[1] != ' ') {
			line[0] = ' ';
			keys++;
		}
		line = strchr(line, '\n');
		if (line != NULL)
			line++;
	}
	assert_true(keys > 25);
	s = parse(text);
	assert_string_equal(s->lmtp_spool_dir, "/var/tmp");
	np_settings_free(&s);
}

static void test_settings__errors_name_file_and_line(void **state)
{
	static const struct {
		const char *text;
		const char *error;	/* how it begins */
	} rows[] = {
		{ "[map]\n\nfil = /x", "t.conf:3: unknown key \"fil\" in [map]" },
		{ "[lmtp]\nfile = /x", "t.conf:2: unknown key \"file\" in" },
		{ "[lmtpd]\n", "t.conf:1: unknown group [lmtpd]" },
		{ "[]\n", "t.conf:1: unknown group []" },
		{ "[", "t.conf:1: \"[\" has no ]" },
		{ "[lmtp\nstamp = all", "t.conf:1: \"[lmtp\" has no ]" },
		{ "file = /x", "t.conf:1: \"file\" stands before the first" },
		{ "[map]\nfile", "t.conf:2: \"file\" is neither" },
		{ "[map]\nfile = /x\nfile = /x",
		  "t.conf:3: [map] file stands in line 2 already" },
		{ "[log]\nlevel=info\n[map]\n[log]\nlevel=info",
		  "t.conf:5: [log] level stands in line 2 already" },
		{ "[map]\nfile[de] = /x", "t.conf:2: unknown key \"file[de]\"" },
		{ "[map]\nfile = x", "t.conf:2: [map] file: \"x\" is not an "
		  "absolute path" },
		{ "[map]\nfile =", "t.conf:2: [map] file: \"\" is not" },
		{ "[map]\nfile = /x # y", "t.conf:2: [map] file: a comment" },
		{ "[map]\nfile = /\xff", "t.conf:2: control character or" },
		{ "[map]\nfile = /\x01", "t.conf:2: control character or" },
		{ "[map]\ndelimiters = +-", "t.conf:2: [map] delimiters: "
		  "\"+-\": a delimiter can only be one of" },
		{ "[map]\ndelimiters = ++", "t.conf:2: [map] delimiters: "
		  "\"++\" has + twice" },
		{ "[map]\ndelimiters = @", "t.conf:2: [map] delimiters" },
		{ "[map]\ndelimiters = \"", "t.conf:2: [map] delimiters" },
		{ "[map]\ndelimiters = '", "t.conf:2: [map] delimiters" },
		{ "[map]\ndelimiters = + =", "t.conf:2: [map] delimiters" },
		{ "[map]\ndelimiters = a", "t.conf:2: [map] delimiters" },
		{ "[map]\ndelimiters = \xc3\xb8", "t.conf:2: [map] delim" },
		{ "[map]\ndelimiters = +!#$%&*/=", "t.conf:2: [map] "
		  "delimiters: \"+!#$%&*/=\" has more than 8" },
		{ "[map]\ndomains = a..b", "t.conf:2: [map] domains: \"a..b\" "
		  "is not a domain: " },
		{ "[map]\ndomains = a.example,,b.example", "t.conf:2: [map] "
		  "domains: " },
		{ "[map]\ndomains = a.example,", "t.conf:2: [map] domains: " },
		{ "[map]\npostmaster = bob", "t.conf:2: [map] postmaster: "
		  "\"bob\" is not an address" },
		{ "[map]\npostmaster = bob+x@c.example", "t.conf:2: [map] "
		  "postmaster: \"bob+x@c.example\" has a tag" },
		{ "[map]\nreserved = a b", "t.conf:2: [map] reserved: " },
		{ "[map]\nmax_aliases_per_mailbox = -1", "t.conf:2: [map] "
		  "max_aliases_per_mailbox: \"-1\" is not a number from 0 to "
		  "1000000" },
		{ "[lmtp]\nlisten =", "t.conf:2: [lmtp] listen: at least one" },
		{ "[lmtp]\nlisten = /run/x", "t.conf:2: [lmtp] listen: "
		  "\"/run/x\" is neither unix:PATH nor inet:HOST:PORT" },
		{ "[lmtp]\nlisten = inet:127.0.0.1:25", "t.conf:2: [lmtp] "
		  "listen: \"inet:127.0.0.1:25\": port 25 is for SMTP" },
		{ "[lmtp]\nlisten = unix:/x,inet:127.0.0.1:0025", "t.conf:2: "
		  "[lmtp] listen: \"inet:127.0.0.1:0025\": port 25" },
		{ "[log]\n[metrics]\nlisten = inet:127.0.0.1:25", "t.conf:3: "
		  "[metrics] listen: \"inet:127.0.0.1:25\": port 25" },
		{ "[lmtp]\n\nlisten = inet:0.0.0.0:24", "t.conf:3: [lmtp] "
		  "listen: \"inet:0.0.0.0:24\" can be reached from other" },
		{ "[socketmap]\nlisten = inet:[::]:24", "t.conf:2: [socketmap] "
		  "listen: \"inet:[::]:24\" can be reached from other" },
		{ "[lmtp]\nlisten = inet:mx.example:24", "t.conf:2: [lmtp] "
		  "listen: \"inet:mx.example:24\" can be reached" },
		{ "[lmtp]\nallow = ::/0\n[metrics]\nlisten = inet:[::]:9",
		  "t.conf:4: [metrics] listen: \"inet:[::]:9\" can be reached "
		  "from other hosts; only unix:" },
		{ "[metrics]\nlisten = inet:192.0.2.1:9", "t.conf:2: [metrics] "
		  "listen: \"inet:192.0.2.1:9\" can be reached from other hosts; "
		  "only unix:" },
		{ "[lmtp]\nallow = 10.0.0.1/8", "t.conf:2: [lmtp] allow: "
		  "\"10.0.0.1/8\" has bits set" },
		{ "[lmtp]\nallow = 10.0.0.0/33", "t.conf:2: [lmtp] allow: "
		  "\"10.0.0.0/33\" is not a network" },
		{ "[lmtp]\nallow = 0000:0000:0000:0000:0000:0000:0000:0000:0000:"
		  "0000:0000:0000", "t.conf:2: [lmtp] allow: " },
		{ "[lmtp]\nallow = 10.0.0.0/8a", "t.conf:2: [lmtp] allow: " },
		{ "[lmtp]\nallow = all", "t.conf:2: [lmtp] allow: " },
		{ "[lmtp]\nallow = 10.0.0.0/", "t.conf:2: [lmtp] allow: " },
		{ "[lmtp]\nstore = unix:/a,unix:/b\n[lmtp]\nstore_delimiter=++",
		  "t.conf:4: [lmtp] store_delimiter: " },
		{ "[lmtp]\nstore = ", "t.conf:2: [lmtp] store: " },
		{ "[lmtp]\nhostname = a b", "t.conf:2: [lmtp] hostname: " },
		{ "[lmtp]\nstamp = All", "t.conf:2: [lmtp] stamp: \"All\" is "
		  "not one of auto|all" },
		{ "[lmtp]\nmax_returns = 0", "t.conf:2: [lmtp] max_returns: "
		  "\"0\" is not a number from 1 to 19" },
		{ "[lmtp]\nmax_returns = 20", "t.conf:2: [lmtp] max_returns" },
		{ "[lmtp]\nmax_returns = 2x", "t.conf:2: [lmtp] max_returns" },
		{ "[lmtp]\nmax_returns = 0x2", "t.conf:2: [lmtp] max_returns" },
		{ "[lmtp]\nmax_returns = 2k", "t.conf:2: [lmtp] max_returns" },
		{ "[lmtp]\nmax_returns = 18446744073709551618", "t.conf:2: " },
		{ "[lmtp]\nmax_recipients = 99", "t.conf:2: [lmtp] max_rec" },
		{ "[lmtp]\nmax_message_size = k", "t.conf:2: [lmtp] max_mess" },
		{ "[lmtp]\nmemory_per_message = 4095", "t.conf:2: [lmtp] mem" },
		{ "[lmtp]\nmemory_per_message = 1048577k", "t.conf:2: [lmtp] m" },
		{ "[lmtp]\nmax_message_size = 1T", "t.conf:2: [lmtp] max_mess" },
		{ "[lmtp]\nmax_message_size = 1kk", "t.conf:2: [lmtp] max_mes" },
		{ "[lmtp]\nmax_message_size = 20000000000G", "t.conf:2: " },
		{ "[lmtp]\nstore_connections = 0", "t.conf:2: [lmtp] store_c" },
		{ "[lmtp]\nclient_timeout = 5m", "t.conf:2: [lmtp] client_"
		  "timeout: \"5m\" is not a number of seconds from 1 to 86400" },
		{ "[log]\nlevel = warn", "t.conf:2: [log] level: \"warn\" is "
		  "not one of error|warning|info|debug" },
		{ "[log]\ntarget = file", "t.conf:2: [log] target: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_settings *settings = NULL;
		struct np_error err = { .kind = NP_ERROR_NONE };
		int ret = np_settings_parse("t.conf", rows[i].text,
					    strlen(rows[i].text), &settings,
					    &err);

		check_int(rows[i].text, ret, -1);
		check_true(rows[i].text, settings == NULL);
		check_int(rows[i].text, err.kind, NP_ERROR_SETTINGS);
		if (strncmp(err.text, rows[i].error, strlen(rows[i].error)) != 0)
			fail_msg("%s: \"%s\" does not begin with \"%s\"",
				 rows[i].text, err.text, rows[i].error);
	}
}

static void test_settings__beyond_the_host_needs_allow(void **state)
{
	struct np_settings *s = parse(
		"[lmtp]\nlisten = inet:0.0.0.0:24\nallow = 192.0.2.1\n"
		"[metrics]\nlisten = inet:localhost:9000, inet:127.9.9.9:1\n");

	(void)state;
	assert_string_equal(s->lmtp_listen[0], "inet:0.0.0.0:24");
	np_settings_free(&s);
}

static void test_settings__no_text(void **state)
{
	struct np_settings *s = NULL;
	struct np_error err;
	char *big = malloc(2 * 1024 * 1024);

	(void)state;
	assert_int_equal(np_settings_parse("t", "[map]\0", 6, &s, &err), -1);
	assert_non_null(big);
	memset(big, '\n', 2 * 1024 * 1024);
	assert_int_equal(np_settings_parse("t", big, 2 * 1024 * 1024, &s, &err),
			 -1);
	free(big);
}

static void test_settings__long_lists(void **state)
{
	char text[3 * NP_MAX_SETTING] = "[map]\ndomains = a.example";
	size_t len = strlen(text);
	struct np_settings *s = NULL;
	struct np_error err;

	(void)state;
	for (int i = 0; len + 32 < sizeof(text); i++)
		len += (size_t)sprintf(text + len, ",d%d.example", i);
	assert_int_equal(np_settings_parse("t", text, len, &s, &err), -1);
	assert_string_equal(err.text, "t:2: [map] domains: the list is longer "
				      "than 8191 octets");
}

static void test_settings__reads_a_file(void **state)
{
	char name[] = "/tmp/np-test-settings-XXXXXX";
	struct np_settings *s = NULL;
	struct np_error err;
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "[lmtp]\nstamp = all\n", 19), 19);
	assert_int_equal(close(fd), 0);
	assert_int_equal(np_settings_read(name, &s, &err), 1);
	assert_int_equal(s->lmtp_stamp, NP_STAMP_ALL);
	/* Found by asking the machine, and only then. */
	assert_null(s->lmtp_hostname);
	assert_true(np_settings_find_hostname(s)[0] != '\0');
	assert_ptr_equal(np_settings_find_hostname(s), s->lmtp_hostname);
	np_settings_free(&s);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(np_settings_read(name, &s, &err), -1);
	assert_int_equal(err.kind, NP_ERROR_MISSING);
	assert_non_null(strstr(err.text, name));
	assert_int_equal(np_settings_read("/", &s, &err), -1);
	assert_int_equal(err.kind, NP_ERROR_UNREADABLE);
}

static void test_settings__differ(void **state)
{
	struct np_settings *s = parse("[map]\ndomains = b.example,a.example\n");
	struct np_map_settings kept = s->map;
	const char *name = "untouched";

	(void)state;
	assert_false(np_settings_differ(s, &kept, &name));
	assert_string_equal(name, "untouched");
	strcpy(kept.delimiters, "=");
	assert_true(np_settings_differ(s, &kept, &name));
	assert_string_equal(name, "delimiters");
	kept = s->map;
	strcpy(kept.domains, "a.example");
	assert_true(np_settings_differ(s, &kept, &name));
	assert_string_equal(name, "domains");
	kept = s->map;
	strcpy(kept.postmaster, "a@b");
	assert_true(np_settings_differ(s, &kept, &name));
	assert_string_equal(name, "postmaster");
	kept = s->map;
	strcpy(kept.reserved, "root");
	assert_true(np_settings_differ(s, &kept, &name));
	assert_string_equal(name, "reserved");
	kept = s->map;
	kept.max_aliases_per_mailbox = 1;
	assert_true(np_settings_differ(s, &kept, &name));
	assert_string_equal(name, "max_aliases_per_mailbox");
	assert_true(np_settings_differ(s, &kept, NULL));
	np_settings_free(&s);
	/* The order in the file is no difference. */
	s = parse("[map]\ndomains = A.example, b.example\n");
	kept = s->map;
	np_settings_free(&s);
	s = parse("[map]\ndomains = b.example, a.example, b.example\n");
	assert_false(np_settings_differ(s, &kept, &name));
	np_settings_free(&s);
}

static void test_endpoint__parse(void **state)
{
	static const struct {
		const char *text;
		int result;
		bool is_unix;
		const char *host, *port;	/* or the path, in host */
		bool local;
	} rows[] = {
		{ "unix:/run/x", 1, true, "/run/x", "", true },
		{ "unix:run/x", -1 },
		{ "unix:", -1 },
		{ "inet:127.0.0.1:24", 1, false, "127.0.0.1", "24", true },
		{ "inet:127.1.2.3:1", 1, false, "127.1.2.3", "1", true },
		{ "inet:128.0.0.1:1", 1, false, "128.0.0.1", "1", false },
		{ "inet:localhost:65535", 1, false, "localhost", "65535", true },
		{ "inet:localhost.evil.example:2", 1, false,
		  "localhost.evil.example", "2", false },
		{ "inet:a-b.example:00080", 1, false, "a-b.example", "80",
		  false },
		{ "inet:AZ-az_09.:9", 1, false, "AZ-az_09.", "9", false },
		{ "inet:h:10", 1, false, "h", "10", false },
		{ "inet:h:99", 1, false, "h", "99", false },
		{ "inet:h:100", 1, false, "h", "100", false },
		{ "inet:h:999", 1, false, "h", "999", false },
		{ "inet:h:1000", 1, false, "h", "1000", false },
		{ "inet:h:9999", 1, false, "h", "9999", false },
		{ "inet:h:10000", 1, false, "h", "10000", false },
		{ "inet:[::1]:24", 1, false, "::1", "24", true },
		{ "inet:[2001:db8::1]:10024", 1, false, "2001:db8::1", "10024",
		  false },
		{ "inet:::1:24", -1 },
		{ "inet:2001:db8::1", -1 },
		{ "inet:[localhost]:24", -1 },
		{ "inet:[]:24", -1 },
		{ "inet:[::1:24", -1 },
		{ "inet::24", -1 },
		{ "inet:*:24", -1 },
		{ "inet:host", -1 },
		{ "inet:host:", -1 },
		{ "inet:host:0", -1 },
		{ "inet:host:65536", -1 },
		{ "inet:host:lmtp", -1 },
		{ "inet:host:+24", -1 },
		{ "inet:ho st:24", -1 },
		{ "tcp:host:24", -1 },
		{ "/run/x", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_endpoint endpoint;
		struct np_error err;
		const char *label = rows[i].text;

		check_int(label, np_endpoint_parse(label, &endpoint, &err),
			  rows[i].result);
		if (rows[i].result < 0)
			continue;
		check_int(label, endpoint.is_unix, rows[i].is_unix);
		check_str(label, endpoint.is_unix ? endpoint.path :
			  endpoint.host, rows[i].host);
		check_str(label, endpoint.port, rows[i].port);
		check_int(label, np_endpoint_is_local(&endpoint),
			  rows[i].local);
	}
}

static void test_endpoint__long_paths(void **state)
{
	char text[5 + 109] = "unix:/", host[300];
	struct np_endpoint endpoint;
	struct np_error err;

	(void)state;
	memset(text + 6, 'x', 107);
	text[5 + 107] = '\0';
	assert_int_equal(np_endpoint_parse(text, &endpoint, &err), 1);
	text[5 + 107] = 'x';
	text[5 + 108] = '\0';
	assert_int_equal(np_endpoint_parse(text, &endpoint, &err), -1);
	/* A host of 255 octets, and of 256. */
	snprintf(host, sizeof(host), "inet:%0255d:24", 0);
	assert_int_equal(np_endpoint_parse(host, &endpoint, &err), 1);
	assert_int_equal(strlen(endpoint.host), 255);
	assert_string_equal(endpoint.port, "24");
	snprintf(host, sizeof(host), "inet:%0256d:24", 0);
	assert_int_equal(np_endpoint_parse(host, &endpoint, &err), -1);
	snprintf(host, sizeof(host), "inet:[%0256d]:24", 0);
	assert_int_equal(np_endpoint_parse(host, &endpoint, &err), -1);
}

static void test_network__has(void **state)
{
	static const struct {
		const char *network, *address;
		bool has;
	} rows[] = {
		{ "192.0.2.0/24", "192.0.2.255", true },
		{ "192.0.2.0/24", "192.0.3.0", false },
		{ "192.0.2.4/31", "192.0.2.5", true },
		{ "192.0.2.4/31", "192.0.2.6", false },
		{ "192.0.2.4", "192.0.2.4", true },
		{ "192.0.2.4", "192.0.2.5", false },
		{ "0.0.0.0/0", "203.0.113.9", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "::/0", "203.0.113.9", false },
		{ "::/0", "2001:db8::1", true },
		{ "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "192.0.2.0/24", "::ffff:192.0.2.9", true },
		{ "192.0.2.0/24", "::ffff:192.0.3.9", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct np_network network;
		struct np_error err;
		struct sockaddr_in in = { .sin_family = AF_INET };
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
		bool v6 = strchr(rows[i].address, ':') != NULL;
		char label[128];

		snprintf(label, sizeof(label), "%s in %s", rows[i].address,
			 rows[i].network);
		check_int(label, np_network_parse(rows[i].network, &network,
						  &err), 1);
		check_int(label, v6 ? inet_pton(AF_INET6, rows[i].address,
						&in6.sin6_addr) :
				      inet_pton(AF_INET, rows[i].address,
						&in.sin_addr), 1);
		check_int(label, np_network_has(&network, v6 ?
				(struct sockaddr *)&in6 :
				(struct sockaddr *)&in), rows[i].has);
	}
}

static void test_network__other_families_are_in_none(void **state)
{
	struct sockaddr addr = { .sa_family = AF_UNIX };
	struct np_network network;
	struct np_error err;

	(void)state;
	assert_int_equal(np_network_parse("0.0.0.0/0", &network, &err), 1);
	assert_false(np_network_has(&network, &addr));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings__defaults),
		cmocka_unit_test(test_settings__every_key),
		cmocka_unit_test(test_settings__the_example),
		cmocka_unit_test(test_settings__errors_name_file_and_line),
		cmocka_unit_test(test_settings__beyond_the_host_needs_allow),
		cmocka_unit_test(test_settings__no_text),
		cmocka_unit_test(test_settings__long_lists),
		cmocka_unit_test(test_settings__reads_a_file),
		cmocka_unit_test(test_settings__differ),
		cmocka_unit_test(test_endpoint__parse),
		cmocka_unit_test(test_endpoint__long_paths),
		cmocka_unit_test(test_network__has),
		cmocka_unit_test(test_network__other_families_are_in_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
