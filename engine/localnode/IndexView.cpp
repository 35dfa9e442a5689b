// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/IndexView.h"

#include <algorithm>

namespace miroir::localnode {

FieldSelection::Match FieldSelection::match(std::string_view path) const
{
    if (!m_names)
        return Match::Whole;
    Match best = Match::None;
    for (const std::string &name : *m_names) {
        if (protocol::isWithin(path, name))
            return Match::Whole;
        if (protocol::isWithin(name, path))
            best = Match::Part;
    }
    return best;
}

namespace {

void writePart(json::Writer &out, const json::Value &value, const std::string &path, const FieldSelection &selection);

void writeObjectPart(json::Writer &out, const json::Value &object, const std::string &path,
                     const FieldSelection &selection)
{
    out.beginObject();
    for (const json::Member member : object.members()) {
        const std::string name = member.key();
        const std::string inner = path + '.' + name;
        const FieldSelection::Match match = selection.match(inner);
        const bool container = member.value.isObject() || member.value.isArray();
        if (match == FieldSelection::Match::None || (match == FieldSelection::Match::Part && !container))
            continue;
        out.key(name);
        if (match == FieldSelection::Match::Whole)
            out.raw(member.value.raw());
        else
            writePart(out, member.value, inner, selection);
    }
    out.endObject();
}

bool hasPart(const json::Value &object, const std::string &path, const FieldSelection &selection)
{
    for (const json::Member member : object.members()) {
        const FieldSelection::Match match = selection.match(path + '.' + member.key());
        if (match == FieldSelection::Match::Whole)
            return true;
        if (match == FieldSelection::Match::Part && (member.value.isObject() || member.value.isArray()))
            return true;
    }
    return false;
}

void writePart(json::Writer &out, const json::Value &value, const std::string &path, const FieldSelection &selection)
{
    if (value.isObject())
        return writeObjectPart(out, value, path, selection);
    out.beginArray();
    for (const json::Value item : value.items()) {
        if (item.isArray())
            writePart(out, item, path, selection);
        else if (item.isObject() && hasPart(item, path, selection)) // items without the part vanish
            writeObjectPart(out, item, path, selection);
    }
    out.endArray();
}

std::set<std::string> knownNames(const IndexData &data, const std::vector<std::string> &names)
{
    std::set<std::string> out;
    for (const std::string &name : names) {
        if (data.fields.find(name))
            out.insert(name);
    }
    return out;
}

} // namespace

std::vector<json::Member> orderedMembers(const IndexData &data, const json::Value &document)
{
    std::vector<std::pair<FieldId, json::Member>> numbered;
    for (const json::Member member : document.members()) {
        const std::string name = member.key();
        const auto field = data.fields.find(name);
        if (field && name != vectorsField)
            numbered.emplace_back(*field, member);
    }
    std::stable_sort(numbered.begin(), numbered.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    std::vector<json::Member> out;
    out.reserve(numbered.size());
    for (const auto &[field, member] : numbered)
        out.push_back(member);
    return out;
}

void writeSelected(json::Writer &out, const IndexData &data, const json::Value &document,
                   const FieldSelection &selection)
{
    for (const json::Member &member : orderedMembers(data, document)) {
        const std::string name = member.key();
        const FieldSelection::Match match = selection.match(name);
        const bool container = member.value.isObject() || member.value.isArray();
        if (match == FieldSelection::Match::None || (match == FieldSelection::Match::Part && !container))
            continue;
        out.key(name);
        if (match == FieldSelection::Match::Whole)
            out.raw(member.value.raw());
        else
            writePart(out, member.value, name, selection);
    }
}

std::string vectorsJson(const IndexData &data, DocId doc, const json::Value &document)
{
    json::Writer out;
    out.beginObject();
    for (const json::Member member : document[vectorsField].members()) {
        if (!data.settings.embedders.contains(member.key()))
            out.key(member.key()).raw(member.value.raw());
    }
    if (const EmbeddingsByName *byName = data.vectors.of(doc)) {
        for (const auto &[name, embeddings] : *byName) {
            out.key(name).beginObject().key("embeddings").beginArray();
            for (const std::vector<float> &vector : embeddings.vectors) {
                // Stored vectors are shown as doubles, all digits of the float, unlike the vector of a query.
                out.beginArray();
                for (const float number : vector)
                    out.number(double {number});
                out.endArray();
            }
            out.endArray().key("regenerate").boolean(embeddings.regenerate).endObject();
        }
    }
    out.endObject();
    return out.take().toStdString();
}

FieldSelection displayedFields(const IndexData &data)
{
    if (!data.settings.displayedAttributes)
        return FieldSelection::all();
    return FieldSelection(knownNames(data, *data.settings.displayedAttributes));
}

FieldSelection retrievedFields(const IndexData &data, const std::optional<std::vector<std::string>> &attributes)
{
    if (!attributes || std::find(attributes->begin(), attributes->end(), "*") != attributes->end())
        return displayedFields(data);
    std::set<std::string> names = knownNames(data, *attributes);
    if (const auto &displayed = data.settings.displayedAttributes) {
        // Only names that are displayed themselves: "a.b" is not shown because "a" is.
        std::erase_if(names, [&displayed](const std::string &name) {
            return std::find(displayed->begin(), displayed->end(), name) == displayed->end();
        });
    }
    return FieldSelection(std::move(names));
}

QByteArray documentJson(const IndexData &data, DocId doc, const std::optional<std::vector<std::string>> &fields,
                        bool retrieveVectors)
{
    const auto parsed = json::Document::parse(data.documents[doc].json);
    MIROIR_ASSERT(parsed.ok()); // only checked documents are stored
    const FieldSelection selection
        = fields ? FieldSelection(std::set<std::string>(fields->begin(), fields->end())) : FieldSelection::all();
    json::Writer out;
    out.beginObject();
    writeSelected(out, data, parsed->root(), selection);
    if (retrieveVectors)
        out.key(vectorsField).raw(vectorsJson(data, doc, parsed->root()));
    out.endObject();
    return out.take();
}

} // namespace miroir::localnode
