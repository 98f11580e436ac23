# SPDX-License-Identifier: GPL-3.0-or-later
# Several processes, under each MPI for which there is a module. `ctest -L mpi` runs these.
set(mpi_launch ${CMAKE_CURRENT_LIST_DIR}/launch)
set(mpi_names "")

add_executable(mpi_comm ${CMAKE_CURRENT_LIST_DIR}/comm.c)
target_link_libraries(mpi_comm PRIVATE brianhears_internal)
add_executable(mpi_network ${CMAKE_CURRENT_LIST_DIR}/network.c)
target_link_libraries(mpi_network PRIVATE brianhears_internal)

function(bh_mpi_test name)
  add_test(NAME mpi/${name} COMMAND ${ARGN})
  set_tests_properties(
    mpi/${name} PROPERTIES LABELS mpi SKIP_RETURN_CODE 77 TIMEOUT 120 ENVIRONMENT
    "BH_MODULE_DIR=${PROJECT_BINARY_DIR};BH_CACHE_DIR=${PROJECT_BINARY_DIR}/cache;\
ASAN_OPTIONS=detect_leaks=0") # MPI's own
endfunction()

# The first MPI shows all numbers of processes and threads, another that it is no other.
set(mpi_processes "1 2 3 4")
set(mpi_threads "1 2")
foreach(mpi IN LISTS BH_MPIS)
  bh_mpi_test(${mpi}/comm ${mpi_launch} ${mpi} 3 $<TARGET_FILE:mpi_comm>)
  bh_mpi_test(${mpi}/fails ${CMAKE_CURRENT_LIST_DIR}/fails ${mpi_launch} ${mpi} 3
              $<TARGET_FILE:mpi_comm>)
  foreach(case stdp mixture coupled)
    bh_mpi_test(${mpi}/${case} ${CMAKE_CURRENT_LIST_DIR}/same ${mpi} ${mpi_processes}
                ${mpi_threads} ${mpi_launch} $<TARGET_FILE:mpi_network> ${case})
  endforeach()
  # spikes that travel while the next steps are taken, as between machines
  bh_mpi_test(${mpi}/far ${CMAKE_CURRENT_LIST_DIR}/same ${mpi} 3 2 ${mpi_launch}
              $<TARGET_FILE:mpi_network> stdp 0.06 2)
  foreach(case refused differ stop)
    bh_mpi_test(${mpi}/${case} ${CMAKE_CURRENT_LIST_DIR}/same ${mpi} 3 2 ${mpi_launch}
                $<TARGET_FILE:mpi_network> ${case})
  endforeach()
  bh_mpi_test(${mpi}/one_fails ${CMAKE_CURRENT_LIST_DIR}/one_fails ${mpi_launch} ${mpi} 3
              $<TARGET_FILE:mpi_network>)
  bh_mpi_test(${mpi}/run ${CMAKE_CURRENT_LIST_DIR}/bhears_run ${mpi_launch} ${mpi}
              $<TARGET_FILE:bhears> ${PROJECT_SOURCE_DIR}/models/presets/cuba.yaml)
  set(mpi_processes 3)
  set(mpi_threads 2)
endforeach()
