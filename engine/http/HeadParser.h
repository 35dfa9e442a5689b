// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/Http.h"
#include "http/Refusal.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The examination of request heads. Pure; follows RFC 9112 at its strictest where leniency has led to two programs
/// reading one stream of bytes differently. Nothing is repaired: what is not exactly a request is refused.
namespace miroir::http {

/// How a body was compressed. None: sent as it is.
enum class Coding : std::uint8_t { None, Gzip, Deflate, Brotli, Zstd };

/// A head that has been found in order.
struct Head {
    QByteArray method;
    QByteArray target; ///< as sent
    QByteArray path; ///< see Request::path; "*" for OPTIONS *
    QByteArray query;
    int minorVersion = 1; ///< HTTP/1.x
    Fields fields;
    std::optional<std::uint64_t> contentLength;
    bool chunked = false;
    bool keepAlive = true; ///< what the client wants, by version and Connection
    bool expectContinue = false;
    Coding coding = Coding::None;

    [[nodiscard]] bool hasBody() const { return chunked || contentLength.value_or(0) > 0; }
    /// The first value of a field; empty when absent.
    [[nodiscard]] std::string_view value(std::string_view lowerCaseName) const;
    [[nodiscard]] std::size_t count(std::string_view lowerCaseName) const;
};

struct HeadLimits {
    std::size_t requestLineBytes = 0;
    std::size_t headBytes = 0;
    int fields = 0;
};

/// Reads one head from bytes in any portions and stops at its end. Use a new one for each request.
class HeadParser
{
public:
    enum class State : std::uint8_t { More, Done, Refused };

    explicit HeadParser(HeadLimits limits) : m_limits(limits) { }
    /// Takes bytes up to the end of the head at most; gives how many. Takes none unless state() is More.
    std::size_t feed(std::string_view bytes);
    [[nodiscard]] State state() const { return m_state; }
    /// A byte of a request has come (empty lines between requests do not count).
    [[nodiscard]] bool started() const { return m_totalBytes > 0; }
    [[nodiscard]] const Refusal &refusal() const { return m_refusal; } ///< when Refused
    [[nodiscard]] Head &head() { return m_head; } ///< when Done, fields only: examineHead() fills in the rest

private:
    void endLine(std::string_view lineWithoutEnd);
    void requestLine(std::string_view line);
    void fieldLine(std::string_view line);
    void refuse(Refusal refusal);
    bool withinLimits(std::size_t moreBytes);

    HeadLimits m_limits;
    State m_state = State::More;
    Refusal m_refusal;
    Head m_head;
    std::string m_line; // the unfinished line
    std::size_t m_totalBytes = 0;
    int m_emptyLines = 0;
    bool m_haveRequestLine = false;
};

/// The rules that need the whole head: Host, framing of the body, Connection, Expect, content coding. Fills in the
/// members after `fields`; gives the refusal when a rule is broken.
std::optional<Refusal> examineHead(Head &head, std::size_t bodyBytesMax);

/// Path of a request target, see Request::path; nullopt when the target has no form that a server accepts.
std::optional<QByteArray> normalisedPath(std::string_view method, std::string_view target);

/// The value is in a comma-separated list of all fields of that name, without regard to case.
bool listContains(const Head &head, std::string_view lowerCaseName, std::string_view lowerCaseValue);

} // namespace miroir::http
