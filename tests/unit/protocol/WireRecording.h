// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bytes.h"
#include "protocol/Error.h"
#include "json/Json.h"

#include <QProcess>
#include <QTest>

#include <memory>
#include <vector>

/// What a real node answered to 540 requests, in their order.
namespace miroir::test {

struct Exchange
{
    std::shared_ptr<json::Document> line;
    int number = 0;
    std::string method, path, query; ///< path without the query
    int status = 0;
    json::Value body, answer, task, auth, claims;

    [[nodiscard]] QByteArray label() const
    {
        return QByteArray::number(number) + ' ' + toBytes(method) + ' ' + toBytes(path) + ' '
            + toBytes(body ? body.raw() : "");
    }
};

inline QByteArray wireText(const json::Value &v) { return QByteArray::fromStdString(json::compact(v)); }

inline QByteArray wireText(const QByteArray &text)
{
    const auto doc = json::Document::parse(text);
    return doc ? wireText(doc->root()) : QByteArray("no JSON: ") + text;
}

inline const std::vector<Exchange> &recording()
{
    static const std::vector<Exchange> all = [] {
        std::vector<Exchange> out;
        QProcess unpack;
        unpack.start(
            QStringLiteral("gzip"), {QStringLiteral("-dc"), QStringLiteral(MIROIR_TEST_DATA "/wire.ndjson.gz")});
        unpack.waitForFinished();
        for (const QByteArray &text : unpack.readAllStandardOutput().split('\n')) {
            if (text.isEmpty())
                continue;
            auto parsed = json::Document::parse(text);
            if (!parsed)
                qFatal("the recording is broken");
            Exchange e;
            e.line = std::make_shared<json::Document>(std::move(parsed).value());
            const json::Value v = e.line->root();
            e.number = static_cast<int>(v["n"].toI64().value_or(-1));
            e.method = v["method"].toString();
            const std::string target = v["path"].toString();
            const std::size_t mark = target.find('?');
            e.path = target.substr(0, mark);
            e.query = mark == std::string::npos ? std::string {} : target.substr(mark + 1);
            e.status = static_cast<int>(v["status"].toI64().value_or(0));
            e.body = v["body"];
            e.answer = v["answer"];
            e.task = v["task"];
            e.auth = v["auth"];
            e.claims = v["claims"];
            out.push_back(std::move(e));
        }
        return out;
    }();
    return all;
}

/// The exchange that stands at that place of the recording.
inline const Exchange &exchange(int number) { return recording().at(static_cast<std::size_t>(number)); }

} // namespace miroir::test

/// Equal, or shown with the exchange it is about.
#define COMPARE_WIRE(actual, expected, about)                                                                        \
    do {                                                                                                             \
        const QByteArray got = (actual);                                                                             \
        const QByteArray want = (expected);                                                                          \
        QVERIFY2(got == want, ((about).label() + "\n   got:      " + got + "\n   expected: " + want).constData());   \
    } while (false)
