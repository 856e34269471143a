/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of every key of nameplate.conf, and the way from the file to
 * struct np_settings. GKeyFile reads the values; it merges repeated keys and
 * has no line numbers, so one pass of our own over the lines comes first.
 * What comes next: value.c for one value, then the checks that need two.
 */
#include "conf/settings.h"
#include "conf/check.h"
#include "conf/value.h"

#include <glib.h>

#include <string.h>

#define MAX_CONF_FILE (1024 * 1024)	/* octets; a conf file has some 1,000 */
#define MAX_ALIASES 1000000
/* Returns are counted by marks, and so many marks are kept (header.h). */
#define MAX_RETURNS 19
#define DAY 86400

/* A default of NULL is found at run time, see check.h. The manual
   and the example are checked against these rows by a script
   (tests/lint/settings-documented): keep one row a line. */
static const struct setting {
	const char *group;
	const char *key;
	enum np_value_kind kind;
	size_t offset;
	const char *fallback;
	uint64_t min;
	uint64_t max;
} settings_table[] = {
#define AT(field) offsetof(struct np_settings, field)
	/* clang-format off */
	{ "map", "file", NP_VALUE_PATH, AT(map_file), NP_DEFAULT_MAP, 0, 0 },
	{ "map", "delimiters", NP_VALUE_DELIMITERS, AT(map.delimiters), "+", 0, 0 },
	{ "map", "domains", NP_VALUE_DOMAINS, AT(map.domains), "", 0, 0 },
	{ "map", "postmaster", NP_VALUE_MAILBOX, AT(map.postmaster), "", 0, 0 },
	{ "map", "reserved", NP_VALUE_NAMES, AT(map.reserved), "", 0, 0 },
	{ "map", "max_aliases_per_mailbox", NP_VALUE_NUMBER, AT(map.max_aliases_per_mailbox), "0", 0, MAX_ALIASES },
	{ "lmtp", "listen", NP_VALUE_LISTEN, AT(lmtp_listen), "unix:/run/nameplate/lmtp", 0, 0 },
	{ "lmtp", "allow", NP_VALUE_NETWORKS, AT(lmtp_allow), "", 0, 0 },
	{ "lmtp", "store", NP_VALUE_ENDPOINT, AT(lmtp_store), "unix:/run/dovecot/lmtp", 0, 0 },
	{ "lmtp", "store_delimiter", NP_VALUE_DELIMITER, AT(lmtp_store_delimiter), "", 0, 0 },
	{ "lmtp", "hostname", NP_VALUE_HOSTNAME, AT(lmtp_hostname), NULL, 0, 0 },
	{ "lmtp", "mark_key", NP_VALUE_PATH, AT(lmtp_mark_key), "/etc/nameplate/mark.key", 0, 0 },
	{ "lmtp", "stamp", NP_VALUE_STAMP, AT(lmtp_stamp), "auto", 0, 0 },
	{ "lmtp", "max_returns", NP_VALUE_NUMBER, AT(lmtp_max_returns), "2", 1, MAX_RETURNS },
	{ "lmtp", "max_message_size", NP_VALUE_SIZE, AT(lmtp_max_message_size), "0", 0, G_GUINT64_CONSTANT(1) << 40 },
	{ "lmtp", "max_recipients", NP_VALUE_NUMBER, AT(lmtp_max_recipients), "1000", 100, 100000 },
	{ "lmtp", "max_connections", NP_VALUE_NUMBER, AT(lmtp_max_connections), "10000", 1, 1000000 },
	{ "lmtp", "store_connections", NP_VALUE_NUMBER, AT(lmtp_store_connections), NULL, 1, 10000 },
	{ "lmtp", "memory_per_message", NP_VALUE_SIZE, AT(lmtp_memory_per_message), "256k", 4096, 1 << 30 },
	{ "lmtp", "spool_dir", NP_VALUE_PATH, AT(lmtp_spool_dir), "/var/tmp", 0, 0 },
	{ "lmtp", "client_timeout", NP_VALUE_SECONDS, AT(lmtp_client_timeout), "300", 1, DAY },
	{ "lmtp", "store_connect_timeout", NP_VALUE_SECONDS, AT(lmtp_store_connect_timeout), "10", 1, 600 },
	{ "lmtp", "store_timeout", NP_VALUE_SECONDS, AT(lmtp_store_timeout), "100", 1, 600 },
	{ "lmtp", "drain_timeout", NP_VALUE_SECONDS, AT(lmtp_drain_timeout), "60", 0, 3600 },
	{ "socketmap", "listen", NP_VALUE_LISTEN, AT(socketmap_listen), "unix:/run/nameplate/socketmap", 0, 0 },
	{ "metrics", "listen", NP_VALUE_LISTEN, AT(metrics_listen), "unix:/run/nameplate/metrics", 0, 0 },
	{ "log", "target", NP_VALUE_TARGET, AT(log_target), "stderr", 0, 0 },
	{ "log", "level", NP_VALUE_LEVEL, AT(log_level), "info", 0, 0 },
	/* clang-format on */
#undef AT
};
#define N_SETTINGS G_N_ELEMENTS(settings_table)

