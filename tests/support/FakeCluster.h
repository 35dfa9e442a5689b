// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bytes.h"
#include "json/Json.h"

#include <QByteArray>
#include <QString>
#include <QDateTime>

#include <algorithm>
#include <map>
#include <vector>

/// A cluster that exists as numbers only: nodes, shards spread over them, indexes, tasks; it writes the bodies of the
/// admin API. The state of nodes may be changed; cover, counts and sentence follow.
class FakeCluster
{
public:
    struct Node {
        std::string id, zone, state = "serving", error;
        std::int64_t lag = 0;
    };
    struct Index {
        std::string uid, primaryKey;
        std::int64_t documents = 0;
        bool indexing = false;
    };
    struct Task {
        int uid = 0;
        std::string index, type, status, error;
        std::vector<std::pair<std::string, int>> pending;
        int secondsAgo = 0;
        int tookMs = 0;
    };

    std::string name = "Local cluster";
    bool local = true;
    int replicas = 2;
    std::int64_t epoch = 1;
    std::vector<Node> nodes;
    std::vector<std::vector<std::size_t>> shards; ///< numbers of nodes
    std::vector<Index> indexes;
    std::vector<Task> tasks;
    /// States have begun some time before this. Kept, for the same cluster told again must be the same to the letter.
    QDateTime now = QDateTime::currentDateTimeUtc();

    static FakeCluster make(int nodeCount, int shardCount, int replicas, const std::vector<std::string> &zones = {})
    {
        FakeCluster c;
        c.replicas = replicas;
        for (int i = 0; i < nodeCount; ++i) {
            Node node;
            node.id = "node-" + std::to_string(i + 1);
            if (!zones.empty())
                node.zone = zones[static_cast<std::size_t>(i) % zones.size()];
            c.nodes.push_back(node);
        }
        // A fixed shuffle: shards of a node lie scattered, as rendezvous hashing leaves them.
        for (int s = 0; s < shardCount; ++s) {
            std::vector<std::size_t> owners;
            for (int r = 0; r < replicas; ++r) {
                auto at = static_cast<std::size_t>((s * 7 + s / nodeCount * 3 + r) % nodeCount);
                while (std::find(owners.begin(), owners.end(), at) != owners.end())
                    at = (at + 1) % c.nodes.size();
                owners.push_back(at);
            }
            c.shards.push_back(owners);
        }
        c.indexes = {{"movies", "id", 31'944, false}, {"packages", "id", 4'213, false}};
        return c;
    }

    Node &node(const std::string &id)
    {
        return *std::find_if(nodes.begin(), nodes.end(), [&](const Node &n) { return n.id == id; });
    }

    [[nodiscard]] std::int64_t documentsOf(std::size_t shard, const std::string &index) const
    {
        std::int64_t all = 0;
        for (const Index &i : indexes) {
            if (index.empty() || i.uid == index)
                all += i.documents;
        }
        // Uneven by up to an eighth, always the same way.
        const auto count = static_cast<std::int64_t>(shards.size());
        const auto wobble = static_cast<std::int64_t>((shard * 2654435761U) % 257) - 128;
        return std::max<std::int64_t>(0, all / count + all / count * wobble / 1024);
    }

    [[nodiscard]] int serving(std::size_t shard) const
    {
        return static_cast<int>(std::count_if(shards[shard].begin(), shards[shard].end(), [this](std::size_t n) {
            return nodes[n].state == "serving" || nodes[n].state == "draining";
        }));
    }
    [[nodiscard]] std::string cover(std::size_t shard) const
    {
        const int up = serving(shard);
        return up == static_cast<int>(shards[shard].size()) ? "full" : (up > 0 ? "reduced" : "none");
    }

    [[nodiscard]] std::string state() const
    {
        bool degraded = false;
        for (std::size_t s = 0; s < shards.size(); ++s) {
            if (cover(s) == "none")
                return "unavailable";
            degraded = degraded || cover(s) != "full";
        }
        return degraded ? "degraded" : "healthy";
    }

    [[nodiscard]] std::string sentence() const
    {
        if (state() == "healthy")
            return "Healthy: " + std::to_string(nodes.size()) + " nodes, " + std::to_string(shards.size())
                + " shards × " + std::to_string(replicas) + " replicas, nothing moving";
        std::string names;
        for (const Node &n : nodes) {
            if (n.state != "serving")
                names += (names.empty() ? "" : ", ") + n.id + " is "
                    + (n.state == "catching_up" ? "catching up" : n.state);
        }
        return state() == "degraded" ? "Degraded: " + names + "; every shard still has a replica"
                                     : "Unavailable: " + names + "; some shards have no replica";
    }

