// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/DocumentVectors.h"

#include <utility>

namespace miroir::protocol {

namespace {

using Vectors = std::vector<std::vector<float>>;

/// What is wrong with a value, without the path to it.
struct Problem {
    std::string path; ///< behind the embedder's name: "[0][1]"
    std::string expected; ///< empty: the text is complete
    json::Value found;
    std::string text;
};
template <typename T>
using Parsed = Result<T, Problem>;

/// "a positive integer: `3`"
std::string described(const json::Value &value)
{
    const std::string shown = ": `" + json::compact(value) + '`';
    switch (value.kind()) {
    case json::Kind::Null:
        return "null";
    case json::Kind::Bool:
        return "a boolean" + shown;
    case json::Kind::PositiveInteger:
        return "a positive integer" + shown;
    case json::Kind::NegativeInteger:
        return "a negative integer" + shown;
    case json::Kind::Float:
        return "a number" + shown;
    case json::Kind::String:
        return "a string" + shown;
    case json::Kind::Array:
        return "an array" + shown;
    case json::Kind::Object:
        return "an object" + shown;
    }
    return {};
}

Err<Problem> wrong(std::string path, const char *expected, const json::Value &found)
{
    return Err<Problem> {Problem {std::move(path), expected, found, {}}};
}

std::string indexed(const std::string &path, std::size_t index)
{
    return path + '[' + std::to_string(index) + ']';
}

Parsed<std::vector<float>> numbersOf(const json::Value &array, const std::string &path)
{
    std::vector<float> out;
    out.reserve(array.size());
    for (const json::Value item : array.items()) {
        if (!item.isNumber())
            return wrong(indexed(path, out.size()), "a number", item);
        out.push_back(static_cast<float>(item.toDouble()));
    }
    return out;
}

/// One vector, or a list of them: the first item tells which.
Parsed<Vectors> vectorsOf(const json::Value &value, const std::string &path)
{
    Vectors out;
    if (!value.exists() || value.isNull())
        return out;
    if (!value.isArray())
        return wrong(path, "null or an array", value);
    if (value.size() == 0)
        return out;
    const json::Value first = value.at(0);
    if (first.isNumber()) {
        auto one = numbersOf(value, path);
        if (!one)
            return one.err();
        out.push_back(std::move(*one));
        return out;
    }
    if (!first.isArray())
        return wrong(indexed(path, 0), "a number or an array", first);
    for (const json::Value item : value.items()) {
        const std::string here = indexed(path, out.size());
        if (!item.isArray())
            return wrong(here, "an array", item);
        auto one = numbersOf(item, here);
        if (!one)
            return one.err();
        out.push_back(std::move(*one));
    }
    return out;
}

/// The value of one embedder. `place` is "._vectors.name".
Parsed<Embeddings> embeddingsFrom(const json::Value &given, const std::string &place)
{
    Embeddings out;
    json::Value list = given;
    std::string path;
    const auto complete = [](std::string text) { return Err<Problem> {Problem {{}, {}, {}, std::move(text)}}; };
    if (given.isObject()) {
        for (const json::Member member : given.members()) {
            const std::string name = member.key();
            if (name != "embeddings" && name != "regenerate")
                return complete("Unexpected field `" + place + '.' + name
                                + "`\n  - note: the allowed fields are `regenerate` and `embeddings`");
        }
        const json::Value regenerate = given["regenerate"];
        if (!regenerate.isBool())
            return complete("Missing field `" + place + ".regenerate`\n  - note: `" + place
                            + "` must be an array of floats, an array of arrays of floats, or an object with field "
                              "`regenerate`");
        out.regenerate = regenerate.toBool();
        list = given["embeddings"];
        path = ".embeddings";
    } else if (!given.isArray() && !given.isNull()) {
        const char *kind = given.isString() ? "string"
            : given.isBool()                ? "boolean"
            : given.isInteger()             ? "integer"
                                            : "number";
        return complete("Expected `" + place
                        + "` to be an array of floats, an array of arrays of floats, or an object with at least the "
                          "field `regenerate`, but got the "
                        + kind + " `" + (given.isString() ? given.toString() : json::compact(given)) + '`');
    }
    auto vectors = vectorsOf(list, path);
    if (!vectors)
        return vectors.err();
    out.vectors = std::move(*vectors);
    return out;
}

/// A node reads `_vectors` as a map before it looks at what is in it.
std::string notAMap(const json::Value &value)
{
    const std::string raw = json::compact(value);
    const char *kind = value.isNull() ? "null"
        : value.isBool()              ? "boolean `"
        : value.isInteger()           ? "integer `"
        : value.isNumber()            ? "floating point `"
        : value.isString()            ? "string "
                                      : "sequence";
    std::string shown = kind;
    if (shown.ends_with('`'))
        shown += raw + '`';
    else if (value.isString())
        shown += raw;
    return "invalid type: " + shown + ", expected a map at line 1 column "
        + std::to_string(value.isArray() ? 0 : raw.size());
}

} // namespace

ApiResult<EmbeddingsByName> embeddingsOf(const Settings &settings, std::string_view documentId,
                                                   const json::Value &vectors,
                                                   std::map<std::string, std::vector<std::string>> &missing)
{
    EmbeddingsByName out;
    const std::string id(documentId);
    if (vectors.exists() && !vectors.isObject())
        return refuse("internal", notAMap(vectors));
    for (const auto &[name, embedder] : settings.embedders) {
        const json::Value given = vectors.isObject() ? vectors[name] : json::Value();
        const bool mustGive = embedder.source() == "userProvided";
        if (!given.exists()) {
            if (mustGive)
                missing[name].push_back(id);
            continue;
        }
        const std::string place = "._vectors." + name;
        auto parsed = embeddingsFrom(given, place);
        if (!parsed) {
            const Problem &problem = parsed.error();
            const std::string text = !problem.text.empty()
                ? problem.text
                : "Invalid value type at `" + place + problem.path + "`: expected " + problem.expected + ", but found "
                    + described(problem.found);
            return refuse("invalid_vectors_type",
                                    "Bad embedder configuration in the document with id: `" + id + "`. " + text);
        }
        // "Make them again" without any is no answer of an embedder that cannot make them.
        if (mustGive && parsed->regenerate && given.isObject() && !given["embeddings"].exists())
            missing[name].push_back(id);
        const auto expected = embedder.dimensions();
        for (std::size_t i = 0; expected && i < parsed->vectors.size(); ++i) {
            const std::size_t found = parsed->vectors[i].size();
            if (found != *expected)
                return refuse("invalid_vector_dimensions",
                                        "Invalid vector dimensions in document with id `" + id + "` in `" + place
                                            + "`.\n  - note: embedding #" + std::to_string(i) + " has dimensions "
                                            + std::to_string(found) + "\n  - note: embedder `" + name + "` requires "
                                            + std::to_string(*expected));
        }
        out.emplace(name, std::move(*parsed));
    }
    return out;
}

ApiStatus checkMissingVectors(std::string_view uid,
                                        const std::map<std::string, std::vector<std::string>> &missing)
{
    if (missing.empty())
        return Done {};
    const auto &[name, ids] = *missing.begin();
    std::string message = "Index `" + std::string(uid) + "`: While embedding documents for embedder `" + name
        + "`: no vectors provided for document `" + ids.front() + '`';
    if (ids.size() > 1)
        message += " and at least " + std::to_string(ids.size() - 1) + " other document(s)";
    message += "\n- Note: `" + name
        + "` has `source: userProvided`, so documents must provide embeddings as an array in `_vectors." + name
        + "`.\n- Hint: opt-out for a document with `_vectors." + name + ": null`";
    return refuse("vector_embedding_error", std::move(message));
}

} // namespace miroir::protocol
