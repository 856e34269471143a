# SPDX-License-Identifier: LGPL-2.1-or-later
# Unit tests of the map.
if HAVE_CMOCKA
map_fixture = tests/unit/map-fixture.c tests/unit/map-fixture.h \
	tests/unit/check.h
map_cflags = $(NP_CFLAGS) $(CMOCKA_CFLAGS)

check_PROGRAMS += tests/unit/test-generation
TESTS += tests/unit/test-generation
tests_unit_test_generation_SOURCES = tests/unit/test-generation.c $(map_fixture)
tests_unit_test_generation_CFLAGS = $(map_cflags)
tests_unit_test_generation_LDADD = libaliasmap.la $(XXHASH_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-map-meta
TESTS += tests/unit/test-map-meta
tests_unit_test_map_meta_SOURCES = tests/unit/test-map-meta.c tests/unit/check.h
tests_unit_test_map_meta_CFLAGS = $(map_cflags)
tests_unit_test_map_meta_LDADD = libaliasmap.la $(XXHASH_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-map-open
TESTS += tests/unit/test-map-open
tests_unit_test_map_open_SOURCES = tests/unit/test-map-open.c $(map_fixture)
tests_unit_test_map_open_CFLAGS = $(map_cflags)
tests_unit_test_map_open_LDADD = libaliasmap.la $(XXHASH_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-map-full
TESTS += tests/unit/test-map-full
tests_unit_test_map_full_SOURCES = tests/unit/test-map-full.c $(map_fixture)
tests_unit_test_map_full_CFLAGS = $(map_cflags)
tests_unit_test_map_full_LDADD = libaliasmap.la $(XXHASH_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-map
TESTS += tests/unit/test-map
tests_unit_test_map_SOURCES = tests/unit/test-map.c $(map_fixture)
tests_unit_test_map_CFLAGS = $(map_cflags) -pthread
tests_unit_test_map_LDADD = libaliasmap.la $(XXHASH_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-map-damage
TESTS += tests/unit/test-map-damage
tests_unit_test_map_damage_SOURCES = tests/unit/test-map-damage.c $(map_fixture)
tests_unit_test_map_damage_CFLAGS = $(map_cflags)
tests_unit_test_map_damage_LDADD = libaliasmap.la $(XXHASH_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-map-write
TESTS += tests/unit/test-map-write
tests_unit_test_map_write_SOURCES = tests/unit/test-map-write.c $(map_fixture)
tests_unit_test_map_write_CFLAGS = $(map_cflags)
tests_unit_test_map_write_LDADD = libaliasmap.la $(XXHASH_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-map-steps
TESTS += tests/unit/test-map-steps
tests_unit_test_map_steps_SOURCES = tests/unit/test-map-steps.c $(map_fixture)
tests_unit_test_map_steps_CFLAGS = $(map_cflags)
tests_unit_test_map_steps_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fsync -Wl,--wrap=renameat
tests_unit_test_map_steps_LDADD = libaliasmap.la $(XXHASH_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-map-loop
TESTS += tests/unit/test-map-loop
tests_unit_test_map_loop_SOURCES = tests/unit/test-map-loop.c $(map_fixture)
tests_unit_test_map_loop_CFLAGS = $(map_cflags)
tests_unit_test_map_loop_LDADD = libaliasmap.la $(XXHASH_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/test-map-verify
TESTS += tests/unit/test-map-verify
tests_unit_test_map_verify_SOURCES = tests/unit/test-map-verify.c $(map_fixture)
tests_unit_test_map_verify_CFLAGS = $(map_cflags)
tests_unit_test_map_verify_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=readlink
tests_unit_test_map_verify_LDADD = libaliasmap.la $(XXHASH_LIBS) $(CMOCKA_LIBS)
endif
