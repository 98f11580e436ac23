# SPDX-License-Identifier: GPL-3.0-or-later
# What users get: install, move the tree elsewhere, build a program against it.
include(${PROJECT_SOURCE_DIR}/cmake/headers.cmake)
bh_write_public_headers(${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/public_headers)
add_test(NAME install/use COMMAND ${CMAKE_CURRENT_LIST_DIR}/use ${PROJECT_BINARY_DIR}
                                  ${CMAKE_CURRENT_BINARY_DIR}/public_headers)
set_tests_properties(install/use PROPERTIES LABELS install TIMEOUT 300
                     ENVIRONMENT "CC=${CMAKE_C_COMPILER};CMAKE=${CMAKE_COMMAND}")
