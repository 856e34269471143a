/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Imports of any format: the reader comes to an end, what it gives is whole,
   and written as CSV it is read back the same. */
#include "cli/import.h"
#include "cli/list-format.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void write_and_read(const struct np_import_entry *entry)
{
	struct np_list list = { NULL, NP_LIST_CSV, 0, 0, 0, 0, 0 };
	static struct np_import_entry again;
	struct np_alias alias = entry->values;
	struct np_import *import;
	struct np_error err;
	char *text = NULL;
	size_t len;

	(void)strcpy(alias.address, entry->alias);
	(void)strcpy(alias.mailbox, entry->mailbox);
	list.out = open_memstream(&text, &len);
	np_list_begin(&list);
	np_list_entry(&list, &alias);
	np_list_end(&list);
	(void)fclose(list.out);
	FUZZ_REQUIRE(np_import_open(text, len, NP_IMPORT_CSV, &import,
				    &err) == 1);
	FUZZ_REQUIRE(np_import_next(import, &again, &err) == 1);
	FUZZ_REQUIRE(strcmp(again.alias, entry->alias) == 0);
	FUZZ_REQUIRE(strcmp(again.mailbox, entry->mailbox) == 0);
	FUZZ_REQUIRE(strcmp(again.values.note, entry->values.note) == 0);
	FUZZ_REQUIRE(again.values.expires == entry->values.expires);
	FUZZ_REQUIRE(again.values.created == entry->values.created);
	FUZZ_REQUIRE(np_import_next(import, &again, &err) == 0);
	np_import_close(&import);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum np_import_format formats[] = {
		NP_IMPORT_DETECT, NP_IMPORT_CSV, NP_IMPORT_JSON,
		NP_IMPORT_POSTFIX
	};
	static struct np_import_entry entry;

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct np_import *import;
		struct np_error err;
		size_t left = size + 2;
		int result;

		if (np_import_open((const char *)data, size, formats[i],
				   &import, &err) < 0)
			continue;
		while ((result = np_import_next(import, &entry, &err)) != 0) {
			FUZZ_REQUIRE(left-- > 0);
			FUZZ_REQUIRE(entry.line > 0);
			if (result < 0)
				continue;
			FUZZ_REQUIRE(entry.alias[0] != '\0' &&
				     entry.mailbox[0] != '\0');
			if (strlen(entry.alias) <= NP_MAX_ADDRESS &&
			    strlen(entry.mailbox) <= NP_MAX_ADDRESS)
				write_and_read(&entry);
		}
		np_import_close(&import);
	}
	return 0;
}
