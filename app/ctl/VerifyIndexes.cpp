// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "VerifyIndexes.h"

#include "base/Bytes.h"

#include <algorithm>

namespace miroir::ctl {

namespace {

constexpr std::uint64_t sampledDocuments = 400; ///< in up to `samplePages` places of the index
constexpr std::uint64_t samplePages = 8;
constexpr std::uint64_t copiedAtOnce = 1000;
constexpr std::uint64_t indexesAtOnce = 1000;

QByteArray indexPath(const std::string &uid)
{
    return "/indexes/" + toBytes(uid).toPercentEncoding();
}

QByteArray fetchBody(std::uint64_t offset, std::uint64_t limit, bool vectors)
{
    json::Writer out;
    out.beginObject().key("offset").number(offset).key("limit").number(limit);
    if (vectors)
        out.key("retrieveVectors").boolean(true);
    return out.endObject().take();
}

Result<json::Document> sampledFrom(Servers &servers, const Server &cluster, const std::string &uid, std::uint64_t total)
{
    QByteArray all = "[";
    const std::uint64_t pages = total > sampledDocuments ? samplePages : 1;
    const std::uint64_t limit = sampledDocuments / pages;
    for (std::uint64_t page = 0; page < pages; ++page) {
        const auto part = servers.call(cluster, "POST", indexPath(uid) + "/documents/fetch",
            fetchBody(total / pages * page, limit, false));
        if (!part)
            return part.err();
        for (const json::Value document : part->root()["results"].items())
            all += (all.size() > 1 ? "," : "") + toBytes(document.raw());
    }
    auto parsed = json::Document::parse(all + ']');
    if (!parsed)
        return fail("the documents of the cluster are no JSON");
    return std::move(*parsed);
}

Result<IndexProfile> readProfile(Servers &servers, const Server &cluster, const json::Value &index)
{
    const std::string uid = index["uid"].toString();
    const auto settings = servers.call(cluster, "GET", indexPath(uid) + "/settings");
    if (!settings)
        return settings.err();
    const auto none = servers.call(cluster, "POST", indexPath(uid) + "/documents/fetch", fetchBody(0, 1, false));
    if (!none)
        return none.err();
    const std::uint64_t total = none->root()["total"].toU64().value_or(0);
    const auto documents = sampledFrom(servers, cluster, uid, total);
    if (!documents)
        return documents.err();
    return IndexProfile::make(uid, index["primaryKey"].toString(), settings->root(), documents->root());
}

/// Settings that a server takes back: a secret is shown masked, and an embedder without it is of no use.
QByteArray settingsForReference(const json::Value &settings)
{
    json::Writer out;
    out.beginObject();
    for (const json::Member member : settings.members()) {
        if (member.key() != "embedders") {
            out.key(member.key()).raw(member.value.raw());
            continue;
        }
        out.key("embedders").beginObject();
        for (const json::Member embedder : member.value.members()) {
            if (embedder.value["source"].toString() == "userProvided")
                out.key(embedder.key()).raw(embedder.value.raw());
        }
        out.endObject();
    }
    return out.endObject().take();
}

Status<> send(Servers &servers, const Server &server, QByteArray method, QByteArray target, QByteArray body)
{
    const auto task = servers.call(server, std::move(method), std::move(target), std::move(body));
    if (!task)
        return task.err();
    return servers.finish(server, *task);
}

Status<> copyDocuments(Servers &servers, const Server &cluster, const Server &reference, const IndexProfile &profile)
{
    const QByteArray documents = indexPath(profile.uid) + "/documents";
    for (std::uint64_t offset = 0;; offset += copiedAtOnce) {
        const auto page = servers.call(cluster, "POST", documents + "/fetch",
            fetchBody(offset, copiedAtOnce, !profile.embedders.empty()));
        if (!page)
            return page.err();
        if (page->root()["results"].size() == 0)
            return Done {};
        // one after the other: the order of insertion is the order of equally ranked hits
        const Status<> sent
            = send(servers, reference, "POST", documents, toBytes(page->root()["results"].raw()));
        if (!sent)
            return sent;
    }
}

} // namespace

Result<std::vector<IndexProfile>> readProfiles(Servers &servers, const Server &cluster, const QStringList &uids)
{
    const auto list
        = servers.call(cluster, "GET", "/indexes?limit=" + QByteArray::number(qulonglong {indexesAtOnce}));
    if (!list)
        return list.err();
    std::vector<IndexProfile> profiles;
    for (const json::Value index : list->root()["results"].items()) {
        if (!uids.isEmpty() && !uids.contains(toQString(index["uid"].toString())))
            continue;
        auto profile = readProfile(servers, cluster, index);
        if (!profile)
            return profile.err();
        profiles.push_back(std::move(*profile));
    }
    for (const QString &uid : uids) {
        const bool found = std::any_of(
            profiles.begin(), profiles.end(), [&](const IndexProfile &each) { return each.uid == toStd(uid); });
        if (!found)
            return fail("the cluster has no index '" + toStd(uid) + "'");
    }
    return profiles;
}

Status<> copyIndex(Servers &servers, const Server &cluster, const Server &reference, const IndexProfile &profile)
{
    Replay exists;
    exists.method = "GET";
    exists.target = indexPath(profile.uid);
    const auto there = servers.ask(reference, exists);
    if (!there)
        return there.err();
    if (there->status != 404)
        return fail(there->status == 200
                ? "the reference has an index '" + profile.uid + "' already: delete it, or leave --load out"
                : "the reference answers " + std::to_string(there->status) + " to GET " + exists.target.toStdString());
    json::Writer create;
    create.beginObject().key("uid").string(profile.uid);
    if (!profile.primaryKey.empty())
        create.key("primaryKey").string(profile.primaryKey);
    if (const Status<> made = send(servers, reference, "POST", "/indexes", create.endObject().take()); !made)
        return made;
    const auto settings = servers.call(cluster, "GET", indexPath(profile.uid) + "/settings");
    if (!settings)
        return settings.err();
    const Status<> set = send(servers, reference, "PATCH", indexPath(profile.uid) + "/settings",
        settingsForReference(settings->root()));
    if (!set)
        return set;
    return copyDocuments(servers, cluster, reference, profile);
}

} // namespace miroir::ctl
