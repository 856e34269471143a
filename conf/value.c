/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One value of nameplate.conf; see value.h. */
#include "conf/value.h"

#include <glib.h>

#include <stdlib.h>
#include <string.h>

static int value_error(struct np_error *err, const char *text,
		       const char *allowed)
{
	return np_error_set(err, NP_ERROR_SETTINGS, "\"%.100s\" is not %s",
			    text, allowed);
}

static int value_path(const char *text, char **where, struct np_error *err)
{
	if (text[0] != '/')
		return value_error(err, text, "an absolute path");
	*where = g_strdup(text);
	return 1;
}

/* A whole number with an optional suffix. strtoull alone would take blanks,
   signs, and read 010 as it likes. */
static bool value_digits(const char *text, bool suffix, uint64_t *number_r)
{
	uint64_t number = 0, unit = 1;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++) {
		unsigned int digit = (unsigned int)(*p - '0');

		if (number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	if (p == text)
		return false;
	if (suffix && *p != '\0') {
		static const char units[] = "kMG";
		const char *found = strchr(units, *p == 'K' ? 'k' : *p);

		if (found == NULL)
			return false;
		unit = (uint64_t)1 << (10 * (found - units + 1));
		p++;
	}
	if (*p != '\0' || number > UINT64_MAX / unit)
		return false;
	*number_r = number * unit;
	return true;
}

static int value_number(const char *text, const char *what, uint64_t min,
			uint64_t max, unsigned int *where, struct np_error *err)
{
	uint64_t number;

	if (!value_digits(text, false, &number) || number < min || number > max)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"\"%.100s\" is not %s from %" G_GUINT64_FORMAT
			" to %" G_GUINT64_FORMAT, text, what, min, max);
	*where = (unsigned int)number;
	return 1;
}

static int value_size(const char *text, uint64_t min, uint64_t max,
		      uint64_t *where, struct np_error *err)
{
	uint64_t number;

	if (!value_digits(text, true, &number) || number < min || number > max)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"\"%.100s\" is not a size from %" G_GUINT64_FORMAT
			" to %" G_GUINT64_FORMAT " octets (a k, M or G may "
			"stand behind the number)", text, min, max);
	*where = number;
	return 1;
}

static int value_endpoint(const char *text, char **where, struct np_error *err)
{
	struct np_endpoint endpoint;

	if (np_endpoint_parse(text, &endpoint, err) < 0)
		return -1;
	*where = g_strdup(text);
	return 1;
}

/* The trimmed items of a comma-separated list; NULL where one is empty. The
   caller frees. */
static char **value_split(const char *text, struct np_error *err)
{
	char **items;

	if (*text == '\0')
		return g_new0(char *, 1);
	items = g_strsplit(text, ",", -1);
	for (char **item = items; *item != NULL; item++) {
		if (*g_strstrip(*item) == '\0') {
			g_strfreev(items);
			(void)value_error(err, text,
				"a list with something between its commas");
			return NULL;
		}
	}
	return items;
}

static int value_list(const char *text, bool networks, char ***where,
		      struct np_error *err)
{
	struct np_endpoint endpoint;
	struct np_network network;
	char **items = value_split(text, err);

	if (items == NULL)
		return -1;
	for (char **item = items; *item != NULL; item++) {
		int ret = networks ? np_network_parse(*item, &network, err) :
				     np_endpoint_parse(*item, &endpoint, err);

		if (ret < 0) {
			g_strfreev(items);
			return -1;
		}
	}
	*where = items;
	return 1;
}

static int value_domain(const char *text, char *out, struct np_error *err)
{
	const char *why = "a domain";

	if (np_domain_parse(text, strlen(text), NP_ADDRESS_UTF8, out,
			    &why) == NP_ADDRESS_OK)
		return 1;
	return np_error_set(err, NP_ERROR_SETTINGS,
			    "\"%.100s\" is not a domain: %s", text, why);
}

static int value_hostname(const char *text, char **where, struct np_error *err)
{
	char domain[NP_MAX_DOMAIN + 1];

	if (value_domain(text, domain, err) < 0)
		return -1;
	*where = g_strdup(domain);
	return 1;
}

/* Only octets that stand in a local part without quotes. Ours can be none that
   a name may have: with '-', mail to anna-lena@ would go to the alias anna@.
   The store's own is its business. */
static int value_delimiters(const char *text, bool of_store, char *where,
			    struct np_error *err)
{
	const char *allowed = of_store ? "+!#$%&*/=?^`{|}~-_" :
					 "+!#$%&*/=?^`{|}~";
	size_t max = of_store ? 1 : NP_MAX_DELIMITERS;
	size_t len = strlen(text);

	if (len > max)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"\"%.100s\" has more than %zu characters", text, max);
	for (size_t i = 0; i < len; i++) {
		if (strchr(allowed, text[i]) == NULL)
			return np_error_set(err, NP_ERROR_SETTINGS,
				"\"%s\": a delimiter can only be one of %s",
				text, allowed);
		if (strchr(text + i + 1, text[i]) != NULL)
			return np_error_set(err, NP_ERROR_SETTINGS,
				"\"%s\" has %c twice", text, text[i]);
	}
	memcpy(where, text, len + 1);
	return 1;
}

