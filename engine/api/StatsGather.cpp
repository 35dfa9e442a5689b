// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/StatsGather.h"

#include "api/Reading.h"
#include "json/Json.h"
#include "node/NodeAnswers.h"
#include "placement/Shards.h"
#include "read/FanOut.h"
#include "read/Scatter.h"

#include <algorithm>

namespace miroir::api {

namespace {

/// What the nodes that answered hold of one index, copies and all.
struct Holdings {
    std::size_t nodes = 0; ///< that hold some
    std::uint64_t documents = 0;
    std::uint64_t rawBytes = 0;
    std::uint64_t embeddings = 0;
    std::uint64_t embeddedDocuments = 0;
    std::map<std::string, std::uint64_t> fields;
    std::vector<std::pair<std::string, std::uint64_t>> databases; ///< in the order in which nodes name them
};

void add(Holdings &sum, const json::Value &stats)
{
    const std::uint64_t documents = stats["numberOfDocuments"].toU64().value_or(0);
    sum.documents += documents;
    sum.nodes += documents > 0 ? 1 : 0;
    sum.rawBytes += stats["rawDocumentDbSize"].toU64().value_or(0);
    sum.embeddings += stats["numberOfEmbeddings"].toU64().value_or(0);
    sum.embeddedDocuments += stats["numberOfEmbeddedDocuments"].toU64().value_or(0);
    for (const json::Member field : stats["fieldDistribution"].members()) {
        const std::string name = field.key();
        if (!name.starts_with(placement::hiddenPrefix))
            sum.fields[name] += field.value.toU64().value_or(0);
    }
    for (const json::Member database : stats["internalDatabaseSizes"].members()) {
        const std::string name = database.key();
        auto known = std::find_if(
            sum.databases.begin(), sum.databases.end(), [&name](const auto &each) { return each.first == name; });
        if (known == sum.databases.end())
            known = sum.databases.insert(sum.databases.end(), {name, 0});
        known->second += database.value.toU64().value_or(0);
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

/// The same for bytes on disk. A node counts whole pages; each copy's last page is half empty on average, and one index
/// has but one of these.
std::uint64_t shareOfPages(std::uint64_t counted, std::size_t nodes, std::uint64_t documents, std::uint64_t copies)
{
    constexpr std::uint64_t pageBytes = 4096;
    const std::uint64_t unused = nodes * pageBytes / 2;
    if (counted == 0 || copies == 0 || counted % pageBytes != 0 || counted <= unused)
        return share(counted, documents, copies);
    const std::uint64_t used = share(counted - unused, documents, copies);
    return (used + pageBytes - 1) / pageBytes * pageBytes;
}

/// What one node said of its indexes, by physical name.
struct NodeSays {
    std::map<std::string, json::Document, std::less<>> indexes;
    bool now = false; ///< it answered just now; otherwise what it said before it went away

    void add(const std::string &index, const QByteArray &raw)
    {
        if (auto document = json::Document::parse(raw))
            indexes.insert_or_assign(index, std::move(*document));
    }
};

class Gather : public std::enable_shared_from_this<Gather>
{
public:
    Gather(FrontContext &front, ExchangePtr exchange, StatsWanted wanted,
        std::function<void(protocol::ApiResult<protocol::GlobalStats>)> done)
        : m_front(front), m_exchange(std::move(exchange)), m_uids(std::move(wanted.uids)),
          m_databases(wanted.internalDatabaseSizes), m_done(std::move(done))
    {
    }

    void start()
    {
        std::vector<NodeId> nodes;
        for (const read::NodeView &node : m_exchange->view->nodes) {
            if (node.state != read::NodeState::Down && node.state != read::NodeState::Refused)
                nodes.push_back(node.id);
        }
        const char *target = m_databases ? "/stats?showInternalDatabaseSizes=true" : "/stats";
        read::fanOut(*m_exchange->view, nodes, target, m_front.services.nodeTimeoutMs, m_front.transport,
            m_front.context,
            [self = shared_from_this()](const std::map<NodeId, node::Answer> &answers) { self->heard(answers); });
    }

private:
    void heard(const std::map<NodeId, node::Answer> &answers)
    {
        for (const auto &[id, answer] : answers) {
            const auto stats = answer.success() ? node::parseStats(answer.body) : fail(node::whyNot(answer));
            if (!stats)
                continue;
            m_stats.databaseSize += stats->databaseBytes;
            m_stats.usedDatabaseSize += stats->usedDatabaseBytes;
            NodeSays &says = m_says[id];
            says.now = true;
            for (const node::NodeStats::Index &index : stats->indexes)
                says.add(index.uid, index.raw);
        }
        if (m_says.size() == m_exchange->view->nodes.size()) {
            next();
            return;
        }
        using Known = cluster::Control::KnownStats;
        m_front.services.control.ask<Known>([](cluster::Control &control) { return control.knownStats(); },
            m_front.context, [self = shared_from_this()](const Known &known) { self->remember(known); });
    }

    /// Nodes that do not answer hold what they held: better than to leave their copies out.
    void remember(const cluster::Control::KnownStats &known)
    {
        for (const read::NodeView &node : m_exchange->view->nodes) {
            if (m_says.contains(node.id))
                continue;
            m_stats.databaseSize += node.bytes.value_or(0);
            m_stats.usedDatabaseSize += node.bytes.value_or(0);
            const auto found = known.find(node.id);
            if (found == known.end())
                continue;
            for (const auto &[index, raw] : found->second)
                m_says[node.id].add(index, raw);
        }
        next();
    }

    void next()
    {
        while (m_at < m_uids.size()) {
            const read::IndexView *index = m_exchange->view->index(m_uids[m_at++]);
            const auto whole = wholeNodes(*index);
            if (!whole) {
                count(*index);
                return;
            }
            const Holdings sum = holdings(*index, *whole);
            summarise(*index, sum.documents, sum);
        }
        m_done(std::move(m_stats));
    }

    void count(const read::IndexView &index)
    {
        read::countDocuments(readContext(m_front, m_exchange, &index),
            [self = shared_from_this(), &index](protocol::ApiResult<std::uint64_t> documents) {
                if (!documents) {
                    self->m_done(documents.err());
                    return;
                }
                self->summarise(index, *documents, self->holdings(index, self->m_exchange->view->map.nodes()));
                self->next();
            });
    }

    /// Nodes that hold every document exactly once between them, and nothing else: their numbers only need adding up.
    [[nodiscard]] std::optional<std::vector<NodeId>> wholeNodes(const read::IndexView &index) const
    {
        std::vector<placement::Server> servers = read::serversFor(*m_exchange->view, index);
        std::erase_if(servers, [this, &index](const placement::Server &server) {
            const auto found = m_says.find(server.id);
            return found == m_says.end() || !found->second.now || !found->second.indexes.contains(index.physical);
        });
        const placement::CoveringSet chosen = placement::cover(servers, 0);
        const bool whole = chosen.complete()
            && std::none_of(chosen.parts.begin(), chosen.parts.end(),
                [](const placement::CoveringPart &part) { return part.needsFilter; });
        if (!whole)
            return std::nullopt;
        std::vector<NodeId> nodes;
        for (const placement::CoveringPart &part : chosen.parts)
            nodes.push_back(part.node);
        return nodes;
    }

    [[nodiscard]] Holdings holdings(const read::IndexView &index, const std::vector<NodeId> &nodes) const
    {
        Holdings sum;
        for (const NodeId &id : nodes) {
            const auto says = m_says.find(id);
            if (says == m_says.end())
                continue;
            const auto found = says->second.indexes.find(index.physical);
            if (found != says->second.indexes.end())
                add(sum, found->second.root());
        }
        return sum;
    }

    void summarise(const read::IndexView &index, std::uint64_t documents, const Holdings &sum)
    {
        protocol::IndexStats stats;
        stats.numberOfDocuments = documents;
        stats.isIndexing = index.indexing;
        stats.rawDocumentDbSize = shareOfPages(sum.rawBytes, sum.nodes, documents, sum.documents);
        stats.avgDocumentSize = protocol::averageDocumentSize(stats.rawDocumentDbSize, documents);
        stats.numberOfEmbeddings = share(sum.embeddings, documents, sum.documents);
        stats.numberOfEmbeddedDocuments = share(sum.embeddedDocuments, documents, sum.documents);
        for (const auto &[name, count] : sum.fields) {
            const std::uint64_t once = share(count, documents, sum.documents);
            if (once > 0)
                stats.fieldDistribution.emplace(name, once);
        }
        for (const auto &[name, bytes] : sum.databases)
            stats.internalDatabaseSizes.emplace_back(
                name, shareOfPages(bytes, sum.nodes, documents, sum.documents));
        m_stats.lastUpdateNs = std::max(m_stats.lastUpdateNs.value_or(0), index.updatedAtNs);
        m_stats.indexes.emplace(index.uid, std::move(stats));
    }

    FrontContext &m_front;
    ExchangePtr m_exchange;
    std::vector<std::string> m_uids;
    bool m_databases;
    std::function<void(protocol::ApiResult<protocol::GlobalStats>)> m_done;
    std::map<NodeId, NodeSays> m_says;
    protocol::GlobalStats m_stats;
    std::size_t m_at = 0;
};

} // namespace

void gatherStats(FrontContext &front, const ExchangePtr &exchange, StatsWanted wanted,
    std::function<void(protocol::ApiResult<protocol::GlobalStats>)> done)
{
    std::make_shared<Gather>(front, exchange, std::move(wanted), std::move(done))->start();
}

} // namespace miroir::api
