// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Csv.h"

#include <optional>

namespace miroir::protocol {

namespace {

bool isLineEnd(char c)
{
    return c == '\n' || c == '\r';
}

/// The number of valid bytes before the first one that is no UTF-8; nothing when all are valid.
std::optional<std::size_t> firstInvalid(std::string_view text)
{
    std::size_t i = 0;
    while (i < text.size()) {
        const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(text[i + n]); };
        const unsigned char c = byte(0);
        if (c < 0x80) {
            ++i;
            continue;
        }
        const std::size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
        if (c < 0xC2 || c > 0xF4 || text.size() - i < length)
            return i;
        for (std::size_t n = 1; n < length; ++n) {
            if ((byte(n) & 0xC0) != 0x80)
                return i;
        }
        // overlong forms, surrogates and what lies behind the last code point
        const unsigned char second = byte(1);
        if ((c == 0xE0 && second < 0xA0) || (c == 0xED && second > 0x9F) || (c == 0xF0 && second < 0x90)
            || (c == 0xF4 && second > 0x8F))
            return i;
        i += length;
    }
    return std::nullopt;
}

} // namespace

CsvReader::CsvReader(std::string_view text, char delimiter) : m_text(text), m_delimiter(delimiter)
{
    if (m_text.starts_with("\xEF\xBB\xBF"))
        m_at = 3;
}

CsvReader::Next CsvReader::next()
{
    if (!readRecord())
        return Next::End;
    const std::uint64_t record = m_records++;
    if (record == 0)
        m_width = m_count;
    m_fields.resize(m_count);
    if (m_count != m_width) {
        m_problem = "CSV error: record " + std::to_string(record) + " (line: " + std::to_string(m_recordLine)
            + ", byte: " + std::to_string(m_recordAt) + "): found record with " + std::to_string(m_count)
            + " fields, but the previous record has " + std::to_string(m_width) + " fields";
        return Next::WrongLength;
    }
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        if (const auto valid = firstInvalid(m_fields[i])) {
            m_problem = "CSV parse error: record " + std::to_string(record) + " (line "
                + std::to_string(m_recordLine) + ", field: " + std::to_string(i)
                + ", byte: " + std::to_string(m_recordAt) + "): invalid utf-8: invalid UTF-8 in field "
                + std::to_string(i) + " near byte index " + std::to_string(*valid);
            return Next::BadUtf8;
        }
    }
    return Next::Record;
}

std::string CsvReader::problem() const
{
    return m_problem;
}

/// One record with the one character that ends it; the \n of \r\n is left to the next record, as the crate counts.
bool CsvReader::readRecord()
{
    // the byte order mark is not part of any record, but it counts as read with the first one
    m_recordAt = m_records == 0 ? 0 : m_at;
    m_recordLine = m_line;
    while (m_at < m_text.size() && isLineEnd(m_text[m_at])) {
        m_line += m_text[m_at] == '\n' ? 1U : 0U;
        ++m_at;
    }
    m_count = 0;
    if (m_at >= m_text.size())
        return false;
    bool ends = false;
    while (!ends)
        readField(ends);
    return true;
}

void CsvReader::readField(bool &recordEnds)
{
    if (m_fields.size() <= m_count)
        m_fields.emplace_back();
    std::string &field = m_fields[m_count++];
    field.clear();
    bool quoted = m_at < m_text.size() && m_text[m_at] == '"';
    if (quoted)
        ++m_at;
    for (; m_at < m_text.size(); ++m_at) {
        const char c = m_text[m_at];
        m_line += c == '\n' ? 1U : 0U;
        if (quoted) {
            if (c != '"') {
                field.push_back(c);
            } else if (m_at + 1 < m_text.size() && m_text[m_at + 1] == '"') {
                field.push_back(c);
                ++m_at;
            } else {
                quoted = false;
            }
            continue;
        }
        if (c == m_delimiter) {
            ++m_at;
            // a delimiter at the very end opens one more, empty field
            return;
        }
        if (isLineEnd(c)) {
            ++m_at;
            recordEnds = true;
            return;
        }
        field.push_back(c);
    }
    recordEnds = true;
}

} // namespace miroir::protocol
