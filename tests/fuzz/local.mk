# SPDX-License-Identifier: LGPL-2.1-or-later
# Fuzz targets: seeds/NAME/ holds the seeds of fuzz-NAME.c. A new target is one
# block here; where it belongs to the agent, inside "if WITH_AGENT".
EXTRA_DIST += tests/fuzz/smoke tests/fuzz/seeds
FUZZ =
fuzz_driver = tests/fuzz/driver.c tests/fuzz/fuzz.h

FUZZ += tests/fuzz/fuzz-address
tests_fuzz_fuzz_address_SOURCES = tests/fuzz/fuzz-address.c $(fuzz_driver)
tests_fuzz_fuzz_address_LDADD = libaliasmap.la

FUZZ += tests/fuzz/fuzz-command
tests_fuzz_fuzz_command_SOURCES = tests/fuzz/fuzz-command.c $(fuzz_driver)
tests_fuzz_fuzz_command_LDADD = liblmtp-pure.la

FUZZ += tests/fuzz/fuzz-header
tests_fuzz_fuzz_header_SOURCES = tests/fuzz/fuzz-header.c $(fuzz_driver)
tests_fuzz_fuzz_header_LDADD = liblmtp-pure.la

FUZZ += tests/fuzz/fuzz-reply
tests_fuzz_fuzz_reply_SOURCES = tests/fuzz/fuzz-reply.c $(fuzz_driver)
tests_fuzz_fuzz_reply_LDADD = liblmtp-pure.la

FUZZ += tests/fuzz/fuzz-mark
tests_fuzz_fuzz_mark_SOURCES = tests/fuzz/fuzz-mark.c $(fuzz_driver)
tests_fuzz_fuzz_mark_LDADD = liblmtp-pure.la

FUZZ += tests/fuzz/fuzz-netstring
tests_fuzz_fuzz_netstring_SOURCES = tests/fuzz/fuzz-netstring.c $(fuzz_driver)
tests_fuzz_fuzz_netstring_LDADD = liblmtp-pure.la

FUZZ += tests/fuzz/fuzz-settings
tests_fuzz_fuzz_settings_SOURCES = tests/fuzz/fuzz-settings.c $(fuzz_driver)
tests_fuzz_fuzz_settings_LDADD = libconf.la

FUZZ += tests/fuzz/fuzz-xtext
tests_fuzz_fuzz_xtext_SOURCES = tests/fuzz/fuzz-xtext.c $(fuzz_driver)
tests_fuzz_fuzz_xtext_LDADD = libaliasmap.la

FUZZ += tests/fuzz/fuzz-record
tests_fuzz_fuzz_record_SOURCES = tests/fuzz/fuzz-record.c $(fuzz_driver)
tests_fuzz_fuzz_record_LDADD = libaliasmap.la

FUZZ += tests/fuzz/fuzz-name
tests_fuzz_fuzz_name_SOURCES = tests/fuzz/fuzz-name.c $(fuzz_driver)
tests_fuzz_fuzz_name_LDADD = libaliasmap.la

FUZZ += tests/fuzz/fuzz-meta
tests_fuzz_fuzz_meta_SOURCES = tests/fuzz/fuzz-meta.c $(fuzz_driver)
tests_fuzz_fuzz_meta_LDADD = libaliasmap.la

FUZZ += tests/fuzz/fuzz-generation
tests_fuzz_fuzz_generation_SOURCES = tests/fuzz/fuzz-generation.c $(fuzz_driver)
tests_fuzz_fuzz_generation_LDADD = libaliasmap.la

FUZZ += tests/fuzz/fuzz-import
tests_fuzz_fuzz_import_SOURCES = tests/fuzz/fuzz-import.c $(fuzz_driver)
tests_fuzz_fuzz_import_LDADD = libcli.la

check_PROGRAMS += $(FUZZ)
fuzz-programs: $(FUZZ)
.PHONY: fuzz-programs
