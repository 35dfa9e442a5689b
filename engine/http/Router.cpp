// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/Router.h"

#include "http/Percent.h"

#include <algorithm>
#include <map>

namespace miroir::http {

namespace {

constexpr std::size_t segmentsMax = 64;

/// Segments between the slashes; the path "/" has none.
std::vector<std::string_view> split(std::string_view path)
{
    std::vector<std::string_view> segments;
    if (!path.empty() && path.front() == '/')
        path.remove_prefix(1);
    if (path.empty())
        return segments;
    while (segments.size() <= segmentsMax) {
        const std::size_t slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos)
            break;
        path.remove_prefix(slash + 1);
    }
    return segments;
}

bool isParameter(std::string_view segment)
{
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

} // namespace

const std::string &PathParams::operator[](std::string_view name) const
{
    const auto it = std::find_if(m_values.begin(), m_values.end(), [name](const auto &v) { return v.first == name; });
    MIROIR_ASSERT(it != m_values.end());
    return it->second;
}

bool PathParams::has(std::string_view name) const
{
    return std::any_of(m_values.begin(), m_values.end(), [name](const auto &v) { return v.first == name; });
}

struct RouteTable::Node {
    struct Leaf {
        std::string method;
        std::size_t target;
        std::vector<std::string> names;
    };
    std::map<std::string, std::unique_ptr<Node>, std::less<>> fixed;
    std::unique_ptr<Node> parameter;
    std::vector<Leaf> leaves;
};

/// One look-up. Walks fixed segments before parameters and turns back where the rest does not fit. The work is
/// bounded by the number of nodes of the tree, because each node is entered at most once for a path.
struct RouteTable::Walk {
    std::string_view method;
    std::vector<std::string> segments;
    std::vector<std::string> values;
    std::vector<std::string> otherMethods;

    const Node::Leaf *visit(const Node &node, std::size_t depth)
    {
        if (depth == segments.size())
            return leafOf(node);
        if (const auto it = node.fixed.find(segments[depth]); it != node.fixed.end()) {
            if (const Node::Leaf *leaf = visit(*it->second, depth + 1))
                return leaf;
        }
        if (!node.parameter || segments[depth].empty())
            return nullptr;
        values.push_back(segments[depth]);
        if (const Node::Leaf *leaf = visit(*node.parameter, depth + 1))
            return leaf;
        values.pop_back();
        return nullptr;
    }

    const Node::Leaf *leafOf(const Node &node)
    {
        for (const Node::Leaf &leaf : node.leaves) {
            if (leaf.method == method)
                return &leaf;
        }
        for (const Node::Leaf &leaf : node.leaves) {
            if (std::find(otherMethods.begin(), otherMethods.end(), leaf.method) == otherMethods.end())
                otherMethods.push_back(leaf.method);
        }
        return nullptr;
    }
};

RouteTable::RouteTable() : m_root(std::make_unique<Node>()) { }
RouteTable::~RouteTable() = default;
RouteTable::RouteTable(RouteTable &&) noexcept = default;
RouteTable &RouteTable::operator=(RouteTable &&) noexcept = default;

void RouteTable::add(std::string_view method, std::string_view pathTemplate, std::size_t target)
{
    MIROIR_ASSERT(!method.empty());
    MIROIR_ASSERT(!pathTemplate.empty() && pathTemplate.front() == '/');
    Node *node = m_root.get();
    std::vector<std::string> names;
    for (const std::string_view segment : split(pathTemplate)) {
        MIROIR_ASSERT(!segment.empty());
        const bool parameter = isParameter(segment);
        MIROIR_ASSERT(parameter || segment.find_first_of("{}") == std::string_view::npos);
        std::unique_ptr<Node> &next = parameter ? node->parameter : node->fixed[std::string(segment)];
        if (!next)
            next = std::make_unique<Node>();
        node = next.get();
        if (parameter)
            names.emplace_back(segment.substr(1, segment.size() - 2));
        MIROIR_ASSERT(!parameter || std::count(names.begin(), names.end(), names.back()) == 1);
    }
    for (const Node::Leaf &leaf : node->leaves)
        MIROIR_ASSERT(leaf.method != method);
    node->leaves.push_back({std::string(method), target, std::move(names)});
}

RouteTable::Found RouteTable::find(std::string_view method, std::string_view path) const
{
    const std::vector<std::string_view> encoded = split(path);
    if (path.empty() || path.front() != '/' || encoded.size() > segmentsMax)
        return {};
    Walk walk {method, {}, {}, {}};
    for (const std::string_view segment : encoded)
        walk.segments.push_back(decodeLeniently(segment, Plus::Literal));

    Found found;
    const Node::Leaf *leaf = walk.visit(*m_root, 0);
    if (leaf == nullptr) {
        found.kind = walk.otherMethods.empty() ? RouteKind::NotFound : RouteKind::MethodNotAllowed;
        found.methods = std::move(walk.otherMethods);
        return found;
    }
    MIROIR_ASSERT(leaf->names.size() == walk.values.size());
    found.kind = RouteKind::Found;
    found.target = leaf->target;
    for (std::size_t i = 0; i < leaf->names.size(); ++i)
        found.params.m_values.emplace_back(leaf->names[i], std::move(walk.values[i]));
    return found;
}

} // namespace miroir::http
