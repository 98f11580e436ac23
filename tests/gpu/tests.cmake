# SPDX-License-Identifier: GPL-3.0-or-later
# Libraries that stand in for those of CUDA (fake_gpu.h), in a directory of their own: a
# program that has it in LD_LIBRARY_PATH sees a GPU.
set(FAKE_GPU_DIR ${PROJECT_BINARY_DIR}/fake-gpu)
find_program(FAKE_GPU_CXX NAMES ${CMAKE_CXX_COMPILER} c++ g++)

# Kernels run under the sanitizers that everything runs under.
set(fake_flags "-std=c++17 -shared -fPIC -g -O1 -w -ffp-contract=off -fno-exceptions")
string(APPEND fake_flags " -D__CUDACC__ -D__CUDACC_RTC__ -D__CUDA_ARCH__=900")
if(BH_SANITIZE)
  string(APPEND fake_flags " -fsanitize=${BH_SANITIZE} -fno-sanitize-recover=all")
endif()
set(fake_shim ${CMAKE_CURRENT_LIST_DIR}/shim.h)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${fake_shim})
file(SHA256 ${fake_shim} fake_build)
string(SHA1 fake_build "${fake_build} ${FAKE_GPU_CXX} ${fake_flags}")

find_library(TRUE_NVRTC nvrtc PATHS /usr/local/cuda/lib64)
get_property(image_names GLOBAL PROPERTY BH_IMAGE_NAMES)
list(JOIN image_names " " image_names)

# fake_library(TARGET FILE SOURCES...)
function(fake_library target file)
  add_library(${target} SHARED ${ARGN})
  set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX "" OUTPUT_NAME ${file}
                        LIBRARY_OUTPUT_DIRECTORY ${FAKE_GPU_DIR})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(
    ${target}
    PRIVATE FAKE_BUILD="${fake_build}" FAKE_GPU_DIR="${FAKE_GPU_DIR}"
            TRUE_NVRTC="$<$<BOOL:${TRUE_NVRTC}>:${TRUE_NVRTC}>"
            FAKE_CXX="${FAKE_GPU_CXX} ${fake_flags}" FAKE_SHIM="${fake_shim}"
            FAKE_CUDA="${FAKE_GPU_DIR}/libcuda.so.1"
            FAKE_PROGRAMS="${PROJECT_BINARY_DIR}/programs"
            FAKE_PROGRAM_NAMES="${image_names}"
            "FAKE_TEXT_FIRST=\"${PROJECT_SOURCE_DIR}/core/nvrtc_kernel.h\",\"${PROJECT_SOURCE_DIR}/core/cuda_kernel.h\"")
  target_link_options(${target} PRIVATE -Wl,-soname,${file})
  target_link_libraries(${target} PRIVATE ${CMAKE_DL_LIBS} m)
endfunction()

set(fake_sources fake_cuda.c fake_program.c fake_queue.c shim.c fake_fatbin.c
    fake_compile.c true_nvrtc.c)
list(TRANSFORM fake_sources PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
fake_library(fake_cuda libcuda.so.1 ${fake_sources})
fake_library(fake_cuda_old libcuda-old.so.1 ${fake_sources})
target_compile_definitions(fake_cuda_old PRIVATE OLD_DRIVER)
fake_library(fake_nvrtc libnvrtc.so.13 ${CMAKE_CURRENT_LIST_DIR}/fake_nvrtc.c
             ${CMAKE_CURRENT_LIST_DIR}/fake_compile.c ${CMAKE_CURRENT_LIST_DIR}/true_nvrtc.c)
fake_library(fake_cufft libcufft.so.12 ${CMAKE_CURRENT_LIST_DIR}/fake_cufft.c)
target_link_libraries(fake_cufft PRIVATE fake_cuda PkgConfig::FFTW3)
target_link_libraries(fake_nvrtc PRIVATE fake_cuda)
fake_library(fake_nvjitlink libnvJitLink.so.13 ${CMAKE_CURRENT_LIST_DIR}/fake_nvjitlink.c)
target_link_libraries(fake_nvjitlink PRIVATE fake_cuda)
set(fake_libraries fake_cuda fake_nvrtc fake_cufft fake_nvjitlink)

# Tests that use the fake GPU.
file(GLOB fake_users CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/test_*.c
     ${PROJECT_SOURCE_DIR}/tests/*/test_*_device.c)
foreach(source IN LISTS fake_users)
  file(RELATIVE_PATH path ${CMAKE_CURRENT_SOURCE_DIR} ${source})
  string(REGEX REPLACE "\\.c$" "" path ${path})
  string(REPLACE "/" "_" target ${path})
  add_dependencies(${target} ${fake_libraries})
  target_compile_definitions(${target} PRIVATE FAKE_GPU_DIR="${FAKE_GPU_DIR}")
endforeach()
target_compile_definitions(gpu_test_driver PRIVATE
                           FAKE_DRIVER="$<TARGET_FILE:fake_cuda>"
                           OLD_DRIVER="$<TARGET_FILE:fake_cuda_old>")
add_dependencies(gpu_test_driver fake_cuda_old)

# The measurements go through to their end; their figures are for GPUs only.
add_executable(gpu_bench ${PROJECT_SOURCE_DIR}/bench/gpu/bench_gpu.c
                         ${PROJECT_SOURCE_DIR}/bench/gpu/live.c)
set_target_properties(gpu_bench PROPERTIES OUTPUT_NAME bench_gpu)
target_link_libraries(gpu_bench PRIVATE brianhears_internal m)
add_dependencies(gpu_bench ${fake_libraries})
add_test(NAME gpu/measure COMMAND ${PROJECT_SOURCE_DIR}/bench/gpu/measure --dry)
set_tests_properties(
  gpu/measure
  PROPERTIES LABELS unit TIMEOUT 300 FAIL_REGULAR_EXPRESSION " x \\|;us \\|"
             PASS_REGULAR_EXPRESSION "spikes in it . dry run"
             ENVIRONMENT "BUILD=${PROJECT_BINARY_DIR};OUT=${PROJECT_BINARY_DIR}/measured;BH_CACHE_DIR=${PROJECT_BINARY_DIR}/cache")

# test_numbers.c compares with cuda.h where there is one.
find_path(CUDA_HEADERS cuda.h PATHS /usr/local/cuda/include)
if(CUDA_HEADERS)
  target_include_directories(gpu_test_numbers SYSTEM PRIVATE ${CUDA_HEADERS})
endif()
