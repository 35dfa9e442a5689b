// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json/Json.h"

#include "base/Bytes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "json/Parser.h"

namespace miroir::json {

namespace {

constexpr int largestPower = 308;

/// Correctly rounded powers of ten.
double powerOfTen(int exponent)
{
    static const auto table = [] {
        std::array<double, largestPower + 1> powers {};
        for (std::size_t i = 0; i < powers.size(); ++i) {
            const std::string text = "1e" + std::to_string(i);
            std::from_chars(text.data(), text.data() + text.size(), powers[i]);
        }
        return powers;
    }();
    return table[static_cast<std::size_t>(exponent)];
}

/// A number as digits and a power of ten, the digits cut where 64 bits end.
struct Decimal {
    std::uint64_t digits = 0;
    std::int64_t exponent = 0;
    bool negative = false;
};

Decimal decimalOf(std::string_view text)
{
    Decimal number;
    std::size_t at = 0;
    const auto digit = [&] { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
    bool full = false;
    const auto take = [&] { // false when the digit has no room any more
        const auto value = static_cast<std::uint64_t>(text[at++] - '0');
        full = full || number.digits > (~std::uint64_t {0} - value) / 10;
        if (!full)
            number.digits = number.digits * 10 + value;
        return !full;
    };
    number.negative = text.starts_with('-');
    at += number.negative ? 1 : 0;
    while (digit())
        number.exponent += take() ? 0 : 1;
    if (at < text.size() && text[at] == '.') {
        ++at;
        full = false; // a digit behind the point may have room again when it is small
        while (digit())
            number.exponent -= take() ? 1 : 0;
    }
    if (at < text.size()) { // an e
        std::int64_t power = 0;
        const bool smaller = text[++at] == '-';
        at += text[at] == '-' || text[at] == '+' ? 1 : 0;
        while (digit())
            power = std::min<std::int64_t>(power * 10 + (text[at++] - '0'), 0xFFFF'FFFF);
        number.exponent += smaller ? -power : power;
    }
    return number;
}

/// What serde_json makes of a number: digits times or through a power of ten, which is not always the nearest double.
/// Values must be those that a node shows and sorts by. Infinity when it is out of range.
double toDoubleAsNodesDo(std::string_view text)
{
    const Decimal number = decimalOf(text);
    auto value = static_cast<double>(number.digits);
    std::int64_t exponent = number.exponent;
    while (exponent < -largestPower && value != 0) {
        value /= powerOfTen(largestPower);
        exponent += largestPower;
    }
    if (value == 0)
        exponent = 0;
    if (exponent > largestPower)
        value = std::numeric_limits<double>::infinity();
    else if (exponent >= 0)
        value *= powerOfTen(static_cast<int>(exponent));
    else
        value /= powerOfTen(static_cast<int>(-exponent));
    return number.negative ? -value : value;
}

} // namespace

bool numberInRange(std::string_view text)
{
    return std::isfinite(toDoubleAsNodesDo(text));
}

Kind integerKind(std::string_view text, bool negative)
{
    if (negative) {
        std::int64_t n = 0;
        const auto result = std::from_chars(text.data(), text.data() + text.size(), n);
        // -0 is a float for serde_json
        return result.ec == std::errc {} && n != 0 ? Kind::NegativeInteger : Kind::Float;
    }
    std::uint64_t n = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), n);
    return result.ec == std::errc {} ? Kind::PositiveInteger : Kind::Float;
}

std::string ParseError::message() const
{
    return reason + " at line " + std::to_string(line) + " column " + std::to_string(column);
}

constexpr std::size_t bytesPerNode = 12; // of usual documents: a table of the right size is never copied

struct TableSink {
    std::vector<Document::Node> nodes;
    std::uint32_t open(Kind kind, std::size_t begin)
    {
        Document::Node node;
        node.kind = kind;
        node.begin = static_cast<std::uint32_t>(begin);
        nodes.push_back(node);
        return static_cast<std::uint32_t>(nodes.size() - 1);
    }
    void close(std::uint32_t index, std::size_t end, std::uint32_t count, bool escaped = false)
    {
        Document::Node &node = nodes[index];
        node.end = static_cast<std::uint32_t>(end);
        node.next = static_cast<std::uint32_t>(nodes.size());
        node.count = count;
        node.escaped = escaped;
    }
    std::vector<Document::Node> take() { return std::move(nodes); }
};

Result<Document, ParseError> Document::parse(QByteArray text)
{
    Document doc;
    doc.m_text = std::move(text);
    MIROIR_ASSERT(doc.m_text.size() < 0xFFFFFFFFLL);
    TableSink sink;
    sink.nodes.reserve(static_cast<std::size_t>(doc.m_text.size()) / bytesPerNode + 1);
    Parser<TableSink> parser(sv(doc.m_text), sink);
    if (!parser.value() || !parser.end())
        return Err {parser.error()};
    doc.m_nodes = sink.take();
    return doc;
}

Result<Document, ParseError> Document::parse(std::string_view text)
{
    return parse(toBytes(text));
}

Result<std::size_t, ParseError> skipValue(std::string_view text, std::size_t from)
{
    NullSink sink;
    Parser<NullSink> parser(text, sink, from);
    if (!parser.value())
        return Err {parser.error()};
    return parser.at();
}

std::optional<ParseError> validate(std::string_view text)
{
    NullSink sink;
    Parser<NullSink> parser(text, sink);
    if (!parser.value() || !parser.end())
        return parser.error();
    return std::nullopt;
}

std::optional<ParseError> splitArray(std::string_view text, const std::function<bool(std::string_view)> &visit)
{
    NullSink sink;
    Parser<NullSink> parser(text, sink);
    parser.skipSpace();
    if (parser.atEnd() || parser.peek() != '[') {
        parser.failPeek(parser.atEnd() ? "EOF while parsing a value" : "expected value", parser.atEnd());
        return parser.error();
    }
    parser.advance();
    for (bool first = true;; first = false) {
        parser.skipSpace();
        if (parser.atEnd()) {
            parser.failEof("EOF while parsing a list");
            return parser.error();
        }
        if (parser.peek() == ']')
            break;
        if (!first) {
            if (parser.peek() != ',') {
                parser.failPeek("expected `,` or `]`");
                return parser.error();
            }
            parser.advance();
            parser.skipSpace();
            if (!parser.atEnd() && parser.peek() == ']') {
                parser.failPeek("trailing comma");
                return parser.error();
            }
        }
        const std::size_t begin = parser.at();
        if (!parser.value(limits::jsonDepth - 1))
            return parser.error();
        if (!visit(text.substr(begin, parser.at() - begin)))
            return std::nullopt;
    }
    parser.advance();
    if (!parser.end())
        return parser.error();
    return std::nullopt;
}

bool Value::isInteger() const
{
    return exists() && (kind() == Kind::PositiveInteger || kind() == Kind::NegativeInteger);
}

bool Value::isNumber() const
{
    return isInteger() || (exists() && kind() == Kind::Float);
}

std::size_t Value::offset() const
{
    return m_doc == nullptr ? 0 : m_doc->m_nodes[m_node].begin;
}

bool Value::toBool() const
{
    return isBool() && raw() == "true";
}

double Value::toDouble() const
{
    return isNumber() ? toDoubleAsNodesDo(raw()) : 0;
}

std::optional<std::uint64_t> Value::toU64() const
{
    if (!exists() || kind() != Kind::PositiveInteger)
        return std::nullopt;
    std::uint64_t n = 0;
    const std::string_view text = raw();
    std::from_chars(text.data(), text.data() + text.size(), n);
    return n;
}

std::optional<std::int64_t> Value::toI64() const
{
    if (!isInteger())
        return std::nullopt;
    std::int64_t n = 0;
    const std::string_view text = raw();
    const auto result = std::from_chars(text.data(), text.data() + text.size(), n);
    return result.ec == std::errc {} ? std::optional(n) : std::nullopt;
}

namespace {

void appendUtf8(std::string &out, unsigned code)
{
    const auto put = [&out](unsigned byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | code >> 6U);
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | code >> 12U);
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | code >> 18U);
        put(0x80U | (code >> 12U & 0x3FU));
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
}

