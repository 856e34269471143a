/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What concerns all aliases of a mailbox at once: handing them over to
 * another one, and removing them. The entries are collected before the first
 * edit, since a cursor cannot stay open over one.
 */
#include "aliasmap/edit-name.h"

#include <stdlib.h>
#include <string.h>

struct move_list {
	char (*keys)[NP_MAX_ADDRESS + 1];
	unsigned int count;
	unsigned int size;
};

static int move_list_add(struct move_list *list, const char *key)
{
	if (list->count == list->size) {
		unsigned int size = list->size == 0 ? 64 : list->size * 2;
		void *keys = realloc(list->keys, size * sizeof(*list->keys));

		if (keys == NULL)
			return -1;
		list->keys = keys;
		list->size = size;
	}
	(void)strcpy(list->keys[list->count++], key);
	return 0;
}

/* The keys of everything that leads to owner. */
static enum np_edit_result
move_collect(struct np_edit *edit, const char *owner, struct move_list *list)
{
	struct np_map_cursor *cursor;
	struct np_alias alias;
	int more;

	if (np_map_cursor_open(edit->map, owner, &cursor, &edit->err) < 0)
		return np_edit_fail(edit);
	while ((more = np_map_cursor_next(cursor, &alias, &edit->err)) > 0) {
		if (move_list_add(list, alias.address) < 0) {
			more = np_error_set(&edit->err, NP_ERROR_MEMORY,
					    "out of memory");
			break;
		}
	}
	np_map_cursor_close(&cursor);
	if (more < 0)
		return np_edit_fail(edit);
	if (list->count == 0)
		return np_edit_refuse(edit, "%s: no alias leads there, "
				      "see: %s list", owner, edit->command);
	return NP_EDIT_DONE;
}

static enum np_edit_result
move_entry(struct np_edit *edit, const char *key, const char *to)
{
	struct np_alias before, after;
	int found;

	found = np_map_lookup(edit->map, key, &before, &edit->err);
	if (found < 0)
		return np_edit_fail(edit);
	if (found == 0) {
		(void)np_error_set(&edit->err, NP_ERROR_INTERNAL,
				   "%s: is in the index of mailboxes and not "
				   "in the map, use: %s rollback", key,
				   edit->command);
		return np_edit_fail(edit);
	}
	after = before;
	(void)strcpy(after.mailbox, to);
	if (edit->change != NULL &&
	    np_change_put(edit->change, &after, &edit->err) < 0)
		return np_edit_fail(edit);
	np_edit_say(edit, "%s -> %s: handed over", key, to);
	if (edit->on_entry != NULL)
		edit->on_entry(edit->context, &before, &after);
	return NP_EDIT_DONE;
}

/* to is the new mailbox; NULL removes. */
static enum np_edit_result
move_all(struct np_edit *edit, const struct move_list *list, const char *to)
{
	enum np_edit_result result = NP_EDIT_DONE;

	for (unsigned int i = 0; i < list->count && result == NP_EDIT_DONE;
	     i++)
		result = to == NULL ? np_edit_remove(edit, list->keys[i]) :
			 move_entry(edit, list->keys[i], to);
	return result;
}

enum np_edit_result
np_edit_remove_mailbox(struct np_edit *edit, const char *mailbox,
		       unsigned int *count_r)
{
	struct move_list list = { NULL, 0, 0 };
	char owner[NP_MAX_ADDRESS + 1];
	enum np_edit_result result;

	result = np_edit_key(edit, mailbox, owner);
	if (result == NP_EDIT_DONE)
		result = move_collect(edit, owner, &list);
	if (result == NP_EDIT_DONE)
		result = move_all(edit, &list, NULL);
	if (result == NP_EDIT_DONE) {
		*count_r = list.count;
		np_edit_say(edit, "%s: %u alias%s removed", owner, list.count,
			    list.count == 1 ? "" : "es");
	}
	free(list.keys);
	return result;
}

/* Two of a kind, and the new mailbox is no alias, of the old one neither. */
static enum np_edit_result
move_check(struct np_edit *edit, const char *from, const char *to)
{
	struct np_alias moved;

	if ((from[0] == '@') != (to[0] == '@'))
		return np_edit_refuse(edit, "%s -> %s: name two mailboxes, or "
				      "two domains (@DOMAIN)", from, to);
	if (strcmp(from, to) == 0) {
		np_edit_say(edit, "%s -> %s: unchanged", from, to);
		return NP_EDIT_UNCHANGED;
	}
	np_alias_init(&moved);
	(void)strcpy(moved.address, from);
	(void)strcpy(moved.mailbox, to);
	return np_edit_check_target(edit, &moved, "move");
}

enum np_edit_result
np_edit_move(struct np_edit *edit, const char *from_text, const char *to_text,
	     unsigned int *count_r)
{
	struct move_list list = { NULL, 0, 0 };
	char from[NP_MAX_ADDRESS + 1], to[NP_MAX_ADDRESS + 1];
	enum np_edit_result result;

	result = np_edit_key(edit, from_text, from);
	if (result == NP_EDIT_DONE)
		result = np_edit_target_name(edit, to_text, to);
	if (result == NP_EDIT_DONE)
		result = move_check(edit, from, to);
	if (result == NP_EDIT_DONE)
		result = move_collect(edit, from, &list);
	if (result == NP_EDIT_DONE)
		result = np_edit_check_limit(edit, to, list.count);
	if (result == NP_EDIT_DONE)
		result = move_all(edit, &list, to);
	if (result == NP_EDIT_DONE) {
		*count_r = list.count;
		np_edit_say(edit, "%s -> %s: %u alias%s handed over%s", from,
			    to, list.count, list.count == 1 ? "" : "es",
			    strcmp(np_edit_settings(edit)->postmaster,
				   from) == 0 ?
			    ", [map] postmaster still names the old mailbox" :
			    "");
	}
	free(list.keys);
	return result;
}
