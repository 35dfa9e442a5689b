// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/IndexData.h"

#include <algorithm>

namespace miroir::localnode {

namespace {

constexpr std::uint32_t hardDistance = 8; // positions between words on the two sides of a hard separator
constexpr std::uint32_t maxPosition = 65'535;
constexpr std::size_t maxWordBytes = 250;

/// Gives each word of a text its position; stop words count but are not kept.
template <typename Keep>
void placeWords(const std::vector<Token> &tokens, std::uint32_t start, Keep keep)
{
    std::uint32_t offset = start;
    std::optional<TokenKind> previous;
    for (const Token &token : tokens) {
        if (token.isSeparator()) {
            // Separators before the first word move nothing, and a soft one does not weaken a hard one.
            if (previous && !(token.kind == TokenKind::SoftSeparator && previous == TokenKind::HardSeparator))
                previous = token.kind;
            continue;
        }
        if (token.lemma.empty())
            continue;
        if (previous)
            offset += previous == TokenKind::HardSeparator ? hardDistance : 1;
        previous = token.kind;
        if (!token.isWord())
            continue;
        if (offset >= maxPosition)
            return;
        keep(token, offset);
    }
}

struct WordExtractor {
    IndexData &data;
    DocId docid;
    IndexDocument &document;
    std::unordered_map<FieldId, std::uint32_t> positions;
    std::unordered_map<FieldId, std::uint32_t> counts;

