// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "verify/Replay.h"

#include "base/Bytes.h"
#include "json/Json.h"

#include <QList>

#include <algorithm>
#include <sstream>

namespace miroir::ctl {

namespace {

QByteArray percentEncoded(const std::string &text)
{
    return toBytes(text).toPercentEncoding();
}

QList<QByteArray> segments(const QByteArray &target)
{
    const qsizetype query = target.indexOf('?');
    QList<QByteArray> parts = (query < 0 ? target : target.left(query)).split('/');
    parts.removeAll(QByteArray());
    return parts;
}

Result<Replay> fromJson(std::string_view line)
{
    const auto parsed = json::Document::parse(line);
    if (!parsed)
        return fail("no JSON: " + parsed.error().message());
    const json::Value root = parsed->root();
    Replay replay;
    replay.index = root["index"].toString();
    if (root["method"].isString())
        replay.method = toBytes(root["method"].toString()).toUpper();
    if (root["path"].isString())
        replay.target = toBytes(root["path"].toString());
    else if (!replay.index.empty())
        replay.target = "/indexes/" + percentEncoded(replay.index) + "/search";
    if (!replay.target.startsWith('/'))
        return fail("neither `index` nor a `path` that begins with a slash");
    if (root["body"].exists())
        replay.body = toBytes(root["body"].raw());
    return replay;
}

/// 127.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "GET /indexes/movies/search?q=a HTTP/1.1" 200 2326 ...
Result<Replay> fromAccessLog(std::string_view line)
{
    const std::size_t open = line.find('"');
    const std::size_t close = open == std::string_view::npos ? open : line.find('"', open + 1);
    if (close == std::string_view::npos)
        return fail("neither a JSON object nor a line of an access log");
    const QList<QByteArray> words = toBytes(line.substr(open + 1, close - open - 1)).split(' ');
    if (words.size() != 3 || !words[2].startsWith("HTTP/") || !words[1].startsWith('/'))
        return fail("no request line between the quotation marks");
    Replay replay;
    replay.method = words[0];
    replay.target = words[1];
    if (replay.method != "GET")
        return fail("an access log does not hold the body of a " + replay.method.toStdString());
    return replay;
}

} // namespace

void classify(Replay &replay)
{
    const QList<QByteArray> path = segments(replay.target);
    replay.kind = Replay::Kind::Other;
    if (path.size() == 1 && path[0] == "multi-search")
        replay.kind = Replay::Kind::MultiSearch;
    if (path.size() < 2 || path[0] != "indexes")
        return;
    replay.index = QByteArray::fromPercentEncoding(path[1]).toStdString();
    const QByteArray last = path.size() >= 3 ? path[2] : QByteArray();
    if (path.size() == 3 && last == "search")
        replay.kind = Replay::Kind::Search;
    else if (path.size() == 3 && last == "facet-search")
        replay.kind = Replay::Kind::FacetSearch;
    else if (path.size() == 3 && last == "similar")
        replay.kind = Replay::Kind::Similar;
    else if (last == "documents" && (path.size() == 3 || path.size() == 4))
        replay.kind = Replay::Kind::Documents;
}

bool readsOnly(const Replay &replay)
{
    if (replay.kind == Replay::Kind::Other)
        return false;
    if (replay.method == "GET")
        return replay.kind != Replay::Kind::MultiSearch && replay.kind != Replay::Kind::FacetSearch;
    if (replay.method != "POST")
        return false;
    const QList<QByteArray> path = segments(replay.target);
    return replay.kind != Replay::Kind::Documents || (path.size() == 4 && path[3] == "fetch");
}

Result<Replay> parseReplay(std::string_view line)
{
    const std::size_t first = line.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
        return fail("an empty line");
    Result<Replay> replay = line[first] == '{' ? fromJson(line) : fromAccessLog(line);
    if (!replay)
        return replay;
    classify(*replay);
    if (!readsOnly(*replay))
        return fail((replay->method + ' ' + replay->target).toStdString()
            + " is no search: only what changes nothing is replayed");
    if (replay->method == "GET")
        replay->body.clear();
    else if (replay->body.isEmpty())
        replay->body = "{}";
    return replay;
}

std::optional<protocol::SearchRequest> searchOf(const Replay &replay)
{
    if (replay.kind != Replay::Kind::Search)
        return std::nullopt;
    if (replay.method == "GET") {
        const qsizetype query = replay.target.indexOf('?');
        const QByteArray text = query < 0 ? QByteArray() : replay.target.mid(query + 1);
        const auto parsed = protocol::parseSearchQuery(protocol::QueryParams::parse(sv(text)));
        return parsed ? std::optional(*parsed) : std::nullopt;
    }
    const auto body = json::Document::parse(replay.body);
    if (!body)
        return std::nullopt;
    const auto parsed = protocol::parseSearchBody(body->root());
    return parsed ? std::optional(*parsed) : std::nullopt;
}

Replay searchReplay(const std::string &index, const protocol::SearchRequest &search)
{
    Replay replay;
    replay.target = "/indexes/" + percentEncoded(index) + "/search";
    replay.body = search.toJson();
    classify(replay);
    return replay;
}

std::string quotedWords(std::string_view q)
{
    std::istringstream words {std::string(q)};
    std::string out;
    bool phrase = false; // inside a phrase of the client
    for (std::string word; words >> word;) {
        const bool odd = std::count(word.begin(), word.end(), '"') % 2 == 1;
        const bool plain = !phrase && word.find('"') == std::string::npos && word.front() != '-';
        if (odd)
            phrase = !phrase;
        out += (out.empty() ? "" : " ") + (plain ? '"' + word + '"' : word);
    }
    return out;
}

std::string describe(const Replay &replay)
{
    std::string text = (replay.method + ' ' + replay.target).toStdString();
    if (!replay.body.isEmpty())
        text += ' ' + replay.body.toStdString();
    return text;
}

std::string recorded(const Replay &replay)
{
    json::Writer out;
    out.beginObject().key("method").string(sv(replay.method)).key("path").string(sv(replay.target));
    if (!replay.body.isEmpty() && !json::validate(sv(replay.body)))
        out.key("body").raw(sv(replay.body));
    return out.endObject().take().toStdString();
}

} // namespace miroir::ctl
