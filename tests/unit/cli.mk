# SPDX-License-Identifier: LGPL-2.1-or-later
# The tests of the command and of the rules of changing the map.
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test-date
TESTS += tests/unit/test-date
tests_unit_test_date_SOURCES = tests/unit/test-date.c
tests_unit_test_date_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_date_LDADD = libcli.la $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-import
TESTS += tests/unit/test-import
tests_unit_test_import_SOURCES = tests/unit/test-import.c
tests_unit_test_import_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_import_LDADD = libcli.la $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-list-format
TESTS += tests/unit/test-list-format
tests_unit_test_list_format_SOURCES = tests/unit/test-list-format.c
tests_unit_test_list_format_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_list_format_LDADD = libcli.la $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-edit
TESTS += tests/unit/test-edit
tests_unit_test_edit_SOURCES = tests/unit/test-edit.c
tests_unit_test_edit_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_edit_LDADD = libaliasmap.la $(CMOCKA_LIBS)
endif
