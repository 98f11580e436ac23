# SPDX-License-Identifier: GPL-3.0-or-later
# What users get: install, move the tree elsewhere, build a program against it.
add_test(NAME install/use COMMAND ${CMAKE_CURRENT_LIST_DIR}/use ${PROJECT_BINARY_DIR})
set_tests_properties(install/use PROPERTIES LABELS install TIMEOUT 300
                     ENVIRONMENT "CC=${CMAKE_C_COMPILER};CMAKE=${CMAKE_COMMAND}")
