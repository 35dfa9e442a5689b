// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Assert.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace miroir::http {

/// Values of the {names} of a template, percent-decoded, in template order.
class PathParams
{
public:
    /// The value of a name that the template has; asserts that it has it.
    [[nodiscard]] const std::string &operator[](std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>> &all() const { return m_values; }

private:
    friend class RouteTable;
    std::vector<std::pair<std::string, std::string>> m_values;
};

enum class RouteKind : std::uint8_t {
    Found,
    MethodNotAllowed, ///< the path is known with other methods; Meilisearch answers 405 without a body
    NotFound, ///< Meilisearch answers 404 without a body
};

/// The part of the router that does not depend on what a route leads to: a tree of path segments.
///
/// A path is split at '/' first and each segment decoded once after that, so an encoded slash stays inside its segment.
/// Broken escapes stay as they are and bytes that are no UTF-8 become U+FFFD, as in Meilisearch. At each segment a
/// fixed text wins over a {name}, but only if the rest of the path fits too. A {name} takes one segment, never an
/// empty one.
class RouteTable
{
public:
    struct Found {
        RouteKind kind = RouteKind::NotFound;
        std::size_t target = 0; ///< when Found
        PathParams params; ///< when Found
        std::vector<std::string> methods; ///< when MethodNotAllowed: the ones there are
    };
    RouteTable();
    ~RouteTable();
    RouteTable(RouteTable &&) noexcept;
    RouteTable &operator=(RouteTable &&) noexcept;

    /// Asserts that the template is well formed and that the same method and template are not added twice.
    void add(std::string_view method, std::string_view pathTemplate, std::size_t target);
    /// path: without query, still encoded (Request::path). Time grows with its length; at most 64 segments are looked
    /// at.
    [[nodiscard]] Found find(std::string_view method, std::string_view path) const;

private:
    struct Node;
    struct Walk;
    std::unique_ptr<Node> m_root;
};

/// Maps method and path to a Target (an enum, a function, a pointer to a member). Built once, then read from any
/// thread.
///
///     Router<Action> router;
///     router.add("GET", "/indexes/{uid}/documents/{id}", Action::GetDocument);
///     auto match = router.find(sv(request.method), sv(request.path));
///     if (match.kind == RouteKind::Found) run(*match.target, match.params["uid"]);
template <typename Target>
class Router
{
public:
    struct Match {
        RouteKind kind = RouteKind::NotFound;
        const Target *target = nullptr; ///< when Found; valid as long as the router
        const std::string *path = nullptr; ///< the template, when Found; valid as long as the router
        PathParams params;
        std::vector<std::string> methods; ///< when MethodNotAllowed: the ones there are, for Allow
    };

    void add(std::string_view method, std::string_view pathTemplate, Target target)
    {
        m_table.add(method, pathTemplate, m_routes.size());
        m_routes.push_back(std::make_unique<Leaf>(Leaf {std::move(target), std::string(pathTemplate)}));
    }
    [[nodiscard]] Match find(std::string_view method, std::string_view path) const
    {
        RouteTable::Found found = m_table.find(method, path);
        const Leaf *leaf = nullptr;
        if (found.kind == RouteKind::Found) {
            MIROIR_ASSERT(found.target < m_routes.size());
            leaf = m_routes[found.target].get();
        }
        return {found.kind, leaf != nullptr ? &leaf->target : nullptr, leaf != nullptr ? &leaf->path : nullptr,
            std::move(found.params), std::move(found.methods)};
    }

private:
    struct Leaf {
        Target target;
        std::string path;
    };
    RouteTable m_table;
    std::vector<std::unique_ptr<Leaf>> m_routes;
};

} // namespace miroir::http
