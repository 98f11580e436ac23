# SPDX-License-Identifier: GPL-3.0-or-later
# Machine code for the programs that bh_program() knows, so that a GPU runs them where
# there is no compiler for it: made with NVRTC by image_tool.c, packed by CUDA's
# `fatbinary`, and built into the library (gpu/image_internal.h). Without NVRTC and
# fatbinary there is none, and programs are compiled where they run.
set(BH_CUDA_KERNELS AUTO CACHE STRING
    "Machine code for GPUs in the library: ON, OFF, or AUTO where it can be made")
set_property(CACHE BH_CUDA_KERNELS PROPERTY STRINGS AUTO ON OFF)

# What is made: machine code for Ampere and what is like it, for Hopper, and for all
# others from Turing on a text that the driver compiles.
set(image_targets sm_80 sm_90 compute_75)
set(image_tool_sources cmake/image_tool.c gpu/nvrtc.c core/status.c)
list(TRANSFORM image_tool_sources PREPEND ${PROJECT_SOURCE_DIR}/)

# bh_fatbin_command(VARIABLE OUT): how OUT.sm_80 and so on become OUT.fatbin.
function(bh_fatbin_command variable out)
  set(words ${BH_FATBINARY} --compress-all --create ${out}.fatbin)
  foreach(target IN LISTS image_targets)
    string(REGEX MATCH "[0-9]+" number ${target})
    set(kind elf)
    if(target MATCHES "^compute")
      set(kind ptx)
    endif()
    list(APPEND words --image3=kind=${kind},sm=${number},file=${out}.${target})
  endforeach()
  set(${variable} ${words} PARENT_SCOPE)
endfunction()

# Whether all of it works here, tried with a small text; what went wrong in
# BH_IMAGES_FAULT, which is kept where it is nothing.
function(bh_try_images)
  set(trial ${PROJECT_BINARY_DIR}/programs/trial)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/programs)
  file(WRITE ${trial}.cu "extern \"C\" __global__ void trial(float *x) { *x = 1; }\n")
  try_compile(
    built ${PROJECT_BINARY_DIR}/programs/trial.dir
    SOURCES ${image_tool_sources}
    CMAKE_FLAGS -DINCLUDE_DIRECTORIES=${PROJECT_SOURCE_DIR}
    LINK_LIBRARIES ${CMAKE_DL_LIBS}
    COPY_FILE ${trial}
    OUTPUT_VARIABLE fault)
  if(built)
    bh_fatbin_command(pack ${trial})
    set(compile ${image_environment} ${trial} 1 ${trial} ${trial}.cu -- ${image_targets})
    execute_process(COMMAND ${compile} RESULT_VARIABLE failed ERROR_VARIABLE log)
    if(failed EQUAL 0)
      execute_process(COMMAND ${pack} RESULT_VARIABLE failed ERROR_VARIABLE log)
    endif()
    set(fault "")
    if(NOT failed EQUAL 0)
      set(fault "a trial fails (${failed}). ${log}")
    endif()
  endif()
  set(BH_IMAGES_FAULT "${fault}" CACHE INTERNAL "Why there is no compiling for GPUs")
endfunction()

set(fault "")
find_program(BH_FATBINARY fatbinary PATHS /usr/local/cuda/bin)
find_library(BH_NVRTC nvrtc PATHS /usr/local/cuda/lib64)
mark_as_advanced(BH_FATBINARY BH_NVRTC)
if(BH_CUDA_KERNELS STREQUAL "OFF")
  set(fault "BH_CUDA_KERNELS=OFF")
elseif(BH_SANITIZE OR CMAKE_CROSSCOMPILING)
  set(fault "a build with sanitizers or for another machine")
elseif(NOT BH_FATBINARY OR NOT BH_NVRTC)
  set(fault "no fatbinary or no NVRTC")
else()
  # NVRTC's second library lies beside it, and only the loader looks for it.
  get_filename_component(nvrtc_directory ${BH_NVRTC} DIRECTORY)
  set(image_environment ${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${nvrtc_directory})
  if(NOT DEFINED BH_IMAGES_FAULT OR NOT BH_IMAGES_FAULT STREQUAL "")
    bh_try_images()
  endif()
  set(fault "${BH_IMAGES_FAULT}")
endif()
if(BH_CUDA_KERNELS STREQUAL "ON" AND NOT fault STREQUAL "")
  message(FATAL_ERROR "BH_CUDA_KERNELS=ON cannot be done: ${fault}")
endif()

set(BH_IMAGES OFF)
if(fault STREQUAL "")
  set(BH_IMAGES ON)
  add_executable(image_tool ${image_tool_sources})
  target_include_directories(image_tool PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(image_tool PRIVATE ${CMAKE_DL_LIBS})
endif()

# bh_image(NAME FILES...): machine code for the text bh_NAME, which is these files.
function(bh_image name)
  if(NOT BH_IMAGES)
    return()
  endif()
  set(out ${PROJECT_BINARY_DIR}/programs/${name})
  bh_fatbin_command(pack ${out})
  add_custom_command(
    OUTPUT ${out}.fatbin
    COMMAND ${image_environment} $<TARGET_FILE:image_tool> 1 ${out} ${ARGN} --
            ${image_targets}
    COMMAND ${pack}
    DEPENDS image_tool ${ARGN}
    VERBATIM)
  set_property(GLOBAL APPEND PROPERTY BH_IMAGE_NAMES ${name})
endfunction()

# bh_images(VARIABLE): the sources of a table of all that bh_image() was called for.
function(bh_images variable)
  get_property(names GLOBAL PROPERTY BH_IMAGE_NAMES)
  set(out ${PROJECT_BINARY_DIR}/programs/images.c)
  set(fatbins "")
  set(content "/* Made by cmake/images.cmake. */\n#include \"core/device_ops.h\"\n")
  string(APPEND content "#include \"gpu/image_internal.h\"\n\n")
  set(table "const struct bh_gpu_image bh_gpu_images[] = {\n")
  set(targets "")
  foreach(name IN LISTS names)
    set(fatbin ${PROJECT_BINARY_DIR}/programs/${name}.fatbin)
    list(APPEND fatbins ${fatbin})
    string(APPEND content "extern const char bh_${name}[];\n"
                          "BH_GPU_FATBIN(bh_fatbin_${name}, \"${fatbin}\")\n")
    string(APPEND table
           "    {bh_${name}, BH_DEVICE_FLUSH_DENORMALS, bh_fatbin_${name}},\n")
    list(JOIN image_targets " " targets)
  endforeach()
  string(APPEND content "\n${table}    {0, 0, 0},\n};\n"
                        "const char bh_gpu_image_targets[] = \"${targets}\";\n")
  file(CONFIGURE OUTPUT ${out} CONTENT "${content}" @ONLY)
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS "${fatbins}")
  set(${variable} ${out} ${fatbins} PARENT_SCOPE)
endfunction()
