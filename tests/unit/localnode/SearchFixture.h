// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bytes.h"
#include "json/Json.h"
#include "localnode/LocalIndex.h"
#include "protocol/SearchRequest.h"
#include "protocol/SettingsPatch.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QTest>

#include <string>
#include <vector>

#include <zlib.h>

/// So that QCOMPARE shows the texts that differ.
template <>
inline char *QTest::toString(const std::string &text)
{
    return qstrdup(text.c_str());
}

/// What tests of the search core share: an index made from JSON texts, and searches asked and answered as JSON.
namespace miroir::localnode::test {

inline QByteArray readGzip(const QString &path)
{
    QByteArray out;
    gzFile file = gzopen(path.toLocal8Bit().constData(), "rb");
    if (file == nullptr)
        return out;
    char buffer[65536];
    for (int n = gzread(file, buffer, sizeof buffer); n > 0; n = gzread(file, buffer, sizeof buffer))
        out.append(buffer, n);
    gzclose(file);
    return out;
}

class Fixture
{
public:
    explicit Fixture(std::string uid = "m", std::string primaryKey = "id") : index(std::move(uid))
    {
        index.setPrimaryKey(std::move(primaryKey));
    }

    /// The error's code, or empty.
    std::string settings(std::string_view json)
    {
        const auto body = json::Document::parse(json);
        Q_ASSERT(body.ok());
        const auto patch = protocol::parseSettingsPatch(body->root(), protocol::Features(),
                                                        protocol::ReservedNames::Allowed);
        if (!patch)
            return patch.error().code->name;
        const auto applied = protocol::applySettingsPatch(index.settings(), *patch);
        if (!applied)
            return applied.error().code->name;
        const auto done = index.applySettings(*applied);
        return done ? std::string() : std::string(done.error().code->name);
    }

    /// Each line is a document. The error's code, or empty.
    std::string add(std::string_view lines, WriteMode mode = WriteMode::Replace, bool skipCreation = false)
    {
        std::vector<std::string_view> documents;
        for (std::size_t at = 0; at < lines.size();) {
            const std::size_t end = std::min(lines.find('\n', at), lines.size());
            if (end > at)
                documents.push_back(lines.substr(at, end - at));
            at = end + 1;
        }
        outcome = {};
        auto written = index.addDocuments(documents, mode, skipCreation);
        if (!written)
            return written.error().code->name;
        outcome = std::move(*written);
        return {};
    }

    [[nodiscard]] protocol::ApiResult<SearchAnswer> answer(std::string_view request) const
    {
        const auto body = json::Document::parse(request);
        Q_ASSERT(body.ok());
        const auto parsed = protocol::parseSearchBody(body->root());
        if (!parsed)
            return parsed.err();
        return index.search(*parsed);
    }

    /// The ids of the hits, joined by commas; or "code" of the error.
    [[nodiscard]] std::string ids(std::string_view request) const
    {
        const auto found = answer(request);
        if (!found)
            return found.error().code->name;
        std::string out;
        for (const Hit &hit : found->hits) {
            const auto parsed = json::Document::parse(hit.json);
            out += (out.empty() ? "" : ",") + json::compact(parsed->root()["id"]);
        }
        return out;
    }
    /// The same for a query with its settings left out: {"q": text}.
    [[nodiscard]] std::string query(std::string_view text) const
    {
        return ids("{\"q\":" + json::quoted(text) + '}');
    }
    /// A member of the first hit as it is written; empty when there is none.
    [[nodiscard]] std::string firstHit(std::string_view request, std::string_view member) const
    {
        const auto found = answer(request);
        if (!found || found->hits.empty())
            return {};
        const auto parsed = json::Document::parse(found->hits.front().json);
        const json::Value value = parsed->root()[member];
        return std::string(value.exists() ? value.raw() : std::string_view());
    }
    /// The whole answer as a node prints it.
    [[nodiscard]] std::string body(std::string_view request) const
    {
        const auto found = answer(request);
        return found ? found->toJson(0, "u").toStdString() : std::string(found.error().message);
    }

    LocalIndex index;
    WriteOutcome outcome;
};

} // namespace miroir::localnode::test
