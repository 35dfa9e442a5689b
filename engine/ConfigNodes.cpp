// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ConfigInternal.h"

#include "base/Bytes.h"

#include <QHostAddress>

#include <algorithm>
#include <charconv>

namespace miroir::config {

namespace {

constexpr std::size_t maxNodes = 256;
constexpr std::size_t maxIdBytes = 64;
constexpr std::size_t maxZoneBytes = 64;

bool isId(const std::string &text)
{
    return !text.empty() && text.size() <= maxIdBytes
        && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
                   || c == '.' || c == '_' || c == '-';
           });
}

bool isZone(const std::string &text)
{
    return text.size() <= maxZoneBytes && std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
    });
}

/// Host and port as two nodes would share them; localhost counts as 127.0.0.1.
QString endpoint(const QUrl &address)
{
    const int port = address.port(address.scheme() == QLatin1String("https") ? 443 : 80);
    const QString host = address.host();
    const bool local = host == QLatin1String("localhost") || host == QLatin1String("::1");
    return (local ? QStringLiteral("127.0.0.1") : host) + QLatin1Char(':') + QString::number(port);
}

} // namespace

void Loading::yamlNodes(const YamlNode &list)
{
    if (list.kind == YamlNode::Kind::Null)
        return;
    if (list.kind != YamlNode::Kind::List) {
        problem(line(list.line), "nodes",
            "expected a list of nodes, found " + std::string(kindName(list)));
        return;
    }
    for (std::size_t i = 0; i < list.items.size(); ++i) {
        const std::string name = "nodes[" + std::to_string(i) + "]";
        if (i == maxNodes) {
            problem(line(list.items[i].line), "nodes",
                "expected at most " + std::to_string(maxNodes) + " nodes");
            return;
        }
        if (!plain(list.items[i], name))
            continue;
        if (list.items[i].kind == YamlNode::Kind::Map)
            yamlNode(list.items[i], name);
        else
            problem(line(list.items[i].line), name,
                "expected id and address, found " + std::string(kindName(list.items[i])));
    }
}

void Loading::yamlNode(const YamlNode &map, const std::string &name)
{
    const std::vector<std::string> known {"id", "address", "zone", "replica_group", "weight"};
    NodeConfig node;
    std::map<std::string, const YamlMember *> seen;
    for (const YamlMember &each : map.members) {
        const std::string key = name + "." + each.key;
        const std::string where = line(each.line);
        if (std::find(known.begin(), known.end(), each.key) == known.end())
            problem(where, key,
                "expected one of id, address, zone, weight" + suggestion(each.key, known));
        else if (const auto [at, fresh] = seen.emplace(each.key, &each); !fresh)
            problem(where, key,
                "expected each key once, found it before on line "
                    + std::to_string(at->second->line));
        else if (plain(each.value, key) && each.value.kind != YamlNode::Kind::Scalar)
            problem(
                where, key, "expected a single value, found " + std::string(kindName(each.value)));
    }
    const auto text = [&seen](const char *key) {
        const auto at = seen.find(key);
        return at == seen.end() ? std::string() : at->second->value.text;
    };
    const auto whereOf
        = [&](const char *key) { return line(seen.contains(key) ? seen.at(key)->line : map.line); };
    for (const char *needed : {"id", "address"}) {
        if (!seen.contains(needed))
            problem(line(map.line), name + "." + needed, "expected a value, found nothing");
    }
    if (seen.contains("zone") && seen.contains("replica_group"))
        problem(whereOf("replica_group"), name + ".replica_group",
            "expected either zone or replica_group, found both");
    if (seen.contains("weight")) {
        const YamlNode &weight = seen.at("weight")->value;
        const ConfigKey &key = schemaEntry("nodes[].weight")->key;
        const auto wrong
            = weight.quoted ? "expected a number without quotes" : textProblem(key, weight.text);
        if (wrong && weight.kind == YamlNode::Kind::Scalar)
            problem(whereOf("weight"), name + ".weight", *wrong);
        else
            std::from_chars(
                weight.text.data(), weight.text.data() + weight.text.size(), node.weight);
    }
    const char *zone = seen.contains("zone") ? "zone" : "replica_group";
    node.zone = text(zone);
    if (!isZone(node.zone))
        problem(whereOf(zone), name + "." + zone,
            "expected at most 64 characters, none of them control characters");
    node.id = text("id");
    if (seen.contains("id") && !isId(node.id))
        problem(whereOf("id"), name + ".id",
            "expected 1 to 64 characters of A-Z a-z 0-9 . _ -, " + found(node.id));
    if (seen.contains("address")) {
        if (const auto url = address(text("address"), whereOf("address"), name + ".address"))
            node.address = *url;
    }
    addNode(std::move(node), {whereOf("id"), whereOf("address"), name});
}

