// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bytes.h"
#include "base/Clock.h"
#include "json/Json.h"
#include "protocol/KeyDigest.h"
#include "support/PlainHttp.h"

#include <QDeadlineTimer>
#include <QString>
#include <QStringList>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>
#include <zlib.h>

/// Replays the recorded conversation with a real Meilisearch v1.50 (tests/data/wire.ndjson.gz) against another server
/// and tells what differs: status, content type, the answer, and for writes the finished task. Times, durations,
/// generated ids and sizes are masked.
namespace miroir::test {

/// One recorded request with its answer; a view of its line.
struct WireCase {
    std::shared_ptr<json::Document> line;
    int n = 0;
    QByteArray method, path;
    [[nodiscard]] json::Value at(std::string_view name) const { return line->root()[name]; }
    [[nodiscard]] QString title() const
    {
        return QStringLiteral("#%1 %2 %3 %4 [%5]")
            .arg(n)
            .arg(QString::fromUtf8(method), QString::fromUtf8(path), toQString(at("body").raw()).left(140),
                 toQString(at("note").toString()));
    }
};

struct WireOutcome {
    int n = 0;
    QString title;
    QStringList differences; ///< none: the same
};

class WireReplay
{
public:
    WireReplay(quint16 port, QByteArray masterKey) : m_http(port), m_master(std::move(masterKey)) { }

    static std::vector<WireCase> load(const QString &gzFile)
    {
        std::vector<WireCase> cases;
        gzFile_s *file = gzopen(gzFile.toUtf8().constData(), "rb");
        QByteArray all;
        char buffer[65536];
        for (int got = 0; file != nullptr && (got = gzread(file, buffer, sizeof buffer)) > 0;)
            all.append(buffer, got);
        if (file != nullptr)
            gzclose(file);
        for (const QByteArray &line : all.split('\n')) {
            auto document = json::Document::parse(line);
            if (!document)
                continue;
            WireCase one;
            one.line = std::make_shared<json::Document>(std::move(*document));
            one.n = static_cast<int>(one.at("n").toI64().value_or(-1));
            one.method = QByteArray::fromStdString(one.at("method").toString());
            one.path = QByteArray::fromStdString(one.at("path").toString());
            cases.push_back(std::move(one));
        }
        return cases;
    }

    /// All in order, because each builds on those before it. `skip` may leave out requests (with what depends on them).
    std::vector<WireOutcome> run(const std::vector<WireCase> &cases, const std::set<int> &skip = {})
    {
        std::vector<WireOutcome> outcomes;
        for (const WireCase &one : cases) {
            if (!skip.contains(one.n))
                outcomes.push_back(replay(one));
        }
        return outcomes;
    }

    WireOutcome replay(const WireCase &one)
    {
        WireOutcome outcome {one.n, one.title(), {}};
        PlainHttp::Fields fields;
        for (const json::Member &field : one.at("headers").members())
            fields.emplace_back(QByteArray::fromStdString(field.key()),
                                QByteArray::fromStdString(field.value.toString()));
        const QByteArray key = keyOf(one);
        if (!key.isEmpty())
            fields.emplace_back("Authorization", "Bearer " + key);
        const QByteArray body = bodyOf(one);
        if (!body.isNull() && one.at("contentType").isString())
            fields.emplace_back("Content-Type", QByteArray::fromStdString(one.at("contentType").toString()));
        const PlainHttp::Answer answer = m_http.exchange(one.method, one.path, body, fields);
        const auto document = parsed(answer.body);
        compareAnswer(one, answer, document->root(), outcome.differences);
        remember(one, answer, document->root());
        const json::Value taskUid = document->root()["taskUid"];
        if (taskUid && one.at("task"))
            compareTask(one, QByteArray::number(static_cast<qulonglong>(taskUid.toU64().value_or(0))),
                        outcome.differences);
        return outcome;
    }

    /// Differences of two JSON values after masking, each with its place.
    static void diff(const json::Value &expected, const json::Value &got, const QString &at, QStringList &out,
                     std::string_view key = {})
    {
        if (isMasked(expected, key) && isMasked(got, key))
            return;
        if (typeOf(expected) != typeOf(got)) {
            out << QStringLiteral("%1: %2 expected, %3 got").arg(at, shown(expected), shown(got));
        } else if (expected.isObject()) {
            diffObjects(expected, got, at, out);
        } else if (expected.isArray()) {
            if (expected.size() != got.size()) {
                out << QStringLiteral("%1: %2 items expected, %3 got").arg(at).arg(expected.size()).arg(got.size());
                return;
            }
            for (std::size_t i = 0; i < expected.size(); ++i)
                diff(expected.at(i), got.at(i), QStringLiteral("%1[%2]").arg(at).arg(i), out);
        } else if (!equalScalars(expected, got)) {
            out << QStringLiteral("%1: %2 expected, %3 got").arg(at, shown(expected), shown(got));
        }
    }

private:
    static constexpr int taskTimeoutMs = 60'000;

