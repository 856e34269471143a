/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The encoding of addresses in ORCPT, RFC 3461 section 4:
 *
 *   xtext   = *( xchar / hexchar )
 *   xchar   = any ASCII CHAR between "!" (33) and "~" (126) inclusive, except
 *             for "+" and "="
 *   hexchar = ASCII "+" immediately followed by two upper case hexadecimal
 *             digits
 */
#include "aliasmap/address.h"

static const char digits[] = "0123456789ABCDEF";

static bool xtext_is_xchar(char c)
{
	return c >= '!' && c <= '~' && c != '+' && c != '=';
}

static int xtext_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool np_xtext_encode(const char *text, char *out, size_t size)
{
	size_t pos = 0, octets;
	unsigned char c;

	for (; *text != '\0'; text++) {
		octets = xtext_is_xchar(*text) ? 1 : 3;
		if (pos + octets >= size)
			return false;
		c = (unsigned char)*text;
		if (octets == 1) {
			out[pos++] = *text;
		} else {
			out[pos++] = '+';
			out[pos++] = digits[c >> 4];
			out[pos++] = digits[c & 15];
		}
	}
	if (pos >= size)
		return false;
	out[pos] = '\0';
	return true;
}

bool np_xtext_decode(const char *text, size_t len, char *out, size_t size)
{
	size_t i, pos = 0;
	int high, low, c;

	for (i = 0; i < len; i++) {
		c = (unsigned char)text[i];
		if (c == '+') {
			if (len - i < 3)
				return false;
			high = xtext_digit(text[i + 1]);
			low = xtext_digit(text[i + 2]);
			if (high < 0 || low < 0 || high + low == 0)
				return false;
			c = high * 16 + low;
			i += 2;
		} else if (!xtext_is_xchar(text[i])) {
			return false;
		}
		if (pos + 1 >= size)
			return false;
		out[pos++] = (char)c;
	}
	if (pos >= size)
		return false;
	out[pos] = '\0';
	return true;
}
