/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a store says, line by line (RFC 5321 section 4.2, RFC 2034):
 *
 *   reply-line = code [ ( SP / "-" ) [ enhanced SP ] text ]
 *   code       = %x32-35 %x30-35 %x30-39
 *   enhanced   = ( "2" / "4" / "5" ) "." 1*3DIGIT "." 1*3DIGIT
 *
 * A store's replies are input like a client's commands: others had code run
 * and replies doubled by them. All lines of a reply have one code; its first
 * line is the one that is kept. What comes next: reply.c.
 */
#include "aliasmap/text.h"
#include "lmtp/reply.h"

#include <string.h>

void np_store_reply_init(struct np_store_reply_parser *parser)
{
	memset(parser, 0, sizeof(*parser));
}

static bool store_reply_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The code of a line, or 0. */
static int store_reply_code(const char *line, size_t len)
{
	if (len < 3 || line[0] < '2' || line[0] > '5' || line[1] < '0' ||
	    line[1] > '5' || !store_reply_is_digit(line[2]))
		return 0;
	if (len > 3 && line[3] != ' ' && line[3] != '-')
		return 0;
	return (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
}

/* The octets of ".123" at the start of text; 0 where it is none. A leading
   zero is none (RFC 3463 section 2). */
static size_t store_reply_part(const char *text, size_t len)
{
	size_t digits = 0;

	if (len == 0 || text[0] != '.')
		return 0;
	while (digits + 1 < len && store_reply_is_digit(text[digits + 1]))
		digits++;
	if (digits == 0 || digits > 3 || (digits > 1 && text[1] == '0'))
		return 0;
	return digits + 1;
}

/* The octets of the enhanced code at the start of text; 0 where it is none. */
static size_t store_reply_enhanced(const char *text, size_t len)
{
	size_t subject, detail;

	if (len == 0 || (text[0] != '2' && text[0] != '4' && text[0] != '5'))
		return 0;
	subject = store_reply_part(text + 1, len - 1);
	if (subject == 0)
		return 0;
	detail = store_reply_part(text + 1 + subject, len - 1 - subject);
	if (detail == 0)
		return 0;
	len -= 1 + subject + detail;
	if (len > 0 && text[1 + subject + detail] != ' ')
		return 0;
	return 1 + subject + detail;
}

/* Keeps text printable: valid UTF-8 as it is, a tab as a space, all else '?'.
   Cut between characters. */
static void store_reply_text(const char *text, size_t len, char *out)
{
	size_t used = 0, octets, take;

	for (size_t i = 0; i < len; i += take) {
		octets = np_utf8_octets(text + i, len - i);
		take = octets == 0 ? 1 : octets;
		if (used + take >= NP_MAX_STORE_TEXT)
			break;
		memcpy(out + used, text + i, take);
		if (octets == 0)
			out[used] = text[i] == '\t' ? ' ' : '?';
		used += take;
	}
	out[used] = '\0';
}

/* Takes apart what stands behind "550 " in the first line. */
static void store_reply_first(struct np_store_reply *reply, const char *rest,
			      size_t len)
{
	size_t enhanced = store_reply_enhanced(rest, len);

	/* One of another class contradicts the code, and the code counts. */
	if (enhanced > 0) {
		if (rest[0] - '0' == reply->code / 100)
			memcpy(reply->enhanced, rest, enhanced);
		rest += enhanced;
		len -= enhanced;
	}
	while (len > 0 && rest[0] == ' ') {
		rest++;
		len--;
	}
	store_reply_text(rest, len, reply->text);
}

int np_store_reply_line(struct np_store_reply_parser *parser,
			const char *line, size_t len)
{
	struct np_store_reply *reply = &parser->reply;
	int code;

	if (len > NP_MAX_STORE_LINE || parser->lines >= NP_MAX_STORE_LINES)
		return -1;
	code = store_reply_code(line, len);
	if (code == 0 || (parser->lines > 0 && code != reply->code))
		return -1;
	if (parser->lines++ == 0) {
		reply->code = code;
		if (len > 4)
			store_reply_first(reply, line + 4, len - 4);
	}
	return len > 3 && line[3] == '-' ? 0 : 1;
}

bool np_store_reply_unknown_user(const struct np_store_reply *reply)
{
	return reply->code == 550 && strcmp(reply->enhanced, "5.1.1") == 0;
}
