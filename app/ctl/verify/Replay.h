// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Result.h"
#include "protocol/SearchRequest.h"

#include <QByteArray>

#include <optional>
#include <string>
#include <string_view>

/// Requests that are replayed on two servers. Pure.
namespace miroir::ctl {

struct Replay {
    enum class Kind : std::uint8_t { Search, FacetSearch, Similar, MultiSearch, Documents, Other };
    QByteArray method = "POST";
    QByteArray target; ///< path and query as they are sent
    QByteArray body; ///< JSON; empty with GET
    std::string index; ///< uid of the path, decoded; empty when the path names none
    Kind kind = Kind::Other;
};

/// What the target is, and which index it names.
void classify(Replay &replay);
/// True for requests that read only; nothing else is ever replayed.
bool readsOnly(const Replay &replay);

/// One line of a recording: a JSON object with `index` and `body` (a search), or with `path`, `method` and `body`; or a
/// line of an access log in common or combined form, of which GET requests can be replayed. Fails with the reason
/// for a person.
Result<Replay> parseReplay(std::string_view line);

/// The search that it makes; nothing for other kinds, and for what a server refuses as malformed.
std::optional<protocol::SearchRequest> searchOf(const Replay &replay);
/// The search of that index as a POST.
Replay searchReplay(const std::string &index, const protocol::SearchRequest &search);
/// The query with every word in quotation marks: nothing is derived from it, no typo, prefix, split or joined word.
std::string quotedWords(std::string_view q);
/// "POST /indexes/movies/search {..}", to show and to record.
std::string describe(const Replay &replay);
/// As a line of a recording.
std::string recorded(const Replay &replay);

} // namespace miroir::ctl
