// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject> // first: moc of Qt 6.4 stumbles over standard headers that come before it

#include "base/Clock.h"
#include "base/Ids.h"
#include "node/NodeClient.h"

#include <QTimer>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace miroir::cluster {

struct HealthOptions {
    int intervalMs = 500; ///< between two checks of a node
    int timeoutMs = 1000; ///< a check that takes longer has failed
    int unhealthyThreshold = 2; ///< failed checks in a row that make a node down
    int recoveryThreshold = 2; ///< good checks in a row that make it up again
};

/// Watches the nodes: is each alive, is it the server it should be, what does it hold. Control thread.
class Membership : public QObject
{
    Q_OBJECT
public:
    enum class Health : std::uint8_t { Unknown, Up, Down, Refused };
    struct Node {
        NodeId id;
        QUrl url;
        Health health = Health::Unknown;
        std::int64_t sinceNs = 0;
        std::string version;
        std::string error;
        double latencyMs = 0;
        node::NodeStats stats; ///< as of the last successful look
        bool statsKnown = false;
    };

    Membership(node::Transport *transport, const Clock &clock, HealthOptions options, QObject *parent);
    void add(const NodeId &id, const QUrl &url, const QByteArray &key);
    void start();
    /// Experimental features that every node must have before it is up: a body of PATCH /experimental-features. False
    /// when it is what was set before. Nodes that are up already are the caller's.
    bool setFeatures(const QByteArray &patch);
    /// What is done with a node before it is up, behind the features. When it fails the node is down.
    using Taught = std::function<void(Status<>)>;
    using Teacher = std::function<void(const NodeId &id, const node::NodeClient &client, const Taught &done)>;
    void setTeacher(Teacher teacher) { m_teacher = std::move(teacher); }
    /// A node that is up did not do what it must: it is down until it passes everything again.
    void readmit(const NodeId &id, const std::string &why);
    /// Somebody could not reach the node, or misses something on it: it is checked at once, and what it holds is read.
    void suspect(const NodeId &id);
    /// The node has ended or begun anew: it is down from now on, and what it holds is judged before it is used again.
    void lost(const NodeId &id, const std::string &why);
    /// The node is found under another address from now on.
    void setAddress(const NodeId &id, const QUrl &url, const QByteArray &key);
    /// The node answers but must not be used. It is looked at again with each check, and admitted when nobody refuses
    /// it while it is arriving.
    void refuse(const NodeId &id, const std::string &why);

    [[nodiscard]] const Node *find(std::string_view id) const;
    [[nodiscard]] std::vector<const Node *> nodes() const; ///< in the order they were added
    [[nodiscard]] bool up(std::string_view id) const;

Q_SIGNALS:
    void healthChanged(const QByteArray &id);
    /// Stats were read while the node was coming up: judge them before it is used. Emitted before healthChanged.
    void arriving(const QByteArray &id);
    void looked(const QByteArray &id); ///< fresh stats

private:
    struct Watch {
        Node node;
        std::unique_ptr<node::NodeClient> client;
        QTimer timer;
        int failures = 0;
        int successes = 0;
        bool checking = false;
        bool refusedOnArrival = false;
        std::uint64_t life = 0; // answers to questions from before lost() or setAddress() are ignored
        int sinceStats = 0; // checks since the stats were read
        QByteArray features; // what it was found to have
    };
    Watch *watchOf(std::string_view id) const;
    void check(Watch &watch);
    void checked(Watch &watch, const node::Answer &answer);
    void failed(Watch &watch, const std::string &why);
    void admit(Watch &watch);
    void teachFeatures(Watch &watch);
    void teach(Watch &watch);
    void readStats(Watch &watch, bool arriving);
    void set(Watch &watch, Health health, const std::string &error);

    node::Transport *m_transport;
    const Clock &m_clock;
    HealthOptions m_options;
    QByteArray m_features;
    Teacher m_teacher;
    std::vector<std::unique_ptr<Watch>> m_watches;
};

} // namespace miroir::cluster
