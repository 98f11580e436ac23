# SPDX-License-Identifier: GPL-3.0-or-later
# The command `live` beside sound servers without sound cards: one test at a time, so that
# nothing else keeps the machine from hearing.
pkg_check_modules(JACK IMPORTED_TARGET jack)
add_executable(live_align ${CMAKE_CURRENT_LIST_DIR}/align.c)
target_link_libraries(live_align PRIVATE brianhears)
set(live_microphone "")
if(JACK_FOUND)
  add_executable(live_microphone ${CMAKE_CURRENT_LIST_DIR}/jack_microphone.c)
  target_link_libraries(live_microphone PRIVATE brianhears PkgConfig::JACK)
  set(live_microphone $<TARGET_FILE:live_microphone>)
endif()
foreach(group jack model pulse jack_killed pulse_killed overload interrupt refused)
  add_test(NAME live/${group}
           COMMAND ${CMAKE_CURRENT_LIST_DIR}/live ${group} $<TARGET_FILE:bhears>
                   $<TARGET_FILE:live_align> $<TARGET_FILE:cli_list_spikes>
                   ${live_microphone})
  set_tests_properties(live/${group} PROPERTIES LABELS live TIMEOUT 180 RUN_SERIAL TRUE
                       SKIP_RETURN_CODE 77
                       ENVIRONMENT "BH_CACHE_DIR=${PROJECT_BINARY_DIR}/cache")
endforeach()
