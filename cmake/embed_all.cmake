# SPDX-License-Identifier: GPL-3.0-or-later
# Turns model files into one C file: a table of the name, the title and the text of each,
# ended by NULL:
#   cmake -DOUT=x.c -DSYMBOL=bh_x -DFILES=a.yaml;b.yaml -P embed_all.cmake
cmake_minimum_required(VERSION 3.22)
set(content "/* Made by cmake/embed_all.cmake. */\nextern const char *const ${SYMBOL}[][3];\nconst char *const ${SYMBOL}[][3] = {\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  if(NOT text MATCHES "\ntitle: ([^\n]*)\n")
    message(FATAL_ERROR "${file} has no line 'title: ...'")
  endif()
  string(REPLACE "\\" "\\\\" title "${CMAKE_MATCH_1}")
  string(REPLACE "\"" "\\\"" title "${title}")
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REGEX REPLACE "([^\n]*)\n" "     \"\\1\\\\n\"\n" text "${text}")
  string(APPEND content "    {\"${name}\", \"${title}\",\n${text}    },\n")
endforeach()
file(WRITE ${OUT} "${content}    {0, 0, 0},\n};\n")
