// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/RankGraph.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

namespace miroir::localnode {

namespace {

/// Every term costs nothing; what is counted are the words left out.
class WordsRule final : public RankGraph
{
public:
    explicit WordsRule(Strategy strategy) : RankGraph(ScoreDetail::Kind::Words, strategy) { }

protected:
    std::vector<Costed> edges(QueryContext &, const LocatedSubset *, const LocatedSubset &to) override
    {
        return {{0, {RankCondition::Kind::Any, to, {}, 0, {}, {}}}};
    }
    RankResolved resolve(QueryContext &context, const RankCondition &condition, const IndexSet &universe) override
    {
        return resolveAny(context, condition.term, universe);
    }
};

/// One edge for each number of typos; a word joined from n words costs n more.
class TypoRule final : public RankGraph
{
public:
    TypoRule() : RankGraph(ScoreDetail::Kind::Typo, std::nullopt) { }

protected:
    std::vector<Costed> edges(QueryContext &context, const LocatedSubset *, const LocatedSubset &to) override
    {
        const std::uint32_t base = to.idCount() == 1 ? 0 : to.idCount();
        std::vector<Costed> out;
        for (std::uint32_t typos = 0; typos <= context.maxTypoCost(to.subset); ++typos) {
            LocatedSubset term = to;
            const TypoSubset none {TypoSubset::Kind::None, {}, {}};
            if (typos != 0)
                term.subset.zero = none;
            if (typos != 1)
                term.subset.one = none;
            if (typos != 2)
                term.subset.two = none;
            out.push_back({typos + base, {RankCondition::Kind::Any, std::move(term), {}, typos, {}, {}}});
        }
        return out;
    }
    RankResolved resolve(QueryContext &context, const RankCondition &condition, const IndexSet &universe) override
    {
        return resolveAny(context, condition.term, universe);
    }
};

/// Terms that follow each other in the query should do so in the document.
class ProximityRule final : public RankGraph
{
public:
    ProximityRule() : RankGraph(ScoreDetail::Kind::Proximity, std::nullopt) { }

protected:
    std::vector<Costed> edges(QueryContext &, const LocatedSubset *from, const LocatedSubset &to) override
    {
        const std::uint32_t base = to.idCount() - 1;
        const RankCondition anywhere {RankCondition::Kind::Any, to, {}, 0, {}, {}};
        // Without a left neighbour, or with a word of the query left out in between, there is no distance.
        if (from == nullptr || from->lastPosition + 1 != to.firstPosition)
            return {{base, anywhere}};
        std::vector<Costed> out;
        for (std::uint32_t cost = base; cost < maxDistance - 1 + base; ++cost)
            out.push_back({cost, {RankCondition::Kind::Near, to, *from, cost + 1, {}, {}}});
        out.emplace_back(maxDistance - 1 + base, anywhere);
        return out;
    }

    RankResolved resolve(QueryContext &context, const RankCondition &condition, const IndexSet &universe) override
    {
        if (condition.kind == RankCondition::Kind::Any)
            return resolveAny(context, condition.term, universe);
        const std::uint32_t backward = condition.cost - condition.term.idCount();
        IndexSet found;
        const auto right = firstWords(context, condition.term.subset);
        const auto prefix = context.prefixOf(condition.term.subset);
        for (const auto &[phrase, word] : lastWords(context, condition.left->subset)) {
            IndexSet within = universe;
            if (phrase)
                within &= context.phraseDocs(*phrase);
            if (phrase && within.isEmpty())
                continue;
            if (prefix)
                addPrefix(context, found, within, {phrase, word.word}, prefix->word, backward);
            // Worth a look before many pairs are compared.
            if (right.size() > 1 && !phrase && !context.wordDocs(word).intersects(universe))
                continue;
            for (const auto &[next, nextPhrase] : right)
                add(context, found, within, {phrase, word.word}, {nextPhrase, next}, backward);
        }
        found &= universe;
        return {std::move(found), condition.left, condition.term};
    }

private:
    struct Side {
        std::optional<PhraseRef> phrase;
        WordRef word = 0;
    };

