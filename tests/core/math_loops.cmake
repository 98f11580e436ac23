# SPDX-License-Identifier: GPL-3.0-or-later
# math_loops(TARGET): gives a test or a benchmark the loops of math_loops_isa.c, compiled
# as the rooms' own *_isa.c files are.
function(math_loops target)
  set(levels baseline)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set(levels baseline avx2 avx512)
  endif()
  set(flags_avx2 -mavx2 -mfma)
  set(flags_avx512 ${flags_avx2} -mavx512f -mavx512dq -mavx512bw -mavx512vl -mavx512cd
                   -mprefer-vector-width=512)
  foreach(level IN LISTS levels)
    add_library(${target}_${level} OBJECT
                ${PROJECT_SOURCE_DIR}/tests/core/math_loops_isa.c)
    target_include_directories(${target}_${level} PRIVATE ${PROJECT_SOURCE_DIR})
    target_compile_definitions(${target}_${level} PRIVATE BH_ISA_SUFFIX=${level})
    target_compile_options(${target}_${level} PRIVATE -O3 ${flags_${level}})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_${level}>)
  endforeach()
endfunction()
