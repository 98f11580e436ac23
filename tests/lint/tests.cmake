# SPDX-License-Identifier: GPL-3.0-or-later
# How the sources are written, checked like anything else.
include(${PROJECT_SOURCE_DIR}/cmake/headers.cmake)

set(lint ${CMAKE_CURRENT_LIST_DIR}/lint)
set(lint_headers ${CMAKE_CURRENT_BINARY_DIR}/public_headers)
bh_write_public_headers(${PROJECT_SOURCE_DIR} ${lint_headers})

foreach(check layers headers format licence paths names docs quiet size)
  add_test(NAME lint/${check} COMMAND ${lint} ${check} ${PROJECT_SOURCE_DIR} ${lint_headers})
endforeach()
add_test(NAME lint/prove
         COMMAND ${CMAKE_CURRENT_LIST_DIR}/prove ${PROJECT_SOURCE_DIR})
set(lint_tests lint/layers lint/headers lint/format lint/licence lint/paths lint/names lint/docs
               lint/quiet lint/size lint/prove)
set_tests_properties(${lint_tests} PROPERTIES LABELS lint SKIP_RETURN_CODE 77
                     ENVIRONMENT "CC=${CMAKE_C_COMPILER}")
