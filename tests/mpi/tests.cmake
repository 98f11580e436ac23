# SPDX-License-Identifier: GPL-3.0-or-later
# Several processes, under each MPI for which there is a module. `ctest -L mpi` runs these.
set(mpi_launch ${CMAKE_CURRENT_LIST_DIR}/launch)
set(mpi_names "")

add_executable(mpi_comm ${CMAKE_CURRENT_LIST_DIR}/comm.c)
target_link_libraries(mpi_comm PRIVATE brianhears_internal)

function(bh_mpi_test name)
  add_test(NAME mpi/${name} COMMAND ${ARGN})
  set_tests_properties(
    mpi/${name} PROPERTIES LABELS mpi SKIP_RETURN_CODE 77 TIMEOUT 120 ENVIRONMENT
    "BH_MODULE_DIR=${PROJECT_BINARY_DIR};BH_CACHE_DIR=${PROJECT_BINARY_DIR}/cache;\
ASAN_OPTIONS=detect_leaks=0") # MPI's own
endfunction()

foreach(mpi IN LISTS BH_MPIS)
  bh_mpi_test(${mpi}/comm ${mpi_launch} ${mpi} 3 $<TARGET_FILE:mpi_comm>)
  bh_mpi_test(${mpi}/fails ${CMAKE_CURRENT_LIST_DIR}/fails ${mpi_launch} ${mpi} 3
              $<TARGET_FILE:mpi_comm>)
endforeach()
