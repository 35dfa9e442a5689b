// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/WebhookUrl.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace miroir::protocol {

namespace {

bool isSchemeCharacter(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.';
}

} // namespace

std::optional<std::string> urlProblem(std::string_view text)
{
    constexpr std::array<std::string_view, 6> webSchemes {"http", "https", "ws", "wss", "ftp", "file"};
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= 0x20)
        text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= 0x20)
        text.remove_suffix(1);
    const std::size_t colon = text.find(':');
    const bool letter = !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0;
    const std::string_view before = text.substr(0, colon == std::string_view::npos ? 0 : colon);
    if (!letter || colon == std::string_view::npos || !std::all_of(before.begin(), before.end(), isSchemeCharacter))
        return "relative URL without a base";
    std::string scheme(before);
    std::transform(scheme.begin(), scheme.end(), scheme.begin(),
        [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    if (std::find(webSchemes.begin(), webSchemes.end(), scheme) == webSchemes.end() || scheme == "file")
        return std::nullopt;
    std::string_view rest = text.substr(colon + 1);
    while (!rest.empty() && (rest.front() == '/' || rest.front() == '\\'))
        rest.remove_prefix(1);
    std::string_view authority = rest.substr(0, rest.find_first_of("/\\?#"));
    if (const std::size_t sign = authority.rfind('@'); sign != std::string_view::npos)
        authority.remove_prefix(sign + 1);
    if (authority.empty() || authority.front() == ':')
        return "empty host";
    const std::size_t bracket = authority.rfind(']');
    if (authority.front() == '[' && bracket == std::string_view::npos)
        return "invalid IPv6 address";
    const std::size_t port = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (port != std::string_view::npos) {
        const std::string_view digits = authority.substr(port + 1);
        const bool numeric = std::all_of(
            digits.begin(), digits.end(), [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
        if (!numeric || digits.size() > 5 || (!digits.empty() && std::stoi(std::string(digits)) > 65535))
            return "invalid port number";
    }
    const std::string_view host = authority.substr(0, port);
    if (host.find_first_of(" <>^|%\t\"") != std::string_view::npos)
        return "invalid international domain name";
    return std::nullopt;
}

} // namespace miroir::protocol
