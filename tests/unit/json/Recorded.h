// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace miroir::json::testing {

template <std::size_t N>
inline std::string bytes(const char (&text)[N])
{
    return std::string(text, N - 1); // a zero byte in the middle stays
}

struct Recorded {
    std::string text;
    bool ok;
    std::string result; // the compact form, or the error
};

/// What serde_json 1.0.150 answers, recorded.
inline const std::vector<Recorded> recorded {
    {bytes(""), false, "EOF while parsing a value at line 1 column 0"},
    {bytes(" "), false, "EOF while parsing a value at line 1 column 1"},
    {bytes("null"), true, "null"},
    {bytes("nul"), false, "EOF while parsing a value at line 1 column 3"},
    {bytes("nulx"), false, "expected ident at line 1 column 4"},
    {bytes("tru"), false, "EOF while parsing a value at line 1 column 3"},
    {bytes("fals"), false, "EOF while parsing a value at line 1 column 4"},
    {bytes("falsy"), false, "expected ident at line 1 column 5"},
    {bytes("x"), false, "expected value at line 1 column 1"},
    {bytes("-"), false, "EOF while parsing a value at line 1 column 1"},
    {bytes("-a"), false, "invalid number at line 1 column 2"},
    {bytes("01"), false, "invalid number at line 1 column 2"},
    {bytes("-01"), false, "invalid number at line 1 column 3"},
    {bytes("1."), false, "EOF while parsing a value at line 1 column 2"},
    {bytes("1.a"), false, "invalid number at line 1 column 3"},
    {bytes(".5"), false, "expected value at line 1 column 1"},
    {bytes("+1"), false, "expected value at line 1 column 1"},
    {bytes("1e"), false, "EOF while parsing a value at line 1 column 2"},
    {bytes("1e+"), false, "EOF while parsing a value at line 1 column 3"},
    {bytes("1ea"), false, "invalid number at line 1 column 3"},
    {bytes("1e400"), false, "number out of range at line 1 column 5"},
    {bytes("-1e400"), false, "number out of range at line 1 column 6"},
    {bytes("1e9999999999999999"), false, "number out of range at line 1 column 12"},
    {bytes("0e9999999999999999"), true, "0.0"},
    {bytes("1e-9999999999999999"), true, "0.0"},
    {bytes("1x"), false, "trailing characters at line 1 column 2"},
    {bytes("1 2"), false, "trailing characters at line 1 column 3"},
    {bytes("["), false, "EOF while parsing a list at line 1 column 1"},
    {bytes("[1"), false, "EOF while parsing a list at line 1 column 2"},
    {bytes("[1,"), false, "EOF while parsing a value at line 1 column 3"},
    {bytes("[1,]"), false, "trailing comma at line 1 column 4"},
    {bytes("[1 2]"), false, "expected `,` or `]` at line 1 column 4"},
    {bytes("[,]"), false, "expected value at line 1 column 2"},
    {bytes("[}"), false, "expected value at line 1 column 2"},
    {bytes("{"), false, "EOF while parsing an object at line 1 column 1"},
    {bytes("{\"a\""), false, "EOF while parsing an object at line 1 column 4"},
    {bytes("{\"a\":"), false, "EOF while parsing a value at line 1 column 5"},
    {bytes("{\"a\":1"), false, "EOF while parsing an object at line 1 column 6"},
    {bytes("{\"a\":1,"), false, "EOF while parsing a value at line 1 column 7"},
    {bytes("{\"a\":1,}"), false, "trailing comma at line 1 column 8"},
    {bytes("{\"a\"1}"), false, "expected `:` at line 1 column 5"},
    {bytes("{\"a\":}"), false, "expected value at line 1 column 6"},
    {bytes("{a:1}"), false, "key must be a string at line 1 column 2"},
    {bytes("{,}"), false, "key must be a string at line 1 column 2"},
    {bytes("{]"), false, "key must be a string at line 1 column 2"},
    {bytes("{\"a\":1 \"b\":2}"), false, "expected `,` or `}` at line 1 column 8"},
    {bytes("\"abc"), false, "EOF while parsing a string at line 1 column 4"},
    {bytes("\"a\\"), false, "EOF while parsing a string at line 1 column 3"},
    {bytes("\"\\x\""), false, "invalid escape at line 1 column 3"},
    {bytes("\"\\u12"), false, "EOF while parsing a string at line 1 column 5"},
    {bytes("\"\\u12g4\""), false, "invalid escape at line 1 column 7"},
    {bytes("\"\\udc00\""), false, "lone leading surrogate in hex escape at line 1 column 7"},
    {bytes("\"\\ud800\""), false, "unexpected end of hex escape at line 1 column 8"},
    {bytes("\"\\ud800\\n\""), false, "unexpected end of hex escape at line 1 column 9"},
    {bytes("\"\\ud800\\u0041\""), false, "lone leading surrogate in hex escape at line 1 column 13"},
    {bytes("\"a\tb\""), false, "control character (\\u0000-\\u001F) found while parsing a string at line 1 column 3"},
    {bytes("\"a\000b\""), false, "control character (\\u0000-\\u001F) found while parsing a string at line 1 column 3"},
    {bytes("\"\177\""), true, "\"\177\""},
    {bytes("\"\377\""), false, "invalid unicode code point at line 1 column 3"},
    {bytes("\"\377"), false, "EOF while parsing a string at line 1 column 2"},
    {bytes("\"\303\""), false, "invalid unicode code point at line 1 column 3"},
    {bytes("\"\355\240\200\""), false, "invalid unicode code point at line 1 column 5"},
    {bytes("\"\364\220\200\200\""), false, "invalid unicode code point at line 1 column 6"},
    {bytes("\"\300\200\""), false, "invalid unicode code point at line 1 column 4"},
    {bytes("\"\377\t\""), false, "control character (\\u0000-\\u001F) found while parsing a string at line 1 column 3"},
    {bytes("\"\377\\x\""), false, "invalid escape at line 1 column 4"},
    {bytes("\357\273\277{}"), false, "expected value at line 1 column 1"},
    {bytes("\n\n{\"a\":\n[1,\n2}\n"), false, "expected `,` or `]` at line 5 column 2"},
    {bytes("{\"a\":\n  nope}"), false, "expected ident at line 2 column 4"},
    {bytes("[1]\n\n ]"), false, "trailing characters at line 3 column 2"},
    {bytes("{\"a\":1,\"b\":2,\"a\":3}"), true, "{\"a\":3,\"b\":2}"},
    {bytes(" [ 1 , 2.50 , -0 , 1E3 ] "), true, "[1,2.5,-0.0,1000.0]"},
    {bytes("\"\\u00e9\\/\\b\\f\\n\\r\\t\\u0001\\ud83d\\ude00\""), true,
        "\"\303\251/\\b\\f\\n\\r\\t\\u0001\360\237\230\200\""},
    {bytes("18446744073709551615"), true, "18446744073709551615"},
    {bytes("18446744073709551616"), true, "1.8446744073709552e+19"},
    {bytes("-9223372036854775808"), true, "-9223372036854775808"},
    {bytes("-9223372036854775809"), true, "-9.223372036854776e+18"},
    {bytes("-0"), true, "-0.0"},
    {bytes("1e16"), true, "1e+16"},
    {bytes("1e15"), true, "1000000000000000.0"},
    {bytes("123456789012345678901234567890"), true, "1.2345678901234568e+29"},
    {bytes("0.00001"), true, "0.00001"},
    {bytes("0.000001"), true, "1e-6"},
    {bytes("1e-7"), true, "1e-7"},
    {bytes("2.2250738585072014e-308"), true, "2.2250738585072014e-308"},
    {bytes("4.9e-324"), true, "5e-324"},
    {bytes("1e-400"), true, "0.0"},
    {bytes("1.7976931348623157e308"), true, "1.7976931348623157e+308"},
    {bytes("0.1"), true, "0.1"},
    {bytes("100.0"), true, "100.0"},
    {bytes("3.0000000000000004"), true, "3.0000000000000004"},
    {bytes("9007199254740993.0"), true, "9007199254740994.0"},
    {bytes("5708990770823839524233143877797980545530986495.0"), true, "5.70899077082384e+45"},
    {bytes("{\"\":{\"\":[]}}"), true, "{\"\":{\"\":[]}}"},
    {bytes("[[],{}]"), true, "[[],{}]"},
};

} // namespace miroir::json::testing
