// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/QueryContext.h"

#include <algorithm>

namespace miroir::localnode {

namespace {

constexpr std::size_t commonPrefixBytes = 4;
constexpr std::size_t commonPrefixWords = 100;

/// Calls visit(doc, beginA, endA, beginB, endB) for documents that are in both lists.
template <typename Visit>
void forEachCommonDoc(const std::vector<Occurrence> &a, const std::vector<Occurrence> &b, Visit visit)
{
    const auto runEnd = [](const std::vector<Occurrence> &list, std::size_t begin) {
        std::size_t end = begin + 1;
        while (end < list.size() && list[end].doc == list[begin].doc)
            ++end;
        return end;
    };
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        if (a[i].doc < b[j].doc) {
            ++i;
        } else if (b[j].doc < a[i].doc) {
            ++j;
        } else {
            const std::size_t iEnd = runEnd(a, i);
            const std::size_t jEnd = runEnd(b, j);
            visit(a[i].doc, i, iEnd, j, jEnd);
            i = iEnd;
            j = jEnd;
        }
    }
}

} // namespace

QueryContext::QueryContext(const IndexData &index) : data(index)
{
    m_typosEverywhere = index.settings.typoTolerance.disableOnAttributes.empty()
        && !index.settings.typoTolerance.disableOnNumbers;
}

WordRef QueryContext::wordRef(std::string_view word)
{
    const auto known = m_wordRefs.find(word);
    if (known != m_wordRefs.end())
        return known->second;
    const auto ref = static_cast<WordRef>(m_words.size());
    m_words.push_back({std::string(word), data.words.find(word)});
    m_wordRefs.emplace(std::string(word), ref);
    return ref;
}

PhraseRef QueryContext::phraseRef(PhraseWords words)
{
    const auto known = m_phraseRefs.find(words);
    if (known != m_phraseRefs.end())
        return known->second;
    const auto ref = static_cast<PhraseRef>(m_phrases.size());
    m_phrases.push_back(words);
    m_phraseRefs.emplace(std::move(words), ref);
    return ref;
}

TermRef QueryContext::addTerm(QueryTerm term)
{
    m_terms.push_back(std::move(term));
    return static_cast<TermRef>(m_terms.size() - 1);
}

bool QueryContext::inIndex(WordRef word) const
{
    const auto id = m_words[word].id;
    return id && !data.words.occurrences(*id).empty();
}

bool QueryContext::isNumericWord(WordId word) const
{
    const std::string &text = data.words.text(word);
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = nextCode(text, at);
        const bool punctuation = c < 0x80 && c > 0x20 && c != 0x7F && !(c >= '0' && c <= '9')
            && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z');
        if (!isNumericCode(c) && !punctuation)
            return false;
    }
    return true;
}

bool QueryContext::isExactPlace(const Occurrence &place, WordId word) const
{
    if (m_typosEverywhere)
        return false;
    if (data.fields.rules(place.field).exact)
        return true;
    return !m_restricted && data.settings.typoTolerance.disableOnNumbers && isNumericWord(word);
}

bool QueryContext::allowsTypos(WordId word) const
{
    if (m_typosEverywhere)
        return true;
    if (data.settings.typoTolerance.disableOnNumbers && isNumericWord(word))
        return false;
    const auto &list = data.words.occurrences(word);
    return std::any_of(list.begin(), list.end(),
                       [this](const Occurrence &o) { return !data.fields.rules(o.field).exact; });
}

bool QueryContext::isCommonPrefix(std::string_view word) const
{
    if (!data.settings.prefixSearch || word.empty() || word.size() > commonPrefixBytes)
        return false;
    const auto [first, last] = data.words.prefixRange(word);
    if (last - first < commonPrefixWords || m_typosEverywhere)
        return last - first >= commonPrefixWords;
    const auto &sorted = data.words.sorted();
    const auto begin = sorted.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(last);
    return std::count_if(begin, end, [this](WordId id) { return allowsTypos(id); })
        >= static_cast<std::ptrdiff_t>(commonPrefixWords);
}

