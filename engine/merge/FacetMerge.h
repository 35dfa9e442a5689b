// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "merge/SearchMerge.h"

#include <map>
#include <unordered_map>

namespace miroir::merge {

/// Adds up facet distributions and stats. Values are the same when their normalised forms are. A node shows the
/// form of its first document; the form shown here is that of the answer with the most documents, where the
/// first is most likely to be. Whether a value is a number is not written in an answer: it is taken as one when
/// it reads as a number between the least and the greatest number of the facet's stats.
///
/// The other way to fill it is with the documents themselves, first inserted first: then all of that is known.
class FacetMerge
{
public:
    /// Takes over one answer's members; either may be absent. The values must live until the end.
    [[nodiscard]] Status<> add(const json::Value &distribution, const json::Value &stats);
    /// The names of the facets of one answer, without its counts.
    [[nodiscard]] Status<> addNames(const json::Value &distribution);
    /// Counts the values of a document under every name that is there. The document must live until the end.
    void addDocument(const json::Value &document);
    /// Takes a document out again that the distinct attribute drops in the merge: one from the count of each
    /// value it shows.
    void remove(const json::Value &document);
    /// Takes out what one answer counts, and puts single documents back in.
    [[nodiscard]] Status<> subtract(const json::Value &distribution);
    void putBack(const json::Value &document);
    /// Makes the stats those of the values that are left, as far as they tell. A facet of which some answer gave that
    /// many values keeps its stats: others were cut off.
    void restat(std::uint64_t nodeValuesPerFacet);
    /// Some answer gave as many values of some facet.
    [[nodiscard]] bool anyAsLongAs(std::uint64_t values) const;
    /// Different values of a facet, and the documents counted for them in all answers together.
    struct Values {
        std::uint64_t different = 0, documents = 0;
    };
    [[nodiscard]] Values valuesOf(const std::string &facet) const;
    /// Documents counted for a value (valueKey()); nothing when it is not there.
    [[nodiscard]] std::optional<std::uint64_t> countOf(const std::string &facet, const std::string &key) const;
    /// The most values that one answer gave for a facet: what a node cut is as long as its limit.
    [[nodiscard]] std::uint64_t longest(const std::string &facet) const;
    /// What only the documents tell: a value was shown in different forms by different answers, or a facet has both
    /// numbers and texts, of which some read as a number of that facet.
    [[nodiscard]] bool needsDocuments() const;
    /// The values in different forms, rarest first as many as that many documents have.
    [[nodiscard]] FacetValues inSeveralForms(std::uint64_t documents) const;
    /// Shows values in these forms.
    void show(const FacetForms &forms);
    /// A facet that was asked for only for the merge.
    void hide(const std::string &facet);
    /// candidates: documents found; above 3,000 a node lists numbers by value, else by their text.
    [[nodiscard]] QByteArray distribution(const FacetSettings &settings, std::uint64_t candidates) const;
    [[nodiscard]] QByteArray stats() const;

private:
    struct Count {
        std::string shown; // raw JSON string
        std::uint64_t documents = 0;
        std::uint64_t most = 0; // documents in the answer that `shown` is from
        bool number = false; // known to be one
    };
    struct Facet {
        std::string_view rawName;
        std::unordered_map<std::string, Count> counts; // by normalised value
        std::uint64_t longest = 0;
    };
    struct Stats {
        std::string_view rawName;
        double least = 0, greatest = 0;
    };
    struct Row;
    /// The number that a value from an answer is taken for.
    [[nodiscard]] std::optional<double> numberOf(const std::string &facet, std::string_view key) const;
    [[nodiscard]] Status<> addFacet(const json::Member &member);
    [[nodiscard]] Status<> addStats(const json::Member &member);
    void addStat(const std::string &name, std::string_view rawName, double least, double greatest);
    [[nodiscard]] std::vector<Row> sortedRows(
        const std::string &name, const Facet &facet, FacetOrder order, bool numbersByValue) const;

    std::map<std::string, Facet> m_facets; // a node lists facets by name
    std::map<std::string, Stats> m_stats;
    FacetValues m_inSeveralForms;
};

/// Different values of a document at a path, each once, by facetKey(), with the value that is first to have that form.
[[nodiscard]] std::map<std::string, json::Value> facetValues(const json::Value &document, const std::string &path);
/// The text under which a node counts a value of a document; empty for what is no facet value. Numbers as a node
/// writes them there: never with an exponent.
[[nodiscard]] std::string facetKey(const json::Value &value);

} // namespace miroir::merge
