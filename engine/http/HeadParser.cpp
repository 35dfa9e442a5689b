// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/HeadParser.h"

#include "base/Assert.h"
#include "base/Bytes.h"
#include "http/Text.h"

namespace miroir::http {

namespace {

constexpr std::size_t methodBytesMax = 32;
constexpr int emptyLinesMax = 2; // some clients end a body with a line end that is not counted

/// Bytes over 127 are let through: curl sends "?q=café" as typed, and Meilisearch takes it.
bool isTarget(std::string_view target)
{
    return !target.empty() && std::all_of(target.begin(), target.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte > 0x20 && byte != 0x7f && byte != '#';
    });
}

/// A client that speaks TLS, or no HTTP at all, need not wait for the timeout to learn it.
bool mayBecomeRequestLine(std::string_view begun)
{
    return std::all_of(begun.begin(), begun.end(), [](char c) { return isFieldValueChar(c) || c == '\r'; });
}

} // namespace

std::string_view Head::value(std::string_view lowerCaseName) const
{
    for (const auto &[name, value] : fields) {
        if (sv(name) == lowerCaseName)
            return sv(value);
    }
    return {};
}

std::size_t Head::count(std::string_view lowerCaseName) const
{
    return static_cast<std::size_t>(std::count_if(fields.begin(), fields.end(),
                                                  [&](const auto &field) { return sv(field.first) == lowerCaseName; }));
}

std::size_t HeadParser::feed(std::string_view bytes)
{
    std::size_t taken = 0;
    while (m_state == State::More && taken < bytes.size()) {
        const std::string_view rest = bytes.substr(taken);
        const std::size_t end = rest.find('\n');
        const std::string_view piece = rest.substr(0, end == std::string_view::npos ? end : end + 1);
        if (!withinLimits(piece.size()))
            return taken;
        taken += piece.size();
        if (end == std::string_view::npos) {
            if (!m_haveRequestLine && !mayBecomeRequestLine(piece)) {
                refuse(badRequest("The request line is malformed."));
                return taken;
            }
            m_line.append(piece);
            break;
        }
        std::string_view line = piece;
        if (!m_line.empty()) {
            m_line.append(piece);
            line = m_line;
        }
        if (line.size() < 2 || line[line.size() - 2] != '\r')
            refuse(badRequest("A line of the request head does not end in CR LF."));
        else
            endLine(line.substr(0, line.size() - 2));
        m_line.clear();
    }
    return taken;
}

bool HeadParser::withinLimits(std::size_t moreBytes)
{
    m_totalBytes += moreBytes;
    if (!m_haveRequestLine && m_line.size() + moreBytes > m_limits.requestLineBytes + 2)
        refuse(uriTooLong(m_limits.requestLineBytes));
    else if (m_totalBytes > m_limits.headBytes)
        refuse(headTooLarge("The request head is longer than " + formatByteLimit(m_limits.headBytes) + "."));
    return m_state == State::More;
}

void HeadParser::endLine(std::string_view line)
{
    if (!m_haveRequestLine) {
        if (!line.empty()) {
            requestLine(line);
        } else if (++m_emptyLines > emptyLinesMax) {
            refuse(badRequest("The request line is missing."));
        } else {
            m_totalBytes = 0;
        }
    } else if (line.empty()) {
        m_state = State::Done;
    } else {
        fieldLine(line);
    }
}

void HeadParser::requestLine(std::string_view line)
{
    m_haveRequestLine = true;
    const std::size_t firstSpace = line.find(' ');
    const std::size_t lastSpace = line.rfind(' ');
    if (firstSpace == std::string_view::npos || firstSpace == lastSpace)
        return refuse(badRequest("The request line is malformed."));
    const std::string_view method = line.substr(0, firstSpace);
    const std::string_view target = line.substr(firstSpace + 1, lastSpace - firstSpace - 1);
    const std::string_view version = line.substr(lastSpace + 1);
    if (!isToken(method) || method.size() > methodBytesMax || !isTarget(target))
        return refuse(badRequest("The request line is malformed."));
    if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || !isDigit(version[5]) || version[6] != '.'
        || !isDigit(version[7]))
        return refuse(badRequest("The request line does not end in an HTTP version."));
    if (version[5] != '1' || version[7] > '1')
        return refuse({505, "http_version_not_supported", "Only HTTP/1.1 and HTTP/1.0 are supported.", {}});

    m_head.method = toBytes(method);
    m_head.target = toBytes(target);
    m_head.minorVersion = version[7] - '0';
    const std::optional<QByteArray> path = normalisedPath(method, target);
    if (!path)
        return refuse(badRequest("The request target is malformed."));
    m_head.path = *path;
    const std::size_t question = target.find('?');
    if (question != std::string_view::npos)
        m_head.query = toBytes(target.substr(question + 1));
}

void HeadParser::fieldLine(std::string_view line)
{
    if (line.front() == ' ' || line.front() == '\t')
        return refuse(badRequest("A header field is folded over several lines."));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !isToken(line.substr(0, colon)))
        return refuse(badRequest("The name of a header field is invalid."));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!isFieldValue(value))
        return refuse(badRequest("The value of a header field has an invalid character."));
    if (m_head.fields.size() >= static_cast<std::size_t>(m_limits.fields)) {
        return refuse(
            headTooLarge("The request has more than " + std::to_string(m_limits.fields) + " header fields."));
    }
    m_head.fields.emplace_back(toLower(line.substr(0, colon)), toBytes(value));
}

void HeadParser::refuse(Refusal refusal)
{
    MIROIR_ASSERT(m_state == State::More);
    m_state = State::Refused;
    m_refusal = std::move(refusal);
}

} // namespace miroir::http
