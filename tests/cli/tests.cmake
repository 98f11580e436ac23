# SPDX-License-Identifier: GPL-3.0-or-later
# The command as people call it; each group of cases is one test.
foreach(helper make_sound list_spikes filter_case)
  add_executable(cli_${helper} ${CMAKE_CURRENT_LIST_DIR}/${helper}.c)
  target_link_libraries(cli_${helper} PRIVATE brianhears m)
endforeach()
file(GLOB groups CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.sh)
list(TRANSFORM groups REPLACE ".*/(.*)[.]sh$" "\\1")
foreach(group IN LISTS groups ITEMS help values sounds outputs equations same pictures runs)
  add_test(NAME cli/${group}
           COMMAND ${CMAKE_CURRENT_LIST_DIR}/cli ${group} $<TARGET_FILE:bhears>
                   $<TARGET_FILE:cli_make_sound> $<TARGET_FILE:cli_list_spikes>
                   ${PROJECT_SOURCE_DIR}/sounds/samples)
  set_tests_properties(cli/${group} PROPERTIES LABELS cli TIMEOUT 300
                       ENVIRONMENT "BH_CACHE_DIR=${PROJECT_BINARY_DIR}/cache;FAKE_GPU_DIR=${PROJECT_BINARY_DIR}/fake-gpu")
endforeach()
add_test(NAME cli/batch COMMAND ${CMAKE_CURRENT_LIST_DIR}/batch $<TARGET_FILE:bhears>
                                ${PROJECT_SOURCE_DIR}/tests/mpi/launch)
set_tests_properties(
  cli/batch PROPERTIES LABELS cli TIMEOUT 600 ENVIRONMENT
  "BH_CACHE_DIR=${PROJECT_BINARY_DIR}/cache;BH_MODULE_DIR=${PROJECT_BINARY_DIR};\
ASAN_OPTIONS=detect_leaks=0") # MPI's own
# Tables of command lines that cannot be; each is a test.
file(GLOB tables CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*.table)
foreach(table IN LISTS tables)
  get_filename_component(name ${table} NAME_WE)
  add_test(NAME cli/${name}_table
           COMMAND ${CMAKE_CURRENT_LIST_DIR}/hostile $<TARGET_FILE:bhears> ${table}
                   ${PROJECT_SOURCE_DIR}/sounds/samples/speech.flac)
  set_tests_properties(cli/${name}_table PROPERTIES LABELS cli TIMEOUT 300
                       ENVIRONMENT "BH_CACHE_DIR=${PROJECT_BINARY_DIR}/cache")
endforeach()
add_test(NAME lint/models_page
         COMMAND ${CMAKE_CURRENT_LIST_DIR}/models_page $<TARGET_FILE:bhears>
                 ${PROJECT_SOURCE_DIR}/docs/models.md models --markdown)
add_test(NAME lint/model_reference
         COMMAND ${CMAKE_CURRENT_LIST_DIR}/models_page $<TARGET_FILE:bhears>
                 ${PROJECT_SOURCE_DIR}/docs/model-reference.md models schema --markdown)
set_tests_properties(lint/models_page lint/model_reference PROPERTIES LABELS lint)