/* Where errors point to: the name as given, and the line of each key (0: not
   in the file). */
struct settings_source {
	const char *name;
	unsigned int lines[N_SETTINGS];
};

/* Looks a key up; key NULL: any row of the group. */
static const struct setting *settings_find(const char *group, const char *key)
{
	for (size_t i = 0; i < N_SETTINGS; i++) {
		if (strcmp(settings_table[i].group, group) == 0 &&
		    (key == NULL || strcmp(settings_table[i].key, key) == 0))
			return &settings_table[i];
	}
	return NULL;
}

/* "[lmtp]" to the group's name in the table. */
static int settings_group(const char *name, unsigned int number, char *text,
			  const char **group_r, struct np_error *err)
{
	const struct setting *setting;
	size_t len = strlen(text);

	if (text[len - 1] != ']')
		return np_error_set(err, NP_ERROR_SETTINGS,
			"%s:%u: \"%.100s\" has no ] at its end", name, number,
			text);
	text[len - 1] = '\0';
	setting = settings_find(text + 1, NULL);
	if (setting == NULL)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"%s:%u: unknown group [%.100s]; there are [map], "
			"[lmtp], [socketmap], [metrics] and [log]",
			name, number, text + 1);
	*group_r = setting->group;
	return 1;
}

/* "key = value": known, in a group, and for the first time. */
static int settings_key(struct settings_source *source, unsigned int number,
			const char *group, char *text, struct np_error *err)
{
	const struct setting *setting;
	char *equals = strchr(text, '=');
	unsigned int *line;

	if (equals == NULL)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"%s:%u: \"%.100s\" is neither KEY = VALUE, [GROUP] nor "
			"a # comment", source->name, number, text);
	*equals = '\0';
	g_strchomp(text);
	if (group == NULL)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"%s:%u: \"%.100s\" stands before the first [GROUP]",
			source->name, number, text);
	setting = settings_find(group, text);
	if (setting == NULL)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"%s:%u: unknown key \"%.100s\" in [%s]", source->name,
			number, text, group);
	line = &source->lines[setting - settings_table];
	if (*line != 0)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"%s:%u: [%s] %s stands in line %u already",
			source->name, number, group, setting->key, *line);
	*line = number;
	return 1;
}

static bool settings_is_text(const char *text)
{
	if (!g_utf8_validate(text, -1, NULL))
		return false;
	for (; *text != '\0'; text++) {
		if (g_ascii_iscntrl(*text) && *text != '\t')
			return false;
	}
	return true;
}

/* The pass over the lines: finds every key's line and all that GKeyFile would
   let pass. data is cut into its lines. */
static int settings_scan(struct settings_source *source, char *data,
			 struct np_error *err)
{
	const char *group = NULL;
	unsigned int number = 0;
	char *next;
	int ret = 1;

	for (char *line = data; line != NULL && ret > 0; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		number++;
		g_strstrip(line);
		if (!settings_is_text(line))
			ret = np_error_set(err, NP_ERROR_SETTINGS,
				"%s:%u: control character or invalid UTF-8",
				source->name, number);
		else if (*line == '[')
			ret = settings_group(source->name, number, line, &group,
					     err);
		else if (*line != '\0' && *line != '#')
			ret = settings_key(source, number, group, line, err);
	}
	return ret;
}

static int settings_value(const struct settings_source *source,
			  const struct setting *setting, const char *text,
			  struct np_settings *settings, struct np_error *err)
{
	void *where = (char *)settings + setting->offset;
	unsigned int line = source->lines[setting - settings_table];
	struct np_error why = { .kind = NP_ERROR_NONE };

	if (strstr(text, " #") != NULL || strstr(text, "\t#") != NULL)
		(void)np_error_set(&why, NP_ERROR_SETTINGS,
				   "a comment needs a line of its own");
	else if (np_value_parse(setting->kind, text, setting->min, setting->max,
				where, &why) > 0)
		return 1;
	return np_error_set(err, NP_ERROR_SETTINGS, "%s:%u: [%s] %s: %s",
			    source->name, line, setting->group, setting->key,
			    why.text);
}

static int settings_values(const struct settings_source *source,
			   GKeyFile *file, struct np_settings *settings,
			   struct np_error *err)
{
	int ret = 1;

