// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Bytes.h"
#include "json/Json.h"

#include <charconv>
#include <cmath>
#include <unordered_map>

namespace miroir::json {

namespace {

/// Appends text with JSON escapes; Out is QByteArray or std::string.
template <typename Out>
void appendEscaped(Out &out, std::string_view utf8)
{
    static constexpr char hex[] = "0123456789abcdef";
    const auto put = [&out](std::string_view text) {
        out.append(text.data(), static_cast<typename Out::size_type>(text.size()));
    };
    put("\"");
    std::size_t clean = 0;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto c = static_cast<unsigned char>(utf8[i]);
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        put(utf8.substr(clean, i - clean));
        clean = i + 1;
        switch (c) {
        case '"':
            put("\\\"");
            break;
        case '\\':
            put("\\\\");
            break;
        case '\b':
            put("\\b");
            break;
        case '\f':
            put("\\f");
            break;
        case '\n':
            put("\\n");
            break;
        case '\r':
            put("\\r");
            break;
        case '\t':
            put("\\t");
            break;
        default: {
            const char code[] = {'\\', 'u', '0', '0', hex[c >> 4U], hex[c & 15U]};
            put({code, sizeof code});
        }
        }
    }
    put(utf8.substr(clean));
    put("\"");
}

void appendCompact(std::string &out, const Value &value);

void appendCompactObject(std::string &out, const Value &value)
{
    std::vector<std::pair<std::string, Value>> members;
    std::unordered_map<std::string, std::size_t> places;
    for (const Member member : value.members()) {
        std::string key = member.key();
        const auto [place, fresh] = places.try_emplace(key, members.size());
        if (fresh)
            members.emplace_back(std::move(key), member.value);
        else
            members[place->second].second = member.value;
    }
    out += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (i > 0)
            out += ',';
        appendEscaped(out, members[i].first);
        out += ':';
        appendCompact(out, members[i].second);
    }
    out += '}';
}

void appendCompact(std::string &out, const Value &value)
{
    switch (value.kind()) {
    case Kind::Object:
        appendCompactObject(out, value);
        return;
    case Kind::Array: {
        out += '[';
        bool first = true;
        for (const Value item : value.items()) {
            if (!first)
                out += ',';
            first = false;
            appendCompact(out, item);
        }
        out += ']';
        return;
    }
    case Kind::String:
        appendEscaped(out, value.toString());
        return;
    case Kind::Float:
        out += formatDouble(value.toDouble());
        return;
    default:
        out += value.exists() ? value.raw() : std::string_view("null");
    }
}

} // namespace

std::string compact(const Value &value)
{
    std::string out;
    appendCompact(out, value);
    return out;
}

std::string formatDouble(double number)
{
    if (!std::isfinite(number))
        return "null";
    if (number == 0)
        return std::signbit(number) ? "-0.0" : "0.0";
    char text[40] = {}; // zeroed: the exponent is read up to the end of the text
    // digits and exponent of the shortest form: d.ddde[+-]xx
    const auto end = std::to_chars(text, text + sizeof text - 1, number, std::chars_format::scientific).ptr;
    std::string_view shortest(text, static_cast<std::size_t>(end - text));
    std::string out;
    if (shortest.front() == '-') {
        out = "-";
        shortest.remove_prefix(1);
    }
    const std::size_t e = shortest.find('e');
    std::string digits(1, shortest.front());
    if (e > 2)
        digits += shortest.substr(2, e - 2);
    const int exponent = std::atoi(shortest.data() + e + 1);
    const int length = static_cast<int>(digits.size());
    const int point = exponent + 1; // digits before the decimal point
    if (length <= point && point <= 16)
        return out + digits + std::string(static_cast<std::size_t>(point - length), '0') + ".0";
    if (0 < point && point <= 16)
        return out + digits.substr(0, static_cast<std::size_t>(point)) + '.'
            + digits.substr(static_cast<std::size_t>(point));
    if (-5 < point && point <= 0)
        return out + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
    out += digits.front();
    if (length > 1)
        out += '.' + digits.substr(1);
    return out + (exponent < 0 ? "e" : "e+") + std::to_string(exponent);
}

std::string quoted(std::string_view utf8)
{
    std::string out;
    appendEscaped(out, utf8);
    return out;
}

void appendQuoted(QByteArray &out, std::string_view utf8)
{
    appendEscaped(out, utf8);
}

void Writer::separate()
{
    if (!m_first)
        m_out += ',';
    m_first = false;
}
Writer &Writer::beginObject()
{
    separate();
    m_out += '{';
    m_first = true;
    return *this;
}
Writer &Writer::endObject()
{
    m_out += '}';
    m_first = false;
    return *this;
}
Writer &Writer::beginArray()
{
    separate();
    m_out += '[';
    m_first = true;
    return *this;
}
Writer &Writer::endArray()
{
    m_out += ']';
    m_first = false;
    return *this;
}
Writer &Writer::key(std::string_view name)
{
    separate();
    appendQuoted(m_out, name);
    m_out += ':';
    m_first = true; // no comma before the value
    return *this;
}
Writer &Writer::string(std::string_view utf8)
{
    separate();
    appendQuoted(m_out, utf8);
    return *this;
}
Writer &Writer::raw(std::string_view json)
{
    separate();
    m_out.append(json.data(), static_cast<qsizetype>(json.size()));
    return *this;
}
Writer &Writer::number(std::uint64_t n)
{
    return raw(std::to_string(n));
}
Writer &Writer::number(std::int64_t n)
{
    return raw(std::to_string(n));
}
Writer &Writer::number(double n)
{
    return raw(formatDouble(n));
}
Writer &Writer::boolean(bool b)
{
    return raw(b ? "true" : "false");
}
Writer &Writer::null()
{
    return raw("null");
}

} // namespace miroir::json