static int value_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Joins the items with commas, sorted and each once, so that two spellings of
   one list are equal. */
static int value_join(char **items, char *where, struct np_error *err)
{
	size_t used = 0;

	qsort(items, g_strv_length(items), sizeof(*items), value_compare);
	for (char **item = items; *item != NULL; item++) {
		size_t len = strlen(*item);

		if (item > items && strcmp(item[-1], *item) == 0)
			continue;
		if (used + len + 2 > NP_MAX_SETTING) {
			*where = '\0';
			return np_error_set(err, NP_ERROR_SETTINGS,
				"the list is longer than %d octets",
				NP_MAX_SETTING - 1);
		}
		if (used > 0)
			where[used++] = ',';
		memcpy(where + used, *item, len + 1);
		used += len;
	}
	return 1;
}

static int value_domains(const char *text, char *where, struct np_error *err)
{
	char domain[NP_MAX_DOMAIN + 1];
	char **items = value_split(text, err);
	int ret = items == NULL ? -1 : 1;

	for (char **item = items; ret > 0 && *item != NULL; item++) {
		ret = value_domain(*item, domain, err);
		if (ret > 0) {
			g_free(*item);
			*item = g_strdup(domain);
		}
	}
	if (ret > 0)
		ret = value_join(items, where, err);
	g_strfreev(items);
	return ret;
}

static int value_names(const char *text, char *where, struct np_error *err)
{
	char **items = value_split(text, err);
	int ret = items == NULL ? -1 : 1;

	for (char **item = items; ret > 0 && *item != NULL; item++) {
		char *name = g_ascii_strdown(*item, -1);

		g_free(*item);
		*item = name;
		if (!np_alias_name_valid(name, ""))
			ret = value_error(err, name, "a local part of "
					  "a-z, 0-9, dot, _ and -");
	}
	if (ret > 0)
		ret = value_join(items, where, err);
	g_strfreev(items);
	return ret;
}

static int value_mailbox(const char *text, char *where, struct np_error *err)
{
	const char *why = "an address";
	struct np_address address;

	if (*text == '\0')
		return 1;
	if (np_address_parse(text, strlen(text), NP_ADDRESS_UTF8, &address,
			     &why) != NP_ADDRESS_OK)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"\"%.100s\" is not an address: %s", text, why);
	np_address_key(&address, where);
	return 1;
}

/* The position of text among words ("auto|all"), or -1. */
static int value_word(const char *text, const char *words, struct np_error *err)
{
	char **list = g_strsplit(words, "|", -1);
	int found = -1;

	for (int i = 0; list[i] != NULL; i++) {
		if (strcmp(list[i], text) == 0)
			found = i;
	}
	g_strfreev(list);
	if (found < 0)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"\"%.100s\" is not one of %s", text, words);
	return found;
}

static int value_enum(enum np_value_kind kind, const char *text, void *where,
		      struct np_error *err)
{
	/* In the order of the enums in settings.h. */
	int word = value_word(text, kind == NP_VALUE_STAMP ? "auto|all" :
			      kind == NP_VALUE_TARGET ? "stderr|syslog" :
			      "error|warning|info|debug", err);

	if (word < 0)
		return -1;
	if (kind == NP_VALUE_STAMP)
		*(enum np_stamp_mode *)where = (enum np_stamp_mode)word;
	else if (kind == NP_VALUE_TARGET)
		*(enum np_log_target *)where = (enum np_log_target)word;
	else
		*(enum np_log_level *)where = (enum np_log_level)word;
	return 1;
}

int np_value_parse(enum np_value_kind kind, const char *text,
		   uint64_t min, uint64_t max, void *where,
		   struct np_error *err)
{
	switch (kind) {
	case NP_VALUE_PATH:
		return value_path(text, where, err);
	case NP_VALUE_NUMBER:
		return value_number(text, "a number", min, max, where, err);
	case NP_VALUE_SECONDS:
		return value_number(text, "a number of seconds", min, max,
				    where, err);
	case NP_VALUE_SIZE:
		return value_size(text, min, max, where, err);
	case NP_VALUE_ENDPOINT:
		return value_endpoint(text, where, err);
	case NP_VALUE_LISTEN:
		return value_list(text, false, where, err);
	case NP_VALUE_NETWORKS:
		return value_list(text, true, where, err);
	case NP_VALUE_HOSTNAME:
		return value_hostname(text, where, err);
	case NP_VALUE_DELIMITERS:
		return value_delimiters(text, false, where, err);
	case NP_VALUE_DELIMITER:
		return value_delimiters(text, true, where, err);
	case NP_VALUE_DOMAINS:
		return value_domains(text, where, err);
	case NP_VALUE_NAMES:
		return value_names(text, where, err);
	case NP_VALUE_MAILBOX:
		return value_mailbox(text, where, err);
	case NP_VALUE_STAMP:
	case NP_VALUE_TARGET:
	case NP_VALUE_LEVEL:
		return value_enum(kind, text, where, err);
	}
	return np_error_set(err, NP_ERROR_INTERNAL, "unknown kind of value");
}