    static std::shared_ptr<json::Document> parsed(const QByteArray &bytes)
    {
        // What is no JSON is compared as an object with its text, as the recorder kept it.
        auto document = json::Document::parse(bytes.isEmpty() ? QByteArray("null") : bytes);
        if (!document)
            document = json::Document::parse(QByteArray::fromStdString(
                "{\"text\":" + json::quoted(QString::fromUtf8(bytes).left(500).toStdString()) + "}"));
        return std::make_shared<json::Document>(std::move(*document));
    }

    static int typeOf(const json::Value &v)
    {
        if (v.isNull() || !v.exists())
            return 0;
        return v.isBool() ? 1 : v.isInteger() ? 2 : v.isNumber() ? 3 : v.isString() ? 4 : v.isArray() ? 5 : 6;
    }
    static QString shown(const json::Value &v) { return toQString(v.raw()).left(220); }

    static bool isMasked(const json::Value &v, std::string_view key)
    {
        static const std::set<std::string, std::less<>> always {
            "processingTimeMs", "requestUid",   "queryUid",        "taskUid",        "batchUid",
            "enqueuedAt",       "startedAt",    "finishedAt",      "createdAt",      "updatedAt",
            "duration",         "lastUpdate",   "databaseSize",    "usedDatabaseSize", "rawDocumentDbSize",
            "avgDocumentSize",  "commitSha",    "commitDate",      "dumpUid",        "progressTrace",
            "writeChannelCongestion", "internalDatabaseSizes", "batchStrategy", "from", "next",
            "total",            "originalKey",  "embedderRequests", "uuid"};
        if (always.contains(key))
            return true;
        constexpr std::size_t uuidLength = 36;
        return (key == "uid" || key == "key")
            && (v.isInteger() || v.isBool() || (v.isString() && v.toString().size() >= uuidLength));
    }

    static bool equalScalars(const json::Value &a, const json::Value &b)
    {
        if (a.isString()) {
            const std::string left = a.toString();
            const std::string right = b.toString();
            constexpr std::string_view expired = "Tenant token expired"; // the times behind it differ
            return left == right || (left.starts_with(expired) && right.starts_with(expired));
        }
        if (a.isBool())
            return a.toBool() == b.toBool();
        return a.isInteger() ? a.raw() == b.raw() : a.toDouble() == b.toDouble();
    }

    static void diffObjects(const json::Value &expected, const json::Value &got, const QString &at, QStringList &out)
    {
        std::set<std::string> seen;
        for (const json::Member &member : expected.members()) {
            const std::string name = member.key();
            if (!seen.insert(name).second)
                continue;
            const QString place = at + QLatin1Char('.') + toQString(name);
            if (const json::Value other = got.find(name))
                diff(expected.find(name), other, place, out, name);
            else
                out << place + QStringLiteral(": missing");
        }
        for (const json::Member &member : got.members()) {
            if (!seen.contains(member.key()))
                out << QStringLiteral("%1.%2: not expected, %3 got")
                           .arg(at, toQString(member.key()), shown(member.value));
        }
    }

    void compareAnswer(const WireCase &one, const PlainHttp::Answer &answer, const json::Value &got, QStringList &out)
    {
        const auto status = static_cast<int>(one.at("status").toI64().value_or(0));
        if (answer.status != status) {
            out << QStringLiteral("status: %1 expected, %2 got (%3)")
                       .arg(status)
                       .arg(answer.status)
                       .arg(QString::fromUtf8(answer.body.left(200)));
            return;
        }
        const QByteArray type = QByteArray::fromStdString(one.at("answerContentType").toString()).split(';').first();
        if (answer.contentType.split(';').first() != type)
            out << QStringLiteral("content type: %1 expected, %2 got")
                       .arg(QString::fromUtf8(type), QString::fromUtf8(answer.contentType));
        diff(one.at("answer"), got, {}, out);
    }

