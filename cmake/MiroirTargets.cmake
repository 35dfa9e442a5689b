# SPDX-License-Identifier: GPL-3.0-or-later
# How every target of the project is made: one warning set, one way to declare a module and its tests.

add_library(miroir_options INTERFACE)
target_compile_options(miroir_options INTERFACE
    -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual
    -Woverloaded-virtual -Wimplicit-fallthrough -fno-omit-frame-pointer -fstack-protector-strong
    -fvisibility=hidden)
# GCC 12 sees these where nothing is wrong once it inlines the standard library: no reason to stop, and said by debug
# builds only.
foreach(warning restrict maybe-uninitialized array-bounds stringop-overflow stringop-overread dangling-pointer
        free-nonheap-object use-after-free)
    target_compile_options(miroir_options INTERFACE $<IF:$<CONFIG:Debug>,-Wno-error=${warning},-Wno-${warning}>)
endforeach()
target_compile_definitions(miroir_options INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_NO_KEYWORDS
    QT_DISABLE_DEPRECATED_BEFORE=0x060400 _GLIBCXX_ASSERTIONS MIROIR_VERSION="${PROJECT_VERSION}")
target_include_directories(miroir_options INTERFACE ${CMAKE_SOURCE_DIR}/engine)
if(CMAKE_UNITY_BUILD)
    # said of a class that keeps a member of an unnamed namespace, which here never stands in a header
    target_compile_options(miroir_options INTERFACE -Wno-subobject-linkage)
endif()
if(MIROIR_SANITIZE STREQUAL "address")
    target_compile_options(miroir_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined)
    target_link_options(miroir_options INTERFACE -fsanitize=address,undefined)
elseif(MIROIR_SANITIZE STREQUAL "thread")
    target_compile_options(miroir_options INTERFACE -fsanitize=thread)
    target_link_options(miroir_options INTERFACE -fsanitize=thread)
endif()
find_program(MIROIR_MOLD mold)
if(MIROIR_MOLD)
    target_link_options(miroir_options INTERFACE -fuse-ld=mold)
endif()
find_program(MIROIR_CCACHE ccache)
if(MIROIR_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${MIROIR_CCACHE})
endif()

# miroir_precompile(TARGET FAMILY DEPS...): the target takes the headers of cmake/precompiled/FAMILY.h from one compiled
# copy.
function(miroir_precompile target family)
    if(NOT MIROIR_PRECOMPILE)
        return()
    endif()
    set(shared miroir_precompiled_${family})
    if(NOT TARGET ${shared})
        set(source ${CMAKE_BINARY_DIR}/precompiled/${family}.cpp)
        file(CONFIGURE OUTPUT ${source} CONTENT "// nothing: it carries the compiled header\n")
        add_library(${shared} OBJECT ${source})
        target_link_libraries(${shared} PRIVATE miroir_options ${ARGN})
        target_compile_options(${shared} PRIVATE -fpch-preprocess)
        target_precompile_headers(${shared} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled/${family}.h)
    endif()
    target_compile_options(${target} PRIVATE -fpch-preprocess)
    target_precompile_headers(${target} REUSE_FROM ${shared})
endfunction()

# moc of Qt 6.4 stumbles over the standard library's concepts; without the compiler's predefined macros it passes them
# by.
set(CMAKE_AUTOMOC_COMPILER_PREDEFINES OFF)

# miroir_module(NAME DEPS...): the folder's sources as static library miroir_NAME; headers with Q_OBJECT are moc'ed.
# A folder without sources gives nothing, so that a module may be declared before it has code.
function(miroir_module name)
    file(GLOB sources CONFIGURE_DEPENDS *.cpp *.h)
    list(FILTER sources EXCLUDE REGEX "main[.]cpp$")
    set(units ${sources})
    list(FILTER units INCLUDE REGEX "[.]cpp$")
    if(NOT units)
        add_library(miroir_${name} INTERFACE)
        target_link_libraries(miroir_${name} INTERFACE miroir_options ${ARGN})
        return()
    endif()
    add_library(miroir_${name} STATIC ${sources})
    # Pure modules have nothing for moc; without its folder on the include path a compiler cache serves every build
    # folder.
    set(needs_moc OFF)
    foreach(source ${sources})
        file(STRINGS ${source} macro REGEX "^ *Q_OBJECT" LIMIT_COUNT 1)
        if(macro)
            set(needs_moc ON)
        endif()
    endforeach()
    set_target_properties(miroir_${name} PROPERTIES AUTOMOC ${needs_moc})
    target_link_libraries(miroir_${name} PUBLIC miroir_options ${ARGN})
    miroir_precompile(miroir_${name} core Qt6::Core)
endfunction()

# miroir_tests(DIR LABEL DEPS...): each tst_*.cpp in DIR is one program and one ctest case.
function(miroir_tests dir label)
    file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/tst_*.cpp)
    foreach(source ${tests})
        get_filename_component(name ${source} NAME_WE)
        add_executable(${name} ${source})
        set_target_properties(${name} PROPERTIES AUTOMOC ON)
        # QTest's headers look different where Network is linked: linked everywhere, one compiled copy serves all
        target_link_libraries(${name} PRIVATE miroir_options Qt6::Test Qt6::Network ${ARGN})
        # a test includes its own moc output: what automoc adds is nearly empty
        set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/${name}_autogen/mocs_compilation.cpp PROPERTIES
            SKIP_PRECOMPILE_HEADERS ON)
        target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
        if(label STREQUAL "gui")
            miroir_precompile(${name} window Qt6::Widgets)
        else()
            miroir_precompile(${name} test Qt6::Test Qt6::Network)
        endif()
        target_compile_definitions(${name} PRIVATE
            MIROIR_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data" MIROIR_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
            MIROIR_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
        add_test(NAME ${name} COMMAND ${name})
        set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT 300
            ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8")
        if(MIROIR_SANITIZE STREQUAL "address")
            set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT
                "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/leaks.txt:print_suppressions=0")
        endif()
        if(label STREQUAL "gui")
            # what a person would see is waited for; nothing else should take the processor meanwhile
            set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
        endif()
    endforeach()
endfunction()