unsigned hexAt(std::string_view text, std::size_t at)
{
    unsigned code = 0;
    std::from_chars(text.data() + at, text.data() + at + 4, code, 16);
    return code;
}

/// Decodes the inside of a validated string.
std::string unescape(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            out += text[i];
            continue;
        }
        switch (text[++i]) {
        case 'b':
            out += '\b';
            break;
        case 'f':
            out += '\f';
            break;
        case 'n':
            out += '\n';
            break;
        case 'r':
            out += '\r';
            break;
        case 't':
            out += '\t';
            break;
        case 'u': {
            unsigned code = hexAt(text, i + 1);
            i += 4;
            if (code >= 0xD800 && code <= 0xDBFF) {
                code = 0x10000 + ((code - 0xD800) << 10U) + (hexAt(text, i + 3) - 0xDC00);
                i += 6;
            }
            appendUtf8(out, code);
            break;
        }
        default:
            out += text[i];
        }
    }
    return out;
}

} // namespace

std::string Value::toString() const
{
    if (!isString())
        return {};
    const std::string_view text = raw();
    const std::string_view inside = text.substr(1, text.size() - 2);
    return m_doc->m_nodes[m_node].escaped ? unescape(inside) : std::string(inside);
}

std::size_t Value::size() const
{
    return m_doc == nullptr ? 0 : m_doc->m_nodes[m_node].count;
}

Value::Range Value::items() const
{
    return {{m_doc, m_node + 1, isArray() ? size() : 0}, {m_doc, 0, 0}};
}

Value::Members Value::members() const
{
    return {{m_doc, m_node + 1, isObject() ? size() : 0}, {m_doc, 0, 0}};
}

Value Value::find(std::string_view name) const
{
    if (!isObject())
        return {};
    // Straight through the table: merging asks for a dozen members of every hit.
    Value found;
    std::uint32_t at = m_node + 1;
    for (std::uint32_t left = m_doc->m_nodes[m_node].count; left > 0; --left) {
        const Document::Node &key = m_doc->m_nodes[at];
        const std::size_t length = key.end - key.begin - 2; // without the quotes
        const bool same = key.escaped
            ? Value(m_doc, at).toString() == name
            : length == name.size() && std::memcmp(m_doc->m_text.constData() + key.begin + 1, name.data(), length) == 0;
        if (same)
            found = Value(m_doc, at + 1);
        at = m_doc->m_nodes[at + 1].next;
    }
    return found;
}

Value Value::at(std::size_t index) const
{
    for (const Value item : items()) {
        if (index-- == 0)
            return item;
    }
    return {};
}

} // namespace miroir::json
