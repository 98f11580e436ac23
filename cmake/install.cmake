# SPDX-License-Identifier: GPL-3.0-or-later
# What `cmake --install` puts under a prefix. Included by bh_library().
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
include(${CMAKE_CURRENT_LIST_DIR}/headers.cmake)

# Headers keep their rooms, so that "core/api.h" resolves from the one directory that
# users are given.
set(include_dir ${CMAKE_INSTALL_INCLUDEDIR}/brianhears)
bh_public_headers(${PROJECT_SOURCE_DIR} headers)
foreach(header IN LISTS headers)
  get_filename_component(room ${header} DIRECTORY)
  install(FILES ${PROJECT_SOURCE_DIR}/${header} DESTINATION ${include_dir}/${room})
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/brianhears.h DESTINATION ${include_dir})

install(TARGETS brianhears EXPORT brianhears
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})

# Both descriptions of the package find the prefix from where they lie, so an installed
# tree may be moved. The "/p" only stands for some prefix.
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/brianhears)
file(RELATIVE_PATH pkgconfig_to_prefix /p/${pkgconfig_dir} /p)
string(REGEX REPLACE "/$" "" pkgconfig_to_prefix ${pkgconfig_to_prefix})
file(RELATIVE_PATH bin_to_lib /p/${CMAKE_INSTALL_BINDIR} /p/${CMAKE_INSTALL_LIBDIR})
configure_file(${CMAKE_CURRENT_LIST_DIR}/brianhears.pc.in
               ${PROJECT_BINARY_DIR}/brianhears.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/brianhears.pc DESTINATION ${pkgconfig_dir})

write_basic_package_version_file(${PROJECT_BINARY_DIR}/brianhearsConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/brianhearsConfigVersion.cmake
        DESTINATION ${config_dir})
install(EXPORT brianhears NAMESPACE brianhears:: DESTINATION ${config_dir}
        FILE brianhearsConfig.cmake)

# For the executables that are added after this, in the scope that called bh_library().
set(CMAKE_INSTALL_RPATH "$ORIGIN/${bin_to_lib}" PARENT_SCOPE)
