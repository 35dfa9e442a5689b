// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/Features.h"
#include "protocol/Settings.h"

#include <cstdint>
#include <optional>
#include <string>

/// POST /render-template: which template is filled with what. Refusals are those of a node, in its order. Pure.
namespace miroir::protocol {

struct RenderTemplate {
    enum class Kind : std::uint8_t {
        DocumentTemplate,
        ChatDocumentTemplate,
        IndexingFragment,
        SearchFragment,
        InlineDocumentTemplate,
        InlineFragment,
    };
    Kind kind = Kind::DocumentTemplate;
    std::optional<std::string> indexUid;
    std::optional<std::string> embedder;
    std::optional<std::string> fragment;
    std::optional<std::string> inlined; ///< JSON text
    std::optional<std::uint64_t> maxBytes; ///< without effect in v1.50: a node only makes room for as much

    [[nodiscard]] bool isInline() const { return kind >= Kind::InlineDocumentTemplate; }
};

struct RenderInput {
    enum class Kind : std::uint8_t { IndexDocument, InlineDocument, InlineSearch };
    Kind kind = Kind::IndexDocument;
    std::optional<std::string> indexUid;
    std::optional<std::string> id;
    std::optional<std::string> inlined; ///< JSON text
};

struct RenderRequest {
    RenderTemplate source;
    std::optional<RenderInput> input;
};
ApiResult<RenderRequest> parseRenderRequest(const json::Value &body);

/// What the kind requires and forbids.
ApiStatus checkRenderTemplate(const RenderTemplate &source, const Features &features);
ApiStatus checkRenderInput(const RenderInput &input, const Features &features);

/// A template as a node takes it.
struct TemplateText {
    bool fragment = false; ///< any JSON whose strings are templates; else one template
    std::string json;
};
/// The template, for the inline kinds from the request, else from the settings of its index (else not looked at).
ApiResult<TemplateText> renderTemplateText(const RenderTemplate &source, const Settings &settings);

// Refusals for which the indexes must be known.
ApiError templateIndexNotFound(std::string_view uid);
ApiError inputIndexNotFound(std::string_view uid);
ApiError renderDocumentNotFound(std::string_view uid, std::string_view id);

/// The body for a node that is to fill a template with a document of an index whose settings it is not asked for.
/// A node knows of an inline document not which of its fields are searchable; where the template asks for that, they
/// are told along with it, in place of the document and the fields, and `marked` is set.
struct RenderBody {
    QByteArray json;
    bool marked = false;
};
RenderBody renderBody(const TemplateText &text, const json::Value &document, const Settings &settings);
/// The same with what the client gave; no input: the template is only read.
QByteArray renderBody(const TemplateText &text, const RenderInput *input);
/// The same document without such marks.
QByteArray plainRenderBody(const TemplateText &text, const json::Value &document);

} // namespace miroir::protocol
