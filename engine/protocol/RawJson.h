// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

/// Finds the end of JSON values without reading them: no limit of depth, numbers of any size. Meilisearch accepts
/// payloads of documents this way, so what it lets through here may still fail later. Errors are those of
/// serde_json's ignore_value. Pure.
namespace miroir::protocol {

class RawScanner
{
public:
    explicit RawScanner(std::string_view text, std::size_t at = 0) : m_text(text), m_at(at) { }

    void skipSpace();
    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    [[nodiscard]] char peek() const { return m_text[m_at]; } ///< not at the end
    [[nodiscard]] std::size_t at() const { return m_at; }
    void advance() { ++m_at; }
    /// The value behind optional space; on false error() tells why.
    bool skipValue();
    bool skipString(); ///< behind its opening quote
    /// Fails at the place where the scanner stands, or at the character that it has not consumed yet.
    bool fail(const char *reason, bool eof = false);
    bool failPeek(const char *reason, bool eof = false);
    [[nodiscard]] const json::ParseError &error() const { return m_error; }

private:
    bool skipScalar();
    bool skipWord(std::string_view rest);
    bool skipNumber();
    bool skipDigits(); ///< one or more
    bool skipEscape();
    bool skipKey();
    bool closeFrames(std::vector<char> &frames, bool acceptComma, bool &done);

    std::string_view m_text;
    std::size_t m_at = 0;
    json::ParseError m_error;
};

struct RawMember {
    std::string_view key; ///< with its quotes
    std::string_view value;
};
/// The members of an object (a valid JSON text), in written order with repeats; nothing when it is no object.
std::vector<RawMember> rawMembers(std::string_view object);
/// The decoded text of a JSON string.
std::string rawString(std::string_view quoted);
/// Position of a byte offset as serde_json counts it.
json::ParseError errorAt(std::string_view text, std::size_t offset, const char *reason, bool eof);

} // namespace miroir::protocol
