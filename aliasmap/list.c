/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists as the map's settings keep them: comma-separated, no blanks. */
#include "aliasmap/map.h"

#include <string.h>

bool np_list_has(const char *list, const char *word)
{
	size_t len = strlen(word), item;

	for (; *list != '\0'; list += item + (list[item] == ',' ? 1 : 0)) {
		item = strcspn(list, ",");
		if (item == len && len > 0 && memcmp(list, word, len) == 0)
			return true;
	}
	return false;
}
