/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The one value that GMime gets to see: one unfolded Message-ID, bounded and
 * without NUL. Its address and MIME parsers have had overflows and endless
 * loops; they are not called.
 */
#include "lmtp/header.h"

#include <gmime/gmime.h>

#include <string.h>

bool np_message_id(const char *value, char *out, size_t size)
{
	g_autofree char *id = NULL;
	size_t len;

	out[0] = '\0';
	if (*value == '\0' || strlen(value) >= NP_MAX_MESSAGE_ID)
		return false;
	id = g_mime_utils_decode_message_id(value);
	len = id != NULL ? strlen(id) : 0;
	if (len == 0 || len >= size)
		return false;
	/* It goes into log lines. */
	for (size_t i = 0; i < len; i++)
		out[i] = (unsigned char)id[i] <= 0x20 || id[i] == 0x7f ?
			'?' : id[i];
	out[len] = '\0';
	return true;
}
