// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/Assert.h"
#include "localnode/FilterEval.h"
#include "localnode/IndexParts.h"
#include "localnode/LocalIndex.h"
#include "localnode/QuerySearch.h"
#include "protocol/DocumentId.h"
#include "protocol/FilterCheck.h"
#include "protocol/RawJson.h"

#include <algorithm>

namespace miroir::localnode {

using protocol::ApiResult;
using protocol::ApiStatus;

namespace {

/// A document of a payload on its way into the index; several of one id become one.
struct Incoming {
    std::string id;
    QByteArray document; ///< compact
    bool dropped = false; ///< skipCreation, and there was none
};

/// Top-level members of `change` put over those of `base`.
QByteArray merged(const json::Value &base, const json::Value &change)
{
    json::Writer out;
    out.beginObject();
    for (const json::Member member : base.members()) {
        const std::string name = member.key();
        const json::Value replaced = change[name];
        out.key(name).raw(replaced.exists() ? json::compact(replaced) : std::string(member.value.raw()));
    }
    for (const json::Member member : change.members()) {
        const std::string name = member.key();
        if (!base[name].exists())
            out.key(name).raw(json::compact(member.value));
    }
    out.endObject();
    return out.take();
}

std::string withIndex(const IndexData &data, const std::string &message)
{
    return "Index `" + data.uid + "`: " + message;
}

/// Payload to final texts: ids checked, repeated ids resolved, partial updates merged.
class PayloadReader
{
public:
    PayloadReader(const IndexData &data, const std::string &primaryKey, WriteMode mode, bool skipCreation)
        : m_data(data), m_primaryKey(primaryKey), m_mode(mode), m_skipCreation(skipCreation)
    {
    }

    ApiStatus read(std::string_view text)
    {
        const auto parsed = json::Document::parse(text);
        if (!parsed)
            return unreadable(text, parsed.error());
        auto id = protocol::documentId(parsed->root(), m_primaryKey);
        if (!id)
            return id.err();
        const auto [place, fresh] = m_places.try_emplace(*id, m_incoming.size());
        if (fresh)
            m_incoming.push_back({*id, {}, m_skipCreation && !m_data.byId.contains(*id)});
        Incoming &incoming = m_incoming[place->second];
        if (m_mode == WriteMode::Replace)
            incoming.document = toBytes(json::compact(parsed->root()));
        else
            update(incoming, parsed->root());
        return Done {};
    }

    std::vector<Incoming> take() { return std::move(m_incoming); }

private:
    /// What the payload's own check lets through but no number or stack can hold; told from the start of the member.
    [[nodiscard]] ApiStatus unreadable(std::string_view text, json::ParseError error) const
    {
        for (const protocol::RawMember &member : protocol::rawMembers(text)) {
            if (auto bad = json::validate(member.value)) {
                error = std::move(*bad);
                break;
            }
        }
        return protocol::refuse("internal", withIndex(m_data, "internal: " + error.message() + '.'));
    }

    void update(Incoming &incoming, const json::Value &change) const
    {
        QByteArray base = incoming.document;
        if (base.isEmpty()) {
            const auto known = m_data.byId.find(incoming.id);
            if (known != m_data.byId.end())
                base = m_data.documents[known->second].json;
        }
        if (base.isEmpty()) {
            incoming.document = toBytes(json::compact(change));
            return;
        }
        const auto parsed = json::Document::parse(base);
        MIROIR_ASSERT(parsed.ok()); // written by us
        // Both may be written duplicate keys; compact() leaves the last of each, so a change is made compact first.
        const auto compacted = json::Document::parse(std::string_view(json::compact(change)));
        MIROIR_ASSERT(compacted.ok());
        incoming.document = merged(parsed->root(), compacted->root());
    }

