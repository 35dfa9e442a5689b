// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/AdminClient.h"

#include "base/Bytes.h"

#include <QNetworkProxy>
#include <QUrlQuery>

#include <algorithm>

namespace miroir::ui {

namespace {

constexpr qint64 answerBytesMax = 64'000'000;
constexpr int pauseFirstMs = 500;
constexpr int pauseMaxMs = 10'000;
// Many events may come at once (a node dies: each index changes); shards are asked for once.
constexpr int shardsPauseMs = 150;
// A polling client tries the stream again now and then: the obstacle may be gone.
constexpr int pollsBeforeStream = 30;
// A server answers the request for events at once; where nothing comes, something on the way holds it back.
constexpr int streamHeadMs = 5'000;
// A stream that ends sooner counts as a failed attempt, so that a server which closes at once is not asked in a loop.
constexpr int streamLivedMs = 2'000;

} // namespace

AdminClient::AdminClient(QObject *parent) : QObject(parent)
{
    // Nodes and local engines are not behind the web proxy; asking the system for one also costs a process start.
    m_network.setProxy(QNetworkProxy::NoProxy);
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy); // a key must not follow a redirect
    for (QTimer *timer : {&m_retry, &m_silence, &m_shardsSoon})
        timer->setSingleShot(true);
    m_shardsSoon.setInterval(shardsPauseMs);
    m_poll.setInterval(pollMs);
    connect(&m_retry, &QTimer::timeout, this, &AdminClient::attempt);
    connect(&m_silence, &QTimer::timeout, this, &AdminClient::onSilence);
    connect(&m_shardsSoon, &QTimer::timeout, this, &AdminClient::fetchShards);
    connect(&m_poll, &QTimer::timeout, this, &AdminClient::poll);
}

AdminClient::~AdminClient()
{
    stopTraffic();
}

void AdminClient::open(const Host::Endpoint &endpoint)
{
    close();
    m_endpoint = endpoint;
    setLink(Link::Connecting);
    attempt();
}

void AdminClient::close()
{
    stopTraffic();
    m_endpoint = {};
    m_apiKey.clear();
    m_cluster = {};
    m_attempts = 0;
    m_polls = 0;
    m_shardIndex.clear();
    setLink(Link::Idle);
}

void AdminClient::retryNow()
{
    if (m_link != Link::Lost && m_link != Link::Refused)
        return;
    m_retry.stop();
    attempt();
}

int AdminClient::retrySeconds() const
{
    return m_retry.isActive() ? (m_retry.remainingTime() + 999) / 1000 : 0;
}

void AdminClient::stopTraffic()
{
    ++m_generation;
    for (QTimer *timer : {&m_retry, &m_silence, &m_poll, &m_shardsSoon})
        timer->stop();
    m_shardsAsked = false;
    m_shardsStale = false;
    m_pollAsked = false;
    m_parser.reset();
    // Aborting runs handlers; their generation is over, so they do nothing.
    const auto replies = m_network.findChildren<QNetworkReply *>();
    for (QNetworkReply *reply : replies)
        reply->abort();
}

void AdminClient::setLink(Link link, const QString &error)
{
    if (link == m_link && error == m_linkError)
        return;
    m_link = link;
    m_linkError = error;
    Q_EMIT linkChanged();
}

QNetworkRequest AdminClient::request(const QString &path, const QByteArray &key) const
{
    QUrl url = m_endpoint.url;
    const qsizetype query = path.indexOf(u'?');
    const QString prefix = url.path(QUrl::FullyEncoded);
    url.setPath((prefix.endsWith(u'/') ? prefix.chopped(1) : prefix) + path.left(query), QUrl::TolerantMode);
    if (query >= 0)
        url.setQuery(path.mid(query + 1), QUrl::StrictMode);
    QNetworkRequest r(url);
    if (!key.isEmpty())
        r.setRawHeader("Authorization", "Bearer " + key);
    r.setHeader(
        QNetworkRequest::UserAgentHeader, QStringLiteral("Miroir console/%1").arg(QStringLiteral(MIROIR_VERSION)));
    return r;
}

ApiError AdminClient::errorOf(const Answer &answer)
{
    if (answer.status == 0)
        return {answer.networkError, {}, {}, {}};
    if (auto error = readError(answer.body))
        return *error;
    return {tr("The server answered with status %1.").arg(answer.status), {}, {}, {}};
}

QNetworkReply *AdminClient::get(const QString &path, const QByteArray &key, Handler handler)
{
    QNetworkReply *reply = m_network.get(request(path, key));
    watch(reply, std::move(handler));
    return reply;
}

