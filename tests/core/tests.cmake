# SPDX-License-Identifier: GPL-3.0-or-later
include(${CMAKE_CURRENT_LIST_DIR}/math_loops.cmake)
math_loops(core_test_math)
