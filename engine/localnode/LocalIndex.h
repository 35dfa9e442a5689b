// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "protocol/Error.h"

#include <QByteArray>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace miroir::protocol {
struct Settings;
struct SearchRequest;
struct FacetSearchRequest;
struct SimilarRequest;
} // namespace miroir::protocol

/// A search index in memory that answers as Meilisearch v1.50 does for up to about 50,000 documents. No Qt event loop,
/// no I/O, no clock; one thread at a time. Behaviour taken from the milli crate of Meilisearch (facts, no code).
namespace miroir::localnode {

using DocId = std::uint32_t; ///< internal number of a document: lowest free one first, kept on replacement

enum class WriteMode : std::uint8_t { Replace, Update }; ///< POST replaces the document, PUT merges its top-level keys

/// One document as it has to be stored (or dropped) so that the index can be rebuilt at the next start.
struct StoredChange {
    DocId docid = 0;
    bool removed = false;
    QByteArray document; ///< compact JSON object; empty when removed
};

struct WriteOutcome {
    std::uint64_t received = 0; ///< documents or ids given
    std::uint64_t affected = 0; ///< documents indexed (add) or deleted (delete)
    std::vector<StoredChange> changes; ///< in the order they happened; at most one for each docid
};

/// What GET and POST /documents ask. `filter` is a JSON string or array, as the client gave it; absent means all.
struct BrowseRequest {
    std::uint64_t offset = 0;
    std::uint64_t limit = 20;
    std::optional<std::vector<std::string>> fields; ///< nullopt means all; "*" is a name like others here
    std::optional<std::vector<std::string>> ids; ///< canonical ids; unknown ones are skipped
    json::Value filter;
    std::vector<std::string> sort; ///< "name:asc"
    bool retrieveVectors = false;
};

struct BrowseAnswer {
    std::vector<QByteArray> results; ///< JSON objects
    std::uint64_t total = 0;
};

/// One rule of a hit's score, in the order of the rules. What federated merging needs besides the printed form.
struct RuleScore {
    enum class Kind : std::uint8_t { Rank, Sort, Geo, Vector, Skipped, Pin };
    Kind kind = Kind::Rank;
    std::string key; ///< "words", "name:asc", "_geoPoint(1, 2):asc"
    std::uint32_t rank = 0, maxRank = 0; ///< Rank: local score is rank / maxRank
    bool ascending = true; ///< Sort, Geo
    std::string valueJson; ///< Sort: number, normalised string or null as JSON
    std::optional<double> distanceMetres; ///< Geo
    std::optional<double> similarity; ///< Vector
    std::uint32_t position = 0; ///< Pin: it stands alone then
};

struct Hit {
    DocId docid = 0;
    QByteArray json; ///< the whole hit as it is answered
    double rankingScore = 0; ///< even when it is not shown
    std::vector<RuleScore> rules;
    /// By a dynamic search rule; it was not ranked.
    [[nodiscard]] bool isPinned() const { return !rules.empty() && rules.front().kind == RuleScore::Kind::Pin; }
};

/// The members of a search answer; those that are empty or absent are left out of it.
struct SearchAnswer {
    std::vector<Hit> hits;
    std::string query; ///< echo of q, "" for a placeholder
    QByteArray queryVector; ///< JSON array, empty when absent
    bool finite = false; ///< page / hitsPerPage were asked
    std::uint64_t offset = 0, limit = 20; ///< echo, estimated mode
    std::uint64_t page = 1, hitsPerPage = 20; ///< echo, finite mode
    std::uint64_t totalPages = 0;
    std::uint64_t total = 0; ///< estimatedTotalHits or totalHits, not capped by maxTotalHits
    QByteArray facetDistribution, facetStats; ///< JSON objects, empty when absent
    std::optional<std::uint64_t> semanticHitCount;

