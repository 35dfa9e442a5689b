// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ConfigYaml.h"

#include <QUtf8StringView>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <utility>

namespace miroir::config {

namespace {

constexpr std::size_t maxBytes = 1 << 20;
constexpr std::size_t maxDepth = 32;

/// Leaves the parser from inside an event; caught in readYaml.
struct Stop
{
    YamlProblem problem;
};

class Builder final : public YAML::EventHandler
{
public:
    YamlNode root;

    void OnDocumentStart(const YAML::Mark &) override { }
    void OnDocumentEnd() override { }
    void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override
    {
        add(make(YamlNode::Kind::Null, mark, {}, anchor));
    }
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t) override
    {
        add(make(YamlNode::Kind::Alias, mark, {}, 0));
    }
    void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
        const std::string &value) override
    {
        YamlNode node = make(YamlNode::Kind::Scalar, mark, tag, anchor);
        node.text = value;
        add(std::move(node));
    }
    void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
        YAML::EmitterStyle::value) override
    {
        push(make(YamlNode::Kind::List, mark, tag, anchor));
    }
    void OnSequenceEnd() override { pop(); }
    void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
        YAML::EmitterStyle::value) override
    {
        push(make(YamlNode::Kind::Map, mark, tag, anchor));
    }
    void OnMapEnd() override { pop(); }

private:
    struct Frame
    {
        YamlNode node;
        bool haveKey = false;
        std::string key {};
        int keyLine = 0;
    };

    static YamlNode make(
        YamlNode::Kind kind, const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor)
    {
        YamlNode node;
        node.kind = kind;
        node.line = mark.line + 1;
        node.anchored = anchor != 0;
        node.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
        node.tagged = !tag.empty() && tag != "?" && !node.quoted;
        return node;
    }

    void push(YamlNode node)
    {
        if (m_stack.size() >= maxDepth)
            throw Stop {{node.line, "expected at most " + std::to_string(maxDepth) + " levels"}};
        m_stack.push_back({.node = std::move(node)});
    }

    void pop()
    {
        YamlNode node = std::move(m_stack.back().node);
        m_stack.pop_back();
        add(std::move(node));
    }

    void add(YamlNode node)
    {
        if (m_stack.empty()) {
            root = std::move(node);
            return;
        }
        Frame &top = m_stack.back();
        if (top.node.kind == YamlNode::Kind::List) {
            top.node.items.push_back(std::move(node));
        } else if (!top.haveKey) {
            if (node.kind != YamlNode::Kind::Scalar)
                throw Stop {{node.line,
                    "expected a name before the colon, found " + std::string(kindName(node))}};
            top.haveKey = true;
            top.key = std::move(node.text);
            top.keyLine = node.line;
        } else {
            top.haveKey = false;
            top.node.members.push_back({std::move(top.key), top.keyLine, std::move(node)});
        }
    }

    std::vector<Frame> m_stack;
};

} // namespace

std::string_view kindName(const YamlNode &node)
{
    switch (node.kind) {
    case YamlNode::Kind::Null:
        return "nothing";
    case YamlNode::Kind::Scalar:
        return "a single value";
    case YamlNode::Kind::List:
        return "a list";
    case YamlNode::Kind::Map:
        return "a group of keys";
    case YamlNode::Kind::Alias:
        return "an alias";
    }
    return "nothing";
}

YamlText readYaml(std::string_view text)
{
    YamlText result;
    if (text.size() > maxBytes) {
        result.problems.push_back({0, "expected at most " + std::to_string(maxBytes) + " bytes"});
        return result;
    }
    if (!QUtf8StringView(text.data(), static_cast<qsizetype>(text.size())).isValidUtf8()
        || text.find('\0') != std::string_view::npos) {
        result.problems.push_back({0, "expected UTF-8 text"});
        return result;
    }
    try {
        std::istringstream stream {std::string(text)};
        YAML::Parser parser(stream);
        Builder builder;
        if (!parser.HandleNextDocument(builder))
            return result;
        result.root = std::move(builder.root);
        Builder second;
        if (parser.HandleNextDocument(second))
            result.problems.push_back(
                {second.root.line, "expected one document, found a second one"});
    } catch (const Stop &stop) {
        result.problems.push_back(stop.problem);
    } catch (const YAML::Exception &error) {
        result.problems.push_back({error.mark.line + 1, "expected valid YAML: " + error.msg});
    }
    return result;
}

} // namespace miroir::config
