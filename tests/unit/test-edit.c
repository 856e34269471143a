/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of changing the map, as conversations: a row is a command and what
 * it must say; "new" begins an empty map, "limits" one with every setting.
 * Each command is judged on the map first, without a change: judging must say
 * the same as doing, and write nothing.
 */
#include "aliasmap/edit.h"
#include "tests/unit/edit-rows.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define NOW 1000000

static char folder[64];
static char link_name[128];
static unsigned int entries_told;

static void on_entry(void *context, const struct np_alias *before,
		     const struct np_alias *after)
{
	assert_ptr_equal(context, folder);
	assert_true(before != NULL || after != NULL);
	entries_told++;
}

static void remove_folder(void)
{
	struct dirent *entry;
	DIR *dir = opendir(folder);

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		char name[400];

		(void)snprintf(name, sizeof(name), "%s/%s", folder,
			       entry->d_name);
		(void)unlink(name);
	}
	(void)closedir(dir);
	(void)rmdir(folder);
}

static void new_map(bool limits)
{
	struct np_map_settings settings;
	struct np_error err;

	remove_folder();
	(void)strcpy(folder, "/tmp/nameplate-edit-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(link_name, sizeof(link_name), "%s/aliases.db", folder);
	(void)memset(&settings, 0, sizeof(settings));
	(void)strcpy(settings.delimiters, "+");
	if (limits) {
		(void)strcpy(settings.delimiters, "=");
		(void)strcpy(settings.domains, "x.org");
		(void)strcpy(settings.postmaster, "pm@x.org");
		(void)strcpy(settings.reserved, "admin,root");
		settings.max_aliases_per_mailbox = 2;
	}
	assert_int_equal(np_map_create(link_name, "test", &settings, &err), 1);
}

struct command {
	char text[300];
	char *word, *first, *second;
	struct np_alias values;
	unsigned int fields;
};

static void read_value(struct command *command, char *word)
{
	struct np_alias *values = &command->values;

	if (strcmp(word, "send") == 0)
		values->send = true, command->fields |= NP_EDIT_SEND;
	else if (strcmp(word, "receive") == 0)
		values->receive = true, command->fields |= NP_EDIT_RECEIVE;
	else if (strcmp(word, "no-receive") == 0)
		values->receive = false, command->fields |= NP_EDIT_RECEIVE;
	else if (strcmp(word, "disabled") == 0)
		values->enabled = false, command->fields |= NP_EDIT_ENABLED;
	else if (strncmp(word, "expires=", 8) == 0)
		values->expires = atol(word + 8),
		command->fields |= NP_EDIT_EXPIRES;
	else if (strncmp(word, "created=", 8) == 0)
		values->created = atol(word + 8),
		command->fields |= NP_EDIT_CREATED;
	else if (strncmp(word, "note=", 5) == 0)
		(void)strcpy(values->note, word + 5),
		command->fields |= NP_EDIT_NOTE;
	else if (strncmp(word, "mailbox=", 8) == 0)
		command->second = word + 8;
	else
		fail_msg("test: %s", word);
}

static void read_command(struct command *command, const char *text)
{
	char *word;

	(void)memset(command, 0, sizeof(*command));
	np_alias_init(&command->values);
	(void)strcpy(command->text, text);
	command->word = strtok(command->text, " ");
	command->first = strtok(NULL, " ");
	if (strcmp(command->word, "set") != 0)
		command->second = strtok(NULL, " ");
	while ((word = strtok(NULL, " ")) != NULL)
		read_value(command, word);
}

static enum np_edit_result run_command(struct np_edit *edit,
				       const struct command *command)
{
	const char *word = command->word;
	unsigned int count = 12345;

	if (strcmp(word, "add") == 0)
		return np_edit_add(edit, command->first, command->second,
				   &command->values, command->fields, 0);
	if (strcmp(word, "catch") == 0)
		return np_edit_add(edit, command->first, command->second,
				   &command->values, command->fields,
				   NP_EDIT_CATCH_ALL);
	if (strcmp(word, "import") == 0)
		return np_edit_add(edit, command->first, command->second,
				   &command->values, command->fields,
				   NP_EDIT_IMPORT);
	if (strcmp(word, "set") == 0)
		return np_edit_set(edit, command->first, command->second,
				   &command->values, command->fields);
	if (strcmp(word, "enable") == 0 || strcmp(word, "disable") == 0)
		return np_edit_enable(edit, command->first, *word == 'e');
	if (strcmp(word, "remove") == 0)
		return np_edit_remove(edit, command->first);
	if (strcmp(word, "move") == 0)
		return np_edit_move(edit, command->first, command->second,
				    &count);
	assert_string_equal(word, "remove-mailbox");
	return np_edit_remove_mailbox(edit, command->first, &count);
}

static void show(struct np_map *map, const char *key, char *out, size_t size)
{
	struct np_alias alias;
	struct np_error err;
	int found = np_map_lookup(map, key, &alias, &err);

	assert_true(found >= 0);
	if (found == 0)
		(void)snprintf(out, size, "none");
	else
		(void)snprintf(out, size, "%s %s %s%s%s %lld %lld %s",
			       alias.address, alias.mailbox,
			       alias.enabled ? "enabled" : "disabled",
			       alias.receive ? " receive" : "",
			       alias.send ? " send" : "",
			       (long long)alias.expires,
			       (long long)alias.created, alias.note);
}

/* "done TEXT" and so on. */
static void say(const struct np_edit *edit, enum np_edit_result result,
		char *out, size_t size)
{
	static const char *const words[] = {
		"done", "unchanged", "refused", "failed"
	};

	(void)snprintf(out, size, "%s %s", words[result], edit->text);
}

static void run_row(const struct command *command, char *judged, char *said,
		    size_t size)
{
	enum np_edit_result result;
	struct np_change *change;
	struct np_edit edit;
	struct np_error err;
	struct np_map *map;

	assert_int_equal(np_map_open(link_name, NP_MAP_FILE, &map, &err), 1);
	if (strcmp(command->word, "show") == 0) {
		show(map, command->first, said, size);
		(void)strcpy(judged, said);
		np_map_close(&map);
		return;
	}
	np_edit_init(&edit, map, NULL, "np", NOW);
	say(&edit, run_command(&edit, command), judged, size);
	np_map_close(&map);

	assert_int_equal(np_change_begin(link_name, "test", 1, &change, &err),
			 1);
	np_edit_init(&edit, np_change_map(change), change, "np", NOW);
	edit.on_entry = on_entry;
	edit.context = folder;
	entries_told = 0;
	result = run_command(&edit, command);
	assert_int_equal(entries_told > 0, result == NP_EDIT_DONE);
	say(&edit, result, said, size);
	if (result == NP_EDIT_DONE) {
		uint64_t generation;

		assert_int_equal(np_change_commit(&change, &generation, &err),
				 1);
	} else {
		np_change_rollback(&change);
	}
}

static void test_edit__rules(void **state)
{
	char judged[NP_MAX_EDIT_TEXT + 20], said[NP_MAX_EDIT_TEXT + 20];
	unsigned int failures = 0;
	const char *label = "";
	struct command command;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].command, "new") == 0 ||
		    strcmp(rows[i].command, "limits") == 0) {
			label = rows[i].said;
			new_map(rows[i].command[0] == 'l');
			continue;
		}
		read_command(&command, rows[i].command);
		run_row(&command, judged, said, sizeof(said));
		if (strcmp(said, rows[i].said) != 0) {
			print_error("%s: %s\n said: %s\n want: %s\n", label,
				    rows[i].command, said, rows[i].said);
			failures++;
		}
		/* Who takes the mail is known only once it is removed. */
		if (strncmp(rows[i].command, "remove ", 7) == 0)
			said[strlen(judged)] = '\0';
		if (strcmp(said, judged) != 0) {
			print_error("%s: %s\n judged: %s\n said: %s\n", label,
				    rows[i].command, judged, said);
			failures++;
		}
	}
	assert_int_equal(failures, 0);
	remove_folder();
}

/* What is typed comes back in errors, and never as a control character. */
static void test_edit__printable(void **state)
{
	struct np_edit edit;
	struct np_error err;
	struct np_map *map;
	char long_name[5000];

	(void)state;
	new_map(false);
	assert_int_equal(np_map_open(link_name, NP_MAP_FILE, &map, &err), 1);
	np_edit_init(&edit, map, NULL, "np", NOW);
	assert_int_equal(np_edit_add(&edit, "a\033[2J\n@x", "b@x", NULL, 0, 0),
			 NP_EDIT_REFUSED);
	assert_null(strpbrk(edit.text, "\033\n"));
	(void)memset(long_name, 'a', sizeof(long_name));
	(void)strcpy(long_name + sizeof(long_name) - 3, "@x");
	assert_int_equal(np_edit_add(&edit, long_name, "b@x", NULL, 0, 0),
			 NP_EDIT_REFUSED);
	assert_int_equal(np_edit_add(&edit, "a@x", long_name, NULL, 0, 0),
			 NP_EDIT_REFUSED);
	np_map_close(&map);
	remove_folder();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edit__rules),
		cmocka_unit_test(test_edit__printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
