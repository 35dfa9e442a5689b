// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/RenderRequest.h"

#include "protocol/Deserr.h"
#include "protocol/IndexRequests.h"

#include <array>

namespace miroir::protocol {

namespace {

constexpr const char *templateCode = "invalid_render_template";
constexpr const char *inputCode = "invalid_render_input";
constexpr std::string_view inTemplate = "error while fetching template: ";
constexpr std::string_view inInput = "error while fetching input: ";

constexpr std::array<const char *, 6> templateKinds {"documentTemplate", "chatDocumentTemplate", "indexingFragment",
    "searchFragment", "inlineDocumentTemplate", "inlineFragment"};
constexpr std::array<const char *, 3> inputKinds {"indexDocument", "inlineDocument", "inlineSearch"};

template <typename Enum>
ReadJson intoEnum(Enum *out, std::span<const char *const> names)
{
    return [out, names](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        std::size_t place = 0;
        if (auto s = readName(place, names, v, at, code); !s)
            return s;
        *out = static_cast<Enum>(place);
        return Done {};
    };
}

ReadJson intoUid(std::optional<std::string> *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        if (auto s = readInto(*out, v, at, code); !s)
            return s;
        if (*out && !isIndexUid(**out))
            return invalidValue(indexUidProblem(**out), at, code);
        return Done {};
    };
}

ReadJson intoText(std::optional<std::string> *out)
{
    return [out](const json::Value &v, const Location &, std::string_view) -> ApiStatus {
        out->reset();
        if (!v.isNull())
            *out = std::string(v.raw());
        return Done {};
    };
}

ReadJson intoNonZero(std::optional<std::uint64_t> *out)
{
    return [out](const json::Value &v, const Location &at, std::string_view code) -> ApiStatus {
        if (auto s = readInto(*out, v, at, code); !s)
            return s;
        if (*out && **out == 0) {
            return invalidValue(
                "a non-zero integer value lower than `18446744073709551615` was expected, but found a zero", at, code);
        }
        return Done {};
    };
}

ApiStatus readTemplate(RenderTemplate &out, const json::Value &v, const Location &at)
{
    return readObject(v, at,
        {{"kind", templateCode, intoEnum(&out.kind, templateKinds), templateCode},
            {"indexUid", templateCode, intoUid(&out.indexUid)}, {"embedder", templateCode, into(&out.embedder)},
            {"fragment", templateCode, into(&out.fragment)}, {"inline", templateCode, intoText(&out.inlined)},
            {"documentTemplateMaxBytes", templateCode, intoNonZero(&out.maxBytes)}},
        {templateCode, true, {}});
}

ApiStatus readInput(std::optional<RenderInput> &out, const json::Value &v, const Location &at)
{
    out.reset();
    if (v.isNull())
        return Done {};
    RenderInput input;
    auto read = readObject(v, at,
        {{"kind", inputCode, intoEnum(&input.kind, inputKinds), inputCode},
            {"indexUid", inputCode, intoUid(&input.indexUid)}, {"id", inputCode, into(&input.id)},
            {"inline", inputCode, intoText(&input.inlined)}},
        {inputCode, true, {}});
    if (read)
        out = std::move(input);
    return read;
}

/// What a kind asks of one parameter.
struct Demand {
    bool there; ///< it must be, or must not
    const char *name; ///< as the refusal names it
    bool given;
};

ApiStatus check(std::initializer_list<Demand> demands, std::string_view kind, std::string_view where, const char *code)
{
    for (const Demand &demand : demands) {
        if (demand.there != demand.given) {
            return refuse(code,
                std::string(where) + "parameter `" + demand.name + "` " + (demand.there ? "missing" : "disallowed")
                    + " for kind `" + std::string(kind) + '`');
        }
    }
    return Done {};
}

ApiStatus checkFeatureIn(std::string_view where, const Features &features, Feature feature, std::string_view action)
{
    const ApiStatus on = checkFeature(features, feature, action);
    return on ? on : ApiStatus(Err<ApiError> {prefixed(on.error(), where)});
}

ApiStatus featuresOf(const RenderTemplate &source, const Features &features)
{
    using TemplateOf = RenderTemplate::Kind;
    switch (source.kind) {
    case TemplateOf::ChatDocumentTemplate:
        return checkFeatureIn(inTemplate, features, Feature::ChatCompletions, "accessing chat settings");
    case TemplateOf::IndexingFragment:
    case TemplateOf::SearchFragment:
        return checkFeatureIn(inTemplate, features, Feature::Multimodal, "accessing fragments");
    case TemplateOf::InlineFragment:
        return checkFeatureIn(inTemplate, features, Feature::Multimodal, "rendering an inline fragment");
    case TemplateOf::DocumentTemplate:
    case TemplateOf::InlineDocumentTemplate:
        break;
    }
    return Done {};
}

} // namespace

