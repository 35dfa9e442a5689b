// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Config.h"
#include "ConfigYaml.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Parts of the configuration loader; nothing outside Config*.cpp needs them.
namespace miroir::config {

/// A key with the ways to set and to show it.
struct SchemaEntry
{
    ConfigKey key;
    /// Takes a value that has the right type, range and choice already.
    std::function<void(Config &, const std::string &)> apply;
    std::function<std::string(const Config &)> show; ///< as YAML; of secrets only the length
};
const std::vector<SchemaEntry> &schemaEntries();
const SchemaEntry *schemaEntry(std::string_view name);

/// nullopt when the text fits the key's type, else what was expected (and, but for secrets, what
/// was found).
std::optional<std::string> textProblem(const ConfigKey &key, const std::string &text);

/// `found "..."`, shortened and without control characters.
std::string found(std::string_view text);
/// `; did you mean "x"?` or nothing: the nearest name within a third of its length and maxEdits
/// changes.
std::string suggestion(
    std::string_view name, const std::vector<std::string> &known, std::size_t maxEdits = 8);

/// One run of the loader.
class Loading
{
public:
    LoadedConfig result;

    void problem(const std::string &where, const std::string &key, const std::string &expected,
        bool warning = false);
    /// Sets a key from text (environment, flag, or a YAML scalar whose quoting has been judged).
    void setText(const std::string &where, const SchemaEntry &entry, const std::string &text);

    void readFile(const QString &name, const std::optional<QByteArray> &text);
    void readEnvironment(const std::map<std::string, std::string> &environment);
    void readFlags(const std::vector<std::pair<std::string, std::string>> &flags);
    void checkWhole();

    /// Where the key was set last; empty: it has its default.
    [[nodiscard]] std::string whereSet(const std::string &key) const;

private:
    void walk(const YamlNode &map, const std::string &prefix);
    void member(const YamlMember &member, const std::string &name);
    void scalar(const YamlMember &member, const SchemaEntry &entry);
    bool plain(const YamlNode &node, const std::string &name);
    void unknown(const YamlMember &member, const std::string &prefix);
    [[nodiscard]] std::string line(int number) const;

    void yamlNodes(const YamlNode &list);
    void yamlNode(const YamlNode &map, const std::string &name);
    void textNodes(const std::string &where, const std::string &text);
    struct NodePlace {
        std::string id, address; ///< where each stands
        std::string name; ///< "nodes[2]"
    };
    void addNode(NodeConfig node, const NodePlace &place);
    std::optional<QUrl> address(
        const std::string &text, const std::string &where, const std::string &name);

    void beginLevel() { m_thisLevel.clear(); }
    void secretFile(const std::string &where, const SchemaEntry &entry, const std::string &path);
    void checkKeys();
    void checkNodes();
    void checkReplication();

    std::string m_file;
    std::map<std::string, std::string> m_setAt; ///< key -> where
    std::set<std::string> m_thisLevel; ///< secrets set by this file, environment or command line
    std::vector<NodePlace> m_nodeAt; ///< of each node
};

} // namespace miroir::config
