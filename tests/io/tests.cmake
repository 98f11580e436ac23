# SPDX-License-Identifier: GPL-3.0-or-later
# The live view as people look at it.
add_executable(io_brightest ${CMAKE_CURRENT_LIST_DIR}/brightest.c)
target_link_libraries(io_brightest PRIVATE PkgConfig::CAIRO)
add_test(NAME io/browser COMMAND ${CMAKE_CURRENT_LIST_DIR}/browser $<TARGET_FILE:bhears>
                                   $<TARGET_FILE:io_brightest>)
set_tests_properties(io/browser PROPERTIES LABELS cli TIMEOUT 300 SKIP_RETURN_CODE 77
                     RUN_SERIAL ON ENVIRONMENT "BH_CACHE_DIR=${PROJECT_BINARY_DIR}/cache")
