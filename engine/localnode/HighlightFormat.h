// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/HighlightMatcher.h"
#include "localnode/IndexView.h"
#include "localnode/RankScore.h"
#include "protocol/SearchRequest.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace miroir::localnode {

/// Prints hits of one search: fields, `_geoDistance`, `_vectors`, `_formatted`, `_matchesPosition` and scores.
class HitPrinter
{
public:
    HitPrinter(const IndexData &data, const protocol::SearchRequest &request, HighlightMatcher matcher);
    [[nodiscard]] QByteArray print(DocId doc, const ScoreDetails &details) const;

private:
    using Positions = std::map<std::string, std::string>; // by dotted name: JSON array
    void addFormats();
    void setFormat(const std::string &name, const CropFormat &format, bool highlight);
    [[nodiscard]] std::optional<CropFormat> formatOf(std::string_view path) const;
    void writeFormatted(json::Writer &out, const json::Value &document, Positions &positions) const;
    void writeValue(json::Writer *out, const json::Value &value, const std::string &path,
        std::vector<std::size_t> &indices, Positions &positions) const;
    void writeObject(json::Writer *out, const json::Value &value, const std::string &path,
                     std::vector<std::size_t> &indices, Positions &positions) const;
    void writeLeaf(json::Writer *out, const json::Value &value, const std::string &path,
                   const std::vector<std::size_t> &indices, Positions &positions) const;
    void writeGeoDistance(json::Writer &out, const json::Value &document) const;

    const IndexData &m_data;
    const protocol::SearchRequest &m_request;
    HighlightMatcher m_matcher;
    HighlightMarks m_marks;
    FieldSelection m_retrieved;
    FieldSelection m_displayed;
    std::map<std::string, CropFormat> m_formats; // by field: what _formatted shows
    FieldSelection m_formatted {std::set<std::string> {}};
    std::optional<GeoPoint> m_geoSort;
    bool m_unifiedAttribute = false;
};

} // namespace miroir::localnode