ApiResult<RenderRequest> parseRenderRequest(const json::Value &body)
{
    RenderRequest request;
    const ReadJson source = [&request](const json::Value &v, const Location &at, std::string_view) {
        return readTemplate(request.source, v, at);
    };
    const ReadJson input = [&request](const json::Value &v, const Location &at, std::string_view) {
        return readInput(request.input, v, at);
    };
    const auto read
        = readObject(body, {}, {{"template", templateCode, source, "bad_request"}, {"input", inputCode, input}});
    if (!read)
        return read.err();
    return request;
}

ApiStatus checkRenderTemplate(const RenderTemplate &source, const Features &features)
{
    if (auto on = featuresOf(source, features); !on)
        return on;
    const bool index = source.indexUid.has_value();
    const bool embedder = source.embedder.has_value();
    const bool fragment = source.fragment.has_value();
    const bool inlined = source.inlined.has_value();
    const bool bytes = source.maxBytes.has_value();
    const std::string_view kind = templateKinds[static_cast<std::size_t>(source.kind)];
    const auto checked
        = [kind](std::initializer_list<Demand> demands) { return check(demands, kind, inTemplate, templateCode); };
    using TemplateOf = RenderTemplate::Kind;
    switch (source.kind) {
    case TemplateOf::DocumentTemplate:
        return checked({{false, "fragment", fragment}, {false, "inline", inlined}, {true, "index_uid", index},
            {true, "embedder", embedder}});
    case TemplateOf::ChatDocumentTemplate:
        return checked({{true, "index_uid", index}, {false, "embedder", embedder}, {false, "fragment", fragment},
            {false, "inline", inlined}});
    case TemplateOf::IndexingFragment:
    case TemplateOf::SearchFragment:
        return checked({{true, "index_uid", index}, {true, "embedder", embedder}, {true, "fragment", fragment},
            {false, "inline", inlined}, {false, "document_template_max_bytes", bytes}});
    case TemplateOf::InlineDocumentTemplate:
        return checked({{false, "index_uid", index}, {false, "embedder", embedder}, {false, "fragment", fragment},
            {true, "inline", inlined}});
    case TemplateOf::InlineFragment:
        break;
    }
    return checked({{false, "index_uid", index}, {false, "embedder", embedder}, {false, "fragment", fragment},
        {true, "inline", inlined}, {false, "document_template_max_bytes", bytes}});
}

ApiStatus checkRenderInput(const RenderInput &input, const Features &features)
{
    using Given = RenderInput::Kind;
    const bool index = input.indexUid.has_value();
    const bool id = input.id.has_value();
    const bool inlined = input.inlined.has_value();
    const std::string_view kind = inputKinds[static_cast<std::size_t>(input.kind)];
    if (input.kind == Given::IndexDocument) {
        return check(
            {{true, "indexUid", index}, {true, "id", id}, {false, "inline", inlined}}, kind, inInput, inputCode);
    }
    if (input.kind == Given::InlineSearch) {
        if (auto on = checkFeatureIn(inInput, features, Feature::Multimodal, "rendering search"); !on)
            return on;
    }
    return check(
        {{false, "index_uid", index}, {false, "id", id}, {true, "inline", inlined}}, kind, inInput, inputCode);
}

ApiError templateIndexNotFound(std::string_view uid)
{
    return prefixed(
        indexNotFound(uid), std::string(inTemplate) + "cannot open index `" + std::string(uid) + "`: ");
}

ApiError inputIndexNotFound(std::string_view uid)
{
    return prefixed(indexNotFound(uid), "Cannot open index `" + std::string(uid) + "`: ");
}

ApiError renderDocumentNotFound(std::string_view uid, std::string_view id)
{
    return apiError("render_document_not_found",
        std::string(inInput) + "document `" + std::string(id) + "` not found in `" + std::string(uid) + '`');
}

} // namespace miroir::protocol