    void field(FieldId field, const json::Value &value)
    {
        const auto [slot, fresh] = positions.try_emplace(field, 0);
        if (!fresh)
            slot->second += hardDistance;
        if (slot->second >= maxPosition)
            return;
        std::string text;
        if (value.isString())
            text = value.toString();
        else if (value.isNumber())
            text = json::compact(value);
        else if (value.isBool())
            text = value.toBool() ? "true" : "false";
        else
            return;
        std::uint32_t &position = slot->second;
        placeWords(data.tokenizer.tokenize(text), position, [&](const Token &token, std::uint32_t offset) {
            const std::string_view word = trimmed(token.lemma);
            if (word.empty() || word.size() > maxWordBytes)
                return;
            position = offset;
            const WordId id = data.words.idOf(word);
            data.words.add(id, {docid, field, static_cast<std::uint16_t>(offset)});
            document.words.push_back(id);
            ++counts[field];
        });
    }
};

void facetValue(IndexData &data, DocId docid, FieldId field, bool insideArray, const json::Value &value)
{
    FacetColumn &column = data.facets.columnFor(field);
    column.exists.insert(docid);
    if (value.isNumber())
        data.facets.addNumber(docid, field, value.toDouble());
    else if (value.isBool())
        data.facets.addString(docid, field, value.toBool() ? "true" : "false", value.toBool() ? "true" : "false");
    else if (value.isString()) {
        const std::string text = value.toString();
        if (text.empty()) {
            if (!insideArray)
                column.empties.insert(docid);
            return;
        }
        data.facets.addString(docid, field,
                              std::string(truncatedTo(normalisedFacet(text), FacetStore::maxKeyBytes)), text);
    } else if (value.isNull()) {
        if (!insideArray)
            column.nulls.insert(docid);
    } else if (value.size() == 0 && !insideArray) {
        column.empties.insert(docid);
    }
}

void indexGeo(IndexData &data, const ParsedDocument &parsed, IndexDocument &document)
{
    if (!data.settings.geoFilterable() && !data.settings.geoSortable())
        return;
    const auto point = geoPointOf(parsed.id, parsed.text.root()[geoField]);
    if (!point || !*point)
        return;
    document.geo = **point;
    const auto lat = data.fields.idOf(geoLatField);
    const auto lng = data.fields.idOf(geoLngField);
    if (!lat || !lng)
        return;
    for (const auto &[field, number] : {std::pair(*lat, document.geo->lat), std::pair(*lng, document.geo->lng)}) {
        data.facets.columnFor(field).exists.insert(parsed.docid);
        data.facets.addNumber(parsed.docid, field, number);
    }
}

} // namespace

DocId IndexData::takeId()
{
    if (!freeIds.empty()) {
        const DocId id = *freeIds.begin();
        freeIds.erase(freeIds.begin());
        return id;
    }
    documents.emplace_back();
    return static_cast<DocId>(documents.size() - 1);
}

void IndexData::rebuildTokenizers()
{
    TokenizerOptions options;
    // Stop words are decomposed but keep their case: "The" is none when "the" is one, as on a node.
    for (const std::string &word : settings.stopWords)
        options.stopWords.insert(decomposed(word));
    options.separators = settings.separatorTokens;
    options.nonSeparators = settings.nonSeparatorTokens;
    options.dictionary = settings.dictionary;
    tokenizer = Tokenizer(options);
    options.stopWords.clear();
    options.charMap = true;
    highlighter = Tokenizer(options);

    synonyms.clear();
    std::map<std::vector<std::string>, std::set<std::string>> byKey;
    for (const auto &[word, list] : settings.synonyms) {
        const std::vector<std::string> key = wordsOf(tokenizer, word);
        if (!key.empty())
            byKey[key].insert(list.begin(), list.end());
    }
    for (const auto &[key, list] : byKey) {
        for (const std::string &text : list) {
            std::vector<std::string> phrase = wordsOf(tokenizer, text);
            if (!phrase.empty())
                synonyms[key].push_back(std::move(phrase));
        }
    }
    exactWords.clear();
    for (const std::string &word : settings.typoTolerance.disableOnWords) {
        std::string text;
        for (const Token &token : tokenizer.tokenize(word))
            text += token.lemma;
        exactWords.insert(text);
    }
}

void indexDocument(IndexData &data, const ParsedDocument &parsed)
{
    IndexDocument &document = data.documents[parsed.docid];
    document.words.clear();
    document.wordCounts.clear();
    document.geo.reset();
    WordExtractor extractor {data, parsed.docid, document, {}, {}};
    for (const json::Member member : parsed.text.root().members()) {
        const std::string name = member.key();
        const auto top = data.fields.idOf(name);
        if (!top || isReservedField(name))
            continue;
        const bool facets = data.fields.rules(*top).facetParent;
        visitLeaves(name, member.value, [&](const std::string &leaf, bool insideArray, const json::Value &value) {
            const auto field = leaf == name ? top : data.fields.idOf(leaf);
            if (!field)
                return;
            const FieldRules rules = data.fields.rules(*field);
            if (rules.searchable)
                extractor.field(*field, value);
            if (facets && rules.faceted)
                facetValue(data, parsed.docid, *field, insideArray, value);
        });
        // Objects and arrays exist (or are empty) as a whole, besides what their leaves are.
        const bool container = member.value.isObject() || member.value.isArray();
        if (container && data.fields.rules(*top).faceted)
            facetValue(data, parsed.docid, *top, false, member.value);
    }
    indexGeo(data, parsed, document);
    std::sort(document.words.begin(), document.words.end());
    document.words.erase(std::unique(document.words.begin(), document.words.end()), document.words.end());
    document.words.shrink_to_fit();
    document.wordCounts.assign(extractor.counts.begin(), extractor.counts.end());
    if (!data.settings.embedders.empty()) {
        std::map<std::string, std::vector<std::string>> missing;
        if (auto vectors = embeddingsOf(data.settings, parsed.id, parsed.text.root()[vectorsField], missing))
            data.vectors.set(parsed.docid, std::move(*vectors));
    }
}

void unindexDocuments(IndexData &data, const IndexSet &documents)
{
    std::vector<WordId> words;
    documents.forEach([&](DocId doc) {
        const auto &list = data.documents[doc].words;
        words.insert(words.end(), list.begin(), list.end());
    });
    data.words.finish();
    data.words.removeDocuments(documents, words);
    data.facets.removeDocuments(documents);
    data.vectors.removeDocuments(documents);
}

void finishIndexing(IndexData &data)
{
    data.words.finish();
    data.facets.finish();
}

} // namespace miroir::localnode
