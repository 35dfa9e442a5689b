// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "merge/MergeError.h"
#include "merge/RankKey.h"
#include "merge/Text.h"

#include <QByteArray>

#include <optional>
#include <string_view>
#include <vector>

namespace miroir::merge {

/// One hit of one answer with what is needed to compare it. Slices point into the parsed answer.
struct Hit {
    json::Value object;
    RankKey key;
    double score = 0; ///< _rankingScore; 0 when the answer has none
    std::size_t answer = 0, place = 0;
};

/// The hits of all answers to one request, and the members of the answers that are added up. The parsed answers must
/// outlive it.
class HitList
{
public:
    /// All answers, then sorted. totalName: the member that holds the number of documents found. tagged: every document
    /// has its order, and none is in two answers; what is otherwise is refused.
    [[nodiscard]] static Result<HitList, MergeError> read(
        const std::vector<json::Document> &answers, std::string_view totalName, bool tagged);

    std::vector<Hit> hits; ///< best first
    std::vector<Hit> pinned; ///< by position
    std::vector<std::uint64_t> totals; ///< of each answer
    std::uint64_t total = 0; ///< saturating sum
    QByteArray queryVector; ///< of the first answer that has one
    bool semantic = false; ///< an answer counts semantic hits
    bool cutOff = false; ///< a node ran out of time and skipped rules

private:
    [[nodiscard]] Status<> add(const json::Value &answer, std::string_view totalName);
    [[nodiscard]] Result<Hit> readHit(const json::Value &object);
    [[nodiscard]] std::optional<MergeError> untagged() const;
    void sort();

    TextStore m_texts;
};

/// "totalHits" of a finite search, else "estimatedTotalHits".
[[nodiscard]] inline std::string_view totalMember(bool finite)
{
    return finite ? "totalHits" : "estimatedTotalHits";
}

[[nodiscard]] inline std::uint64_t addSaturated(std::uint64_t a, std::uint64_t b)
{
    return a + b < a ? ~std::uint64_t {0} : a + b;
}

} // namespace miroir::merge
