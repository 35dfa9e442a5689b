// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/Reading.h"

#include "base/Bytes.h"
#include "protocol/DocumentId.h"
#include "protocol/RenderRequest.h"
#include "protocol/TemplateWeight.h"
#include "read/AnyNode.h"

/// POST /render-template. Templates come from the settings that clients gave and documents from where clients read
/// them, so that the node that fills the one with the other sees nothing that is hidden, and needs no index for it.
namespace miroir::api {

using protocol::Action;
using protocol::ApiError;
using protocol::ApiResult;
using protocol::RenderInput;
using protocol::RenderRequest;
using protocol::TemplateText;

namespace {

/// One request under way.
struct Rendering {
    FrontContext *front = nullptr; ///< lives as long as its thread answers
    ExchangePtr exchange;
    RenderRequest request;
    TemplateText text;
    std::shared_ptr<const json::Document> document {}; ///< of the index, when one is rendered
};
using RenderingPtr = std::shared_ptr<const Rendering>;

using OnNode = std::function<void(ApiResult<QByteArray>)>;

void askNode(const RenderingPtr &rendering, QByteArray body, OnNode done)
{
    read::AnyNodeRequest request;
    request.view = rendering->exchange->view;
    request.target = "/render-template";
    request.body = std::move(body);
    request.nodeTimeoutMs = rendering->front->services.nodeTimeoutMs;
    request.what = "render templates";
    read::askAnyNode(std::move(request), rendering->front->transport, rendering->front->context,
        readContext(*rendering->front, rendering->exchange, nullptr).suspect, std::move(done));
}

/// The answer of a node, with the client's template in place of one that was put together for the node.
void send(const RenderingPtr &rendering, const QByteArray &body, bool marked)
{
    if (!marked) {
        rendering->exchange->send(200, body);
        return;
    }
    const auto answer = json::Document::parse(body);
    const auto own = json::Document::parse(std::string_view(rendering->text.json));
    if (!answer || !answer->root()["rendered"]) {
        rendering->exchange->refuse(protocol::apiError(
            "miroir_node_unavailable", "No node can render templates now. Last failure: an answer makes no sense"));
        return;
    }
    json::Writer out;
    out.beginObject().key("template").raw(json::compact(own->root()));
    out.key("rendered").raw(answer->root()["rendered"].raw());
    rendering->exchange->send(200, out.endObject().take());
}

OnNode answerOf(const RenderingPtr &rendering)
{
    return [rendering](ApiResult<QByteArray> body) {
        if (body)
            send(rendering, *body, false);
        else
            rendering->exchange->refuse(body.error());
    };
}

/// A node reads the template before it looks at the input, so its refusal of an inline one comes first.
void refuseInput(const RenderingPtr &rendering, const ApiError &error)
{
    if (!rendering->request.source.isInline()) {
        rendering->exchange->refuse(error);
        return;
    }
    askNode(rendering, protocol::renderBody(rendering->text, nullptr), [rendering, error](ApiResult<QByteArray> body) {
        rendering->exchange->refuse(body ? error : body.error());
    });
}

void renderDocument(const RenderingPtr &rendering, const protocol::Settings &settings)
{
    const json::Value document = rendering->document->root();
    const protocol::RenderBody body = protocol::renderBody(rendering->text, document, settings);
    if (!body.marked) {
        askNode(rendering, body.json, answerOf(rendering));
        return;
    }
    askNode(rendering, body.json, [rendering](ApiResult<QByteArray> answer) {
        if (answer) {
            send(rendering, *answer, true);
            return;
        }
        // What a document lacks is told with what it has, in an order that is lost where it was taken apart.
        if (answer.error().message.find("variable=doc") == std::string::npos) {
            rendering->exchange->refuse(answer.error());
            return;
        }
        askNode(rendering, protocol::plainRenderBody(rendering->text, rendering->document->root()),
            [rendering, error = answer.error()](
                ApiResult<QByteArray> plain) { rendering->exchange->refuse(plain ? error : plain.error()); });
    });
}

void readDocument(const RenderingPtr &rendering, const read::IndexView *index)
{
    const RenderInput &input = *rendering->request.input;
    if (!protocol::isDocumentId(*input.id)) {
        refuseInput(rendering, protocol::renderDocumentNotFound(*input.indexUid, *input.id));
        return;
    }
    read::getDocument(readContext(*rendering->front, rendering->exchange, index), *input.id, {},
        [rendering, index](ApiResult<QByteArray> found) {
            const RenderInput &wanted = *rendering->request.input;
            if (!found) {
                const bool absent = found.error().code == &protocol::errorCode("document_not_found");
                refuseInput(rendering,
                    absent ? protocol::renderDocumentNotFound(*wanted.indexUid, *wanted.id) : found.error());
                return;
            }
            auto parsed = json::Document::parse(std::move(*found));
            MIROIR_ASSERT(parsed.ok()); // it has been taken out of a parsed answer
            auto with = std::make_shared<Rendering>(*rendering);
            with->document = std::make_shared<const json::Document>(std::move(*parsed));
            renderDocument(with, *index->settings);
        });
}

void fill(const RenderingPtr &rendering)
{
    const RenderInput &input = *rendering->request.input;
    const read::ClusterView &view = *rendering->exchange->view;
    const read::IndexView *index = input.indexUid ? view.index(*input.indexUid) : nullptr;
    if (input.indexUid && index == nullptr) {
        refuseInput(rendering, protocol::inputIndexNotFound(*input.indexUid));
        return;
    }
    if (const auto allowed = protocol::checkRenderInput(input, view.features); !allowed) {
        refuseInput(rendering, allowed.error());
        return;
    }
    if (input.kind == RenderInput::Kind::IndexDocument)
        readDocument(rendering, index);
    else
        askNode(rendering, protocol::renderBody(rendering->text, &input), answerOf(rendering));
}

/// The template as a node gets it, or its refusal.
ApiResult<TemplateText> templateOf(const RenderRequest &request, const read::ClusterView &view)
{
    const protocol::RenderTemplate &source = request.source;
    if (const auto allowed = protocol::checkRenderTemplate(source, view.features); !allowed)
        return allowed.err();
    const read::IndexView *index = source.indexUid ? view.index(*source.indexUid) : nullptr;
    if (source.indexUid && index == nullptr)
        return Err {protocol::templateIndexNotFound(*source.indexUid)};
    auto text = protocol::renderTemplateText(source, index != nullptr ? *index->settings : protocol::Settings {});
    if (!text)
        return text;
    const auto parsed = json::Document::parse(std::string_view(text->json));
    MIROIR_ASSERT(parsed.ok()); // a part of JSON that was read before
    const auto bearable
        = protocol::checkTemplateWeight(parsed->root(), "template_parsing_error", "error while fetching template: ");
    return bearable ? std::move(text) : ApiResult<TemplateText>(bearable.err());
}

bool mayTouch(const Exchange &exchange, const RenderRequest &request)
{
    const auto may = [&exchange](const std::optional<std::string> &uid) {
        return !uid || exchange.scope.allowsIndex(*uid);
    };
    return may(request.source.indexUid) && (!request.input || may(request.input->indexUid));
}

void renderTemplate(FrontContext &front, ExchangePtr exchange)
{
    const auto body = exchange->body();
    if (!body) {
        exchange->refuse(body.error());
        return;
    }
    auto request = protocol::parseRenderRequest(body->root());
    if (!request) {
        exchange->refuse(request.error());
        return;
    }
    const auto on = protocol::checkFeature(
        exchange->view->features, protocol::Feature::RenderRoute, "calling the /render-template route");
    if (!on) {
        exchange->refuse(on.error());
        return;
    }
    if (!mayTouch(*exchange, *request)) {
        exchange->refuse(protocol::invalidApiKey());
        return;
    }
    auto text = templateOf(*request, *exchange->view);
    if (!text) {
        exchange->refuse(text.error());
        return;
    }
    const auto rendering = std::make_shared<const Rendering>(
        Rendering {&front, exchange, std::move(*request), std::move(*text), nullptr});
    if (rendering->request.input) {
        fill(rendering);
    } else if (rendering->request.source.isInline()) {
        askNode(rendering, protocol::renderBody(rendering->text, nullptr), answerOf(rendering));
    } else {
        json::Writer out;
        out.beginObject().key("template").raw(rendering->text.json).key("rendered").null();
        exchange->send(200, out.endObject().take());
    }
}

} // namespace

void addRenderRoutes(Routes &routes)
{
    Route route {Route::Access::Key, Action::SettingsGet, renderTemplate};
    route.second = Action::DocumentsGet;
    routes.add("POST", "/render-template", route);
}

} // namespace miroir::api
