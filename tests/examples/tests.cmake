# SPDX-License-Identifier: GPL-3.0-or-later
# What the examples promise.
add_test(NAME examples/delays COMMAND ${CMAKE_CURRENT_LIST_DIR}/delays
                                      $<TARGET_FILE:example_delays>)
set_tests_properties(examples/delays PROPERTIES LABELS cli TIMEOUT 300
                     ENVIRONMENT "BH_CACHE_DIR=${PROJECT_BINARY_DIR}/cache")
