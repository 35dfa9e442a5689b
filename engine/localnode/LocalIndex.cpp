// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/LocalIndex.h"

#include "base/Assert.h"
#include "localnode/IndexParts.h"
#include "protocol/DocumentId.h"

namespace miroir::localnode {

namespace {

/// Fields that ranking rules sort by.
std::vector<std::string> ruleFields(const protocol::Settings &settings)
{
    std::vector<std::string> out;
    for (const protocol::RankingRule &rule : settings.rankingRules) {
        if (!rule.field.empty())
            out.push_back(rule.field);
    }
    return out;
}

bool needsRebuild(const protocol::Settings &a, const protocol::Settings &b)
{
    return a.searchableAttributes != b.searchableAttributes || a.filterableAttributes != b.filterableAttributes
        || a.sortableAttributes != b.sortableAttributes || a.stopWords != b.stopWords
        || a.nonSeparatorTokens != b.nonSeparatorTokens || a.separatorTokens != b.separatorTokens
        || a.dictionary != b.dictionary || a.distinctAttribute != b.distinctAttribute || a.embedders != b.embedders
        || ruleFields(a) != ruleFields(b);
}

} // namespace

void LocalIndex::Parts::finish()
{
    if (unfinished)
        finishIndexing(data);
    unfinished = false;
}

void LocalIndex::Parts::count(const json::Value &document, bool added)
{
    for (const json::Member member : document.members()) {
        const std::string name = member.key();
        if (name == vectorsField)
            continue;
        std::uint64_t &count = fieldCounts[name];
        count = added ? count + 1 : count - 1;
        if (count == 0)
            fieldCounts.erase(name);
    }
}

void LocalIndex::Parts::store(DocId docid, std::string id, QByteArray document, const json::Value &parsed)
{
    if (data.documents.size() <= docid)
        data.documents.resize(docid + 1);
    IndexDocument &slot = data.documents[docid];
    MIROIR_ASSERT(!slot.used);
    slot.used = true;
    slot.id = id;
    rawBytes += static_cast<std::uint64_t>(document.size());
    slot.json = std::move(document);
    data.byId[std::move(id)] = docid;
    data.all.insert(docid);
    count(parsed, true);
}

void LocalIndex::Parts::drop(DocId docid)
{
    IndexDocument &slot = data.documents[docid];
    const auto parsed = json::Document::parse(slot.json);
    MIROIR_ASSERT(parsed.ok()); // only checked documents are stored
    count(parsed->root(), false);
    rawBytes -= static_cast<std::uint64_t>(slot.json.size());
    data.byId.erase(slot.id);
    data.all.remove(docid);
    slot = IndexDocument();
}

void LocalIndex::Parts::rebuild()
{
    data.words.clear();
    data.facets.clear();
    data.vectors.clear();
    data.all.forEach([this](DocId docid) {
        auto parsed = json::Document::parse(data.documents[docid].json);
        MIROIR_ASSERT(parsed.ok()); // only checked documents are stored
        indexDocument(data, {std::move(*parsed), docid, data.documents[docid].id});
    });
    finishIndexing(data);
    unfinished = false;
}

LocalIndex::LocalIndex(std::string uid) : m_parts(std::make_unique<Parts>())
{
    m_parts->data.uid = std::move(uid);
    m_parts->data.fields.applySettings(m_parts->data.settings);
    m_parts->data.rebuildTokenizers();
}

LocalIndex::~LocalIndex() = default;

const std::string &LocalIndex::uid() const
{
    return m_parts->data.uid;
}

void LocalIndex::rename(std::string uid)
{
    m_parts->data.uid = std::move(uid);
}

void LocalIndex::setPrimaryKey(std::optional<std::string> primaryKey)
{
    m_parts->data.primaryKey = std::move(primaryKey);
}

const std::optional<std::string> &LocalIndex::primaryKey() const
{
    return m_parts->data.primaryKey;
}

void LocalIndex::setFieldNames(const std::vector<std::string> &names)
{
    m_parts->data.fields.setNames(names);
}

const std::vector<std::string> &LocalIndex::fieldNames() const
{
    return m_parts->data.fields.names();
}

void LocalIndex::restore(DocId docid, QByteArray document)
{
    IndexData &data = m_parts->data;
    auto parsed = json::Document::parse(document);
    MIROIR_ASSERT(parsed.ok() && data.primaryKey.has_value());
    auto id = protocol::documentId(parsed->root(), *data.primaryKey);
    MIROIR_ASSERT(id.ok()); // it was accepted before it was stored
    for (auto gap = static_cast<DocId>(data.documents.size()); gap < docid; ++gap)
        data.freeIds.insert(gap);
    data.freeIds.erase(docid);
    m_parts->store(docid, *id, std::move(document), parsed->root());
    indexDocument(data, {std::move(*parsed), docid, *id});
    m_parts->unfinished = true;
}

bool LocalIndex::settingsNeedRebuild(const protocol::Settings &settings) const
{
    return needsRebuild(m_parts->data.settings, settings);
}

protocol::ApiStatus LocalIndex::checkSettings(const protocol::Settings &settings)
{
    IndexData &data = m_parts->data;
    // Only points and vectors can be refused.
    if (!settings.geoFilterable() && !settings.geoSortable() && settings.embedders.empty())
        return Done {};
    const protocol::Settings before = data.settings;
    data.settings = settings;
    std::map<std::string, std::vector<std::string>> missing;
    protocol::ApiStatus refused = Done {};
    for (const DocId docid : data.all.toVector()) {
        const IndexDocument &document = data.documents[docid];
        const auto parsed = json::Document::parse(document.json);
        MIROIR_ASSERT(parsed.ok()); // only checked documents are stored
        refused = checkReservedFields(data, document.id, parsed->root(), missing);
        if (!refused)
            break;
    }
    data.settings = before;
    return refused ? checkMissingVectors(data.uid, missing) : refused;
}

protocol::ApiStatus LocalIndex::applySettings(const protocol::Settings &settings)
{
    IndexData &data = m_parts->data;
    const bool rebuild = needsRebuild(data.settings, settings);
    if (rebuild && !data.all.isEmpty()) {
        // Everything that could be refused is looked at before anything changes.
        if (auto s = checkSettings(settings); !s)
            return s.err();
    }
    data.settings = settings;
    data.fields.applySettings(settings);
    data.rebuildTokenizers();
    if (rebuild)
        m_parts->rebuild();
    return Done {};
}

const protocol::Settings &LocalIndex::settings() const
{
    return m_parts->data.settings;
}

IndexStats LocalIndex::stats() const
{
    IndexStats out;
    out.numberOfDocuments = m_parts->data.byId.size();
    out.rawDocumentBytes = m_parts->rawBytes;
    out.numberOfEmbeddings = m_parts->data.vectors.embeddingCount();
    out.numberOfEmbeddedDocuments = m_parts->data.vectors.documentCount();
    out.fieldDistribution = m_parts->fieldCounts;
    return out;
}

} // namespace miroir::localnode
