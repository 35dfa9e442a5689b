// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/EventStreamParser.h"
#include "client/Host.h"
#include "client/Search.h"
#include "client/Snapshot.h"

#include <QElapsedTimer>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include <functional>

namespace miroir::ui {

/// The one door to an engine, local or remote: the admin API under /_miroir/ and, with the key it hands out, the
/// ordinary Meilisearch API on the same address. Follows the event stream; asks each second where streams do not pass;
/// reconnects with growing pauses. Lives in the GUI thread and never blocks it.
class AdminClient : public QObject
{
    Q_OBJECT
public:
    enum class Link {
        Idle, ///< no endpoint
        Connecting, ///< first answer not here yet
        Live, ///< following the event stream
        Polling, ///< the stream does not pass; asking each second
        Lost, ///< was or should be there; trying again
        Refused, ///< the key is wrong, or this is no Miroir: waits for a person
    };
    Q_ENUM(Link)

    explicit AdminClient(QObject *parent = nullptr);
    ~AdminClient() override;

    void open(const Host::Endpoint &endpoint);
    void close();
    /// Tries at once instead of waiting for the next attempt.
    void retryNow();

    [[nodiscard]] const Host::Endpoint &endpoint() const { return m_endpoint; }
    [[nodiscard]] Link link() const { return m_link; }
    [[nodiscard]] QString linkError() const { return m_linkError; } ///< why Lost or Refused
    [[nodiscard]] int retrySeconds() const; ///< until the next attempt while Lost
    [[nodiscard]] const ClusterInfo &cluster() const { return m_cluster; } ///< the last one known

    /// Counts documents of shards for one index; empty = all.
    void setShardIndex(const QString &uid);
    /// Starts a search and gives its number; an earlier one still running is dropped, its answer never comes.
    quint64 search(const SearchQuery &query);
    void fetchSettings(const QString &indexUid);

    static constexpr int answerTimeoutMs = 10'000;
    static constexpr int silenceMs = 25'000; ///< the stream pings every 10 s
    static constexpr int pollMs = 1'000;
    static constexpr int tasksShown = 200;

Q_SIGNALS:
    void linkChanged();
    void clusterChanged(const miroir::ui::ClusterInfo &cluster);
    void shardsChanged(const miroir::ui::ShardMap &map);
    void tasksReplaced(const QVector<miroir::ui::TaskInfo> &tasks);
    void taskChanged(const miroir::ui::TaskInfo &task);
    void searchAnswered(quint64 serial, const miroir::ui::SearchAnswer &answer);
    void searchFailed(quint64 serial, const miroir::ui::ApiError &error);
    void settingsAnswered(const QString &indexUid, const QByteArray &json);
    void settingsFailed(const QString &indexUid, const miroir::ui::ApiError &error);

private:
    struct Answer {
        int status = 0; ///< HTTP status; 0 when none came
        QByteArray body;
        QString networkError;
    };
    using Handler = std::function<void(const Answer &)>;

    [[nodiscard]] QNetworkRequest request(const QString &path, const QByteArray &key) const;
    [[nodiscard]] static ApiError errorOf(const Answer &answer);
    QNetworkReply *get(const QString &path, const QByteArray &key, Handler handler);
    void watch(QNetworkReply *reply, Handler handler);
    void stopTraffic();
    void setLink(Link link, const QString &error = {});

    void attempt();
    void onFirstAnswer(const Answer &answer);
    void takeCluster(const QByteArray &json);
    bool applyCluster(const ClusterInfo &cluster); ///< true when it is another one than before
    void fetchAccess(std::function<void()> then);
    void fetchShards();
    void fetchTasks();
    void openStream();
    void onStreamHead();
    void onStreamBytes();
    void onSilence();
    void onStreamEnd();
    [[nodiscard]] int nextPauseMs();
    void lose(const QString &error);
    void poll();
    void onPolled(const Answer &answer);

    QNetworkAccessManager m_network;
    Host::Endpoint m_endpoint;
    QByteArray m_apiKey;
    Link m_link = Link::Idle;
    QString m_linkError;
    int m_attempts = 0; ///< failed ones in a row
    int m_polls = 0;
    bool m_pollAsked = false;
    bool m_streaming = false; ///< the stream's head is here and right
    QElapsedTimer m_streamAge;
    quint64 m_generation = 0; ///< answers for an earlier endpoint are dropped
    ClusterInfo m_cluster;
    QString m_shardIndex;
    bool m_shardsAsked = false;
    bool m_shardsStale = false;
    EventStreamParser m_parser;
    QPointer<QNetworkReply> m_stream;
    QPointer<QNetworkReply> m_search;
    quint64 m_searchSerial = 0;
    QTimer m_retry;
    QTimer m_silence;
    QTimer m_poll;
    QTimer m_shardsSoon;
};

} // namespace miroir::ui
