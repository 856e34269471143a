/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of generations (the stem up to the first NUL, then the name): only
   what would be printed is parsed. */
#include "aliasmap/generation-name.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct np_map_path path;
	struct np_error err = {NP_ERROR_NONE, ""};
	char *text = malloc(size + 2), *name, printed[NP_MAX_FILE_NAME];
	struct np_generation gen;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = text[size + 1] = '\0';
	name = text + strlen(text) + 1;
	if (np_generation_parse(text, name, &gen)) {
		FUZZ_REQUIRE(strncmp(name, text, strlen(text)) == 0);
		FUZZ_REQUIRE(strchr(name + strlen(text), '/') == NULL);
		if (np_generation_print(text, &gen, printed))
			FUZZ_REQUIRE(strcmp(printed, name) == 0);
		else
			FUZZ_REQUIRE(strlen(name) >= sizeof(printed));
	}
	if (np_map_path_parse(text, &path, &err) > 0) {
		FUZZ_REQUIRE(strcmp(path.link, text) == 0);
		FUZZ_REQUIRE(strchr(path.base, '/') == NULL);
		FUZZ_REQUIRE(path.base[0] != '\0' && path.stem[0] != '\0');
		FUZZ_REQUIRE(!np_generation_parse(path.stem, path.base, &gen));
	} else {
		FUZZ_REQUIRE(err.kind == NP_ERROR_MISSING);
	}
	free(text);
	return 0;
}
