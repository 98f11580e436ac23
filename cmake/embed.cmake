# SPDX-License-Identifier: GPL-3.0-or-later
# Turns text files into one C file of strings:
#   cmake -DOUT=x.c -DSYMBOL=bh_x -DFILES=a.h;b.h -P embed.cmake
cmake_minimum_required(VERSION 3.22)
set(content "/* Made from ${FILES} by cmake/embed.cmake. */\nextern const char ${SYMBOL}[];\nconst char ${SYMBOL}[] =\n")
foreach(file IN LISTS FILES)
  file(READ ${file} text)
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REGEX REPLACE "([^\n]*)\n" "    \"\\1\\\\n\"\n" text "${text}")
  string(APPEND content "${text}")
endforeach()
file(WRITE ${OUT} "${content};\n")
