// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeTasksContent.h"

#include "base/Assert.h"
#include "base/Bytes.h"
#include "json/Json.h"

#include <QtEndian>

#include <limits>

namespace miroir::localnode {

QByteArray NodeTaskContent::toText() const
{
    json::Writer w;
    w.beginObject();
    w.key("update").boolean(update).key("skipCreation").boolean(skipCreation);
    w.key("mayCreateIndex").boolean(mayCreateIndex);
    if (primaryKey)
        w.key("primaryKey").string(*primaryKey);
    w.key("deletion").number(static_cast<int>(deletion)).key("filter").string(filter);
    w.key("rule").string(rule);
    w.key("uids").beginArray();
    for (const std::uint32_t uid : uids)
        w.number(static_cast<std::uint64_t>(uid));
    w.endArray().endObject();
    return w.take();
}

Result<NodeTaskContent> NodeTaskContent::fromText(const QByteArray &text)
{
    auto document = json::Document::parse(text);
    if (!document || !document->root().isObject())
        return fail("the stored content of a task cannot be read");
    const json::Value root = document->root();
    NodeTaskContent content;
    content.update = root["update"].toBool();
    content.skipCreation = root["skipCreation"].toBool();
    content.mayCreateIndex = root["mayCreateIndex"].toBool();
    if (root["primaryKey"].isString())
        content.primaryKey = root["primaryKey"].toString();
    const std::uint64_t deletion = root["deletion"].toU64().value_or(0);
    if (deletion > static_cast<std::uint64_t>(Deletion::Clear))
        return fail("the stored content of a task names an unknown deletion");
    content.deletion = static_cast<Deletion>(deletion);
    content.filter = root["filter"].toString();
    content.rule = root["rule"].toString();
    for (const json::Value uid : root["uids"].items())
        content.uids.push_back(static_cast<std::uint32_t>(uid.toU64().value_or(0)));
    return content;
}

void appendPayload(QByteArray &payload, std::string_view item)
{
    MIROIR_ASSERT(item.size() <= std::numeric_limits<quint32>::max());
    char length[sizeof(quint32)];
    qToLittleEndian(static_cast<quint32>(item.size()), length);
    payload.append(length, sizeof length);
    payload.append(item.data(), static_cast<qsizetype>(item.size()));
}

QByteArray packPayload(const std::vector<std::string_view> &items)
{
    QByteArray payload;
    for (const std::string_view item : items)
        appendPayload(payload, item);
    return payload;
}

Result<std::vector<std::string_view>> unpackPayload(const QByteArray &payload)
{
    std::vector<std::string_view> items;
    std::string_view rest = sv(payload);
    while (!rest.empty()) {
        if (rest.size() < sizeof(quint32))
            return fail("the stored payload of a task is cut off");
        const auto length = static_cast<std::size_t>(qFromLittleEndian<quint32>(rest.data()));
        rest.remove_prefix(sizeof(quint32));
        if (rest.size() < length)
            return fail("the stored payload of a task is cut off");
        items.push_back(rest.substr(0, length));
        rest.remove_prefix(length);
    }
    return items;
}

} // namespace miroir::localnode
