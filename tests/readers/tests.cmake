# SPDX-License-Identifier: GPL-3.0-or-later
# docs/readers.md, run: other programs read what the command writes.
foreach(language python octave r)
  add_test(NAME readers/${language}
           COMMAND ${CMAKE_CURRENT_LIST_DIR}/readers ${language} $<TARGET_FILE:bhears>
                   ${PROJECT_SOURCE_DIR}/docs/readers.md)
  set_tests_properties(readers/${language} PROPERTIES LABELS cli TIMEOUT 300
                       SKIP_RETURN_CODE 77
                       ENVIRONMENT "BH_CACHE_DIR=${PROJECT_BINARY_DIR}/cache")
endforeach()
