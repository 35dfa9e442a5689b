// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/DocumentIds.h"

#include "base/Bytes.h"
#include "placement/Shards.h"
#include "protocol/DocumentId.h"

namespace miroir::write {

namespace {

/// A client must not write the fields by which documents are found again.
bool hasReservedField(const json::Value &document)
{
    for (const json::Member member : document.members()) {
        const std::string_view raw = member.name.raw();
        // escapes could spell the name, too
        if (raw.starts_with("\"_miroir_") || (raw.find('\\') != std::string_view::npos
                && member.key().starts_with(placement::hiddenPrefix)))
            return true;
    }
    return false;
}

/// A node splits a payload before it looks at numbers: one beyond the range of a double is found later, by the task,
/// which then tells the place inside the number.
protocol::ApiError unreadable(const std::string &uid, std::string_view document, const json::ParseError &error)
{
    const std::size_t before = document.find_last_not_of("0123456789+-.eE", error.offset == 0 ? 0 : error.offset - 1);
    const std::size_t column = error.offset - (before == std::string_view::npos ? 0 : before + 1);
    return protocol::apiError("internal",
        "Index `" + uid + "`: internal: " + error.reason + " at line 1 column " + std::to_string(column) + '.');
}

} // namespace

void findIds(DocumentBatch &batch, std::string_view primaryKey)
{
    batch.primaryKey = primaryKey;
    const std::string_view payload = sv(batch.payload);
    for (BatchDocument &document : batch.documents) {
        const auto parsed = json::Document::parse(payload.substr(document.begin, document.length));
        if (!parsed) {
            batch.failure = unreadable(batch.uid, payload.substr(document.begin, document.length), parsed.error());
            return;
        }
        auto id = protocol::documentId(parsed->root(), primaryKey);
        if (!id) {
            batch.failure = id.error();
            return;
        }
        if (hasReservedField(parsed->root())) {
            batch.failure = protocol::apiError("bad_request",
                "Document `" + *id + "` has a field whose name begins with `_miroir_`: these names are reserved.");
            return;
        }
        document.hasGeo = parsed->root()["_geo"].exists();
        document.hasVectors = parsed->root()["_vectors"].exists();
        document.hash = placement::idHash(*id);
        document.id = std::move(*id);
    }
}

protocol::ApiResult<DocumentBatch> readBatch(const std::string &uid, QByteArray payload,
    protocol::PayloadFormat format, const std::optional<std::string> &givenKey,
    const std::optional<std::string> &knownKey)
{
    DocumentBatch batch;
    batch.uid = uid;
    const bool rewritten = format.kind == protocol::PayloadFormat::Kind::Csv;
    QByteArray rows;
    const char *start = payload.constData();
    const auto visited = protocol::visitDocuments(sv(payload), format, [&](std::string_view document) {
        BatchDocument slice;
        slice.begin = static_cast<std::uint32_t>(rewritten ? rows.size() : document.data() - start);
        slice.length = static_cast<std::uint32_t>(document.size());
        if (rewritten)
            rows.append(document.data(), static_cast<qsizetype>(document.size()));
        batch.documents.push_back(std::move(slice));
        return true;
    });
    if (!visited)
        return visited.err();
    batch.payload = rewritten ? std::move(rows) : std::move(payload);
    batch.keyGiven = givenKey.has_value();
    std::string key = givenKey.value_or(knownKey.value_or(""));
    if (key.empty() && !batch.documents.empty()) {
        const BatchDocument &first = batch.documents.front();
        const std::string_view text = sv(batch.payload).substr(first.begin, first.length);
        const auto parsed = json::Document::parse(text);
        if (!parsed) {
            batch.failure = unreadable(uid, text, parsed.error());
            return batch;
        }
        auto inferred = protocol::inferPrimaryKey(parsed->root());
        if (!inferred) {
            batch.failure = inferred.error();
            return batch;
        }
        key = std::move(*inferred);
    }
    if (!batch.documents.empty())
        findIds(batch, key);
    return batch;
}

} // namespace miroir::write
