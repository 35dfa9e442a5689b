// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/Walk.h"

#include "base/Bytes.h"
#include "json/Json.h"
#include "placement/Shards.h"
#include "read/DocumentsScatter.h"

namespace miroir::read {

namespace {

/// The documents of an answer; nothing when it is none.
std::optional<std::vector<QByteArray>> documentsOf(const merge::NodeAnswer &answer)
{
    const json::Value results = answer.root()["results"];
    if (!results.isArray())
        return std::nullopt;
    std::vector<QByteArray> documents;
    for (const json::Value document : results.items()) {
        if (!document.isObject())
            return std::nullopt;
        documents.push_back(toBytes(document.raw()));
    }
    return documents;
}

std::size_t firstOf(const placement::ShardSet &shards)
{
    std::size_t shard = 0;
    while (!shards.test(shard))
        ++shard;
    return shard;
}

} // namespace

Walk::Walk(ReadContext context, Request request, OnPage onPage, OnEnd onEnd, QObject *parent)
    : QObject(parent), m_context(std::move(context)), m_request(std::move(request)), m_onPage(std::move(onPage)),
      m_onEnd(std::move(onEnd))
{
    m_context.context = this;
    if (m_request.fields)
        m_request.fields->emplace_back(placement::orderField);
}

void Walk::next()
{
    if (!m_begun) {
        m_begun = true;
        ask(placement::allShards(), 0);
        return;
    }
    if (m_left.none()) {
        m_onEnd(std::nullopt);
        return;
    }
    placement::ShardSet one;
    one.set(firstOf(m_left));
    ask(one, m_offset);
}

void Walk::ask(const placement::ShardSet &shards, std::uint64_t offset)
{
    protocol::DocumentsFetch fetch;
    fetch.offset = offset;
    fetch.limit = m_request.pageSize;
    fetch.filter = m_request.filter;
    fetch.fields = m_request.fields;
    fetch.retrieveVectors = m_request.retrieveVectors;
    fetch.sort = std::vector<std::string> {std::string(placement::orderField) + ":asc"};
    ScatterRequest scatter = fetchScatter(m_context, fetch);
    scatter.wanted = shards;
    const bool all = shards == placement::allShards();
    Scatter::run(
        std::move(scatter), m_context.transport, this,
        [this, all](const Scatter::Parts &parts) { return all ? heardAll(parts) : heardShard(parts); },
        [this](const protocol::ApiError &error) { m_onEnd(error); }, m_context.suspect);
}

std::optional<std::size_t> Walk::heardAll(const Scatter::Parts &parts)
{
    // Usually everything fits into the first answers; what does not is read shard by shard.
    std::vector<QByteArray> page;
    placement::ShardSet left;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto documents = documentsOf(parts[i].answer);
        if (!documents)
            return i;
        if (documents->size() >= m_request.pageSize)
            left |= parts[i].shards;
        else
            page.insert(page.end(), std::make_move_iterator(documents->begin()),
                std::make_move_iterator(documents->end()));
    }
    m_left = left;
    m_offset = 0;
    m_onPage(std::move(page));
    return std::nullopt;
}

std::optional<std::size_t> Walk::heardShard(const Scatter::Parts &parts)
{
    auto documents = documentsOf(parts.front().answer);
    if (!documents)
        return 0;
    m_offset += documents->size();
    if (documents->size() < m_request.pageSize) {
        m_left.reset(firstOf(m_left));
        m_offset = 0;
    }
    m_onPage(std::move(*documents));
    return std::nullopt;
}

} // namespace miroir::read
