// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "merge/HitList.h"
#include "merge/SearchMerge.h"
#include "merge/Selection.h"

namespace miroir::merge {

/// Writes a node's hit as the client may see it: what was asked for and is displayed, nothing hidden, every
/// value as the node wrote it, but for scores that rescale() has changed.
class HitWriter
{
public:
    explicit HitWriter(const MergeRequest &request);
    /// federation: JSON of `_federation`, which stands between the document and what is said about it; empty: none.
    void append(QByteArray &out, const Hit &hit, std::string_view federation = {}) const;

private:
    /// Members that a node adds to the document. They stand behind its fields.
    enum class Extra : std::uint8_t { None, Formatted, MatchesPosition, Score, Details, GeoDistance, Vectors };
    [[nodiscard]] static Extra extraOf(std::string_view name);
    void appendExtra(
        SliceObject &writer, QByteArray &out, const Hit &hit, Extra extra, const json::Member &member) const;
    void appendPositions(QByteArray &out, const json::Value &positions) const;
    void appendDetails(QByteArray &out, const Hit &hit, const json::Value &details) const;

    bool m_showScore;
    bool m_showDetails;
    bool m_onlySimilarity;
    Selection m_displayed;
    Selection m_document;
    Selection m_formatted;
    bool m_anyFormatted = true;
};

} // namespace miroir::merge