void Loading::textNodes(const std::string &where, const std::string &text)
{
    result.config.nodes.clear();
    m_nodeAt.clear();
    std::size_t from = 0;
    for (std::size_t number = 0; from <= text.size() && number < maxNodes; ++number) {
        const std::size_t comma = std::min(text.find(',', from), text.size());
        const std::string part = text.substr(from, comma - from);
        from = comma + 1;
        const std::string name = "nodes[" + std::to_string(number) + "]";
        const std::size_t equals = part.find('=');
        NodeConfig node;
        node.id = part.substr(0, equals == std::string::npos ? 0 : equals);
        if (!isId(node.id)) {
            problem(where, name,
                "expected id=http://host:port with an id of 1 to 64 characters of A-Z a-z 0-9 . _ "
                "-");
            continue;
        }
        if (const auto url = address(part.substr(equals + 1), where, name))
            node.address = *url;
        addNode(std::move(node), {where, where, name});
    }
}

std::optional<QUrl> Loading::address(
    const std::string &text, const std::string &where, const std::string &name)
{
    const QUrl url(toQString(text), QUrl::StrictMode);
    if (!url.userInfo().isEmpty()) {
        problem(where, name, "expected http://host:port without user name and password");
        return std::nullopt;
    }
    const bool scheme
        = url.scheme() == QLatin1String("http") || url.scheme() == QLatin1String("https");
    const bool bare = (url.path().isEmpty() || url.path() == QLatin1String("/")) && !url.hasQuery()
        && !url.hasFragment();
    if (!url.isValid() || !scheme || url.host().isEmpty() || !bare || url.port() == 0) {
        const QUrl guess(QStringLiteral("http://") + toQString(text), QUrl::StrictMode);
        const bool near
            = text.find("//") == std::string::npos && guess.isValid() && !guess.host().isEmpty();
        problem(where, name,
            "expected http://host:port, " + found(text)
                + (near ? "; did you mean \"http://" + text + "\"?" : ""));
        return std::nullopt;
    }
    return url.adjusted(QUrl::RemovePath);
}

void Loading::addNode(NodeConfig node, const NodePlace &place)
{
    auto &nodes = result.config.nodes;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const NodePlace &other = m_nodeAt[i];
        if (!node.id.empty() && nodes[i].id == node.id)
            problem(place.id, place.name + ".id",
                "expected an id of its own, found that of " + other.name + " (" + other.id + ")");
        if (node.address.isValid() && nodes[i].address.isValid()
            && endpoint(nodes[i].address) == endpoint(node.address))
            problem(place.address, place.name + ".address",
                "expected an address of its own, found that of " + other.name + " (" + other.address
                    + ")");
    }
    nodes.push_back(std::move(node));
    m_nodeAt.push_back(place);
}

void Loading::checkNodes()
{
    const Config &config = result.config;
    const bool local = config.localCluster.nodes > 0;
    if (local && !config.nodes.empty())
        problem(whereSet("local_cluster.nodes"), "local_cluster.nodes",
            "expected either nodes or a local cluster, found both");
    if (!local && config.nodes.empty() && whereSet("nodes").empty())
        problem(
            {}, "nodes", "expected at least one node, or local_cluster.nodes to start some here");
    else if (!local && config.nodes.empty())
        problem(whereSet("nodes"), "nodes", "expected at least one node");
    const QHostAddress bind(toQString(config.server.bind));
    for (std::size_t i = 0; i < config.nodes.size() && config.server.port != 0; ++i) {
        const QUrl &url = config.nodes[i].address;
        const QHostAddress host(url.host());
        const bool here = url.host() == QLatin1String("localhost") || host.isLoopback()
            || (!bind.isNull() && host == bind);
        if (here
            && url.port(url.scheme() == QLatin1String("https") ? 443 : 80) == config.server.port)
            problem(m_nodeAt[i].address, m_nodeAt[i].name + ".address",
                "expected the address of a node, found that of this program itself (server.port)");
    }
}

} // namespace miroir::config