    static std::set<std::pair<std::optional<PhraseRef>, UsedWord>> lastWords(QueryContext &context,
                                                                            const TermSubset &subset)
    {
        std::set<std::pair<std::optional<PhraseRef>, UsedWord>> out;
        for (const UsedWord word : context.wordsOf(subset))
            out.emplace(std::nullopt, word);
        for (const PhraseRef phrase : context.phrasesOf(subset)) {
            const PhraseWords &words = context.phrase(phrase);
            if (!words.empty() && words.back())
                out.emplace(phrase, UsedWord {false, *words.back()});
        }
        return out;
    }

    static std::set<std::pair<WordRef, std::optional<PhraseRef>>> firstWords(QueryContext &context,
                                                                            const TermSubset &subset)
    {
        std::set<std::pair<WordRef, std::optional<PhraseRef>>> out;
        for (const UsedWord word : context.wordsOf(subset))
            out.emplace(word.word, std::nullopt);
        for (const PhraseRef phrase : context.phrasesOf(subset)) {
            const PhraseWords &words = context.phrase(phrase);
            if (!words.empty() && words.front())
                out.emplace(*words.front(), phrase);
        }
        return out;
    }

    static void addPrefix(QueryContext &context, IndexSet &found, const IndexSet &within, const Side &left,
                          WordRef prefix, std::uint32_t backward)
    {
        if (const IndexSet *docs = context.near(left.word, prefix, backward + 1, true, &within))
            found |= *docs;
        // The other way round only the prefix itself counts as a word.
        if (!left.phrase) {
            if (const IndexSet *docs = context.near(prefix, left.word, backward, false, &within))
                found |= *docs;
        }
    }

    static void add(QueryContext &context, IndexSet &found, IndexSet within, const Side &left, const Side &right,
                    std::uint32_t backward)
    {
        if (right.phrase)
            within &= context.phraseDocs(*right.phrase);
        if (within.isEmpty())
            return;
        if (const IndexSet *docs = context.near(left.word, right.word, backward + 1, false, &within))
            found |= within & *docs;
        if (backward >= 1 && !left.phrase && !right.phrase) {
            if (const IndexSet *docs = context.near(right.word, left.word, backward, false, &within))
                found |= within & *docs;
        }
    }
};

/// Fields earlier in searchableAttributes are better.
class FieldRule final : public RankGraph
{
public:
    FieldRule() : RankGraph(ScoreDetail::Kind::Field, std::nullopt) { }

protected:
    std::vector<Costed> edges(QueryContext &context, const LocatedSubset *, const LocatedSubset &to) override
    {
        std::set<FieldId> fields;
        const auto note = [&](WordRef word, bool prefix) {
            const auto &list = context.fieldsOf(word, prefix);
            fields.insert(list.begin(), list.end());
        };
        for (const UsedWord word : context.wordsOf(to.subset))
            note(word.word, false);
        for (const PhraseRef phrase : context.phrasesOf(to.subset)) {
            for (const auto &word : context.phrase(phrase)) {
                if (word)
                    note(*word, false);
            }
        }
        if (const auto prefix = context.prefixOf(to.subset))
            note(prefix->word, true);
        std::vector<Costed> out;
        std::uint32_t highest = 0;
        for (const FieldId field : fields) {
            const FieldRules &rules = context.data.fields.rules(field);
            if (!rules.searchable)
                continue;
            highest = std::max<std::uint32_t>(highest, rules.weight);
            out.push_back({rules.weight * to.idCount(), {RankCondition::Kind::Field, to, {}, 0, field, {}}});
        }
        // An edge that no document has keeps the worst score the same for all queries.
        const auto worst = context.data.fields.maxWeight();
        if (worst && highest < *worst)
            out.push_back({*worst * to.idCount(), {RankCondition::Kind::Field, to, {}, 0, std::nullopt, {}}});
        return out;
    }

