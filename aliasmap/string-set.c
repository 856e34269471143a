/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An open hash table over one block of text; see string-set.h. A million
 * addresses take their own length and 24 octets each.
 */
#include "aliasmap/string-set.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

struct string_set_item {
	size_t offset;		/* into text */
	unsigned int number;
};

struct np_string_set {
	char *text;
	size_t text_len, text_size;
	struct string_set_item *items;
	size_t count, items_size;
	uint32_t *slots;	/* index into items + 1; 0 = free */
	size_t slots_size;	/* a power of two, 0 before the first add */
};

struct np_string_set *np_string_set_create(void)
{
	return calloc(1, sizeof(struct np_string_set));
}

void np_string_set_destroy(struct np_string_set **set)
{
	if (*set == NULL)
		return;
	free((*set)->text);
	free((*set)->items);
	free((*set)->slots);
	free(*set);
	*set = NULL;
}

size_t np_string_set_count(const struct np_string_set *set)
{
	return set->count;
}

const char *np_string_set_get(const struct np_string_set *set, size_t i)
{
	return set->text + set->items[i].offset;
}

/* The slot of text, or the free one where it would stand. */
static size_t string_set_slot(const struct np_string_set *set,
			      const char *text)
{
	size_t mask = set->slots_size - 1;
	size_t slot = (size_t)XXH3_64bits(text, strlen(text)) & mask;

	while (set->slots[slot] != 0 &&
	       strcmp(np_string_set_get(set, set->slots[slot] - 1), text) != 0)
		slot = (slot + 1) & mask;
	return slot;
}

/* At most half of the slots are taken, so that a search stays short. */
static bool string_set_grow_slots(struct np_string_set *set)
{
	size_t size = set->slots_size == 0 ? 64 : set->slots_size * 2;
	uint32_t *slots = calloc(size, sizeof(*slots));

	if (slots == NULL)
		return false;
	free(set->slots);
	set->slots = slots;
	set->slots_size = size;
	for (size_t i = 0; i < set->count; i++) {
		size_t slot = string_set_slot(set, np_string_set_get(set, i));

		set->slots[slot] = (uint32_t)i + 1;
	}
	return true;
}

static bool string_set_room(struct np_string_set *set, size_t len)
{
	void *p;
	size_t size;

	if (set->count == set->items_size) {
		size = set->items_size == 0 ? 32 : set->items_size * 2;
		p = realloc(set->items, size * sizeof(*set->items));
		if (p == NULL)
			return false;
		set->items = p;
		set->items_size = size;
	}
	if (set->text_size - set->text_len < len) {
		size = (set->text_size + len) * 2;
		p = realloc(set->text, size);
		if (p == NULL)
			return false;
		set->text = p;
		set->text_size = size;
	}
	return set->count < set->slots_size / 2 || string_set_grow_slots(set);
}

int np_string_set_add(struct np_string_set *set, const char *text,
		      unsigned int number, unsigned int *number_r)
{
	size_t len = strlen(text) + 1, slot;

	if (!string_set_room(set, len))
		return -1;
	slot = string_set_slot(set, text);
	if (set->slots[slot] != 0) {
		if (number_r != NULL)
			*number_r = set->items[set->slots[slot] - 1].number;
		return 0;
	}
	(void)memcpy(set->text + set->text_len, text, len);
	set->items[set->count].offset = set->text_len;
	set->items[set->count].number = number;
	set->text_len += len;
	set->slots[slot] = (uint32_t)++set->count;
	return 1;
}

int np_string_set_find(const struct np_string_set *set, const char *text,
		       unsigned int *number_r)
{
	size_t slot;

	if (set->slots_size == 0)
		return 0;
	slot = string_set_slot(set, text);
	if (set->slots[slot] == 0)
		return 0;
	*number_r = set->items[set->slots[slot] - 1].number;
	return 1;
}

void np_string_set_set(struct np_string_set *set, const char *text,
		       unsigned int number)
{
	size_t slot;

	if (set->slots_size == 0)
		return;
	slot = string_set_slot(set, text);
	if (set->slots[slot] != 0)
		set->items[set->slots[slot] - 1].number = number;
}
