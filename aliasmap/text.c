/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ASCII case and UTF-8 without a locale; see text.h. Nothing comes after. */
#include "aliasmap/text.h"

#include <stdint.h>

char np_ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

char *np_ascii_lower_string(char *text)
{
	char *p;

	for (p = text; *p != '\0'; p++)
		*p = np_ascii_lower(*p);
	return text;
}

/* The octets that the first one announces, and the bits of it that count. */
static size_t utf8_announced(unsigned char first, uint32_t *bits_r)
{
	if (first >= 0xc2 && first <= 0xdf) {
		*bits_r = first & 0x1f;
		return 2;
	}
	if (first >= 0xe0 && first <= 0xef) {
		*bits_r = first & 0x0f;
		return 3;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		*bits_r = first & 0x07;
		return 4;
	}
	return 0;
}

size_t np_utf8_octets(const char *text, size_t len)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)text;
	uint32_t code = 0;
	size_t octets, i;

	if (len == 0)
		return 0;
	if (p[0] < 0x80)
		return p[0] >= 0x20 && p[0] != 0x7f ? 1 : 0;
	octets = utf8_announced(p[0], &code);
	if (octets == 0 || octets > len)
		return 0;
	for (i = 1; i < octets; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = (code << 6) | (p[i] & 0x3f);
	}
	if (code < smallest[octets] || code > 0x10ffff)
		return 0;
	if (code < 0xa0 || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return octets;
}

bool np_utf8_valid(const char *text, size_t len)
{
	size_t octets;

	for (; len > 0; text += octets, len -= octets) {
		octets = np_utf8_octets(text, len);
		if (octets == 0)
			return false;
	}
	return true;
}
