/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads and writes local parts, RFC 5321 section 4.1.2 with the UTF-8 of
 * RFC 6531 section 3.3. address.c comes before, text.c after.
 *
 *   Dot-string       = Atom *( "." Atom )
 *   Quoted-string    = DQUOTE *QcontentSMTP DQUOTE
 *   QcontentSMTP     = qtextSMTP / quoted-pairSMTP
 *   qtextSMTP        = %d32-33 / %d35-91 / %d93-126 / UTF8-non-ascii
 *   quoted-pairSMTP  = %d92 %d32-126
 */
#include "aliasmap/local-part.h"
#include "aliasmap/text.h"

#include <string.h>

static const char too_long[] = "the local part is longer than 64 octets";

/* The octets of the atext character at the start of text, 0 for none. */
static size_t local_atext(const char *text, size_t len)
{
	static const char specials[] = "!#$%&'*+-/=?^_`{|}~";
	char lower;

	if ((unsigned char)text[0] >= 0x80)
		return np_utf8_octets(text, len);
	lower = np_ascii_lower(text[0]);
	if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9'))
		return 1;
	return lower != '\0' && strchr(specials, lower) != NULL ? 1 : 0;
}

/* Walks over a Dot-string up to "@" or len. Returns NULL, or what is wrong at
   *pos_r. */
static const char *local_walk_dots(const char *text, size_t len, size_t *pos_r)
{
	size_t pos = 0, octets;
	bool atom = false;

	for (; pos < len && text[pos] != '@'; pos += octets) {
		*pos_r = pos;
		if (text[pos] == '.') {
			if (!atom)
				return "the local part has a dot in the wrong "
				       "place";
			octets = 1;
			atom = false;
			continue;
		}
		octets = local_atext(text + pos, len - pos);
		if (octets == 0)
			return (unsigned char)text[pos] >= 0x80 ?
				"the local part is not valid UTF-8" :
				"the local part has a character that needs "
				"quotes";
		atom = true;
	}
	*pos_r = pos;
	if (pos == 0)
		return "the local part is empty";
	return atom ? NULL : "the local part ends in a dot";
}

/* The same for a Quoted-string: up to and with the closing quote. */
static const char *local_walk_quoted(const char *text, size_t len,
				     size_t *pos_r)
{
	size_t pos = 1, octets;

	for (; pos < len && text[pos] != '"'; pos += octets) {
		*pos_r = pos;
		if (text[pos] == '\\') {
			pos++;
			/* A quoted pair is ASCII also under RFC 6531. */
			if (pos == len || (unsigned char)text[pos] >= 0x80)
				return "a backslash in the local part quotes "
				       "nothing";
		}
		octets = np_utf8_octets(text + pos, len - pos);
		if (octets == 0)
			return (unsigned char)text[pos] >= 0x80 ?
				"the local part is not valid UTF-8" :
				"the local part has a control character";
	}
	*pos_r = pos;
	if (pos >= len)
		return "the local part has no closing quote";
	if (pos == 1)
		return "the local part is empty";
	*pos_r = pos + 1;
	return NULL;
}

size_t np_local_content(const char *local, char *out)
{
	const char *p = local;
	size_t len = 0;
	bool quoted = *p == '"';

	if (quoted)
		p++;
	for (; *p != '\0' && !(quoted && *p == '"'); p++) {
		if (quoted && *p == '\\' && p[1] != '\0')
			p++;
		if (len == NP_MAX_LOCAL_PART)
			break;
		out[len++] = *p;
	}
	out[len] = '\0';
	return len;
}

static bool local_write_quoted(const char *content, size_t len, char *out)
{
	char quoted[NP_MAX_LOCAL_PART + 1];
	size_t i, pos = 0;
	bool escape;

	quoted[pos++] = '"';
	for (i = 0; i < len; i++) {
		escape = content[i] == '"' || content[i] == '\\';
		/* This octet and the closing quote. */
		if (pos + (escape ? 3 : 2) > NP_MAX_LOCAL_PART)
			return false;
		if (escape)
			quoted[pos++] = '\\';
		quoted[pos++] = content[i];
	}
	quoted[pos++] = '"';
	memcpy(out, quoted, pos);
	out[pos] = '\0';
	return true;
}

bool np_local_write(const char *content, size_t len, char *out)
{
	size_t pos = 0;

	if (len == 0 || len > NP_MAX_LOCAL_PART)
		return false;
	if (local_walk_dots(content, len, &pos) != NULL || pos < len)
		return local_write_quoted(content, len, out);
	memmove(out, content, len);
	out[len] = '\0';
	return true;
}

static bool local_has_utf8(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if ((unsigned char)text[i] >= 0x80)
			return true;
	}
	return false;
}

enum np_address_result
np_local_parse(const char *text, size_t len, char *out, size_t *used_r,
	       bool *utf8_r, const char **why_r)
{
	char written[NP_MAX_LOCAL_PART + 1], content[NP_MAX_LOCAL_PART + 1];
	size_t pos = 0, content_len;
	const char *why;
	bool quoted = len > 0 && text[0] == '"';

	why = quoted ? local_walk_quoted(text, len, &pos) :
		local_walk_dots(text, len, &pos);
	/* Wherever the walk stopped: nothing of 64 octets came to its end. */
	if (pos > NP_MAX_LOCAL_PART) {
		*why_r = too_long;
		return NP_ADDRESS_TOO_LONG;
	}
	if (why != NULL) {
		*why_r = why;
		return NP_ADDRESS_SYNTAX;
	}
	memcpy(written, text, pos);
	written[pos] = '\0';
	if (quoted) {
		content_len = np_local_content(written, content);
		if (!np_local_write(content, content_len, written)) {
			*why_r = too_long;
			return NP_ADDRESS_TOO_LONG;
		}
	}
	*utf8_r = local_has_utf8(text, pos);
	memcpy(out, written, strlen(written) + 1);
	*used_r = pos;
	return NP_ADDRESS_OK;
}
