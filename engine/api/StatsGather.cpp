// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/StatsGather.h"

#include "api/Reading.h"
#include "json/Json.h"
#include "node/NodeClient.h"
#include "placement/Shards.h"
#include "read/FanOut.h"

#include <algorithm>

namespace miroir::api {

namespace {

/// What the nodes that answered hold of one index, copies and all.
struct Holdings {
    std::uint64_t documents = 0;
    std::uint64_t rawBytes = 0;
    std::uint64_t embeddings = 0;
    std::uint64_t embeddedDocuments = 0;
    std::map<std::string, std::uint64_t> fields;
};

void add(Holdings &sum, const json::Value &stats)
{
    sum.documents += stats["numberOfDocuments"].toU64().value_or(0);
    sum.rawBytes += stats["rawDocumentDbSize"].toU64().value_or(0);
    sum.embeddings += stats["numberOfEmbeddings"].toU64().value_or(0);
    sum.embeddedDocuments += stats["numberOfEmbeddedDocuments"].toU64().value_or(0);
    for (const json::Member field : stats["fieldDistribution"].members()) {
        const std::string name = field.key();
        if (!name.starts_with(placement::hiddenPrefix))
            sum.fields[name] += field.value.toU64().value_or(0);
    }
}

/// One copy's share of a number that was counted over all copies, rounded to the nearest.
std::uint64_t share(std::uint64_t counted, std::uint64_t documents, std::uint64_t copies)
{
    if (copies == 0)
        return 0;
    const auto exact
        = static_cast<long double>(counted) * static_cast<long double>(documents) / static_cast<long double>(copies);
    return static_cast<std::uint64_t>(exact + 0.5L);
}

class Gather : public std::enable_shared_from_this<Gather>
{
public:
    Gather(FrontContext &front, ExchangePtr exchange, std::vector<std::string> uids,
        std::function<void(protocol::ApiResult<protocol::GlobalStats>)> done)
        : m_front(front), m_exchange(std::move(exchange)), m_uids(std::move(uids)), m_done(std::move(done))
    {
    }

    void next()
    {
        if (m_at == m_uids.size()) {
            for (const read::NodeView &node : m_exchange->view->nodes)
                m_stats.databaseSize += node.bytes.value_or(0);
            m_stats.usedDatabaseSize = m_stats.databaseSize;
            m_done(std::move(m_stats));
            return;
        }
        const read::IndexView *index = m_exchange->view->index(m_uids[m_at]);
        read::countDocuments(readContext(m_front, m_exchange, index),
            [self = shared_from_this(), index](protocol::ApiResult<std::uint64_t> count) {
                if (!count)
                    self->m_done(count.err());
                else
                    self->readNodes(*index, *count);
            });
    }

private:
    void readNodes(const read::IndexView &index, std::uint64_t documents)
    {
        std::vector<NodeId> nodes;
        for (const NodeId &id : index.current) {
            const read::NodeView *node = m_exchange->view->node(id);
            if (node->state != read::NodeState::Down && node->state != read::NodeState::Refused)
                nodes.push_back(id);
        }
        const QByteArray target = "/indexes/" + node::encoded(index.physical) + "/stats";
        read::fanOut(*m_exchange->view, nodes, target, m_front.services.nodeTimeoutMs, m_front.transport,
            m_front.context,
            [self = shared_from_this(), &index, documents](
                const std::map<NodeId, node::Answer> &answers) { self->summarise(index, documents, answers); });
    }

    void summarise(const read::IndexView &index, std::uint64_t documents, const std::map<NodeId, node::Answer> &answers)
    {
        Holdings sum;
        for (const auto &[id, answer] : answers) {
            const auto body = json::Document::parse(answer.body);
            if (answer.success() && body)
                add(sum, body->root());
        }
        protocol::IndexStats stats;
        stats.numberOfDocuments = documents;
        stats.isIndexing = index.indexing;
        stats.rawDocumentDbSize = share(sum.rawBytes, documents, sum.documents);
        stats.avgDocumentSize = documents == 0 ? 0 : stats.rawDocumentDbSize / documents;
        stats.numberOfEmbeddings = share(sum.embeddings, documents, sum.documents);
        stats.numberOfEmbeddedDocuments = share(sum.embeddedDocuments, documents, sum.documents);
        for (const auto &[name, count] : sum.fields) {
            const std::uint64_t once = share(count, documents, sum.documents);
            if (once > 0)
                stats.fieldDistribution.emplace(name, once);
        }
        m_stats.lastUpdateNs = std::max(m_stats.lastUpdateNs.value_or(0), index.updatedAtNs);
        m_stats.indexes.emplace(index.uid, std::move(stats));
        ++m_at;
        next();
    }

    FrontContext &m_front;
    ExchangePtr m_exchange;
    std::vector<std::string> m_uids;
    std::function<void(protocol::ApiResult<protocol::GlobalStats>)> m_done;
    protocol::GlobalStats m_stats;
    std::size_t m_at = 0;
};

} // namespace

void gatherStats(FrontContext &front, const ExchangePtr &exchange, std::vector<std::string> uids,
    std::function<void(protocol::ApiResult<protocol::GlobalStats>)> done)
{
    std::make_shared<Gather>(front, exchange, std::move(uids), std::move(done))->next();
}

} // namespace miroir::api