    void compareTask(const WireCase &one, const QByteArray &uid, QStringList &out)
    {
        const QDeadlineTimer deadline(taskTimeoutMs);
        std::shared_ptr<json::Document> task;
        do {
            const auto answer
                = m_http.exchange("GET", "/tasks/" + uid, {}, {{"Authorization", "Bearer " + m_master}});
            task = parsed(answer.body);
            const std::string status = task->root()["status"].toString();
            if (answer.status != 200 || status == "succeeded" || status == "failed" || status == "canceled")
                break;
        } while (!deadline.hasExpired());
        diff(one.at("task"), task->root(), QStringLiteral("task"), out);
    }

    static QByteArray token(const QByteArray &key, std::string_view claims, const std::string &algorithm)
    {
        const std::string head = "{\"alg\": \"" + algorithm + "\", \"typ\": \"JWT\"}";
        const std::string text = protocol::toBase64Url(head) + '.' + protocol::toBase64Url(claims);
        const protocol::HashKind kind = algorithm == "HS384" ? protocol::HashKind::Sha384
            : algorithm == "HS512"                           ? protocol::HashKind::Sha512
                                                             : protocol::HashKind::Sha256;
        const QByteArray signature = protocol::hmac(kind, sv(key), text);
        return QByteArray::fromStdString(text + '.' + protocol::toBase64Url(sv(signature)));
    }

    /// As Python's json.dumps writes it, because positions inside the claims are part of recorded messages. A token
    /// that was valid when it was recorded is made valid now.
    static std::string claimsText(const json::Value &value, std::string_view key = {})
    {
        constexpr std::int64_t recordedAtSeconds = 1'795'348'954;
        if (key == "exp" && value.toI64().value_or(0) > recordedAtSeconds)
            return std::to_string(SystemClock().utcNs() / 1'000'000'000 + 1000);
        if (!value.isArray() && !value.isObject())
            return std::string(value.raw());
        std::string out(1, value.isArray() ? '[' : '{');
        const auto separate = [&out] { out += out.size() > 1 ? ", " : ""; };
        for (const json::Value item : value.items()) {
            separate();
            out += claimsText(item);
        }
        for (const json::Member &member : value.members()) {
            separate();
            out += std::string(member.name.raw()) + ": " + claimsText(member.value, member.key());
        }
        return out + (value.isArray() ? ']' : '}');
    }

    QByteArray keyOf(const WireCase &one) const
    {
        if (!one.at("auth").isString())
            return {};
        const std::string auth = one.at("auth").toString();
        const auto known = [this](const std::string &name) {
            const auto found = m_keys.find(name);
            return found == m_keys.end() ? QByteArray() : found->second;
        };
        if (auth == "master")
            return m_master;
        if (auth.starts_with("token:"))
            return token(known("search-m"), claimsText(one.at("claims")), auth.substr(auth.rfind('}') + 1));
        if (auth == "tok2")
            return token("wrong key", R"({"searchRules": ["*"], "apiKeyUid": "6062abda-a5aa-4414-ac91-ecd7944c0f8d"})",
                         "HS256");
        return m_keys.contains(auth) ? known(auth) : QByteArray::fromStdString(auth);
    }

    static QByteArray bodyOf(const WireCase &one)
    {
        const json::Value body = one.at("body");
        if (!body || body.isNull())
            return {};
        const std::string type = one.at("contentType").toString();
        static const std::set<std::string> rawNotes {"broken", "empty", "deep", "huge number", "duplicate key"};
        bool raw = rawNotes.contains(one.at("note").toString());
        for (const char *part : {"csv", "ndjson", "text", "charset"})
            raw = raw || type.find(part) != std::string::npos;
        if (!body.isString() || type.empty() || !raw)
            return toBytes(body.raw());
        const QByteArray text = QByteArray::fromStdString(body.toString());
        return text.isNull() ? QByteArray("") : text;
    }

    void remember(const WireCase &one, const PlainHttp::Answer &answer, const json::Value &got)
    {
        if (one.path != "/keys")
            return;
        if (one.method == "GET" && answer.status == 200) {
            for (const json::Value key : got["results"].items()) {
                const json::Value name = key["name"];
                m_keys["default:" + (name.isString() ? name.toString() : "None")]
                    = QByteArray::fromStdString(key["key"].toString());
            }
        }
        if (answer.status != 201)
            return;
        std::string name = got["name"].toString() == "s" ? "search-m" : "getall";
        for (const json::Value action : got["actions"].items())
            name = name != "search-m" && action.toString() == "documents.*" ? "prefix" : name;
        m_keys[name] = QByteArray::fromStdString(got["key"].toString());
    }

    PlainHttp m_http;
    QByteArray m_master;
    std::map<std::string, QByteArray> m_keys;
};

} // namespace miroir::test
