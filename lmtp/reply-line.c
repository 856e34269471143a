/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One reply line in the making; see reply-line.h. */
#include "lmtp/reply-line.h"
#include "aliasmap/text.h"

#include <stdio.h>
#include <string.h>

void np_reply_line_add(struct np_reply_line *line, const char *text, size_t len)
{
	for (size_t i = 0, octets; i < len; i += octets) {
		octets = np_utf8_octets(text + i, len - i);
		if (line->len + (octets > 1 && line->utf8 ? octets : 1) >
		    line->end) {
			line->end = line->len;
			return;
		}
		if (octets == 1 || (octets > 1 && line->utf8)) {
			memcpy(line->out + line->len, text + i, octets);
			line->len += octets;
			continue;
		}
		line->out[line->len++] = text[i] == '\t' ? ' ' : '?';
		if (octets == 0)
			octets = 1;
	}
}

void np_reply_line_text(struct np_reply_line *line, const char *text)
{
	np_reply_line_add(line, text, strlen(text));
}

void np_reply_line_address(struct np_reply_line *line, const char *address,
			   size_t reserve)
{
	np_reply_line_text(line, "<");
	line->end = NP_REPLY_END - reserve - 2;
	np_reply_line_text(line, address);
	line->end = NP_REPLY_END;
	np_reply_line_text(line, "> ");
}

void np_reply_line_begin(struct np_reply_line *line, char *out, bool utf8,
			 int code, const char *enhanced)
{
	char codes[32];

	line->out = out;
	line->len = 0;
	line->end = NP_REPLY_END;
	line->utf8 = utf8;
	(void)snprintf(codes, sizeof(codes), "%d %s%s", code, enhanced,
		       *enhanced != '\0' ? " " : "");
	np_reply_line_text(line, codes);
}

size_t np_reply_line_finish(struct np_reply_line *line)
{
	memcpy(line->out + line->len, "\r\n", 3);
	return line->len + 2;
}
