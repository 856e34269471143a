/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dot-stuffing and its removal; see dots.h. */
#include "lmtp/dots.h"

#include <string.h>

/* Copies the run of octets up to and including the next CR. */
static size_t unstuff_run(struct np_unstuff *unstuff, const char *in,
			  size_t len, char *out)
{
	const char *cr = memchr(in, '\r', len);
	size_t run = cr == NULL ? len : (size_t)(cr - in) + 1;

	memcpy(out, in, run);
	unstuff->state = cr == NULL ? NP_DOTS_TEXT : NP_DOTS_CR;
	return run;
}

size_t np_unstuff(struct np_unstuff *unstuff, const char *in, size_t len,
		  char *out, size_t *out_len_r)
{
	size_t i = 0, o = 0, run;

	while (i < len && unstuff->state != NP_DOTS_END) {
		switch (unstuff->state) {
		case NP_DOTS_LINE_START:
			if (in[i] == '.') {
				unstuff->state = NP_DOTS_DOT;
				i++;
				break;
			}
			unstuff->state = NP_DOTS_TEXT;
			break;
		case NP_DOTS_DOT:
			/* The dot was stuffing unless CRLF follows. */
			if (in[i] == '\r') {
				unstuff->state = NP_DOTS_DOT_CR;
				i++;
				break;
			}
			unstuff->state = NP_DOTS_TEXT;
			break;
		case NP_DOTS_DOT_CR:
			if (in[i] == '\n') {
				unstuff->state = NP_DOTS_END;
				i++;
				break;
			}
			out[o++] = '\r';
			unstuff->state = NP_DOTS_CR;
			break;
		case NP_DOTS_CR:
			if (in[i] == '\n') {
				out[o++] = in[i++];
				unstuff->state = NP_DOTS_LINE_START;
				break;
			}
			unstuff->state = NP_DOTS_TEXT;
			break;
		case NP_DOTS_TEXT:
			run = unstuff_run(unstuff, in + i, len - i, out + o);
			i += run;
			o += run;
			break;
		case NP_DOTS_END:
			break;
		}
	}
	*out_len_r = o;
	return i;
}

size_t np_stuff(struct np_stuff *stuff, const char *in, size_t len, char *out)
{
	size_t i, o = 0;

	for (i = 0; i < len; i++) {
		if (stuff->last_cr) {
			stuff->last_cr = false;
			stuff->line_middle = false;
			out[o++] = '\r';
			out[o++] = '\n';
			if (in[i] == '\n')
				continue;
		}
		if (in[i] == '\r') {
			stuff->last_cr = true;
		} else if (in[i] == '\n') {
			out[o++] = '\r';
			out[o++] = '\n';
			stuff->line_middle = false;
		} else {
			if (in[i] == '.' && !stuff->line_middle)
				out[o++] = '.';
			out[o++] = in[i];
			stuff->line_middle = true;
		}
	}
	return o;
}

size_t np_stuff_end(struct np_stuff *stuff, char *out)
{
	size_t o = 0;

	if (stuff->line_middle || stuff->last_cr) {
		out[o++] = '\r';
		out[o++] = '\n';
	}
	memcpy(out + o, ".\r\n", 3);
	return o + 3;
}