void AdminClient::watch(QNetworkReply *reply, Handler handler)
{
    // The transfer timeout of Qt starts again with each byte; a deadline of our own does not.
    QTimer::singleShot(answerTimeoutMs, reply, &QNetworkReply::abort);
    connect(reply, &QNetworkReply::downloadProgress, reply, [reply](qint64 received, qint64) {
        if (received > answerBytesMax)
            reply->abort();
    });
    connect(reply, &QNetworkReply::finished, this,
        [this, reply, handler = std::move(handler), generation = m_generation] {
            reply->deleteLater();
            if (generation != m_generation)
                return;
            Answer answer;
            answer.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
            if (reply->isOpen()) // an aborted one is closed
                answer.body = reply->readAll();
            const auto error = reply->error();
            if (error != QNetworkReply::NoError && (answer.status == 0 || error == QNetworkReply::OperationCanceledError
                    || error == QNetworkReply::RemoteHostClosedError)) {
                answer.status = 0;
                answer.networkError = error == QNetworkReply::OperationCanceledError
                    ? tr("no answer within %1 s").arg(answerTimeoutMs / 1000)
                    : reply->errorString();
            }
            handler(answer);
        });
}

void AdminClient::attempt()
{
    stopTraffic();
    get(QStringLiteral("/_miroir/cluster"), m_endpoint.adminKey, [this](const Answer &a) { onFirstAnswer(a); });
}

void AdminClient::onFirstAnswer(const Answer &answer)
{
    if (answer.status == 401 || answer.status == 403) {
        setLink(Link::Refused, tr("the admin key was refused"));
        return;
    }
    if (answer.status >= 500 || answer.status == 0) {
        lose(errorOf(answer).message);
        return;
    }
    const auto cluster = readCluster(answer.body);
    if (answer.status != 200 || !cluster) {
        setLink(Link::Refused, tr("this is no Miroir server"));
        return;
    }
    applyCluster(*cluster);
    fetchAccess([this] {
        fetchTasks();
        fetchShards();
        openStream();
    });
}

void AdminClient::takeCluster(const QByteArray &body)
{
    const auto cluster = readCluster(body);
    if (cluster && applyCluster(*cluster) && !m_shardsSoon.isActive())
        m_shardsSoon.start();
}

bool AdminClient::applyCluster(const ClusterInfo &cluster)
{
    if (cluster == m_cluster)
        return false;
    m_cluster = cluster;
    Q_EMIT clusterChanged(m_cluster);
    return true;
}

void AdminClient::fetchAccess(std::function<void()> then)
{
    get(QStringLiteral("/_miroir/access"), m_endpoint.adminKey, [this, then = std::move(then)](const Answer &answer) {
        const auto key = readAccess(answer.body);
        if (answer.status == 200 && key)
            m_apiKey = *key;
        then();
    });
}

void AdminClient::setShardIndex(const QString &uid)
{
    if (uid == m_shardIndex)
        return;
    m_shardIndex = uid;
    if (m_link == Link::Live || m_link == Link::Polling)
        fetchShards();
}

void AdminClient::fetchShards()
{
    if (m_shardsAsked) {
        m_shardsStale = true; // asked again when the answer under way is here
        return;
    }
    m_shardsAsked = true;
    QString path = QStringLiteral("/_miroir/shards");
    if (!m_shardIndex.isEmpty())
        path += QStringLiteral("?index=") + QString::fromLatin1(QUrl::toPercentEncoding(m_shardIndex));
    get(path, m_endpoint.adminKey, [this, index = m_shardIndex](const Answer &answer) {
        m_shardsAsked = false;
        if (std::exchange(m_shardsStale, false))
            fetchShards();
        if (answer.status != 200 || index != m_shardIndex)
            return;
        if (auto map = readShards(answer.body)) {
            map->index = index;
            Q_EMIT shardsChanged(*map);
        }
    });
}

void AdminClient::fetchTasks()
{
    get(QStringLiteral("/_miroir/tasks?limit=%1").arg(tasksShown), m_endpoint.adminKey, [this](const Answer &answer) {
        if (answer.status != 200)
            return;
        if (const auto tasks = readTasks(answer.body))
            Q_EMIT tasksReplaced(*tasks);
    });
}

void AdminClient::openStream()
{
    QNetworkRequest r = request(QStringLiteral("/_miroir/events"), m_endpoint.adminKey);
    r.setRawHeader("Accept", "text/event-stream");
    r.setRawHeader("Accept-Encoding", "identity"); // a compressor may hold events back
    m_parser.reset();
    m_stream = m_network.get(r);
    connect(m_stream, &QNetworkReply::metaDataChanged, this, &AdminClient::onStreamHead);
    connect(m_stream, &QNetworkReply::readyRead, this, &AdminClient::onStreamBytes);
    connect(m_stream, &QNetworkReply::finished, this, [this, reply = m_stream.data(), generation = m_generation] {
        reply->deleteLater();
        if (generation == m_generation)
            onStreamEnd();
    });
    m_streaming = false;
    m_silence.start(streamHeadMs);
}

