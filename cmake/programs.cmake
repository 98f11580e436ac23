# SPDX-License-Identifier: GPL-3.0-or-later
# Programs for devices (core/device_ops.h) as texts in the library. The compiler there has
# no headers, so the C compiler's preprocessor puts the included texts in their place when
# the library is built, all but the two that say what differs between compilers.

# bh_text(NAME FILE [DEFINITIONS...]): the text as a string bh_NAME; the source that has it is
# appended to the list `programs`.
function(bh_text name file)
  set(flat ${PROJECT_BINARY_DIR}/programs/${name}.cu)
  set(out ${PROJECT_BINARY_DIR}/programs/${name}.c)
  list(TRANSFORM ARGN PREPEND -D)
  file(GLOB texts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/*_kernel.h
       ${PROJECT_SOURCE_DIR}/core/block.h ${PROJECT_SOURCE_DIR}/core/cpu.h
       ${PROJECT_SOURCE_DIR}/filterbank/*_kernel.h ${PROJECT_SOURCE_DIR}/filterbank/*.inc
       ${PROJECT_SOURCE_DIR}/filterbank/*_isa.c)
  set(first core/nvrtc_kernel.h core/cuda_kernel.h)
  list(TRANSFORM first PREPEND ${PROJECT_SOURCE_DIR}/)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/programs)
  add_custom_command(
    OUTPUT ${out} ${flat}
    COMMAND
      ${CMAKE_C_COMPILER} -E -P -nostdinc -x c -D__CUDACC__ -D__CUDACC_RTC__ -DBH_ONE_LANE
      -DBH_CORE_CUDA_KERNEL_H -Drestrict=BH_RESTRICT ${ARGN} -I${PROJECT_SOURCE_DIR}
      ${PROJECT_SOURCE_DIR}/${file} -o ${flat}
    COMMAND
      ${CMAKE_COMMAND} -DOUT=${out} -DSYMBOL=bh_${name} "-DFILES=${first};${flat}" -P
      ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${texts} ${PROJECT_SOURCE_DIR}/${file} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  set(programs ${programs} ${out} PARENT_SCOPE)
endfunction()

# bh_program(NAME FILE [DEFINITIONS...]): the same for a text that has kernels, and machine
# code of it (images.cmake).
function(bh_program name file)
  bh_text(${name} ${file} ${ARGN})
  set(programs ${programs} PARENT_SCOPE)
  set(texts core/nvrtc_kernel.h core/cuda_kernel.h)
  list(TRANSFORM texts PREPEND ${PROJECT_SOURCE_DIR}/)
  bh_image(${name} ${texts} ${PROJECT_BINARY_DIR}/programs/${name}.cu)
endfunction()

# bh_lane_program(KIND FIELDS SINGLE [DEFINITIONS...]): filterbank/lane.cu for a kind;
# SINGLE is the type of its coefficients in a bank of single precision.
function(bh_lane_program kind fields single)
  bh_program(lane_${kind} filterbank/lane.cu BH_KIND_TEXT="filterbank/${kind}_isa.c"
             BH_KIND_FIELDS=${fields} BH_KIND_SINGLE=${single} ${ARGN})
  set(programs ${programs} PARENT_SCOPE)
endfunction()
