// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "node/AnswerParser.h"

#include "base/Bytes.h"

#include <algorithm>
#include <cctype>

namespace miroir::node {

namespace {

constexpr std::size_t chunkLineBytes = 4096;
constexpr int interimAnswers = 8;
constexpr std::uint64_t reserveBytes = 8'000'000; ///< a length is only a promise

bool isToken(std::string_view name)
{
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || others.find(c) != std::string_view::npos;
    });
}

bool hasControls(std::string_view text)
{
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

} // namespace

void AnswerParser::reset()
{
    *this = AnswerParser(m_bodyLimit);
}

std::size_t AnswerParser::feed(std::string_view bytes)
{
    std::size_t used = 0;
    while (used < bytes.size() && !done() && !broken()) {
        const bool data = m_state == State::Fixed || m_state == State::ChunkData
            || m_state == State::UntilClose;
        const std::string_view rest = bytes.substr(used);
        used += data ? feedData(rest) : feedLine(rest);
    }
    return used;
}

void AnswerParser::end()
{
    if (done() || broken())
        return;
    if (m_state == State::UntilClose) {
        m_state = State::Done;
        return;
    }
    breakWith(Fault::Malformed,
        untouched() ? "the connection was closed before an answer came"
                    : "the connection was closed in the middle of an answer");
}

std::size_t AnswerParser::feedLine(std::string_view bytes)
{
    const std::size_t newline = bytes.find('\n');
    const std::size_t taken = newline == std::string_view::npos ? bytes.size() : newline + 1;
    const bool chunkLine = m_state == State::ChunkSize || m_state == State::ChunkEnd;
    if (chunkLine ? m_line.size() + taken > chunkLineBytes
                  : m_headBytes + taken > limits::headBytes) {
        breakWith(Fault::Malformed, "a line or the head of the answer is too long");
        return taken;
    }
    if (!chunkLine)
        m_headBytes += taken;
    m_line.append(bytes.substr(0, taken));
    if (newline == std::string_view::npos)
        return taken;
    if (m_line.size() < 2 || m_line[m_line.size() - 2] != '\r') {
        breakWith(Fault::Malformed, "a line of the answer does not end in CR LF");
        return taken;
    }
    m_line.resize(m_line.size() - 2);
    if (hasControls(m_line))
        breakWith(Fault::Malformed, "the head of the answer holds control characters");
    else
        lineComplete();
    m_line.clear();
    return taken;
}

void AnswerParser::lineComplete()
{
    switch (m_state) {
    case State::Head:
        if (!m_haveStatus)
            statusLine();
        else if (m_line.empty())
            headComplete();
        else
            headField();
        return;
    case State::ChunkSize:
        chunkSize();
        return;
    case State::ChunkEnd:
        if (m_line.empty())
            m_state = State::ChunkSize;
        else
            breakWith(Fault::Malformed, "a chunk is longer than it says");
        return;
    case State::Trailer:
        if (m_line.empty())
            m_state = State::Done;
        else if (++m_fields > limits::headFields)
            breakWith(Fault::Malformed, "the answer has too many fields");
        return;
    default:
        return;
    }
}

void AnswerParser::statusLine()
{
    const std::string_view line = m_line;
    const bool form = line.size() >= 12 && line.starts_with("HTTP/1.")
        && (line[7] == '0' || line[7] == '1') && line[8] == ' '
        && (line.size() == 12 || line[12] == ' ');
    int status = 0;
    for (std::size_t i = 9; form && i < 12; ++i)
        status = line[i] >= '0' && line[i] <= '9' ? status * 10 + (line[i] - '0') : -10'000;
    if (!form || status < 100 || status > 599) {
        breakWith(Fault::Malformed, "the answer does not begin as HTTP/1.1 does");
        return;
    }
    m_status = status;
    m_minorZero = line[7] == '0';
    m_haveStatus = true;
}

