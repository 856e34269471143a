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
tests_unit_test_edit_SOURCES = tests/unit/test-edit.c \
	tests/unit/edit-rows.h
tests_unit_test_edit_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_edit_LDADD = libaliasmap.la $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-check
TESTS += tests/unit/test-check
tests_unit_test_check_SOURCES = tests/unit/test-check.c \
	tests/unit/map-fixture.c tests/unit/map-fixture.h tests/unit/check.h
tests_unit_test_check_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_check_LDADD = libaliasmap.la $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-string-set
TESTS += tests/unit/test-string-set
tests_unit_test_string_set_SOURCES = tests/unit/test-string-set.c \
	tests/unit/check.h
tests_unit_test_string_set_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_string_set_LDADD = libaliasmap.la $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-audit
TESTS += tests/unit/test-audit
tests_unit_test_audit_SOURCES = tests/unit/test-audit.c cli/audit.c \
	cli/audit.h tests/unit/check.h
tests_unit_test_audit_CFLAGS = $(NP_CFLAGS) $(CMOCKA_CFLAGS)
tests_unit_test_audit_LDADD = libcli.la $(CMOCKA_LIBS)
endif
