/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names for new aliases, narrower than what RFC 5321 allows: what is typed on
 * any keyboard, read out on a telephone, and needs no quotes anywhere.
 *
 *   name  = word *( "." word )
 *   word  = 1*( "a"-"z" / DIGIT / "_" / "-" )
 *   alias = name [ delimiter name ]
 */
#include "aliasmap/address.h"
#include "aliasmap/text.h"

#include <string.h>

static bool name_is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
		c == '-';
}

static bool name_is_valid(const char *name, size_t len)
{
	char before = '.';
	size_t i;

	for (i = 0; i < len; i++) {
		if (!name_is_word(name[i]) &&
		    !(name[i] == '.' && before != '.'))
			return false;
		before = name[i];
	}
	return before != '.';
}

bool np_alias_name_valid(const char *local, const char *delimiters)
{
	size_t len = strlen(local), base;

	if (len > NP_MAX_LOCAL_PART)
		return false;
	if (name_is_valid(local, len))
		return true;
	base = strcspn(local, delimiters);
	return base < len && name_is_valid(local, base) &&
		name_is_valid(local + base + 1, len - base - 1);
}

/* Writes the nearest name for text into out (size octets without NUL) and
   returns its length; 0 where nothing is left. */
static size_t name_tidy(const char *text, size_t len, char *out, size_t size)
{
	size_t i, pos = 0;
	char c, separator = '\0';

	for (i = 0; i < len; i++) {
		c = np_ascii_lower(text[i]);
		/* Quotes are no part of a name; nor is what has no ASCII. */
		if (c == '"' || c == '\\' || (unsigned char)c >= 0x80)
			continue;
		if (!name_is_word(c)) {
			if (c == '.' || separator == '\0')
				separator = c == '.' ? '.' : '-';
			continue;
		}
		/* A separator stands between two words only. */
		if (separator == '-' &&
		    (c == '-' || (pos > 0 && out[pos - 1] == '-')))
			separator = '\0';
		if (pos + (separator != '\0' ? 2 : 1) > size)
			break;
		if (pos > 0 && separator != '\0')
			out[pos++] = separator;
		separator = '\0';
		out[pos++] = c;
	}
	return pos;
}

char *np_alias_name_nearest(const char *local, const char *delimiters,
			    char *out)
{
	size_t base, pos, tag = 0;

	local += strspn(local, delimiters);
	base = strcspn(local, delimiters);
	pos = name_tidy(local, base, out, NP_MAX_LOCAL_PART);
	if (pos > 0 && local[base] != '\0' && pos + 1 < NP_MAX_LOCAL_PART) {
		tag = name_tidy(local + base + 1, strlen(local + base + 1),
				out + pos + 1, NP_MAX_LOCAL_PART - pos - 1);
		out[pos] = local[base];
	}
	out[tag > 0 ? pos + 1 + tag : pos] = '\0';
	return out;
}
