// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "AdminConnection.h"

#include "base/Bytes.h"

#include <QDir>
#include <QEventLoop>
#include <QFile>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QTimer>

namespace miroir::ctl {

namespace {

constexpr int deadlineMs = 10'000;
constexpr qint64 smallFileBytes = 65536;

Err<ConnectionError> refuse(ExitCode code, std::string message)
{
    return Err {ConnectionError {code, std::move(message)}};
}

QByteArray readSmallFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.read(smallFileBytes).trimmed() : QByteArray();
}

} // namespace

Result<Endpoint, ConnectionError> Endpoint::find(const QString &url, const QString &keyFile, const QString &dataDir)
{
    Endpoint endpoint;
    const QString folder = !dataDir.isEmpty() ? dataDir
        : qEnvironmentVariableIsSet("MIROIR_DATA_DIR") ? qEnvironmentVariable("MIROIR_DATA_DIR")
                                                       : QStringLiteral("miroir-data");
    const auto kept = json::Document::parse(readSmallFile(folder + QStringLiteral("/endpoint.json")));
    if (kept) {
        endpoint.url = QUrl(toQString(kept->root()["url"].toString()));
        endpoint.key = toBytes(kept->root()["adminKey"].toString());
    }
    const QString chosen = url.isEmpty() ? qEnvironmentVariable("MIROIR_URL") : url;
    if (!chosen.isEmpty())
        endpoint.url = QUrl(chosen, QUrl::StrictMode);
    if (qEnvironmentVariableIsSet("MIROIR_ADMIN_API_KEY"))
        endpoint.key = qgetenv("MIROIR_ADMIN_API_KEY");
    if (!keyFile.isEmpty()) {
        endpoint.key = readSmallFile(keyFile);
        if (endpoint.key.isEmpty())
            return refuse(WrongUsage, "no key can be read from " + toStd(keyFile));
    }
    const bool known
        = endpoint.url.scheme() == QStringLiteral("http") || endpoint.url.scheme() == QStringLiteral("https");
    if (endpoint.url.isEmpty())
        return refuse(WrongUsage,
            "no engine is known: no endpoint.json in " + toStd(folder) + ". Give --url and --key-file, or --data-dir");
    if (!known || endpoint.url.host().isEmpty())
        return refuse(WrongUsage, "'" + toStd(endpoint.url.toString()) + "' is no http or https address");
    return endpoint;
}

Result<json::Document, ConnectionError> ask(const Endpoint &endpoint, const QByteArray &target)
{
    QNetworkAccessManager network;
    network.setProxy(QNetworkProxy::NoProxy);
    QNetworkRequest request(QUrl(endpoint.url.toString(QUrl::StripTrailingSlash) + QString::fromLatin1(target)));
    request.setRawHeader("Authorization", "Bearer " + endpoint.key);
    QNetworkReply *reply = network.get(request);
    QEventLoop loop;
    QObject::connect(reply, &QNetworkReply::finished, &loop, &QEventLoop::quit);
    QTimer::singleShot(deadlineMs, reply, &QNetworkReply::abort);
    loop.exec();
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QByteArray body = reply->readAll();
    const std::string where = toStd(endpoint.url.toString());
    if (status == 0)
        return refuse(Unreachable, "cannot reach " + where + ": " + toStd(reply->errorString()));
    auto answer = json::Document::parse(body);
    if (status == 401 || status == 403)
        return refuse(Refused, where + " refuses the admin key");
    if (status != 200)
        return refuse(Failed,
            where + " answers " + std::to_string(status) + (answer ? ": " + answer->root()["message"].toString() : ""));
    if (!answer)
        return refuse(Failed, where + " gives an answer that is no JSON");
    return std::move(*answer);
}

} // namespace miroir::ctl