    [[nodiscard]] QByteArray clusterJson() const
    {
        miroir::json::Writer w;
        w.beginObject();
        w.key("name").string(name).key("version").string("0.1.0").key("state").string(state());
        w.key("sentence")
            .string(sentence())
            .key("epoch")
            .number(epoch)
            .key("shards")
            .number(static_cast<int>(shards.size()));
        w.key("replicationFactor").number(replicas).key("local").boolean(local);
        w.key("nodes").beginArray();
        for (std::size_t i = 0; i < nodes.size(); ++i)
            writeNode(w, i);
        w.endArray().key("moves").beginArray().endArray();
        w.key("indexes").beginArray();
        for (const Index &i : indexes) {
            w.beginObject().key("uid").string(i.uid).key("primaryKey").string(i.primaryKey);
            w.key("documents").number(i.documents).key("createdAt").string("2026-03-02T09:14:00Z");
            w.key("updatedAt").string("2026-03-02T10:31:07.52Z").key("isIndexing").boolean(i.indexing).endObject();
        }
        w.endArray();
        w.key("tasks").beginObject();
        for (const char *status : {"enqueued", "processing", "succeeded", "failed", "canceled"}) {
            w.key(status).number(static_cast<int>(std::count_if(tasks.begin(), tasks.end(),
                [status](const Task &t) { return t.status == status; })));
        }
        w.endObject().endObject();
        return w.take();
    }

    [[nodiscard]] QByteArray shardsJson(const std::string &index) const
    {
        miroir::json::Writer w;
        w.beginObject().key("epoch").number(epoch).key("shards").beginArray();
        for (std::size_t s = 0; s < shards.size(); ++s) {
            w.beginObject().key("id").number(static_cast<int>(s)).key("nodes").beginArray();
            for (const std::size_t n : shards[s])
                w.string(nodes[n].id);
            w.endArray().key("cover").string(cover(s)).key("documents").number(documentsOf(s, index)).endObject();
        }
        w.endArray().endObject();
        return w.take();
    }

    [[nodiscard]] QByteArray tasksJson() const
    {
        QByteArray all;
        for (const Task &t : tasks)
            all += (all.isEmpty() ? "" : ",") + taskJson(t);
        return "{\"tasks\":[" + all + "]}";
    }

    [[nodiscard]] static QByteArray taskJson(const Task &t)
    {
        const QDateTime start = QDateTime::currentDateTimeUtc().addSecs(-t.secondsAgo);
        miroir::json::Writer w;
        w.beginObject().key("uid").number(t.uid).key("indexUid");
        t.index.empty() ? w.null() : w.string(t.index);
        w.key("type").string(t.type).key("status").string(t.status);
        w.key("enqueuedAt").string(start.toString(Qt::ISODateWithMs).toStdString()).key("finishedAt");
        const bool done = t.status != "enqueued" && t.status != "processing";
        done ? w.string(start.addMSecs(t.tookMs).toString(Qt::ISODateWithMs).toStdString()) : w.null();
        w.key("error");
        if (t.error.empty())
            w.null();
        else
            w.beginObject().key("message").string(t.error).key("code").string("invalid_document_id").key("type")
                .string("invalid_request").key("link").string("https://docs.meilisearch.com/errors").endObject();
        w.key("pending").beginArray();
        for (const auto &[node, operations] : t.pending)
            w.beginObject().key("node").string(node).key("operations").number(operations).endObject();
        w.endArray().endObject();
        return w.take();
    }

private:
    void writeNode(miroir::json::Writer &w, std::size_t i) const
    {
        const Node &n = nodes[i];
        std::int64_t copies = 0;
        std::int64_t documents = 0;
        for (std::size_t s = 0; s < shards.size(); ++s) {
            if (std::find(shards[s].begin(), shards[s].end(), i) != shards[s].end()) {
                ++copies;
                documents += documentsOf(s, {});
            }
        }
        const bool down = n.state == "down";
        w.beginObject().key("id").string(n.id).key("address").string("http://127.0.0.1:" + std::to_string(7701 + i));
        w.key("zone");
        n.zone.empty() ? w.null() : w.string(n.zone);
        w.key("weight").number(1).key("state").string(n.state);
        w.key("stateSince").string(now.addSecs(down ? -40 : -2460).toString(Qt::ISODate).toStdString());
        w.key("version").string("1.50.0").key("latencyMs");
        down ? w.null() : w.number(0.8 + 0.3 * static_cast<double>(i % 5));
        w.key("shards").number(copies).key("documents").number(documents).key("bytes").number(documents * 2'950);
        w.key("lag").number(n.lag).key("error");
        n.error.empty() ? w.null() : w.string(n.error);
        w.endObject();
    }
};
