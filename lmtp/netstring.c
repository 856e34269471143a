/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Netstrings, from bytes to bytes; see netstring.h. */
#include "lmtp/netstring.h"

#include <stdio.h>
#include <string.h>

int np_netstring_parse(const char *data, size_t len, const char **text_r,
		       size_t *text_len_r, size_t *used_r)
{
	size_t size = 0, i;

	for (i = 0; i < len && data[i] >= '0' && data[i] <= '9'; i++) {
		if (i > 0 && data[0] == '0')
			return -1;
		size = size * 10 + (size_t)(data[i] - '0');
		if (size > NP_MAX_REQUEST)
			return -1;
	}
	if (i == len)
		return 0;
	if (i == 0 || data[i] != ':')
		return -1;
	i++;
	if (len - i <= size)
		return 0;
	if (data[i + size] != ',')
		return -1;
	*text_r = data + i;
	*text_len_r = size;
	*used_r = i + size + 1;
	return 1;
}

size_t np_netstring_print(const char *text, size_t len, char *out)
{
	size_t start = (size_t)sprintf(out, "%zu:", len);

	memcpy(out + start, text, len);
	out[start + len] = ',';
	return start + len + 1;
}
