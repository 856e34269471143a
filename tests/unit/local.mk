# SPDX-License-Identifier: LGPL-2.1-or-later

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-command
TESTS += tests/unit/test-command
tests_unit_test_command_SOURCES = tests/unit/test-command.c tests/unit/check.h
tests_unit_test_command_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_command_LDADD = liblmtp-pure.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-reply
TESTS += tests/unit/test-reply
tests_unit_test_reply_SOURCES = tests/unit/test-reply.c tests/unit/check.h
tests_unit_test_reply_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_reply_LDADD = liblmtp-pure.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-settings
TESTS += tests/unit/test-settings
tests_unit_test_settings_SOURCES = tests/unit/test-settings.c tests/unit/check.h
tests_unit_test_settings_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_settings_LDADD = libconf.la $(CMOCKA_LIBS)
endif

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-map-write
TESTS += tests/unit/test-map-write
tests_unit_test_map_write_SOURCES = tests/unit/test-map-write.c tests/unit/map-fixture.c tests/unit/map-fixture.h tests/unit/check.h
tests_unit_test_map_write_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_map_write_LDADD = libaliasmap.la $(CMOCKA_LIBS)
endif