	for (size_t i = 0; i < N_SETTINGS && ret > 0; i++) {
		const struct setting *setting = &settings_table[i];
		g_autoptr(GError) error = NULL;
		g_autofree char *text = NULL;

		if (source->lines[i] == 0) {
			if (setting->fallback != NULL)
				ret = settings_value(source, setting,
						     setting->fallback,
						     settings, err);
			continue;
		}
		/* Not get_string: \s and the like would surprise in a path. */
		text = g_key_file_get_value(file, setting->group, setting->key,
					    &error);
		if (text == NULL)
			return np_error_set(err, NP_ERROR_SETTINGS,
				"%s:%u: [%s] %s: %s", source->name,
				source->lines[i], setting->group, setting->key,
				error->message);
		ret = settings_value(source, setting, g_strstrip(text),
				     settings, err);
	}
	return ret;
}

/* What takes two keys to judge; the error points to the line of the one that
   has to change. */
static int settings_check(const struct settings_source *source,
			  const struct np_settings *settings,
			  struct np_error *err)
{
	const char *group, *key;
	struct np_error why;

	if (np_settings_check(settings, &group, &key, &why) > 0)
		return 1;
	return np_error_set(err, NP_ERROR_SETTINGS, "%s:%u: [%s] %s: %s",
			    source->name,
			    source->lines[settings_find(group, key) -
					  settings_table],
			    group, key, why.text);
}

int np_settings_parse(const char *name, const char *data, size_t len,
		      struct np_settings **settings_r, struct np_error *err)
{
	struct settings_source source = { .name = name };
	struct np_settings *settings = NULL;
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *copy = NULL;

	if (len > MAX_CONF_FILE)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"%s: longer than %d octets", name, MAX_CONF_FILE);
	if (memchr(data, '\0', len) != NULL)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"%s: holds a NUL octet; this is no text file", name);
	copy = g_strndup(data, len);
	if (settings_scan(&source, copy, err) < 0)
		return -1;
	if (len > 0 && !g_key_file_load_from_data(file, data, len,
						  G_KEY_FILE_NONE, &error))
		return np_error_set(err, NP_ERROR_SETTINGS, "%s: %s", name,
				    error->message);
	settings = g_new0(struct np_settings, 1);
	if (settings_values(&source, file, settings, err) < 0 ||
	    settings_check(&source, settings, err) < 0) {
		np_settings_free(&settings);
		return -1;
	}
	if (settings->lmtp_store_connections == 0)
		settings->lmtp_store_connections =
			np_settings_store_connections();
	*settings_r = settings;
	return 1;
}

int np_settings_read(const char *file, struct np_settings **settings_r,
		     struct np_error *err)
{
	const char *name = file != NULL ? file : NP_DEFAULT_CONF;
	g_autoptr(GError) error = NULL;
	g_autofree char *data = NULL;
	gsize len = 0;

	if (!g_file_get_contents(name, &data, &len, &error)) {
		bool missing = g_error_matches(error, G_FILE_ERROR,
					       G_FILE_ERROR_NOENT);

		if (file != NULL || !missing)
			return np_error_set(err, missing ? NP_ERROR_MISSING :
					    NP_ERROR_UNREADABLE, "%s",
					    error->message);
	}
	return np_settings_parse(name, data != NULL ? data : "", len,
				 settings_r, err);
}

const char *np_settings_find_hostname(struct np_settings *settings)
{
	if (settings->lmtp_hostname == NULL)
		settings->lmtp_hostname = np_settings_hostname();
	return settings->lmtp_hostname;
}

void np_settings_free(struct np_settings **settings)
{
	struct np_settings *old = *settings;

	*settings = NULL;
	if (old == NULL)
		return;
	g_free(old->map_file);
	g_strfreev(old->lmtp_listen);
	g_strfreev(old->lmtp_allow);
	g_free(old->lmtp_store);
	g_free(old->lmtp_hostname);
	g_free(old->lmtp_mark_key);
	g_free(old->lmtp_spool_dir);
	g_strfreev(old->socketmap_listen);
	g_strfreev(old->metrics_listen);
	g_free(old);
}

bool np_settings_differ(const struct np_settings *settings,
			const struct np_map_settings *kept,
			const char **name_r)
{
	const struct np_map_settings *map = &settings->map;
	const char *name = NULL;

	if (strcmp(map->delimiters, kept->delimiters) != 0)
		name = "delimiters";
	else if (strcmp(map->domains, kept->domains) != 0)
		name = "domains";
	else if (strcmp(map->postmaster, kept->postmaster) != 0)
		name = "postmaster";
	else if (strcmp(map->reserved, kept->reserved) != 0)
		name = "reserved";
	else if (map->max_aliases_per_mailbox != kept->max_aliases_per_mailbox)
		name = "max_aliases_per_mailbox";
	if (name != NULL && name_r != NULL)
		*name_r = name;
	return name != NULL;
}