    /// The whole body in Meilisearch's key order. `extra` is raw JSON members without braces put behind requestUid
    /// (metadata, performanceDetails), may be empty; indexUid comes first when given (inside a multi-search).
    [[nodiscard]] QByteArray toJson(std::int64_t processingTimeMs, std::string_view requestUid,
                                    std::string_view extra = {}, std::string_view indexUid = {}) const;
};

struct FacetSearchAnswer {
    QByteArray facetHits; ///< [{"value":"..","count":1}]
    std::optional<std::string> facetQuery; ///< echo; null when absent
    [[nodiscard]] QByteArray toJson(std::int64_t processingTimeMs) const;
};

struct IndexStats {
    std::uint64_t numberOfDocuments = 0;
    std::uint64_t rawDocumentBytes = 0;
    std::uint64_t numberOfEmbeddings = 0, numberOfEmbeddedDocuments = 0;
    std::map<std::string, std::uint64_t> fieldDistribution; ///< dotted names of top-level fields, sorted
};

struct RulesNow;

class LocalIndex
{
public:
    explicit LocalIndex(std::string uid);
    ~LocalIndex();
    LocalIndex(const LocalIndex &) = delete;
    LocalIndex &operator=(const LocalIndex &) = delete;

    [[nodiscard]] const std::string &uid() const;
    void rename(std::string uid);

    /// \name Loading: setPrimaryKey, setFieldNames, applySettings, then restore for each stored document.
    /// Field names are kept because keys of hits are printed in the order in which fields first appeared.
    /// \{
    void setPrimaryKey(std::optional<std::string> primaryKey);
    [[nodiscard]] const std::optional<std::string> &primaryKey() const;
    void setFieldNames(const std::vector<std::string> &names);
    [[nodiscard]] const std::vector<std::string> &fieldNames() const;
    void restore(DocId docid, QByteArray document);
    /// \}

    /// Takes settings that were validated already (protocol); re-indexes what changed. Cheap when nothing that
    /// touches postings changed. Can fail only on documents that the new settings refuse (_geo, _vectors).
    protocol::ApiStatus applySettings(const protocol::Settings &settings);
    /// The refusal that applySettings() would give; nothing changes.
    protocol::ApiStatus checkSettings(const protocol::Settings &settings);
    /// True when applySettings() would index every document again.
    [[nodiscard]] bool settingsNeedRebuild(const protocol::Settings &settings) const;
    [[nodiscard]] const protocol::Settings &settings() const;

    /// The primary key that would be inferred from the first document of a payload, or the task's error.
    static protocol::ApiResult<std::string> inferPrimaryKey(std::string_view uid, std::string_view firstDocument);

    /// Each item is the JSON of one object. Infers the primary key when there is none. All or nothing: a bad id or
    /// a bad _geo leaves the index as it was and gives the task's error.
    protocol::ApiResult<WriteOutcome> addDocuments(const std::vector<std::string_view> &documents, WriteMode mode,
                                                   bool skipCreation = false);
    WriteOutcome deleteByIds(const std::vector<std::string> &ids);
    protocol::ApiResult<WriteOutcome> deleteByFilter(const json::Value &filter);
    WriteOutcome clear();

    /// The stored document; nullopt when there is none with that id. `fields` as in BrowseRequest.
    [[nodiscard]] std::optional<QByteArray> getDocument(std::string_view id,
                                                        const std::optional<std::vector<std::string>> &fields = {},
                                                        bool retrieveVectors = false) const;
    [[nodiscard]] protocol::ApiResult<BrowseAnswer> browse(const BrowseRequest &request) const;
    /// `rules`: the dynamic search rules that may pin documents.
    [[nodiscard]] protocol::ApiResult<SearchAnswer> search(
        const protocol::SearchRequest &request, const RulesNow *rules = nullptr) const;
    [[nodiscard]] protocol::ApiResult<FacetSearchAnswer> facetSearch(const protocol::FacetSearchRequest &request) const;
    [[nodiscard]] protocol::ApiResult<SearchAnswer> similar(const protocol::SimilarRequest &request) const;
    [[nodiscard]] IndexStats stats() const;

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

} // namespace miroir::localnode
