/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The key file: *( [ id 1*WSP hex ] *WSP LF ), "#" lines aside. What is read
 * here is never printed, and wiped when it goes.
 */
#include "lmtp/mark-key.h"

#include <glib.h>

#include <string.h>

bool np_key_id_valid(const char *id, size_t len)
{
	if (len == 0 || len > NP_MAX_KEY_ID)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!g_ascii_isalnum(id[i]) && id[i] != '.' && id[i] != '_' &&
		    id[i] != '-')
			return false;
	}
	return true;
}

const struct np_mark_key *np_mark_keys_find(const struct np_mark_keys *keys,
					    const char *id)
{
	for (size_t i = 0; i < keys->count; i++) {
		if (strcmp(keys->keys[i].id, id) == 0)
			return &keys->keys[i];
	}
	return NULL;
}

static bool mark_key_hex(const char *hex, struct np_mark_key *key)
{
	size_t len = strlen(hex);

	if (len % 2 != 0 || len < 2 * NP_MIN_KEY || len > 2 * NP_MAX_KEY)
		return false;
	for (size_t i = 0; i < len / 2; i++) {
		int high = g_ascii_xdigit_value(hex[2 * i]);
		int low = g_ascii_xdigit_value(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		key->octets[i] = (unsigned char)(high * 16 + low);
	}
	key->len = len / 2;
	return true;
}

/* One line that holds something. */
static int mark_key_line(const char *file, unsigned int number, char *line,
			 struct np_mark_keys *keys, struct np_error *err)
{
	struct np_mark_key *key = &keys->keys[keys->count];
	size_t len = strcspn(line, " \t");
	char *hex = line + len + strspn(line + len, " \t");

	if (!np_key_id_valid(line, len))
		return np_error_set(err, NP_ERROR_SETTINGS,
			"%s:%u: a line is \"ID HEX\"; the id has 1 to %d "
			"letters, digits, dots, _ or -", file, number,
			NP_MAX_KEY_ID);
	line[len] = '\0';
	if (np_mark_keys_find(keys, line) != NULL)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"%s:%u: the id %s is there twice", file, number, line);
	if (keys->count == NP_MAX_MARK_KEYS)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"%s:%u: more than %d keys", file, number,
			NP_MAX_MARK_KEYS);
	if (!mark_key_hex(hex, key))
		return np_error_set(err, NP_ERROR_SETTINGS,
			"%s:%u: the key %s is not %d to %d hexadecimal digits",
			file, number, line, 2 * NP_MIN_KEY, 2 * NP_MAX_KEY);
	memcpy(key->id, line, len + 1);
	keys->count++;
	return 1;
}

int np_mark_keys_parse(const char *file, char *text, size_t len,
		       struct np_mark_keys *keys_r, struct np_error *err)
{
	unsigned int number = 0;
	char *next;

	memset(keys_r, 0, sizeof(*keys_r));
	if (memchr(text, '\0', len) != NULL)
		return np_error_set(err, NP_ERROR_SETTINGS,
			"%s: holds a NUL octet; this is no text file", file);
	for (char *line = text; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		number++;
		g_strstrip(line);
		if (*line != '\0' && *line != '#' &&
		    mark_key_line(file, number, line, keys_r, err) < 0)
			return -1;
	}
	if (keys_r->count == 0)
		return np_error_set(err, NP_ERROR_SETTINGS,
				    "%s: holds no key", file);
	return 1;
}

int np_mark_keys_read(const char *file, struct np_mark_keys **keys_r,
		      struct np_error *err)
{
	struct np_mark_keys *keys;
	g_autoptr(GError) error = NULL;
	char *text = NULL;
	gsize len;
	int ret;

	if (!g_file_get_contents(file, &text, &len, &error))
		return np_error_set(err,
			g_error_matches(error, G_FILE_ERROR,
					G_FILE_ERROR_NOENT) ?
			NP_ERROR_MISSING : NP_ERROR_UNREADABLE, "%s",
			error->message);
	keys = g_new0(struct np_mark_keys, 1);
	ret = np_mark_keys_parse(file, text, len, keys, err);
	explicit_bzero(text, len);
	g_free(text);
	if (ret < 0)
		np_mark_keys_free(&keys);
	else
		*keys_r = keys;
	return ret;
}

void np_mark_keys_free(struct np_mark_keys **keys)
{
	struct np_mark_keys *old = *keys;

	*keys = NULL;
	if (old == NULL)
		return;
	explicit_bzero(old, sizeof(*old));
	g_free(old);
}
