// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/SettingsEmbedders.h"

#include "protocol/SettingsEmbedderRules.h"
#include "protocol/SettingsJson.h"

#include <QLocale>

#include <algorithm>

namespace miroir::protocol::embedders {

namespace {

// In which a node writes them, for an embedder and for one inside another.
constexpr std::array<Member, 18> WriteOrder {Source, Model, Revision, Pooling, ApiKey, Dimensions, BinaryQuantized,
    DocumentTemplate, DocumentTemplateMaxBytes, Url, IndexingFragments, SearchFragments, Request, Response, Headers,
    SearchEmbedder, IndexingEmbedder, Distribution};
constexpr std::array<Member, 18> NestedWriteOrder {Source, Model, Revision, Pooling, ApiKey, Dimensions,
    DocumentTemplate, DocumentTemplateMaxBytes, Url, IndexingFragments, SearchFragments, Request, Response, Headers,
    Distribution, BinaryQuantized, SearchEmbedder, IndexingEmbedder};

constexpr std::array<const char *, 3> PoolingNames {"useModel", "forceCls", "forceMean"};
void set(Embedder &embedder, Member member, std::string text)
{
    for (auto &[name, value] : embedder.members) {
        if (name == Names[member]) {
            value = std::move(text);
            return;
        }
    }
    embedder.members.emplace_back(Names[member], std::move(text));
}

void setIfAbsent(Embedder &embedder, Member member, std::string_view text)
{
    if (!isSet(embedder, member))
        set(embedder, member, std::string(text));
}

void remove(Embedder &embedder, Member member)
{
    std::erase_if(embedder.members, [&](const auto &entry) { return entry.first == Names[member]; });
}

/// What a node shows afterwards: defaults of the source written out, nothing null, in its order.
Embedder resolved(Embedder embedder, bool inner, bool templates)
{
    std::erase_if(embedder.members, [](const auto &entry) { return entry.second == "null"; });
    const SourceKind source = sourceByName(embedder.source());
    if (source == SourceKind::OpenAi)
        setIfAbsent(embedder, Model, "\"text-embedding-3-small\"");
    if (source == SourceKind::HuggingFace) {
        if (!isSet(embedder, Model)) {
            set(embedder, Model, "\"BAAI/bge-base-en-v1.5\"");
            setIfAbsent(embedder, Revision, "\"617ca489d9e86b49b8167676d8220688b99db36e\"");
        }
        setIfAbsent(embedder, Pooling, "\"useModel\"");
    }
    if (source == SourceKind::Rest)
        setIfAbsent(embedder, Headers, "{}");
    const bool fragments = fragmentCount(embedder, IndexingFragments) + fragmentCount(embedder, SearchFragments) > 0;
    if (fragments || source == SourceKind::UserProvided || source == SourceKind::Composite || !templates) {
        remove(embedder, DocumentTemplate);
        remove(embedder, DocumentTemplateMaxBytes);
    } else {
        if (!isSet(embedder, DocumentTemplate))
            set(embedder, DocumentTemplateMaxBytes, "400");
        setIfAbsent(embedder, DocumentTemplate, settingsjson::defaultTemplateJson);
        setIfAbsent(embedder, DocumentTemplateMaxBytes, "400");
    }
    Embedder out;
    for (const Member member : inner ? NestedWriteOrder : WriteOrder) {
        const std::string *text = embedder.find(Names[member]);
        if (text == nullptr)
            continue;
        const bool isFragments = member == IndexingFragments || member == SearchFragments;
        if (isFragments && fragmentCount(embedder, member) == 0)
            continue;
        std::string value = *text;
        if (!inner && (member == SearchEmbedder || member == IndexingEmbedder)) {
            json::Writer writer;
            writer.beginObject();
            for (const auto &[name, raw] :
                resolved(*nested(embedder, member), true, member == IndexingEmbedder).members)
                writer.key(name).raw(raw);
            writer.endObject();
            value = writer.take().toStdString();
        }
        out.members.emplace_back(Names[member], std::move(value));
    }
    return out;
}

/// An object of named parts over another, parts that are null removed.
std::string mergedParts(const std::string &before, const std::string &change)
{
    std::map<std::string, std::string> parts;
    for (const std::string &text : {before, change}) {
        const auto doc = json::Document::parse(std::string_view(text));
        if (!doc)
            continue;
        for (const auto &[name, value] : uniqueMembers(doc->root())) {
            if (value.isNull())
                parts.erase(name);
            else
                parts[name] = json::compact(value);
        }
    }
    json::Writer out;
    out.beginObject();
    for (const auto &[name, text] : parts)
        out.key(name).raw(text);
    out.endObject();
    return out.take().toStdString();
}

/// Members of one embedder over another's.
void overlay(Embedder &target, const Embedder &change, bool inner)
{
    const bool newSource = isSet(change, Source) && change.source() != target.source();
    if (newSource) {
        const SourceKind source = sourceByName(change.source());
        const bool plain = source == SourceKind::UserProvided || source == SourceKind::Composite;
        for (unsigned i = Model; i < Names.size(); ++i) {
            const auto member = static_cast<Member>(i);
            const bool isTemplate = member == DocumentTemplate || member == DocumentTemplateMaxBytes;
            if (member == ApiKey || member == Distribution || member == BinaryQuantized || (isTemplate && !plain))
                continue;
            remove(target, member);
        }
    }
    for (const auto &[name, text] : change.members) {
        const auto found
            = std::find_if(Names.begin(), Names.end(), [&name_ = name](const char *n) { return name_ == n; });
        const auto member = static_cast<Member>(found - Names.begin());
        const std::string *before = target.find(name);
        const bool both = before != nullptr && *before != "null" && text != "null";
        if (both && (member == IndexingFragments || member == SearchFragments)) {
            set(target, member, mergedParts(*before, text));
        } else if (both && !inner && (member == SearchEmbedder || member == IndexingEmbedder)) {
            Embedder part = *nested(target, member);
            Embedder wrapper;
            wrapper.members.emplace_back(name, text);
            overlay(part, *nested(wrapper, member), true);
            json::Writer writer;
            writer.beginObject();
            for (const auto &[key, raw] : part.members)
                writer.key(key).raw(raw);
            set(target, member, writer.endObject().take().toStdString());
        } else {
            set(target, member, text);
        }
    }
}

ApiStatus readDistribution(const json::Value &v, const Location &at, std::string_view code)
{
    float mean = 0;
    float sigma = 0;
    const std::string missing(code);
    if (auto s = readObject(v, at,
            {{"mean", missing.c_str(), into(&mean), missing.c_str()},
                {"sigma", missing.c_str(), into(&sigma), missing.c_str()}},
            {code});
        !s)
        return s;
    const auto shown = [](float f) {
        const QByteArray text = QByteArray::number(static_cast<double>(f), 'g', QLocale::FloatingPointShortest);
        return text.toStdString();
    };
    if (mean < 0 || mean > 1)
        return invalidValue("the distribution mean must be in the range [0, 1], got " + shown(mean), at, code);
    if (sigma <= 0 || sigma > 1)
        return invalidValue("the distribution sigma must be in the range ]0, 1], got " + shown(sigma), at, code);
    return Done {};
}

ApiStatus readFragments(const json::Value &v, const Location &at, std::string_view code)
{
    if (!v.isObject())
        return wrongType(v, AcceptsObject, at, code);
    const std::string missing(code);
    for (const auto &[name, part] : uniqueMembers(v)) {
        json::Value value;
        if (part.isNull())
            continue;
        if (auto s = readObject(
                part, at.key(name), {{"value", missing.c_str(), into(&value), missing.c_str()}}, {code, false});
            !s)
            return s;
    }
    return Done {};
}

ApiStatus readMembers(Embedder &out, const json::Value &v, const Location &at, std::string_view code, bool inner);

/// Checks the type of one member; all of them may be null.
ApiStatus checkType(Member member, const json::Value &v, const Location &at, std::string_view code, bool inner)
{
    std::string text;
    std::uint64_t number = 0;
    std::size_t choice = 0;
    bool flag = false;
    std::map<std::string, std::string> headers;
    Embedder part;
    if (v.isNull())
        return Done {};
    switch (member) {
    case Source:
        return readName(choice, SourceNames, v, at, code);
    case Pooling:
        return readName(choice, PoolingNames, v, at, code);
    case Dimensions:
    case DocumentTemplateMaxBytes:
        return readInto(number, v, at, code);
    case BinaryQuantized:
        return readInto(flag, v, at, code);
    case IndexingFragments:
    case SearchFragments:
        return readFragments(v, at, code);
    case Request:
    case Response:
        return Done {};
    case Headers:
        return readInto(headers, v, at, code);
    case SearchEmbedder:
    case IndexingEmbedder:
        return inner ? ApiStatus(Done {}) : readMembers(part, v, at, code, true);
    case Distribution:
        return readDistribution(v, at, code);
    default:
        return readInto(text, v, at, code);
    }
}

ApiStatus readMembers(Embedder &out, const json::Value &v, const Location &at, std::string_view code, bool inner)
{
    const std::string codeText(code);
    std::vector<Field> fields;
    std::map<std::string, std::string> given;
    for (const Member member : inner ? NestedWriteOrder : WriteOrder) {
        fields.push_back({Names[member], codeText.c_str(),
            [&, member](const json::Value &value, const Location &where, std::string_view why) -> ApiStatus {
                if (auto s = checkType(member, value, where, why, inner); !s)
                    return s;
                given[Names[member]] = json::compact(value);
                return Done {};
            }});
    }
    if (auto s = readObject(v, at, fields, {code}); !s)
        return s;
    out.members.clear();
    for (const Field &field : fields) {
        if (const auto found = given.find(field.name); found != given.end())
            out.members.emplace_back(found->first, found->second);
    }
    return Done {};
}

} // namespace

ApiStatus read(EmbedderPatch &out, const json::Value &v, const Location &at, std::string_view code)
{
    return readMembers(out, v, at, code, false);
}

ApiStatus validatePatch(const std::string &name, const EmbedderPatch &patch) { return validate(name, patch, false); }

ApiResult<Embedder> apply(const std::string &name, const Embedder *before, const EmbedderPatch &patch)
{
    Embedder after;
    if (before != nullptr) {
        const std::string *quantized = patch.find(Names[BinaryQuantized]);
        if (before->binaryQuantized() && quantized != nullptr && *quantized == "false") {
            return refuse(Code,
                place(name, "binaryQuantized")
                    + "Cannot disable the binary quantization.\n - Note: Binary quantization is a lossy "
                      "operation that cannot be reverted.\n - Hint: Add a new embedder that is "
                      "non-quantized and regenerate the vectors.");
        }
        after = *before;
        overlay(after, patch, false);
    } else {
        after = patch;
        setIfAbsent(after, Source, "\"openAi\"");
        if (after.source() == "openAi")
            setIfAbsent(after, Model, "\"text-embedding-3-small\"");
    }
    if (auto s = validate(name, after, true); !s)
        return s.err();
    return resolved(std::move(after), false, true);
}

} // namespace miroir::protocol::embedders
