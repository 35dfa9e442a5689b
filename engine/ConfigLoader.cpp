// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ConfigInternal.h"

#include "base/Bytes.h"

#include <QFile>

#include <algorithm>
#include <numeric>

namespace miroir::config {

namespace {

constexpr qint64 configBytes = 1 << 20;
constexpr qint64 secretBytes = 8192;
constexpr std::string_view fileSuffix = "_file";

/// Edits from one word to the other: insert, delete, replace, swap of neighbours (optimal string
/// alignment).
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t {0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min(
                {last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::string wanted(const ConfigKey &key)
{
    const bool number = key.kind == ConfigKey::Kind::Integer || key.kind == ConfigKey::Kind::Number;
    return (number ? "a " : "") + key.typeText();
}

std::string_view lastSegment(std::string_view name)
{
    const std::size_t dot = name.rfind('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

/// Names that may stand directly under prefix ("" or "server.").
std::vector<std::string> childrenOf(std::string_view prefix)
{
    std::vector<std::string> names;
    for (const SchemaEntry &entry : schemaEntries()) {
        const std::string_view name = entry.key.name;
        if (!name.starts_with(prefix))
            continue;
        const std::string child(
            name.substr(prefix.size(), name.find_first_of(".[", prefix.size()) - prefix.size()));
        if (!child.empty() && std::find(names.begin(), names.end(), child) == names.end())
            names.push_back(child);
    }
    return names;
}

bool isSection(const std::string &name)
{
    const auto &all = schemaEntries();
    return std::any_of(all.begin(), all.end(),
        [&name](const SchemaEntry &entry) { return entry.key.name.starts_with(name + "."); });
}

} // namespace

std::string found(std::string_view text)
{
    constexpr std::size_t shown = 60;
    std::string out = "found \"";
    for (const char c : text.substr(0, shown)) {
        const auto byte = static_cast<unsigned char>(c);
        out += byte < 0x20 || byte == 0x7f ? '?' : c;
    }
    return out + (text.size() > shown ? "...\"" : "\"");
}

std::string suggestion(
    std::string_view name, const std::vector<std::string> &known, std::size_t maxEdits)
{
    if (name.size() > 64)
        return {};
    std::size_t best = std::min(std::max<std::size_t>(name.size() / 3, 1), maxEdits) + 1;
    const std::string *nearest = nullptr;
    for (const std::string &each : known) {
        const std::size_t away = distance(name, each);
        if (away < best) {
            best = away;
            nearest = &each;
        }
    }
    return nearest == nullptr ? std::string() : "; did you mean \"" + *nearest + "\"?";
}

void Loading::problem(
    const std::string &where, const std::string &key, const std::string &expected, bool warning)
{
    result.problems.push_back({where, key, expected, warning});
}

std::string Loading::whereSet(const std::string &key) const
{
    const auto at = m_setAt.find(key);
    return at == m_setAt.end() ? std::string() : at->second;
}

std::string Loading::line(int number) const
{
    return number > 0 ? m_file + ":" + std::to_string(number) : m_file;
}

void Loading::setText(const std::string &where, const SchemaEntry &entry, const std::string &text)
{
    const std::string name(entry.key.name);
    m_setAt[name] = where;
    if (entry.key.kind == ConfigKey::Kind::Nodes) {
        textNodes(where, text);
        return;
    }
    if (const auto wrong = textProblem(entry.key, text)) {
        problem(where, name, *wrong);
        return;
    }
    if (!entry.apply) {
        secretFile(where, entry, text);
        return;
    }
    if (entry.key.kind == ConfigKey::Kind::Secret && !m_thisLevel.insert(name).second)
        problem(where, name, "expected either this key or " + name + "_file, found both");
    entry.apply(result.config, text);
}

void Loading::secretFile(
    const std::string &where, const SchemaEntry &entry, const std::string &path)
{
    const std::string name(entry.key.name);
    const SchemaEntry *secret = schemaEntry(name.substr(0, name.size() - fileSuffix.size()));
    MIROIR_ASSERT(secret != nullptr && secret->key.kind == ConfigKey::Kind::Secret);
    if (!m_thisLevel.insert(std::string(secret->key.name)).second)
        problem(where, name,
            "expected either this key or " + std::string(secret->key.name) + ", found both");
    m_setAt[std::string(secret->key.name)] = where;
    QFile file(toQString(path));
    if (!file.open(QIODevice::ReadOnly)) {
        problem(where, name,
            "expected a readable file, but " + path + ": " + toStd(file.errorString()));
        return;
    }
    std::string text = file.read(secretBytes).toStdString();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
    if (const auto wrong = textProblem(secret->key, text))
        problem(where, name, "in the file " + path + ": " + *wrong);
    else
        secret->apply(result.config, text);
}

void Loading::readFile(const QString &name, const std::optional<QByteArray> &text)
{
    if (name.isEmpty() && !text)
        return;
    beginLevel();
    m_file = name.isEmpty() ? "configuration" : toStd(name);
    QByteArray content = text.value_or(QByteArray());
    if (!text) {
        QFile file(name);
        if (!file.open(QIODevice::ReadOnly)) {
            problem(m_file, {}, "expected a readable file: " + toStd(file.errorString()));
            return;
        }
        content = file.read(configBytes + 1);
    }
    const YamlText yaml = readYaml(sv(content));
    for (const YamlProblem &each : yaml.problems)
        problem(line(each.line), {}, each.expected);
    if (!yaml.problems.empty() || yaml.root.kind == YamlNode::Kind::Null)
        return;
    if (yaml.root.kind != YamlNode::Kind::Map) {
        problem(line(yaml.root.line), {},
            "expected keys with values, found " + std::string(kindName(yaml.root)));
        return;
    }
    walk(yaml.root, {});
}

void Loading::walk(const YamlNode &map, const std::string &prefix)
{
    std::map<std::string, int> first;
    for (const YamlMember &each : map.members) {
        const std::string name = prefix + each.key;
        const auto [at, fresh] = first.emplace(each.key, each.line);
        if (!fresh) {
            problem(line(each.line), name,
                "expected each key once, found it before on line " + std::to_string(at->second));
            continue;
        }
        member(each, name);
    }
}

void Loading::member(const YamlMember &member, const std::string &name)
{
    if (!plain(member.value, name))
        return;
    if (isSection(name)) {
        if (member.value.kind == YamlNode::Kind::Map)
            walk(member.value, name + ".");
        else if (member.value.kind != YamlNode::Kind::Null)
            problem(line(member.line), name,
                "expected a group of keys, found " + std::string(kindName(member.value)));
        return;
    }
    const SchemaEntry *entry = name.find('[') == std::string::npos ? schemaEntry(name) : nullptr;
    if (entry == nullptr) {
        unknown(member, name.substr(0, name.size() - member.key.size()));
    } else if (entry->key.kind == ConfigKey::Kind::Nodes) {
        m_setAt[name] = line(member.line);
        yamlNodes(member.value);
    } else {
        scalar(member, *entry);
    }
}

bool Loading::plain(const YamlNode &node, const std::string &name)
{
    if (node.kind == YamlNode::Kind::Alias || node.anchored) {
        problem(line(node.line), name,
            "expected the value itself: anchors (&) and aliases (*) are not used here");
        return false;
    }
    if (node.tagged) {
        problem(line(node.line), name, "expected a value without a tag (!)");
        return false;
    }
    return true;
}

void Loading::scalar(const YamlMember &member, const SchemaEntry &entry)
{
    using Kind = ConfigKey::Kind;
    const std::string name(entry.key.name);
    const std::string where = line(member.line);
    if (member.value.kind != YamlNode::Kind::Scalar) {
        problem(where, name,
            "expected " + wanted(entry.key) + ", found " + std::string(kindName(member.value)));
        return;
    }
    const bool bare = entry.key.kind == Kind::Integer || entry.key.kind == Kind::Number
        || entry.key.kind == Kind::Boolean;
    if (bare && member.value.quoted) {
        problem(where, name, "expected " + wanted(entry.key) + " without quotes, found text");
        return;
    }
    setText(where, entry, member.value.text);
}

void Loading::unknown(const YamlMember &member, const std::string &prefix)
{
    std::string hint = suggestion(member.key, childrenOf(prefix));
    for (const SchemaEntry &entry : schemaEntries()) {
        const bool node = entry.key.name.find('[') != std::string_view::npos;
        if (hint.empty() && !node && lastSegment(entry.key.name) == member.key)
            hint = "; did you mean \"" + std::string(entry.key.name) + "\"?";
    }
    if (prefix.empty() && member.key == "shards")
        hint = "; the number of shards is fixed";
    problem(line(member.line), prefix + member.key, "expected a known key" + hint);
}

void Loading::readEnvironment(const std::map<std::string, std::string> &environment)
{
    beginLevel();
    std::vector<std::string> known {"MIROIR_CONFIG", "MIROIR_MEILISEARCH"};
    for (const SchemaEntry &entry : schemaEntries()) {
        const std::string variable = entry.key.environmentName();
        if (variable.empty())
            continue;
        known.push_back(variable);
        const auto at = environment.find(variable);
        if (at != environment.end() && !at->second.empty())
            setText("environment " + variable, entry, at->second);
    }
    for (const auto &[variable, value] : environment) {
        if (value.empty() || std::find(known.begin(), known.end(), variable) != known.end())
            continue;
        // Other programs may use such names too, so only what looks like a slip is mentioned.
        const std::string hint = suggestion(variable, known, 2);
        if (!hint.empty() && variable.starts_with("MIROIR_"))
            problem("environment " + variable, {}, "this name is not known" + hint, true);
    }
}

void Loading::readFlags(const std::vector<std::pair<std::string, std::string>> &flags)
{
    beginLevel();
    for (const auto &[name, value] : flags) {
        const SchemaEntry *entry = schemaEntry(name);
        if (entry == nullptr || entry->key.flagName().empty())
            problem("flag", name, "expected a known key");
        else
            setText("flag " + entry->key.flagName(), *entry, value);
    }
}

} // namespace miroir::config

namespace miroir {

LoadedConfig loadConfig(const ConfigSources &sources)
{
    config::Loading loading;
    QString file = sources.file;
    if (const auto named = sources.environment.find("MIROIR_CONFIG");
        file.isEmpty() && !sources.text && named != sources.environment.end())
        file = toQString(named->second);
    loading.readFile(file, sources.text);
    loading.readEnvironment(sources.environment);
    loading.readFlags(sources.flags);
    loading.checkWhole();
    return std::move(loading.result);
}

} // namespace miroir
