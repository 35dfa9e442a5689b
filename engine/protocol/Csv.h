// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Records of comma separated values, read as the csv crate of Rust does with its defaults (RFC 4180 quotes,
/// doubled quotes inside, any of \n, \r, \r\n as end, empty lines skipped, byte order mark skipped). Pure.
namespace miroir::protocol {

class CsvReader
{
public:
    CsvReader(std::string_view text, char delimiter);

    enum class Next : std::uint8_t { Record, End, WrongLength, BadUtf8 };
    /// The next record; its fields are valid until the next call. The first record sets the number of fields.
    Next next();
    [[nodiscard]] const std::vector<std::string> &fields() const { return m_fields; }
    /// "CSV error: record 1 (line: 2, byte: 9): found record with 1 fields, but .." after WrongLength or BadUtf8.
    [[nodiscard]] std::string problem() const;

private:
    bool readRecord();
    void readField(bool &recordEnds);

    std::string_view m_text;
    std::size_t m_at = 0;
    char m_delimiter;
    std::uint64_t m_line = 1; ///< line at which the reader stands
    std::uint64_t m_records = 0;
    // where the current record starts
    std::size_t m_recordAt = 0;
    std::uint64_t m_recordLine = 1;
    std::size_t m_width = 0;
    std::string m_problem;
    std::vector<std::string> m_fields;
    std::size_t m_count = 0;
};

} // namespace miroir::protocol
