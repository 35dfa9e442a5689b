// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutes.h"

#include "base/Bytes.h"

/// /keys
namespace miroir::localnode {

using protocol::Action;

void NodeRoutes::addKeyRoutes()
{
    read("GET", "/keys", &NodeRoutes::listKeys);
    write("POST", "/keys", &NodeRoutes::createKey);
    read("GET", "/keys/{key}", &NodeRoutes::getKey);
    write("PATCH", "/keys/{key}", &NodeRoutes::patchKey);
    write("DELETE", "/keys/{key}", &NodeRoutes::deleteKey);
}

NodeRoutes::Answer NodeRoutes::listKeys(const Call &call)
{
    if (auto scope = authorise(call, Action::KeysGet); !scope)
        return scope.err();
    const auto page = protocol::parseKeyListQuery(sv(call.request.query));
    if (!page)
        return page.err();
    return ok(m_c.keys.listJson(*page));
}

NodeRoutes::Answer NodeRoutes::getKey(const Call &call)
{
    if (auto scope = authorise(call, Action::KeysGet); !scope)
        return scope.err();
    auto json = m_c.keys.json(call.params["key"]);
    if (!json)
        return json.err();
    return ok(std::move(*json));
}

NodeRoutes::Answer NodeRoutes::createKey(const Call &call)
{
    if (auto scope = authorise(call, Action::KeysCreate); !scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    auto json = m_c.keys.create(document->root());
    if (!json)
        return json.err();
    return ok(std::move(*json), 201);
}

NodeRoutes::Answer NodeRoutes::patchKey(const Call &call)
{
    if (auto scope = authorise(call, Action::KeysUpdate); !scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    auto json = m_c.keys.patch(call.params["key"], document->root());
    if (!json)
        return json.err();
    return ok(std::move(*json));
}

NodeRoutes::Answer NodeRoutes::deleteKey(const Call &call)
{
    if (auto scope = authorise(call, Action::KeysDelete); !scope)
        return scope.err();
    if (auto gone = m_c.keys.remove(call.params["key"]); !gone)
        return gone.err();
    return empty(204);
}

} // namespace miroir::localnode
