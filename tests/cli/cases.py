# SPDX-License-Identifier: LGPL-2.1-or-later
"""All cases, in the order in which they run."""
import cases_change
import cases_fetch
import cases_import
import cases_map
import cases_read

CASES = cases_change.CASES + cases_import.CASES + cases_read.CASES + \
    cases_map.CASES + cases_fetch.CASES