    RankResolved resolve(QueryContext &context, const RankCondition &condition, const IndexSet &universe) override
    {
        IndexSet docs;
        if (condition.field)
            docs = context.docsInField(condition.term.subset, *condition.field) & universe;
        return {std::move(docs), std::nullopt, condition.term};
    }
};

/// Words should stand in the document near the place they have in the query.
class PositionRule final : public RankGraph
{
public:
    PositionRule() : RankGraph(ScoreDetail::Kind::Position, std::nullopt) { }

protected:
    std::vector<Costed> edges(QueryContext &context, const LocatedSubset *, const LocatedSubset &to) override
    {
        std::set<std::uint16_t> buckets;
        const auto note = [&](WordRef word, bool prefix) {
            const auto &list = context.bucketsOf(word, prefix);
            buckets.insert(list.begin(), list.end());
        };
        for (const UsedWord word : context.wordsOf(to.subset))
            note(word.word, false);
        for (const PhraseRef phrase : context.phrasesOf(to.subset)) {
            const PhraseWords &words = context.phrase(phrase);
            const auto first = std::find_if(words.begin(), words.end(), [](const auto &w) { return w.has_value(); });
            if (first != words.end())
                note(**first, false);
        }
        if (const auto prefix = context.prefixOf(to.subset))
            note(prefix->word, true);
        std::map<std::uint32_t, std::vector<std::uint16_t>> byCost;
        byCost[to.idCount() * worstCost]; // keeps the worst score the same for all queries
        for (const std::uint16_t bucket : buckets) {
            const auto distance = static_cast<std::uint32_t>(std::abs(int {bucket} - int {to.firstPosition}));
            std::uint32_t cost = 0;
            for (std::uint32_t i = 0; i < to.idCount(); ++i)
                cost += costOf(distance + i);
            byCost[cost].push_back(bucket);
        }
        std::vector<Costed> out;
        for (auto &[cost, list] : byCost)
            out.push_back({cost, {RankCondition::Kind::Positions, to, {}, cost, {}, std::move(list)}});
        return out;
    }

    RankResolved resolve(QueryContext &context, const RankCondition &condition, const IndexSet &universe) override
    {
        IndexSet docs;
        for (const std::uint16_t bucket : condition.positions)
            docs |= context.docsAt(condition.term.subset, bucket);
        docs &= universe;
        return {std::move(docs), std::nullopt, condition.term};
    }

private:
    static constexpr std::uint32_t worstCost = 10;
    static std::uint32_t costOf(std::uint32_t distance)
    {
        constexpr std::uint32_t limits[] = {0, 1, 4, 7, 11, 16, 24, 64, 256, 1024};
        const auto *found = std::lower_bound(std::begin(limits), std::end(limits), distance);
        return static_cast<std::uint32_t>(found - std::begin(limits));
    }
};

/// Counts the words that are in the document just as written.
class ExactWordsRule final : public RankGraph
{
public:
    ExactWordsRule() : RankGraph(ScoreDetail::Kind::ExactWords, std::nullopt) { }

protected:
    std::vector<Costed> edges(QueryContext &, const LocatedSubset *, const LocatedSubset &to) override
    {
        return {{0, {RankCondition::Kind::Exact, to, {}, 0, {}, {}}},
                {to.idCount(), {RankCondition::Kind::Any, to, {}, 0, {}, {}}}};
    }

    RankResolved resolve(QueryContext &context, const RankCondition &condition, const IndexSet &universe) override
    {
        if (condition.kind == RankCondition::Kind::Any)
            return resolveAny(context, condition.term, universe);
        RankResolved out {{}, std::nullopt, condition.term};
        TermSubset &subset = out.to.subset;
        if (const auto exact = context.exactOf(subset)) {
            out.documents = exact->phrase ? context.phraseDocs(*exact->phrase) : context.wordDocs({false, exact->word});
            out.documents &= universe;
            subset.zero = {TypoSubset::Kind::Some, {}, {}};
            if (exact->phrase)
                subset.zero.phrases = {*exact->phrase};
            else
                subset.zero.words = {exact->word};
            subset.one = subset.two = {TypoSubset::Kind::None, {}, {}};
        }
        subset.mandatory = true;
        return out;
    }
};

} // namespace

std::unique_ptr<RankRule> makeWordsRule(Strategy strategy)
{
    return std::make_unique<WordsRule>(strategy);
}
std::unique_ptr<RankRule> makeTypoRule()
{
    return std::make_unique<TypoRule>();
}
std::unique_ptr<RankRule> makeProximityRule()
{
    return std::make_unique<ProximityRule>();
}
std::unique_ptr<RankRule> makeFieldRule()
{
    return std::make_unique<FieldRule>();
}
std::unique_ptr<RankRule> makePositionRule()
{
    return std::make_unique<PositionRule>();
}
std::unique_ptr<RankRule> makeExactWordsRule()
{
    return std::make_unique<ExactWordsRule>();
}

} // namespace miroir::localnode
