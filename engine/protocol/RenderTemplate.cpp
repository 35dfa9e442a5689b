// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/Deserr.h"
#include "protocol/RenderRequest.h"
#include "protocol/SettingsEmbedderRules.h"
#include "protocol/SettingsJson.h"

#include <algorithm>

/// Where templates are found, and what a node is given to fill them.
namespace miroir::protocol {

namespace {

using embedders::SourceKind;

Err<ApiError> refuseTemplate(const std::string &why)
{
    return refuse("invalid_render_template", "error while fetching template: " + why);
}

/// The embedder that makes vectors of documents, or of searches: the one itself unless it is made of two.
std::optional<Embedder> half(const Embedder &embedder, bool search)
{
    if (embedders::sourceByName(embedder.source()) != SourceKind::Composite)
        return embedder;
    return embedders::nested(embedder, search ? embedders::SearchEmbedder : embedders::IndexingEmbedder);
}

bool hasFragments(const std::optional<Embedder> &indexing)
{
    return indexing && embedders::sourceByName(indexing->source()) == SourceKind::Rest
        && embedders::fragmentCount(*indexing, embedders::IndexingFragments) > 0;
}

bool hasDocumentTemplate(const std::optional<Embedder> &indexing)
{
    return indexing && embedders::sourceByName(indexing->source()) != SourceKind::UserProvided
        && !hasFragments(indexing);
}

ApiResult<TemplateText> documentTemplate(const RenderTemplate &source, const Embedder &embedder)
{
    const std::optional<Embedder> indexing = half(embedder, false);
    if (!hasDocumentTemplate(indexing)) {
        return refuseTemplate("embedder `" + *source.embedder + "` in index `" + *source.indexUid
            + "` does not use a document template.");
    }
    const std::string *text = indexing->find(embedders::Names[embedders::DocumentTemplate]);
    return TemplateText {false, text != nullptr ? *text : std::string(settingsjson::defaultTemplateJson)};
}

Err<ApiError> missingFragment(const RenderTemplate &source, bool search)
{
    return refuseTemplate("cannot find " + std::string(search ? "search" : "indexing") + " fragment `"
        + *source.fragment + "` for embedder `" + *source.embedder + "` in index `" + *source.indexUid + '`');
}

ApiResult<TemplateText> fragmentOf(const RenderTemplate &source, const Embedder &embedder, bool search)
{
    if (!hasFragments(half(embedder, false))) {
        return refuseTemplate(
            "embedder `" + *source.embedder + "` in index `" + *source.indexUid + "` does not use fragments.");
    }
    const std::optional<Embedder> owner = half(embedder, search);
    const std::string *all = !owner ? nullptr
                                    : owner->find(embedders::Names[search ? embedders::SearchFragments
                                                                          : embedders::IndexingFragments]);
    const auto parsed = json::Document::parse(std::string_view(all != nullptr ? *all : "{}"));
    const json::Value value = parsed ? parsed->root()[*source.fragment]["value"] : json::Value();
    if (!value)
        return missingFragment(source, search);
    return TemplateText {true, std::string(value.raw())};
}

/// `{{ fields }}` of a node leave these out, and so does `{{ doc }}`.
bool isOutside(std::string_view name) { return name == "_vectors" || name == "_geo" || name == "_geojson"; }

bool isSearchable(const Settings &settings, std::string_view name)
{
    return !settings.searchableAttributes
        || matchAnyPlainName(*settings.searchableAttributes, name) == PatternMatch::Match;
}

/// Is there anything that a node would say otherwise of an inline document?
bool needsMarks(const std::string &text, const json::Value &document, const Settings &settings)
{
    if (settings.searchesAll() || text.find("is_searchable") == std::string::npos)
        return false;
    const auto members = uniqueMembers(document);
    return std::any_of(members.begin(), members.end(),
        [&](const auto &member) { return !isOutside(member.first) && !isSearchable(settings, member.first); });
}

/// The document and its fields side by side, for the template to take apart.
QByteArray markedDocument(const json::Value &document, const Settings &settings)
{
    json::Writer out;
    json::Writer fields;
    out.beginObject().key("doc").beginObject();
    fields.beginArray();
    for (const auto &[name, value] : uniqueMembers(document)) {
        if (isOutside(name))
            continue;
        out.key(name).raw(value.raw());
        fields.beginObject().key("name").string(name).key("value").raw(value.raw());
        fields.key("is_searchable").boolean(isSearchable(settings, name)).endObject();
    }
    fields.endArray();
    const QByteArray list = fields.take();
    out.endObject().key("fields").raw({list.constData(), static_cast<std::size_t>(list.size())});
    return out.endObject().take();
}

json::Writer templateMember(const TemplateText &text)
{
    json::Writer out;
    out.beginObject().key("template").beginObject();
    out.key("kind").string(text.fragment ? "inlineFragment" : "inlineDocumentTemplate");
    out.key("inline").raw(text.json).endObject();
    return out;
}

QByteArray withDocument(const TemplateText &text, std::string_view document)
{
    json::Writer out = templateMember(text);
    out.key("input").beginObject().key("kind").string("inlineDocument").key("inline").raw(document);
    return out.endObject().endObject().take();
}

} // namespace

ApiResult<TemplateText> renderTemplateText(const RenderTemplate &source, const Settings &settings)
{
    using TemplateOf = RenderTemplate::Kind;
    if (source.isInline())
        return TemplateText {source.kind == TemplateOf::InlineFragment, *source.inlined};
    if (source.kind == TemplateOf::ChatDocumentTemplate)
        return TemplateText {false, std::string(settingsjson::defaultTemplateJson)};
    const auto embedder = settings.embedders.find(*source.embedder);
    if (embedder == settings.embedders.end()) {
        if (source.kind == TemplateOf::SearchFragment)
            return missingFragment(source, false); // a node says so, too
        return refuseTemplate("cannot find embedder `" + *source.embedder + "` in index `" + *source.indexUid + '`');
    }
    return source.kind == TemplateOf::DocumentTemplate
        ? documentTemplate(source, embedder->second)
        : fragmentOf(source, embedder->second, source.kind == TemplateOf::SearchFragment);
}

QByteArray renderBody(const TemplateText &text, const RenderInput *input)
{
    json::Writer out = templateMember(text);
    if (input != nullptr) {
        out.key("input").beginObject();
        out.key("kind").string(input->kind == RenderInput::Kind::InlineSearch ? "inlineSearch" : "inlineDocument");
        out.key("inline").raw(input->inlined.value_or("null")).endObject();
    }
    return out.endObject().take();
}

QByteArray plainRenderBody(const TemplateText &text, const json::Value &document)
{
    return withDocument(text, document.raw());
}

RenderBody renderBody(const TemplateText &text, const json::Value &document, const Settings &settings)
{
    const auto parsed = json::Document::parse(std::string_view(text.json));
    const std::string words = text.fragment || !parsed ? std::string() : parsed->root().toString();
    if (!needsMarks(words, document, settings))
        return {plainRenderBody(text, document), false};
    const TemplateText marked {false,
        json::quoted("{% assign fields = doc.fields %}{% assign doc = doc.doc %}" + words)};
    const QByteArray both = markedDocument(document, settings);
    return {withDocument(marked, {both.constData(), static_cast<std::size_t>(both.size())}), true};
}

} // namespace miroir::protocol