const QueryContext::Places &QueryContext::prefixPlaces(WordRef prefix)
{
    const auto known = m_prefixPlaces.find(prefix);
    if (known != m_prefixPlaces.end())
        return known->second;
    std::vector<std::pair<Occurrence, WordId>> all;
    const auto [first, last] = data.words.prefixRange(text(prefix));
    for (std::size_t i = first; i < last; ++i) {
        const WordId id = data.words.sorted()[i];
        for (const Occurrence &place : data.words.occurrences(id))
            all.emplace_back(place, id);
    }
    std::sort(all.begin(), all.end());
    Places &out = m_prefixPlaces[prefix];
    out.list.reserve(all.size());
    out.words.reserve(all.size());
    for (const auto &[place, id] : all) {
        out.list.push_back(place);
        out.words.push_back(id);
    }
    return out;
}

const std::vector<Occurrence> &QueryContext::places(WordRef word, bool prefix)
{
    static const std::vector<Occurrence> nothing;
    if (prefix)
        return prefixPlaces(word).list;
    const auto id = m_words[word].id;
    return id ? data.words.occurrences(*id) : nothing;
}

IndexSet QueryContext::collectDocs(WordRef word, bool prefix, bool derived)
{
    IndexSet out;
    const std::vector<Occurrence> &list = places(word, prefix);
    const Places *from = prefix ? &m_prefixPlaces[word] : nullptr;
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (m_restricted && !m_restricted->contains(list[i].field))
            continue;
        if (derived && isExactPlace(list[i], from != nullptr ? from->words[i] : *m_words[word].id))
            continue;
        out.insert(list[i].doc);
    }
    return out;
}

const IndexSet &QueryContext::wordDocs(UsedWord word)
{
    const auto key = std::tuple(word.word, false, word.derived && !m_typosEverywhere);
    const auto known = m_docs.find(key);
    if (known != m_docs.end())
        return known->second;
    return m_docs.emplace(key, collectDocs(word.word, false, std::get<2>(key))).first->second;
}

const IndexSet &QueryContext::prefixDocs(UsedWord prefix)
{
    const auto key = std::tuple(prefix.word, true, prefix.derived && !m_typosEverywhere);
    const auto known = m_docs.find(key);
    if (known != m_docs.end())
        return known->second;
    return m_docs.emplace(key, collectDocs(prefix.word, true, std::get<2>(key))).first->second;
}

const IndexSet &QueryContext::inField(WordRef word, FieldId field, bool prefix)
{
    const auto key = std::tuple(word, prefix, field);
    const auto known = m_fieldDocs.find(key);
    if (known != m_fieldDocs.end())
        return known->second;
    IndexSet &out = m_fieldDocs[key];
    if (m_restricted && !m_restricted->contains(field))
        return out;
    for (const Occurrence &place : places(word, prefix)) {
        if (place.field == field)
            out.insert(place.doc);
    }
    return out;
}

const IndexSet &QueryContext::atPosition(WordRef word, std::uint16_t bucket, bool prefix)
{
    const auto key = std::tuple(word, prefix, bucket);
    const auto known = m_positionDocs.find(key);
    if (known != m_positionDocs.end())
        return known->second;
    // One walk fills all buckets of the word, for the rule asks for each of them.
    if (m_placed.insert(std::pair(word, prefix)).second) {
        for (const Occurrence &place : places(word, prefix))
            m_positionDocs[std::tuple(word, prefix, bucketedPosition(place.position))].insert(place.doc);
    }
    return m_positionDocs[key];
}

const std::vector<FieldId> &QueryContext::fieldsOf(WordRef word, bool prefix)
{
    const auto key = std::pair(word, prefix);
    const auto known = m_fields.find(key);
    if (known != m_fields.end())
        return known->second;
    std::set<FieldId> fields;
    for (const Occurrence &place : places(word, prefix))
        fields.insert(place.field);
    return m_fields.emplace(key, std::vector<FieldId>(fields.begin(), fields.end())).first->second;
}

const std::vector<std::uint16_t> &QueryContext::bucketsOf(WordRef word, bool prefix)
{
    const auto key = std::pair(word, prefix);
    const auto known = m_buckets.find(key);
    if (known != m_buckets.end())
        return known->second;
    std::set<std::uint16_t> buckets;
    for (const Occurrence &place : places(word, prefix))
        buckets.insert(bucketedPosition(place.position));
    return m_buckets.emplace(key, std::vector<std::uint16_t>(buckets.begin(), buckets.end())).first->second;
}

