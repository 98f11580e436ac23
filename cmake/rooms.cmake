# SPDX-License-Identifier: GPL-3.0-or-later
# How a room (a folder of the library) is built, and how the rooms become one library.

set(BH_ROOMS "" CACHE INTERNAL "")

# bh_room(NAME [USES rooms] [LIBS targets] [SOURCES made by the build]): every .c file of the folder. A file named
# x_isa.c is compiled once for each instruction set (see core/cpu.h).
function(bh_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LIBS;SOURCES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.c
       ${PROJECT_SOURCE_DIR}/${name}/*/*.c)
  list(FILTER sources EXCLUDE REGEX "_module\\.c$") # a library of its own: cmake/mpi.cmake
  set(isa_sources ${sources})
  list(FILTER isa_sources INCLUDE REGEX "_isa\\.c$")
  list(FILTER sources EXCLUDE REGEX "_isa\\.c$")

  # What users of a room inherit (includes, libraries) and what it is (objects) are two
  # targets, so that every object is linked once.
  add_library(bh_${name} INTERFACE)
  target_include_directories(bh_${name} INTERFACE ${PROJECT_SOURCE_DIR}
                             ${PROJECT_BINARY_DIR})
  target_link_libraries(bh_${name} INTERFACE ${ROOM_LIBS})
  foreach(used IN LISTS ROOM_USES)
    target_link_libraries(bh_${name} INTERFACE bh_${used})
  endforeach()
  set(objects "")
  add_library(bh_${name}_objects OBJECT ${sources} ${ROOM_SOURCES})
  target_link_libraries(bh_${name}_objects PRIVATE bh_${name})
  list(APPEND objects $<TARGET_OBJECTS:bh_${name}_objects>)

  if(isa_sources)
    set(levels baseline)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
      set(levels baseline avx2 avx512)
    endif()
    set(flags_avx2 -mavx2 -mfma -mbmi -mbmi2 -mlzcnt)
    set(flags_avx512 ${flags_avx2} -mavx512f -mavx512dq -mavx512bw -mavx512vl -mavx512cd
                     -mprefer-vector-width=512)
    foreach(level IN LISTS levels)
      add_library(bh_${name}_${level} OBJECT ${isa_sources})
      target_link_libraries(bh_${name}_${level} PRIVATE bh_${name})
      target_compile_definitions(bh_${name}_${level} PRIVATE BH_ISA_SUFFIX=${level})
      # Wide vectors as arguments of inlined functions are no interface: no ABI warning.
      target_compile_options(bh_${name}_${level} PRIVATE -O3 -Wno-psabi ${flags_${level}})
      list(APPEND objects $<TARGET_OBJECTS:bh_${name}_${level}>)
    endforeach()
  endif()
  set_property(GLOBAL APPEND PROPERTY BH_OBJECTS ${objects})
  set_property(GLOBAL APPEND PROPERTY BH_USED bh_${name})
endfunction()

# bh_embed(NAME FILES...): makes the texts a part of the library, one string bh_NAME; the
# variable NAME is the source that has it.
function(bh_embed name)
  set(out ${PROJECT_BINARY_DIR}/${name}.c)
  list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DSYMBOL=bh_${name} "-DFILES=${ARGN}" -P
            ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  set(${name} ${out} PARENT_SCOPE)
endfunction()

# bh_embed_all(NAME FILES...): the same for model files, as a table of their names,
# titles and texts.
function(bh_embed_all name)
  set(out ${PROJECT_BINARY_DIR}/${name}.c)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DSYMBOL=bh_${name} "-DFILES=${ARGN}" -P
            ${PROJECT_SOURCE_DIR}/cmake/embed_all.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/embed_all.cmake
    VERBATIM)
  set(${name} ${out} PARENT_SCOPE)
endfunction()

# The library as it is installed, and the same objects with nothing hidden for the tests.
function(bh_library)
  get_property(objects GLOBAL PROPERTY BH_OBJECTS)
  get_property(rooms GLOBAL PROPERTY BH_USED)
  add_library(brianhears SHARED ${objects})
  set_target_properties(brianhears PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0)
  target_link_libraries(brianhears PRIVATE ${rooms})
  target_include_directories(
    brianhears INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                         $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/brianhears>)
  add_library(brianhears_internal STATIC ${objects})
  target_link_libraries(brianhears_internal PUBLIC ${rooms})
  include(${PROJECT_SOURCE_DIR}/cmake/install.cmake)
endfunction()
