# SPDX-License-Identifier: GPL-3.0-or-later
# Libraries that stand in for the CUDA driver.
add_library(fake_cuda MODULE ${CMAKE_CURRENT_LIST_DIR}/fake_driver.c)
add_library(fake_cuda_old MODULE ${CMAKE_CURRENT_LIST_DIR}/fake_driver.c)
target_compile_definitions(fake_cuda_old PRIVATE OLD_DRIVER)
target_compile_definitions(gpu_test_driver PRIVATE
                           FAKE_DRIVER="$<TARGET_FILE:fake_cuda>"
                           OLD_DRIVER="$<TARGET_FILE:fake_cuda_old>")
add_dependencies(gpu_test_driver fake_cuda fake_cuda_old)