void AdminClient::onStreamHead()
{
    if (m_stream == nullptr || m_stream != sender())
        return;
    const int status = m_stream->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QByteArray type = m_stream->rawHeader("Content-Type");
    m_streaming = status == 200 && type.startsWith("text/event-stream");
    if (!m_streaming)
        return; // onStreamEnd decides
    m_silence.start(silenceMs);
    m_streamAge.start();
    setLink(Link::Live);
}

void AdminClient::onStreamBytes()
{
    if (!m_streaming || m_stream == nullptr || m_stream != sender())
        return;
    m_silence.start(silenceMs);
    const auto events = m_parser.feed(m_stream->readAll());
    for (const auto &event : events) {
        if (event.name == "cluster") {
            takeCluster(event.data);
        } else if (event.name == "task") {
            if (const auto task = readTask(event.data))
                Q_EMIT taskChanged(*task);
        }
    }
    if (m_parser.overflowed())
        m_stream->abort();
}

void AdminClient::onSilence()
{
    if (m_streaming) {
        lose(tr("the server fell silent"));
        return;
    }
    if (m_stream != nullptr)
        m_stream->abort();
}

void AdminClient::onStreamEnd()
{
    m_silence.stop();
    m_stream = nullptr;
    if (!std::exchange(m_streaming, false)) {
        setLink(Link::Polling);
        m_poll.start();
        poll();
        return;
    }
    // A restart of the server or a cut line: one try at once, then it counts as lost.
    if (m_streamAge.elapsed() >= streamLivedMs) {
        m_attempts = 0;
        attempt();
    } else {
        m_retry.start(nextPauseMs());
    }
}

int AdminClient::nextPauseMs()
{
    return std::min(pauseMaxMs, pauseFirstMs << std::min(m_attempts++, 8));
}

void AdminClient::lose(const QString &error)
{
    stopTraffic();
    m_retry.start(nextPauseMs());
    setLink(Link::Lost, error);
}

void AdminClient::poll()
{
    if (std::exchange(m_pollAsked, true))
        return; // a slow server is not asked twice at a time
    get(QStringLiteral("/_miroir/cluster"), m_endpoint.adminKey, [this](const Answer &a) { onPolled(a); });
    fetchTasks();
}

void AdminClient::onPolled(const Answer &answer)
{
    m_pollAsked = false;
    if (answer.status != 200) {
        lose(errorOf(answer).message);
        return;
    }
    m_attempts = 0;
    takeCluster(answer.body);
    if (++m_polls % pollsBeforeStream == 0) {
        m_poll.stop();
        openStream();
    }
}

quint64 AdminClient::search(const SearchQuery &query)
{
    const quint64 serial = ++m_searchSerial;
    if (m_search != nullptr)
        m_search->abort();
    const QString uid = QString::fromLatin1(QUrl::toPercentEncoding(query.indexUid));
    QNetworkRequest r = request(QStringLiteral("/indexes/%1/search").arg(uid), m_apiKey);
    r.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
    m_search = m_network.post(r, searchBody(query));
    watch(m_search, [this, serial, key = query.primaryKey](const Answer &answer) {
        if (serial != m_searchSerial)
            return;
        m_search = nullptr;
        if (answer.status != 200) {
            if (answer.status == 401 || answer.status == 403)
                fetchAccess([] { }); // the key may have been replaced; the next search has the new one
            Q_EMIT searchFailed(serial, errorOf(answer));
            return;
        }
        const auto read = readSearchAnswer(answer.body, key);
        if (read)
            Q_EMIT searchAnswered(serial, *read);
        else
            Q_EMIT searchFailed(serial, {toQString(read.error().message), {}, {}, {}});
    });
    return serial;
}

void AdminClient::fetchSettings(const QString &indexUid)
{
    const QString uid = QString::fromLatin1(QUrl::toPercentEncoding(indexUid));
    get(QStringLiteral("/indexes/%1/settings").arg(uid), m_apiKey, [this, indexUid](const Answer &answer) {
        if (answer.status == 200)
            Q_EMIT settingsAnswered(indexUid, answer.body);
        else
            Q_EMIT settingsFailed(indexUid, errorOf(answer));
    });
}

} // namespace miroir::ui
