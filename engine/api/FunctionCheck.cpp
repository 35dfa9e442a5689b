// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/FunctionCheck.h"

#include "node/NodeClient.h"
#include "protocol/DocumentsRequest.h"

#include <algorithm>

namespace miroir::api {

namespace {

/// No index has to have this name.
constexpr std::string_view nowhere = "miroir-edit-check";

void heard(const ExchangePtr &exchange, const node::Answer &answer, const std::function<void()> &goOn)
{
    const auto error = answer.status == 400 ? node::nodeError(answer) : std::nullopt;
    if (error && error->code == "bad_request")
        exchange->refuse(protocol::apiError(error->code, error->message));
    else
        goOn();
}

} // namespace

void checkFunction(
    FrontContext &front, const ExchangePtr &exchange, const std::string &function, std::function<void()> goOn)
{
    const auto &nodes = exchange->view->nodes;
    const auto up = std::find_if(
        nodes.begin(), nodes.end(), [](const read::NodeView &n) { return n.state == read::NodeState::Serving; });
    if (up == nodes.end()) {
        goOn();
        return;
    }
    const node::NodeClient client(front.transport, up->url, exchange->view->nodeKey, front.context);
    // A node looks at the function before the filter: with one that cannot be read it answers without making a task.
    protocol::EditDocuments edit;
    edit.function = function;
    edit.filter = "\"=\"";
    node::Target target("indexes");
    target.segment(nowhere).segment("documents").segment("edit");
    client.patchExperimentalFeatures(R"({"editDocumentsByFunction":true})",
        [client, exchange, target = target.take(), body = edit.toJson(), goOn = std::move(goOn)](const node::Answer &) {
            client.send("POST", target, body,
                [exchange, goOn](const node::Answer &answer) { heard(exchange, answer, goOn); });
        });
}

} // namespace miroir::api
