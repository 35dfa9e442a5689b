// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/LocalNodeIndexes.h"

#include "base/Assert.h"
#include "base/Bytes.h"
#include "json/Json.h"
#include "protocol/Settings.h"

#include <algorithm>

namespace miroir::localnode {
namespace {

QByteArray namesToText(const std::vector<std::string> &names)
{
    json::Writer w;
    w.beginArray();
    for (const std::string &name : names)
        w.string(name);
    w.endArray();
    return w.take();
}

std::vector<std::string> namesFromText(const QByteArray &text)
{
    std::vector<std::string> names;
    if (auto document = json::Document::parse(text)) {
        for (const json::Value name : document->root().items())
            names.push_back(name.toString());
    }
    return names;
}

} // namespace

Status<> LocalNodeIndexes::load(NodeStoreThread &store)
{
    auto rows = store.call([](NodeStore &s) { return s.indexes(); });
    if (!rows)
        return rows.err();
    for (const IndexRow &row : *rows) {
        auto index = build(store, row);
        if (!index)
            return index.err();
        const std::lock_guard lock(m_mutex);
        m_nextId = std::max(m_nextId, row.id + 1);
        m_indexes.emplace(row.uid,
                          IndexEntry {std::make_shared<IndexSlot>(std::move(*index)),
                                      {row.uid, row.createdNs, row.updatedNs, row.primaryKey},
                                      row.id});
    }
    return Done {};
}

Result<std::unique_ptr<LocalIndex>> LocalNodeIndexes::build(NodeStoreThread &store, const IndexRow &row)
{
    auto settings = protocol::settingsFromText(row.settings);
    if (!settings)
        return settings.err();
    auto index = std::make_unique<LocalIndex>(row.uid);
    index->setPrimaryKey(row.primaryKey);
    index->setFieldNames(namesFromText(row.fieldNames));
    if (auto applied = index->applySettings(*settings); !applied)
        return fail("the settings of index " + row.uid + " cannot be applied: " + applied.error().message);
    // Documents are taken out first, so that the store's thread is not kept busy by indexing.
    std::vector<std::pair<DocId, QByteArray>> documents;
    auto read = store.call([&](NodeStore &s) {
        return s.documents(row.id, [&](DocId docid, QByteArray body) {
            documents.emplace_back(docid, std::move(body));
        });
    });
    if (!read)
        return read.err();
    for (auto &[docid, body] : documents)
        index->restore(docid, std::move(body));
    return index;
}

std::optional<IndexEntry> LocalNodeIndexes::find(std::string_view uid) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_indexes.find(uid);
    return found == m_indexes.end() ? std::nullopt : std::optional(found->second);
}

std::vector<IndexEntry> LocalNodeIndexes::all() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<IndexEntry> entries;
    for (const auto &[uid, entry] : m_indexes) {
        if (protocol::isIndexUid(uid))
            entries.push_back(entry);
    }
    return entries;
}

IndexEntry LocalNodeIndexes::prepare(const std::string &uid, std::optional<std::string> primaryKey,
                                     std::int64_t nowNs)
{
    auto index = std::make_unique<LocalIndex>(uid);
    index->setPrimaryKey(primaryKey);
    const std::lock_guard lock(m_mutex);
    return {std::make_shared<IndexSlot>(std::move(index)), {uid, nowNs, nowNs, std::move(primaryKey)}, m_nextId++};
}

void LocalNodeIndexes::insert(IndexEntry entry)
{
    const std::lock_guard lock(m_mutex);
    const std::string uid = entry.info.uid;
    const bool isNew = m_indexes.emplace(uid, std::move(entry)).second;
    MIROIR_ASSERT(isNew);
}

void LocalNodeIndexes::erase(std::string_view uid)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_indexes.find(uid);
    MIROIR_ASSERT(found != m_indexes.end());
    m_indexes.erase(found);
}

void LocalNodeIndexes::update(const protocol::IndexInfo &info)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_indexes.find(info.uid);
    MIROIR_ASSERT(found != m_indexes.end());
    found->second.info = info;
}

void LocalNodeIndexes::rename(std::string_view from, const std::string &to, std::int64_t nowNs)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_indexes.find(from);
    MIROIR_ASSERT(found != m_indexes.end() && !m_indexes.contains(to));
    IndexEntry entry = found->second;
    m_indexes.erase(found);
    entry.info.uid = to;
    entry.info.updatedAtNs = nowNs;
    entry.slot->with([&](LocalIndex &index) { index.rename(to); });
    m_indexes.emplace(to, std::move(entry));
}

void LocalNodeIndexes::exchange(std::string_view a, std::string_view b)
{
    const std::lock_guard lock(m_mutex);
    const auto first = m_indexes.find(a);
    const auto second = m_indexes.find(b);
    MIROIR_ASSERT(first != m_indexes.end() && second != m_indexes.end());
    std::swap(first->second, second->second);
    for (const auto &at : {first, second}) {
        at->second.info.uid = at->first;
        at->second.slot->with([&](LocalIndex &index) { index.rename(at->first); });
    }
}

IndexRow LocalNodeIndexes::row(const IndexEntry &entry)
{
    return entry.slot->with([&](LocalIndex &index) {
        return IndexRow {entry.id,
                         entry.info.uid,
                         index.primaryKey(),
                         entry.info.createdAtNs,
                         entry.info.updatedAtNs,
                         protocol::settingsToText(index.settings()),
                         namesToText(index.fieldNames())};
    });
}

} // namespace miroir::localnode
