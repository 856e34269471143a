# SPDX-License-Identifier: LGPL-2.1-or-later
# Figures, built and run by make bench only.
EXTRA_PROGRAMS = tests/bench/map-bench
tests_bench_map_bench_SOURCES = tests/bench/map-bench.c
tests_bench_map_bench_LDADD = libaliasmap.la
CLEANFILES += tests/bench/map-bench

bench: tests/bench/map-bench
	tests/bench/map-bench
.PHONY: bench
