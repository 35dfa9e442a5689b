// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/NodeRoutes.h"

#include "protocol/FieldsRequest.h"

/// POST /indexes/{index_uid}/fields: every field with what the settings make of it.
namespace miroir::localnode {

NodeRoutes::Answer NodeRoutes::fields(const Call &call)
{
    if (auto scope = authorise(call, protocol::Action::FieldsPost); !scope)
        return scope.err();
    const auto document = body(call);
    if (!document)
        return document.err();
    const auto request = protocol::parseFieldsRequest(document->root());
    if (!request)
        return request.err();
    const auto entry = index(uid(call));
    if (!entry)
        return entry.err();
    std::vector<std::string> names;
    const protocol::Settings settings = entry->slot->with([&](LocalIndex &i) {
        names = i.fieldNames();
        return i.settings();
    });
    return ok(protocol::fieldsToJson(std::move(names), settings, *request));
}

} // namespace miroir::localnode
