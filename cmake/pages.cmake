# SPDX-License-Identifier: GPL-3.0-or-later
# Manual pages (where scdoc is) and completions, which the command itself prints, and where
# systems look for them. Run with -P it makes them: BHEARS, SCDOC and OUT say how and where.
cmake_minimum_required(VERSION 3.22)

if(CMAKE_SCRIPT_MODE_FILE)
  macro(bh_print file)
    execute_process(COMMAND ${BHEARS} ${ARGN} OUTPUT_FILE ${OUT}/${file}
                    COMMAND_ERROR_IS_FATAL ANY)
  endmacro()

  file(REMOVE_RECURSE ${OUT})
  file(MAKE_DIRECTORY ${OUT}/man1)
  bh_print(bhears completion bash)
  bh_print(_bhears completion zsh)
  bh_print(bhears.fish completion fish)
  execute_process(COMMAND ${BHEARS} help --list OUTPUT_VARIABLE names
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" names "${names}")
  foreach(name IN LISTS names ITEMS "")
    string(REPLACE " " "-" page "bhears-${name}")
    string(REGEX REPLACE "-$" "" page "${page}")
    string(REPLACE " " ";" words "${name}")
    bh_print(${page}.1.scd help --man ${words})
    if(SCDOC)
      execute_process(COMMAND ${SCDOC} INPUT_FILE ${OUT}/${page}.1.scd
                      OUTPUT_FILE ${OUT}/man1/${page}.1 COMMAND_ERROR_IS_FATAL ANY)
    endif()
  endforeach()
  file(TOUCH ${OUT}/made)
  return()
endif()

find_program(SCDOC scdoc)
set(pages ${PROJECT_BINARY_DIR}/pages)
if(NOT CMAKE_CROSSCOMPILING)
  add_custom_command(
    OUTPUT ${pages}/made
    COMMAND ${CMAKE_COMMAND} -DBHEARS=$<TARGET_FILE:bhears> "-DSCDOC=$<$<BOOL:${SCDOC}>:${SCDOC}>"
            -DOUT=${pages} -P ${CMAKE_CURRENT_LIST_FILE}
    DEPENDS bhears ${CMAKE_CURRENT_LIST_FILE}
    VERBATIM)
  add_custom_target(pages ALL DEPENDS ${pages}/made)
  install(DIRECTORY ${pages}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
  install(FILES ${pages}/bhears
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${pages}/_bhears DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${pages}/bhears.fish
          DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()
