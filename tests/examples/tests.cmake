# SPDX-License-Identifier: GPL-3.0-or-later
# What the examples promise.
foreach(example cuba delays stdp)
  add_test(NAME examples/${example} COMMAND ${CMAKE_CURRENT_LIST_DIR}/${example}
                                            $<TARGET_FILE:example_${example}>)
  set_tests_properties(
    examples/${example} PROPERTIES LABELS cli TIMEOUT 300 SKIP_RETURN_CODE 77 ENVIRONMENT
                                   "BH_CACHE_DIR=${PROJECT_BINARY_DIR}/cache")
endforeach()
