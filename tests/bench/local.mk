# SPDX-License-Identifier: LGPL-2.1-or-later
# Figures, built and run by make bench only.
BENCH = \
	tests/bench/lmtp-load \
	tests/bench/lmtp-probe \
	tests/bench/lmtp-sink \
	tests/bench/map-bench
EXTRA_PROGRAMS = $(BENCH)
bench_times = tests/bench/times.c tests/bench/times.h
tests_bench_lmtp_load_SOURCES = \
	tests/bench/lmtp-load.c \
	tests/bench/load-session.c tests/bench/load.h $(bench_times)
tests_bench_lmtp_probe_SOURCES = tests/bench/lmtp-probe.c $(bench_times)
tests_bench_lmtp_sink_SOURCES = tests/bench/lmtp-sink.c
tests_bench_map_bench_SOURCES = tests/bench/map-bench.c
tests_bench_map_bench_LDADD = libaliasmap.la
CLEANFILES += $(BENCH)
EXTRA_DIST += \
	tests/bench/figures.py \
	tests/bench/pairs \
	tests/bench/run \
	tests/bench/scene.py \
	tests/bench/sieve.py

bench: $(BENCH) all
	$(top_srcdir)/tests/bench/run $(abs_builddir)
bench-programs: $(BENCH)
.PHONY: bench bench-programs