QueryContext::Distances QueryContext::distances(WordRef first, WordRef second, bool prefix)
{
    Distances out;
    const std::vector<Occurrence> &a = places(first, false);
    const std::vector<Occurrence> &b = places(second, prefix);
    const Places *from = prefix ? &prefixPlaces(second) : nullptr;
    std::vector<std::pair<WordId, std::uint32_t>> best; // the nearest place counts, for each word of a prefix
    forEachCommonDoc(a, b, [&](std::uint32_t doc, std::size_t i, std::size_t iEnd, std::size_t j, std::size_t jEnd) {
        best.clear();
        for (std::size_t x = i; x < iEnd; ++x) {
            for (std::size_t y = j; y < jEnd; ++y) {
                if (a[x].field != b[y].field || b[y].position <= a[x].position)
                    continue;
                const std::uint32_t distance = b[y].position - static_cast<std::uint32_t>(a[x].position);
                if (distance >= maxDistance)
                    continue;
                const WordId word = from != nullptr ? from->words[y] : 0;
                const auto it
                    = std::find_if(best.begin(), best.end(), [word](const auto &e) { return e.first == word; });
                if (it == best.end())
                    best.emplace_back(word, distance);
                else
                    it->second = std::min(it->second, distance);
            }
        }
        for (const auto &[word, distance] : best) {
            out.docs[distance - 1].insert(doc);
            out.any[distance - 1] = true;
        }
    });
    return out;
}

/// With proximityPrecision byAttribute two words are near when one field has both.
QueryContext::Distances QueryContext::commonFields(WordRef first, WordRef second, bool prefix,
                                                   const IndexSet *universe)
{
    IndexSet docs;
    for (const FieldId field : data.fields.searchableIds())
        docs |= inField(first, field, false) & inField(second, field, prefix);
    if (universe != nullptr)
        docs &= *universe;
    Distances out;
    out.docs.fill(docs);
    out.any.fill(true);
    return out;
}

const IndexSet *QueryContext::near(WordRef first, WordRef second, std::uint32_t distance, bool prefix,
                                   const IndexSet *universe)
{
    const bool byAttribute = data.settings.proximityByAttribute;
    if (byAttribute)
        distance = 1;
    if (distance == 0 || distance >= maxDistance)
        return nullptr;
    const auto key = std::tuple(first, second, prefix);
    auto known = m_distances.find(key);
    if (known == m_distances.end()) {
        Distances computed = byAttribute ? commonFields(first, second, prefix, universe)
                                         : distances(first, second, prefix);
        known = m_distances.emplace(key, std::move(computed)).first;
    }
    return known->second.any[distance - 1] ? &known->second.docs[distance - 1] : nullptr;
}

const IndexSet &QueryContext::phraseDocs(PhraseRef phrase)
{
    const auto known = m_phraseDocs.find(phrase);
    if (known != m_phraseDocs.end())
        return known->second;
    return m_phraseDocs.emplace(phrase, computePhrase(phrase)).first->second;
}

IndexSet QueryContext::computePhrase(PhraseRef ref)
{
    const PhraseWords words = phrase(ref);
    std::optional<IndexSet> out;
    for (const auto &word : words) {
        if (!word)
            continue;
        if (out)
            *out &= wordDocs({false, *word});
        else
            out = wordDocs({false, *word});
    }
    if (!out)
        return {};
    // In each window of three: neighbours one apart, the outer two at most two apart.
    const std::size_t window = std::min<std::size_t>(words.size(), 3);
    for (std::size_t start = 0; start + window <= words.size() && !out->isEmpty(); ++start) {
        for (std::size_t i = start; i < start + window; ++i) {
            for (std::size_t j = i + 1; j < start + window; ++j) {
                if (!words[i] || !words[j])
                    continue;
                IndexSet close;
                for (std::uint32_t distance = 1; distance <= j - i; ++distance) {
                    if (const IndexSet *docs = near(*words[i], *words[j], distance))
                        close |= *docs;
                }
                *out &= close;
            }
        }
    }
    return std::move(*out);
}

} // namespace miroir::localnode
