// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/IndexData.h"
#include "localnode/QueryTerm.h"

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace miroir::localnode {

/// Limits of Meilisearch on what one word of a query may stand for.
namespace querylimits {
inline constexpr std::size_t tokens = 1000;
inline constexpr std::size_t words = 10;
inline constexpr std::size_t prefixes = 1000;
inline constexpr std::size_t oneTypo = 150;
inline constexpr std::size_t twoTypos = 50;
inline constexpr std::size_t synonymPhrases = 50;
inline constexpr std::size_t synonymWords = 100;
inline constexpr std::size_t wordBytes = 250;
} // namespace querylimits

/// Words further apart than this many positions are not near each other.
inline constexpr std::uint32_t maxDistance = 4;

/// Numbers the words, phrases and terms of one search and answers in which documents they are; every answer is kept
/// until the search ends. The index must not change meanwhile.
class QueryContext
{
public:
    explicit QueryContext(const IndexData &index);

    const IndexData &data;

    WordRef wordRef(std::string_view word);
    [[nodiscard]] const std::string &text(WordRef word) const { return m_words[word].text; }
    PhraseRef phraseRef(PhraseWords words);
    [[nodiscard]] const PhraseWords &phrase(PhraseRef phrase) const { return m_phrases[phrase]; }
    TermRef addTerm(QueryTerm term);
    [[nodiscard]] QueryTerm &term(TermRef term) { return m_terms[term]; }
    [[nodiscard]] const QueryTerm &term(TermRef term) const { return m_terms[term]; }

    /// Only these fields are searched from now on (attributesToSearchOn).
    void restrictTo(std::set<FieldId> fields) { m_restricted = std::move(fields); }

    [[nodiscard]] bool inIndex(WordRef word) const;
    /// A prefix with so many words that it is looked up as a whole.
    [[nodiscard]] bool isCommonPrefix(std::string_view word) const;
    /// False for words that only occur where typos are disabled.
    [[nodiscard]] bool allowsTypos(WordId word) const;

    const IndexSet &wordDocs(UsedWord word);
    const IndexSet &prefixDocs(UsedWord prefix);
    const IndexSet &phraseDocs(PhraseRef phrase);
    const IndexSet &inField(WordRef word, FieldId field, bool prefix);
    const IndexSet &atPosition(WordRef word, std::uint16_t bucket, bool prefix);
    const std::vector<FieldId> &fieldsOf(WordRef word, bool prefix);
    const std::vector<std::uint16_t> &bucketsOf(WordRef word, bool prefix);
    /// Documents in which the second word (or a word with that prefix) comes `distance` positions behind the first,
    /// 1..3; null when there are none. With proximityPrecision byAttribute one answer stands for all distances, and it
    /// covers only the universe that was first asked about, as on a node (null: everything).
    const IndexSet *near(WordRef first, WordRef second, std::uint32_t distance, bool prefix = false,
                         const IndexSet *universe = nullptr);

    // What a subset of a term stands for.
    std::vector<UsedWord> wordsOf(const TermSubset &subset); ///< without the words of a common prefix
    std::vector<PhraseRef> phrasesOf(const TermSubset &subset);
    [[nodiscard]] std::optional<UsedWord> prefixOf(const TermSubset &subset) const;
    [[nodiscard]] std::optional<PhraseRef> phraseOf(const TermSubset &subset) const;
    struct ExactTerm {
        std::optional<PhraseRef> phrase;
        WordRef word = 0;
    };
    [[nodiscard]] std::optional<ExactTerm> exactOf(const TermSubset &subset) const;
    [[nodiscard]] std::uint32_t maxTypoCost(const TermSubset &subset) const;
    IndexSet docsOf(const TermSubset &subset, const IndexSet &universe);
    IndexSet docsInField(const TermSubset &subset, FieldId field);
    IndexSet docsAt(const TermSubset &subset, std::uint16_t bucket);

private:
    struct Word {
        std::string text;
        std::optional<WordId> id;
    };
    struct Places {
        std::vector<Occurrence> list; ///< by document, field, position
        std::vector<WordId> words; ///< which word each place is of, for prefixes
    };
    struct Distances {
        std::array<IndexSet, 3> docs;
        std::array<bool, 3> any {};
    };
    [[nodiscard]] const std::vector<Occurrence> &places(WordRef word, bool prefix);
    const Places &prefixPlaces(WordRef prefix);
    [[nodiscard]] bool isExactPlace(const Occurrence &place, WordId word) const;
    [[nodiscard]] bool isNumericWord(WordId word) const;
    IndexSet collectDocs(WordRef word, bool prefix, bool derived);
    Distances distances(WordRef first, WordRef second, bool prefix);
    Distances commonFields(WordRef first, WordRef second, bool prefix, const IndexSet *universe);
    IndexSet computePhrase(PhraseRef phrase);

    std::vector<Word> m_words;
    std::unordered_map<std::string, WordRef, StringHash, std::equal_to<>> m_wordRefs;
    std::vector<PhraseWords> m_phrases;
    std::map<PhraseWords, PhraseRef> m_phraseRefs;
    std::vector<QueryTerm> m_terms;
    std::optional<std::set<FieldId>> m_restricted;
    bool m_typosEverywhere = true; // no field and no number is exempt from typos

    std::map<std::tuple<WordRef, bool, bool>, IndexSet> m_docs;
    std::map<PhraseRef, IndexSet> m_phraseDocs;
    std::map<std::tuple<WordRef, bool, FieldId>, IndexSet> m_fieldDocs;
    std::map<std::tuple<WordRef, bool, std::uint16_t>, IndexSet> m_positionDocs;
    std::set<std::pair<WordRef, bool>> m_placed; // whose buckets are in m_positionDocs
    std::map<std::pair<WordRef, bool>, std::vector<FieldId>> m_fields;
    std::map<std::pair<WordRef, bool>, std::vector<std::uint16_t>> m_buckets;
    std::map<WordRef, Places> m_prefixPlaces;
    std::map<std::tuple<WordRef, WordRef, bool>, Distances> m_distances;
};

} // namespace miroir::localnode
