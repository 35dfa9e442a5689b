// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "merge/Answers.h"
#include "merge/MergeError.h"
#include "merge/Pins.h"
#include "merge/RankKey.h"
#include "merge/Text.h"
#include "placement/Shards.h"

#include <QByteArray>

#include <limits>
#include <memory>
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
    std::uint32_t pinRank = 0; ///< of a pinned hit: its place in the order of precedence
    std::optional<std::uint32_t> maxTypos {}; ///< where rescale() has given it another score: that of the typo rule
};

/// What is known of the documents on nodes, so that a node is not believed that answers what it was not asked.
struct Tags {
    bool expected = false; ///< every document has its order, and none is in two answers
    std::vector<placement::ShardSet> shards; ///< that each answer may hold; empty: not known
    std::shared_ptr<const Pins> pins {}; ///< what rules pin in the index; empty: positions are those of the answers
};

/// The hits of all answers to one request, and the members of the answers that are added up. The parsed answers must
/// outlive it.
class HitList
{
public:
    /// All answers, then sorted. totalName: the member that holds the number of documents found. What belies the tags
    /// is refused.
    [[nodiscard]] static Result<HitList, MergeError> read(
        const NodeAnswers &answers, std::string_view totalName, const Tags &tags);

    std::vector<Hit> hits; ///< best first
    std::vector<Hit> pinned; ///< by precedence
    std::vector<std::uint64_t> totals; ///< of each answer
    std::uint64_t total = 0; ///< saturating sum
    QByteArray queryVector; ///< of the first answer that has one
    /// Of the lists that were joined to `hits`, the length of the shortest.
    std::uint64_t shortest = std::numeric_limits<std::uint64_t>::max();
    bool semantic = false; ///< an answer counts semantic hits
    bool cutOff = false; ///< a node ran out of time and skipped rules

private:
    [[nodiscard]] Status<> add(const json::Value &answer, std::string_view totalName, const Pins *known);
    [[nodiscard]] Result<Hit> readHit(const json::Value &object);
    [[nodiscard]] std::optional<MergeError> belied(const Tags &tags) const;
    void sort();

    TextStore m_texts;
};

/// The shard that the document says it is in.
[[nodiscard]] std::optional<ShardId> shardOf(const json::Value &document);

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
