/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nameplate.conf: an error names the file, and settings that were taken hold
   what the rest relies on. */
#include "conf/settings.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void fuzz_endpoints(char **list, bool allow)
{
	struct np_endpoint endpoint;

	for (; *list != NULL; list++) {
		FUZZ_REQUIRE(np_endpoint_parse(*list, &endpoint, NULL) == 1);
		FUZZ_REQUIRE(strcmp(endpoint.port, "25") != 0);
		FUZZ_REQUIRE(allow || np_endpoint_is_local(&endpoint));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct np_error err = { .kind = NP_ERROR_NONE };
	struct np_settings *s = NULL;
	struct np_map_settings kept;
	struct np_network network;
	bool allow;

	if (np_settings_parse("f", (const char *)data, size, &s, &err) < 0) {
		FUZZ_REQUIRE(s == NULL && err.kind == NP_ERROR_SETTINGS);
		FUZZ_REQUIRE(strncmp(err.text, "f:", 2) == 0);
		return 0;
	}
	allow = s->lmtp_allow[0] != NULL;
	for (char **item = s->lmtp_allow; *item != NULL; item++)
		FUZZ_REQUIRE(np_network_parse(*item, &network, NULL) == 1);
	FUZZ_REQUIRE(s->lmtp_listen[0] != NULL);
	fuzz_endpoints(s->lmtp_listen, allow);
	fuzz_endpoints(s->socketmap_listen, allow);
	fuzz_endpoints(s->metrics_listen, false);
	FUZZ_REQUIRE(s->map_file[0] == '/' && s->lmtp_mark_key[0] == '/' &&
		     s->lmtp_spool_dir[0] == '/');
	FUZZ_REQUIRE(s->lmtp_max_returns >= 1 && s->lmtp_store_connections >= 1 &&
		     s->lmtp_max_recipients >= 100);
	FUZZ_REQUIRE(strpbrk(s->map.delimiters, "@\"'._- ") == NULL);
	FUZZ_REQUIRE(strlen(s->map.domains) < sizeof(s->map.domains));
	kept = s->map;
	FUZZ_REQUIRE(!np_settings_differ(s, &kept, NULL));
	np_settings_free(&s);
	return 0;
}