    const IndexData &m_data;
    const std::string &m_primaryKey;
    WriteMode m_mode;
    bool m_skipCreation;
    std::vector<Incoming> m_incoming;
    std::map<std::string, std::size_t> m_places;
};

} // namespace

ApiStatus checkReservedFields(const IndexData &data, std::string_view id, const json::Value &document,
                              std::map<std::string, std::vector<std::string>> &missing)
{
    if (data.settings.geoFilterable() || data.settings.geoSortable()) {
        if (const auto point = geoPointOf(id, document[geoField]); !point) {
            protocol::ApiError error = point.error();
            error.message = withIndex(data, error.message);
            return Err<protocol::ApiError> {std::move(error)};
        }
    }
    if (data.settings.embedders.empty())
        return Done {};
    if (const auto vectors = embeddingsOf(data.settings, id, document[vectorsField], missing); !vectors) {
        protocol::ApiError error = vectors.error();
        error.message = withIndex(data, error.message);
        return Err<protocol::ApiError> {std::move(error)};
    }
    return Done {};
}

ApiResult<std::string> LocalIndex::inferPrimaryKey(std::string_view, std::string_view firstDocument)
{
    const auto parsed = json::Document::parse(firstDocument);
    if (!parsed)
        return protocol::refuse("malformed_payload", parsed.error().message());
    return protocol::inferPrimaryKey(parsed->root());
}

ApiResult<WriteOutcome> LocalIndex::addDocuments(const std::vector<std::string_view> &documents, WriteMode mode,
                                                 bool skipCreation)
{
    m_parts->finish();
    IndexData &data = m_parts->data;
    WriteOutcome out;
    out.received = documents.size();
    if (documents.empty())
        return out;
    std::string primaryKey = data.primaryKey.value_or(std::string());
    if (!data.primaryKey) {
        auto inferred = inferPrimaryKey(data.uid, documents.front());
        if (!inferred)
            return inferred.err();
        primaryKey = std::move(*inferred);
    }
    PayloadReader reader(data, primaryKey, mode, skipCreation);
    for (const std::string_view text : documents) {
        if (auto s = reader.read(text); !s)
            return s.err();
    }
    const std::vector<Incoming> incoming = reader.take();
    std::vector<ParsedDocument> parsed;
    parsed.reserve(incoming.size());
    std::map<std::string, std::vector<std::string>> missing;
    for (const Incoming &document : incoming) {
        if (document.dropped)
            continue;
        auto text = json::Document::parse(document.document);
        MIROIR_ASSERT(text.ok()); // written by us
        if (auto s = checkReservedFields(data, document.id, text->root(), missing); !s)
            return s.err();
        parsed.push_back({std::move(*text), 0, document.id});
    }
    if (auto s = checkMissingVectors(data.uid, missing); !s)
        return s.err();

    data.primaryKey = primaryKey;
    data.fields.idOf(primaryKey); // the key has the first number, wherever it stands in the document
    IndexSet replaced;
    for (ParsedDocument &document : parsed) {
        const auto known = data.byId.find(document.id);
        document.docid = known != data.byId.end() ? known->second : data.takeId();
        if (known != data.byId.end())
            replaced.insert(known->second);
    }
    unindexDocuments(data, replaced);
    replaced.forEach([this](DocId docid) { m_parts->drop(docid); });
    for (const ParsedDocument &document : parsed) {
        m_parts->store(document.docid, document.id, document.text.text(), document.text.root());
        indexDocument(data, document);
        out.changes.push_back({document.docid, false, document.text.text()});
    }
    finishIndexing(data);
    out.affected = incoming.size(); // each id once, those that are not created as well
    return out;
}

WriteOutcome LocalIndex::deleteByIds(const std::vector<std::string> &ids)
{
    m_parts->finish();
    IndexData &data = m_parts->data;
    IndexSet gone;
    for (const std::string &id : ids) {
        const auto known = data.byId.find(id);
        if (known != data.byId.end())
            gone.insert(known->second);
    }
    WriteOutcome out;
    out.received = ids.size();
    unindexDocuments(data, gone);
    gone.forEach([&](DocId docid) {
        m_parts->drop(docid);
        data.freeIds.insert(docid);
        out.changes.push_back({docid, true, {}});
    });
    finishIndexing(data);
    out.affected = out.changes.size();
    return out;
}

ApiResult<WriteOutcome> LocalIndex::deleteByFilter(const json::Value &filter)
{
    m_parts->finish();
    const std::string text(filter.raw());
    const auto checked = checkedFilter(m_parts->data, text, FilterUse::Deletion);
    if (!checked)
        return checked.err();
    std::vector<std::string> ids;
    if (*checked) {
        evaluateFilter(m_parts->data, **checked).forEach([&](DocId docid) {
            ids.push_back(m_parts->data.documents[docid].id);
        });
    }
    return deleteByIds(ids);
}

WriteOutcome LocalIndex::clear()
{
    IndexData &data = m_parts->data;
    WriteOutcome out;
    data.all.forEach([&](DocId docid) { out.changes.push_back({docid, true, {}}); });
    out.received = out.affected = out.changes.size();
    data.words.clear();
    data.facets.clear();
    data.vectors.clear();
    data.documents.clear();
    data.byId.clear();
    data.all.clear();
    data.freeIds.clear();
    m_parts->rawBytes = 0;
    m_parts->fieldCounts.clear();
    m_parts->unfinished = false;
    return out;
}

} // namespace miroir::localnode