void AnswerParser::headField()
{
    if (++m_fields > limits::headFields) {
        breakWith(Fault::Malformed, "the answer has too many fields");
        return;
    }
    const std::string_view line = m_line;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !isToken(line.substr(0, colon))) {
        breakWith(Fault::Malformed, "a field of the answer is malformed");
        return;
    }
    applyField(lowerAscii(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
}

void AnswerParser::applyField(std::string_view name, std::string_view value)
{
    if (name == "content-length") {
        const bool digits = !value.empty() && value.size() <= 18
            && value.find_first_not_of("0123456789") == std::string_view::npos;
        if (!digits || m_haveLength) {
            breakWith(Fault::Malformed, "the length of the answer is malformed or given twice");
            return;
        }
        m_haveLength = true;
        for (const char c : value)
            m_length = m_length * 10 + static_cast<std::uint64_t>(c - '0');
    } else if (name == "transfer-encoding") {
        if (m_chunked || lowerAscii(value) != "chunked")
            breakWith(Fault::Malformed, "the answer has a transfer coding other than chunked");
        m_chunked = true;
    } else if (name == "content-encoding") {
        if (lowerAscii(value) != "identity")
            breakWith(Fault::Malformed, "the answer is compressed although that was not asked for");
    } else if (name == "content-type") {
        m_contentType = toBytes(value);
    } else if (name == "connection") {
        const std::string options = lowerAscii(value);
        m_closeAsked = m_closeAsked || options.find("close") != std::string::npos;
        m_keepAsked = m_keepAsked || options.find("keep-alive") != std::string::npos;
    }
}

void AnswerParser::headComplete()
{
    if (m_status < 200) {
        // 101 would change the protocol, which was never asked for.
        if (m_status == 101 || ++m_interim > interimAnswers) {
            breakWith(Fault::Malformed, "the node sent interim answers that make no sense");
            return;
        }
        m_haveStatus = false;
        return;
    }
    if (m_chunked && (m_haveLength || m_minorZero)) {
        breakWith(Fault::Malformed, "the length of the answer is ambiguous");
        return;
    }
    m_keepAlive = !m_closeAsked && (!m_minorZero || m_keepAsked);
    if (m_status == 204 || m_status == 304) {
        m_keepAlive = m_keepAlive && !m_chunked && m_length == 0;
        m_state = State::Done;
    } else if (m_chunked) {
        m_state = State::ChunkSize;
    } else if (m_haveLength) {
        m_left = m_length;
        if (!grow(m_length))
            return;
        m_body.reserve(static_cast<qsizetype>(std::min(m_length, reserveBytes)));
        m_state = m_left == 0 ? State::Done : State::Fixed;
    } else {
        m_keepAlive = false;
        m_state = State::UntilClose;
    }
}

void AnswerParser::chunkSize()
{
    std::uint64_t size = 0;
    std::size_t digits = 0;
    while (digits < m_line.size() && hexDigit(m_line[digits]) >= 0 && digits < 16)
        size = size * 16 + static_cast<std::uint64_t>(hexDigit(m_line[digits++]));
    const bool form
        = digits > 0 && digits < 16 && (digits == m_line.size() || m_line[digits] == ';');
    if (!form) {
        breakWith(Fault::Malformed, "the size of a chunk is malformed");
        return;
    }
    if (!grow(size))
        return;
    m_left = size;
    m_state = size == 0 ? State::Trailer : State::ChunkData;
}

std::size_t AnswerParser::feedData(std::string_view bytes)
{
    std::size_t taken = bytes.size();
    if (m_state == State::UntilClose) {
        if (!grow(taken))
            return taken;
    } else {
        taken = static_cast<std::size_t>(std::min<std::uint64_t>(m_left, taken));
        m_left -= taken;
    }
    m_body.append(bytes.data(), static_cast<qsizetype>(taken));
    if (m_state != State::UntilClose && m_left == 0)
        m_state = m_state == State::Fixed ? State::Done : State::ChunkEnd;
    return taken;
}

bool AnswerParser::grow(std::uint64_t bytes)
{
    const auto held = static_cast<std::uint64_t>(m_body.size());
    if (bytes <= m_bodyLimit && held + bytes <= m_bodyLimit)
        return true;
    breakWith(
        Fault::TooLarge, "the answer is larger than " + std::to_string(m_bodyLimit) + " bytes");
    return false;
}

void AnswerParser::breakWith(Fault fault, std::string reason)
{
    m_state = State::Broken;
    m_fault = fault;
    m_reason = std::move(reason);
    m_keepAlive = false;
    m_body = QByteArray();
}

} // namespace miroir::node
