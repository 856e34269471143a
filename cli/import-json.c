/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * {"version":1,"aliases":[{...}, ...]}. The list is cut into its objects here
 * and each is given to jansson alone: a million aliases need not be in memory
 * as a tree, and an error knows its line.
 */
#include "cli/import-entry.h"

#include <jansson.h>
#include <string.h>

static void json_space(struct np_import *import)
{
	int c;

	while ((c = np_import_peek(import)) == ' ' || c == '\t' ||
	       c == '\r' || c == '\n')
		(void)np_import_get(import);
}

static bool json_char(struct np_import *import, int c)
{
	json_space(import);
	if (np_import_peek(import) != c)
		return false;
	(void)np_import_get(import);
	return true;
}

/* Nothing behind an error of the frame can be trusted: the reader ends. */
static int json_frame_error(struct np_import *import, const char *why,
			    struct np_error *err)
{
	import->pos = import->len;
	import->ended = true;
	return np_error_set(err, NP_ERROR_RECORD, "%s", why);
}

/* Passes over one value, by its brackets and strings only; the slice is for
   jansson to judge. Returns 1, or 0 where the text ends inside it. */
static int json_slice(struct np_import *import, const char **start_r,
		      size_t *len_r)
{
	unsigned int depth = 0;
	bool string = false;
	size_t start;
	int c;

	json_space(import);
	start = import->pos;
	while ((c = np_import_peek(import)) >= 0) {
		if (string) {
			(void)np_import_get(import);
			if (c == '\\')
				(void)np_import_get(import);
			else if (c == '"')
				string = false;
		} else {
			if (depth == 0 && strchr(",:}]", c) != NULL)
				break;
			(void)np_import_get(import);
			if (c == '"')
				string = true;
			else if (c == '{' || c == '[')
				depth++;
			else if ((c == '}' || c == ']') && --depth == 0)
				break;
		}
	}
	*start_r = import->text + start;
	*len_r = import->pos - start;
	return !string && depth == 0 && *len_r > 0 ? 1 : 0;
}

static json_t *json_value(struct np_import *import)
{
	const char *start;
	size_t len;

	if (json_slice(import, &start, &len) == 0)
		return NULL;
	return json_loadb(start, len,
			  JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
}

/* One member of the outermost object. 1: the list begins; 0: another. */
static int json_member(struct np_import *import, struct np_error *err)
{
	json_t *value;
	char key[16] = "";

	value = json_value(import);
	if (json_is_string(value) && json_string_length(value) < sizeof(key))
		(void)strcpy(key, json_string_value(value));
	json_decref(value);
	if (!json_char(import, ':'))
		return json_frame_error(import, "this is no JSON object",
					err);
	if (strcmp(key, "aliases") == 0) {
		if (json_char(import, '['))
			return 1;
		return json_frame_error(import, "\"aliases\" has to be "
					"a list", err);
	}
	if (strcmp(key, "version") != 0)
		return json_frame_error(import, "only \"version\" and "
					"\"aliases\" can stand here", err);
	value = json_value(import);
	import->had_version = json_is_integer(value) &&
			      json_integer_value(value) == 1;
	json_decref(value);
	if (!import->had_version)
		return json_frame_error(import, "only version 1 of this "
					"format is known", err);
	return 0;
}

/* The members before the list, or (closed) those behind it. */
static int json_members(struct np_import *import, bool closed,
			struct np_error *err)
{
	int result;

	for (;;) {
		result = json_member(import, err);
		if (result < 0)
			return -1;
		if (result > 0 && closed)
			return json_frame_error(import, "\"aliases\" stands "
						"twice", err);
		if (result > 0)
			return 1;
		if (json_char(import, ','))
			continue;
		if (closed)
			return 1;
		return json_frame_error(import, "\"aliases\" is "
					"missing", err);
	}
}

int np_import_json_open(struct np_import *import, struct np_error *err)
{
	json_space(import);
	if (!json_char(import, '{'))
		return json_frame_error(import,
					np_import_peek(import) == '[' ?
					"a list needs a frame, use "
					"{\"version\":1,\"aliases\":[...]}" :
					"use "
					"{\"version\":1,\"aliases\":[...]}",
					err);
	return json_members(import, false, err);
}

/* Behind the list: other members, the brace, nothing. */
static int json_tail(struct np_import *import, struct np_error *err)
{
	if (json_char(import, ',') && json_members(import, true, err) < 0)
		return -1;
	if (!json_char(import, '}'))
		return json_frame_error(import, "the end is "
					"missing", err);
	json_space(import);
	if (np_import_peek(import) >= 0)
		return json_frame_error(import, "text behind "
					"the end", err);
	if (!import->had_version)
		return json_frame_error(import, "\"version\":1 "
					"is missing", err);
	import->ended = true;
	return 0;
}

/* One member of an alias: JSON's own types are read as a CSV's words. */
static int json_set(struct np_import_entry *entry, const char *key,
		    const json_t *value, struct np_error *err)
{
	enum np_column column = np_column_find(key, strlen(key));

	if (column == NP_COLUMN_COUNT ||
	    strcmp(key, np_column_name(column)) != 0)
		return np_error_set(err, NP_ERROR_RECORD, "\"%.60s\" is none "
				    "of alias, mailbox, receive, send, "
				    "enabled, expires, note, created", key);
	if (json_is_string(value))
		return np_import_entry_set(entry, column,
					   json_string_value(value), err);
	if (json_is_boolean(value) && column >= NP_COLUMN_RECEIVE &&
	    column <= NP_COLUMN_ENABLED)
		return np_import_entry_set(entry, column,
					   json_is_true(value) ? "yes" : "no",
					   err);
	if (json_is_null(value))
		return np_import_entry_set(entry, column, "", err);
	return np_error_set(err, NP_ERROR_RECORD, "\"%.60s\" has a value of "
			    "another type", key);
}

static int json_alias(struct np_import_entry *entry, json_t *object,
		       struct np_error *err)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		if (json_set(entry, key, value, err) < 0)
			return -1;
	}
	return np_import_entry_check(entry, err);
}

int np_import_json_next(struct np_import *import,
			struct np_import_entry *entry, struct np_error *err)
{
	json_t *object;
	int result;

	json_space(import);
	np_import_entry_init(entry, import->line);
	if (import->ended)
		return 0;
	if (json_char(import, ']'))
		return json_tail(import, err);
	if (import->in_list && !json_char(import, ','))
		return json_frame_error(import, "a comma is "
					"missing", err);
	import->in_list = true;
	json_space(import);
	entry->line = import->line;
	object = json_value(import);
	if (!json_is_object(object)) {
		json_decref(object);
		return np_import_peek(import) >= 0 ?
			np_error_set(err, NP_ERROR_RECORD, "this is no JSON "
				     "object") :
			json_frame_error(import, "the text ends "
					 "inside an object", err);
	}
	result = json_alias(entry, object, err);
	json_decref(object);
	return result;
}
