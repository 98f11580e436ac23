# SPDX-License-Identifier: GPL-3.0-or-later
# MPI, in modules that are loaded at run time: core/mpi_module.c compiled by each MPI's own
# compiler that is found. Nothing else is linked with MPI, and without it all is built but
# the modules. Sets BH_MPIS to those found (openmpi, mpich).

set(BH_MPIS "")
set(mpi_modules "")

# Which MPI a compiler belongs to: what its mpi.h says.
function(bh_mpi_kind compiler variable)
  file(WRITE ${PROJECT_BINARY_DIR}/which_mpi.c "#include <mpi.h>\n")
  execute_process(
    COMMAND ${compiler} -E -dM ${PROJECT_BINARY_DIR}/which_mpi.c OUTPUT_VARIABLE macros
    ERROR_QUIET)
  set(kind "")
  if(macros MATCHES "#define OPEN_MPI ")
    set(kind openmpi)
  elseif(macros MATCHES "#define MPICH_NAME |#define MPICH_VERSION ")
    set(kind mpich)
  endif()
  set(${variable} "${kind}" PARENT_SCOPE)
endfunction()

foreach(name mpicc.openmpi mpicc.mpich mpicc)
  string(MAKE_C_IDENTIFIER "BH_${name}" found)
  find_program(${found} ${name})
  mark_as_advanced(${found})
  if(NOT ${found})
    continue()
  endif()
  bh_mpi_kind(${${found}} kind)
  if(kind STREQUAL "" OR kind IN_LIST BH_MPIS)
    continue()
  endif()
  list(APPEND BH_MPIS ${kind})
  set(module ${PROJECT_BINARY_DIR}/brianhears-${kind}.so)
  add_custom_command(
    OUTPUT ${module}
    COMMAND
      ${CMAKE_COMMAND} -E env OMPI_CC=${CMAKE_C_COMPILER} MPICH_CC=${CMAKE_C_COMPILER}
      ${${found}} -std=c11 -O2 -Wall -Wextra -fPIC -shared -fvisibility=hidden
      -I${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/core/mpi_module.c -o ${module}
    DEPENDS ${PROJECT_SOURCE_DIR}/core/mpi_module.c
            ${PROJECT_SOURCE_DIR}/core/comm_internal.h
    VERBATIM)
  list(APPEND mpi_modules ${module})
endforeach()

if(mpi_modules)
  add_custom_target(mpi_modules ALL DEPENDS ${mpi_modules})
  install(PROGRAMS ${mpi_modules} DESTINATION ${CMAKE_INSTALL_LIBDIR}/brianhears)
endif()
