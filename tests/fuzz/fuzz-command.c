/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Command lines: whatever is accepted holds nothing that could end a line, and
   reads the same written anew from its values. */
#include "lmtp/command.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void fuzz_printable(const char *text, size_t size)
{
	FUZZ_REQUIRE(memchr(text, '\0', size) != NULL);
	for (; *text != '\0'; text++)
		FUZZ_REQUIRE((unsigned char)*text >= 0x20 && *text != 0x7f);
}

/* The path as it was kept makes the same command again. */
static void fuzz_again(const struct np_command *command)
{
	static struct np_command again;
	char line[NP_MAX_PATH_TEXT + 64];
	int len = snprintf(line, sizeof(line), "%s<%s>%s",
			   command->name == NP_COMMAND_MAIL ? "mail from:" :
							      "rcpt to:",
			   command->path,
			   command->smtputf8 ? " SMTPUTF8" : "");

	FUZZ_REQUIRE(len > 0 && (size_t)len < sizeof(line));
	FUZZ_REQUIRE(np_command_parse(line, (size_t)len, true, &again) ==
		     NP_COMMAND_OK);
	FUZZ_REQUIRE(again.name == command->name);
	FUZZ_REQUIRE(strcmp(again.path, command->path) == 0);
	FUZZ_REQUIRE(strcmp(again.address.local, command->address.local) == 0);
	FUZZ_REQUIRE(strcmp(again.address.domain, command->address.domain) ==
		     0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct np_command command;
	bool smtputf8 = size > 0 && (data[0] & 1) != 0;
	size_t skip = size > 0 ? 1 : 0;
	enum np_command_result result =
		np_command_parse((const char *)data + skip, size - skip,
				 smtputf8, &command);

	fuzz_printable(command.path, sizeof(command.path));
	fuzz_printable(command.hello, sizeof(command.hello));
	fuzz_printable(command.refused, sizeof(command.refused));
	if (result != NP_COMMAND_OK || (command.name != NP_COMMAND_MAIL &&
					command.name != NP_COMMAND_RCPT))
		return 0;
	FUZZ_REQUIRE(command.path[0] != '@');
	FUZZ_REQUIRE(!command.smtputf8 || smtputf8);
	FUZZ_REQUIRE(command.address.local[0] != '\0' ||
		     (command.name == NP_COMMAND_MAIL &&
		      command.path[0] == '\0'));
	fuzz_again(&command);
	return 0;
}
