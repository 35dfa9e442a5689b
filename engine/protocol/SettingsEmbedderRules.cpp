// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/SettingsEmbedderRules.h"

#include "protocol/Deserr.h"
#include "protocol/TemplateWeight.h"
#include "protocol/WebhookUrl.h"

#include <algorithm>

namespace miroir::protocol::embedders {

namespace {

enum class Nesting : std::uint8_t { None, Search, Indexing };
enum class Status : std::uint8_t { Mandatory, Allowed, Disallowed };

unsigned bit(Member member) { return 1U << member; }

template <typename... Members>
unsigned bits(Members... members)
{
    return (bit(members) | ...);
}

Status statusOf(SourceKind source, Member member, Nesting nesting)
{
    const unsigned wanted = bit(member);
    if (wanted & bits(Distribution, BinaryQuantized))
        return nesting == Nesting::None ? Status::Allowed : Status::Disallowed;
    const unsigned templates = bits(DocumentTemplate, DocumentTemplateMaxBytes);
    if ((wanted & templates) && nesting == Nesting::Search)
        return Status::Disallowed;
    unsigned mandatory = 0;
    unsigned allowed = bit(Source);
    switch (source) {
    case SourceKind::OpenAi:
        allowed |= templates | bits(Model, ApiKey, Dimensions, Url);
        break;
    case SourceKind::HuggingFace:
        allowed |= templates | bits(Model, Revision, Pooling);
        break;
    case SourceKind::Ollama:
        mandatory = bit(Model);
        allowed |= templates | bits(Url, ApiKey, Dimensions);
        break;
    case SourceKind::UserProvided:
        mandatory = bit(Dimensions);
        break;
    case SourceKind::Rest:
        mandatory = bits(Url, Request, Response);
        allowed |= templates | bits(ApiKey, Dimensions, Headers);
        if (nesting != Nesting::Search)
            allowed |= bit(IndexingFragments);
        if (nesting != Nesting::Indexing)
            allowed |= bit(SearchFragments);
        break;
    case SourceKind::Composite:
        mandatory = bits(SearchEmbedder, IndexingEmbedder);
        break;
    }
    if (wanted & mandatory)
        return Status::Mandatory;
    return wanted & allowed ? Status::Allowed : Status::Disallowed;
}

std::string nestedName(const std::string &name, Nesting nesting)
{
    switch (nesting) {
    case Nesting::Search:
        return name + ".searchEmbedder";
    case Nesting::Indexing:
        return name + ".indexingEmbedder";
    case Nesting::None:
        break;
    }
    return name;
}

std::string_view inContext(Nesting nesting)
{
    switch (nesting) {
    case Nesting::Search:
        return " for the search embedder";
    case Nesting::Indexing:
        return " for the indexing embedder";
    case Nesting::None:
        break;
    }
    return {};
}

} // namespace

std::string place(const std::string &name, std::string_view member)
{
    std::string text = "`.embedders." + name;
    if (!member.empty())
        text += "." + std::string(member);
    return text + "`: ";
}

std::optional<std::string> stringOf(const Embedder &embedder, Member member)
{
    const std::string *text = embedder.find(Names[member]);
    if (text == nullptr || *text == "null")
        return std::nullopt;
    const auto doc = json::Document::parse(std::string_view(*text));
    return doc && doc->root().isString() ? std::optional(doc->root().toString()) : std::nullopt;
}

std::optional<std::uint64_t> numberOf(const Embedder &embedder, Member member)
{
    const std::string *text = embedder.find(Names[member]);
    const auto doc = json::Document::parse(std::string_view(text == nullptr ? "null" : *text));
    return doc ? doc->root().toU64() : std::nullopt;
}

bool isSet(const Embedder &embedder, Member member)
{
    const std::string *text = embedder.find(Names[member]);
    return text != nullptr && *text != "null";
}

SourceKind sourceByName(std::string_view name)
{
    const auto found = std::find(SourceNames.begin(), SourceNames.end(), name);
    MIROIR_ASSERT(found != SourceNames.end());
    return static_cast<SourceKind>(found - SourceNames.begin());
}

std::optional<Embedder> nested(const Embedder &embedder, Member member)
{
    const std::string *text = embedder.find(Names[member]);
    if (text == nullptr || *text == "null")
        return std::nullopt;
    const auto doc = json::Document::parse(std::string_view(*text));
    if (!doc)
        return std::nullopt;
    Embedder out;
    for (const auto &[name, value] : uniqueMembers(doc->root()))
        out.members.emplace_back(name, json::compact(value));
    return out;
}

std::size_t fragmentCount(const Embedder &embedder, Member member)
{
    const std::string *text = embedder.find(Names[member]);
    const auto doc = json::Document::parse(std::string_view(text == nullptr ? "null" : *text));
    std::size_t count = 0;
    if (doc) {
        for (const auto &[name, value] : uniqueMembers(doc->root()))
            count += value.isNull() ? 0 : 1;
    }
    return count;
}

namespace {

std::string unavailable(const std::string &name, SourceKind source, Member member, Nesting nesting)
{
    const std::string sourceName = SourceNames[static_cast<std::size_t>(source)];
    const std::string context(inContext(nesting));
    std::vector<std::string> sources;
    for (std::size_t i = 0; i < SourceNames.size(); ++i) {
        if (statusOf(static_cast<SourceKind>(i), member, nesting) != Status::Disallowed)
            sources.emplace_back(SourceNames[i]);
    }
    std::vector<std::string> fields;
    for (unsigned i = 0; i < Names.size(); ++i) {
        if (statusOf(source, static_cast<Member>(i), nesting) != Status::Disallowed)
            fields.emplace_back(Names[i]);
    }
    const std::string field = Names[member];
    std::string text = place(nestedName(name, nesting)) + "Field `" + field + "` unavailable for source `"
        + sourceName + "`" + context + ".";
    if (!sources.empty())
        text += "\n  - note: `" + field + "` is available for sources: " + listInBackticks(sources);
    text += "\n  - note: available fields for source `" + sourceName + "`" + context + ": " + listInBackticks(fields);
    if (statusOf(source, member, Nesting::None) != Status::Disallowed)
        text += "\n  - note: `" + field + "` is available when source `" + sourceName + "` is not" + context;
    return text;
}

ApiStatus checkMembers(const std::string &name, const Embedder &embedder, SourceKind source, Nesting nesting)
{
    for (unsigned i = Model; i < Names.size(); ++i) {
        const auto member = static_cast<Member>(i);
        const bool given = embedder.find(Names[member]) != nullptr;
        switch (statusOf(source, member, nesting)) {
        case Status::Allowed:
            break;
        case Status::Mandatory:
            if (!isSet(embedder, member)) {
                return refuse(Code,
                    place(name) + "Missing field `" + Names[member] + "` (note: this field is mandatory for source `"
                        + SourceNames[static_cast<std::size_t>(source)] + "`)");
            }
            break;
        case Status::Disallowed:
            if (given)
                return refuse(Code, unavailable(name, source, member, nesting));
            break;
        }
    }
    return Done {};
}

ApiStatus checkOpenAi(const std::string &name, const Embedder &embedder)
{
    const auto model = stringOf(embedder, Model);
    if (!model)
        return Done {};
    const bool ada = *model == "text-embedding-ada-002";
    const bool large = *model == "text-embedding-3-large";
    if (!ada && !large && *model != "text-embedding-3-small") {
        return refuse(Code,
            place(name, "model") + "Invalid model `" + *model
                + "` for OpenAI. Supported models: [\"text-embedding-ada-002\", "
                  "\"text-embedding-3-small\", \"text-embedding-3-large\"]");
    }
    const std::uint64_t native = large ? 3072 : 1536;
    const auto dimensions = numberOf(embedder, Dimensions);
    if (!dimensions)
        return Done {};
    const std::string start = place(name, "dimensions") + "Model `" + *model + "` does not support overriding its ";
    const std::string found = ". Found " + std::to_string(*dimensions);
    if (ada && *dimensions != native)
        return refuse(Code, start + "native dimensions of " + std::to_string(native) + found);
    if (*dimensions > native)
        return refuse(Code, start + "dimensions to a value higher than " + std::to_string(native) + found);
    return Done {};
}

ApiStatus checkTemplate(const std::string &name, const Embedder &embedder)
{
    if (isSet(embedder, DocumentTemplate) && numberOf(embedder, DocumentTemplateMaxBytes) == std::uint64_t {0})
        return refuse(Code, place(name, "documentTemplateMaxBytes") + "`documentTemplateMaxBytes` cannot be zero");
    return Done {};
}

/// Not a node's own refusal: its process would end over such a template, and that of each node it is sent to.
ApiStatus checkWeights(const std::string &name, const Embedder &embedder)
{
    for (const Member member :
        {DocumentTemplate, IndexingFragments, SearchFragments, SearchEmbedder, IndexingEmbedder}) {
        const std::string *text = embedder.find(Names[member]);
        const auto value = json::Document::parse(std::string_view(text != nullptr ? *text : "null"));
        if (!value)
            continue;
        if (auto s = checkTemplateWeight(value->root(), Code, place(name, Names[member])); !s)
            return s;
    }
    return Done {};
}

ApiStatus checkNested(const std::string &name, const Embedder &embedder)
{
    for (const auto &[member, nesting] :
        {std::pair {SearchEmbedder, Nesting::Search}, {IndexingEmbedder, Nesting::Indexing}}) {
        const auto inner = nested(embedder, member);
        if (!inner)
            continue;
        if (nesting == Nesting::Indexing) {
            if (auto s = checkTemplate(name, *inner); !s)
                return s;
        }
        const std::string innerName = nestedName(name, nesting);
        if (!isSet(*inner, Source))
            return refuse(Code,
                place(innerName) + "Missing field `source`.\n  - note: this field is mandatory for nested embedders");
        const SourceKind source = sourceByName(inner->source());
        if (source == SourceKind::Composite || source == SourceKind::UserProvided) {
            return refuse(Code,
                place(innerName, "source") + "Source `" + inner->source()
                    + "` is not available in a nested embedder");
        }
        if (auto s = checkMembers(name, *inner, source, nesting); !s)
            return s;
    }
    return Done {};
}

} // namespace

ApiStatus validate(const std::string &name, const Embedder &embedder, bool whole)
{
    if (auto s = checkTemplate(name, embedder); !s)
        return s;
    if (auto s = checkWeights(name, embedder); !s)
        return s;
    if (numberOf(embedder, Dimensions) == std::uint64_t {0})
        return refuse(Code, place(name, "dimensions") + "`dimensions` cannot be zero");
    if (const auto url = stringOf(embedder, Url)) {
        if (const auto problem = urlProblem(*url))
            return refuse(Code, place(name, "url") + "could not parse `" + *url + "`: " + *problem);
    }
    const std::size_t indexing = fragmentCount(embedder, IndexingFragments);
    const std::size_t search = fragmentCount(embedder, SearchFragments);
    if (!whole && indexing + search > 0 && isSet(embedder, DocumentTemplate)) {
        return refuse("vector_embedding_error",
            "cannot pass both fragments and a document template.\n  - Note: " + std::to_string(indexing)
                + " fragments declared in `indexingFragments` and " + std::to_string(search)
                + " fragments declared in `search_fragments_len`.\n  - Hint: remove the declared fragments or "
                  "remove the `documentTemplate`");
    }
    if (!isSet(embedder, Source))
        return Done {};
    const SourceKind source = sourceByName(embedder.source());
    if (auto s = checkMembers(name, embedder, source, Nesting::None); !s)
        return s;
    if (source == SourceKind::OpenAi)
        return checkOpenAi(name, embedder);
    return source == SourceKind::Composite ? checkNested(name, embedder) : ApiStatus(Done {});
}

} // namespace miroir::protocol::embedders
