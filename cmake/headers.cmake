# SPDX-License-Identifier: GPL-3.0-or-later
# Which headers are public. The only place that says so: the installation and the lint
# tests both ask here.

# bh_public_headers(ROOT VARIABLE): every room's own headers as paths below ROOT, without
# the kinds that stay at home (kernels, tables, internal headers). Folders inside a
# room, such as neurons/lang, are internal as a whole.
function(bh_public_headers root variable)
  set(headers "")
  set(depends CONFIGURE_DEPENDS)
  if(CMAKE_SCRIPT_MODE_FILE)
    set(depends "") # a script has no configuration to run again
  endif()
  foreach(room core sounds filterbank neurons analysis io gpu models)
    file(GLOB found RELATIVE ${root} ${depends} ${root}/${room}/*.h)
    list(APPEND headers ${found})
  endforeach()
  list(FILTER headers EXCLUDE REGEX "_(kernel|ops|table|internal)\\.h$")
  set(${variable} ${headers} PARENT_SCOPE)
endfunction()

# bh_write_public_headers(ROOT FILE): the same, one a line.
function(bh_write_public_headers root file)
  bh_public_headers(${root} headers)
  list(JOIN headers "\n" lines)
  file(WRITE ${file} "${lines}\n")
endfunction()
