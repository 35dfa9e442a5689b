// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "Command.h"
#include "VerifyIndexes.h"
#include "VerifyOptions.h"

#include "base/Bytes.h"
#include "verify/Sampler.h"
#include "verify/Tally.h"

#include <QFile>

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace miroir::ctl {

namespace {

constexpr int progressEvery = 100;
constexpr qsizetype lineBytes = 16 * 1024 * 1024; ///< longer lines are no recording

/// One run: asks both servers, compares, asks again where a difference needs evidence.
class Verification
{
public:
    explicit Verification(VerifyOptions options)
        : m_options(std::move(options)), m_cluster {"the cluster", m_options.cluster, m_options.clusterKey},
          m_reference {"the reference", m_options.reference, m_options.referenceKey}
    {
    }

    Status<> run()
    {
        auto profiles = readProfiles(m_servers, m_cluster, m_options.indexes);
        if (!profiles)
            return profiles.err();
        m_profiles = std::move(*profiles);
        for (IndexProfile &profile : m_profiles) {
            if (!m_options.load)
                continue;
            say("copying index " + profile.uid);
            if (const Status<> copied = copyIndex(m_servers, m_cluster, m_reference, profile); !copied)
                return copied;
            profile.traits.sameInsertion = true;
        }
        return m_options.requests.isEmpty() ? sample() : replayFile();
    }
    [[nodiscard]] const Tally &tally() const { return m_tally; }

private:
    void say(const std::string &text) const
    {
        if (!m_options.json)
            std::fprintf(stderr, "%s\n", text.c_str());
    }

    [[nodiscard]] IndexTraits traitsOf(const std::string &index) const
    {
        for (const IndexProfile &profile : m_profiles) {
            if (profile.uid == index)
                return profile.traits;
        }
        // a multi-search names its indexes in the body: what all have in common
        IndexTraits traits = m_profiles.empty() ? IndexTraits {} : m_profiles.front().traits;
        for (const IndexProfile &profile : m_profiles) {
            if (profile.primaryKey != traits.primaryKey)
                traits.primaryKey.clear();
            traits.maxTotalHits = std::min(traits.maxTotalHits, profile.traits.maxTotalHits);
            traits.sameInsertion = traits.sameInsertion && profile.traits.sameInsertion;
        }
        return traits;
    }

    Status<> check(const Replay &replay)
    {
        const IndexTraits traits = traitsOf(replay.index);
        const auto answers = m_servers.askBoth(m_cluster, m_reference, replay);
        if (!answers)
            return answers.err();
        std::vector<Difference> differences = compareAnswers(answers->first, answers->second, traits.primaryKey);
        if (differences.empty()) {
            m_tally.same();
        } else {
            explain(differences, replay, traits);
            if (needsEvidence(differences) && searchOf(replay)) {
                const Result<Evidence> evidence = gather(replay, traits);
                if (!evidence)
                    return evidence.err();
                explain(differences, replay, traits, &*evidence);
            }
            m_tally.different(replay, std::move(differences));
        }
        if (m_tally.requests() % progressEvery == 0)
            say(std::to_string(m_tally.requests()) + " requests");
        return Done {};
    }

    Result<Evidence> gather(const Replay &replay, const IndexTraits &traits)
    {
        Evidence evidence;
        const protocol::SearchRequest search = *searchOf(replay);
        const auto lists = m_servers.askBoth(
            m_cluster, m_reference, searchReplay(replay.index, longList(search, traits.primaryKey)));
        if (!lists)
            return lists.err();
        evidence.cluster = rankedList(lists->first.body, traits.primaryKey);
        evidence.reference = rankedList(lists->second.body, traits.primaryKey);
        if (const auto all = countOfCandidates(search, traits)) {
            const auto answers = m_servers.askBoth(m_cluster, m_reference, searchReplay(replay.index, *all));
            if (!answers)
                return answers.err();
            evidence.candidates = totalOf(answers->second.body);
        }
        if (const auto plain = withoutDerivation(search)) {
            const Replay again = searchReplay(replay.index, *plain);
            const auto answers = m_servers.askBoth(m_cluster, m_reference, again);
            if (!answers)
                return answers.err();
            std::vector<Difference> left = compareAnswers(answers->first, answers->second, traits.primaryKey);
            Evidence counted;
            counted.candidates = evidence.candidates;
            explain(left, again, traits, &counted);
            evidence.alikeWithoutDerivation = !needsEvidence(left);
        }
        return evidence;
    }

    Status<> sample()
    {
        std::vector<Sampler> samplers;
        for (const IndexProfile &profile : m_profiles)
            samplers.emplace_back(profile, m_options.seed);
        if (samplers.empty())
            return fail("the cluster has no index to take requests from");
        for (std::uint64_t i = 0; i < m_options.count; ++i) {
            const Replay replay = samplers[i % samplers.size()].next();
            if (const Status<> done = check(replay); !done)
                return done;
        }
        return Done {};
    }

    Status<> replayFile()
    {
        QFile file(m_options.requests);
        const bool open = m_options.requests == QStringLiteral("-") ? file.open(stdin, QIODevice::ReadOnly)
                                                                   : file.open(QIODevice::ReadOnly);
        if (!open)
            return fail("cannot read " + toStd(m_options.requests));
        for (std::size_t number = 1; !file.atEnd(); ++number) {
            const QByteArray line = file.readLine(lineBytes).trimmed();
            if (line.isEmpty())
                continue;
            const Result<Replay> replay = parseReplay(sv(line));
            if (!replay) {
                m_tally.skipped(number, replay.error().message);
                continue;
            }
            const bool wanted = m_options.indexes.isEmpty() || m_options.indexes.contains(toQString(replay->index));
            if (!wanted)
                continue;
            if (const Status<> done = check(*replay); !done)
                return done;
        }
        return Done {};
    }

    VerifyOptions m_options;
    Servers m_servers;
    Server m_cluster, m_reference;
    std::vector<IndexProfile> m_profiles;
    Tally m_tally;
};

class VerifyCommand final : public Command
{
public:
    [[nodiscard]] const char *name() const override { return "verify"; }
    [[nodiscard]] const char *summary() const override { return "compare searches with one Meilisearch server"; }
    [[nodiscard]] std::string help() const override { return VerifyOptions::help(); }
    [[nodiscard]] int run(const QStringList &words) const override
    {
        const Result<VerifyOptions> options = VerifyOptions::parse(words);
        if (!options)
            return complain(WrongUsage, options.error().message + "; try miroir-ctl verify --help");
        Verification verification(*options);
        if (const Status<> done = verification.run(); !done)
            return complain(WrongUsage, done.error().message);
        const Tally &tally = verification.tally();
        if (tally.requests() == 0)
            return complain(WrongUsage, "nothing was compared: no request could be replayed");
        const std::string out = options->json ? tally.json(options->verbose) : tally.human(options->verbose);
        std::fwrite(out.data(), 1, out.size(), stdout);
        return tally.unexplained() > 0 ? Failed : Success;
    }
};

} // namespace

std::unique_ptr<Command> makeVerifyCommand()
{
    return std::make_unique<VerifyCommand>();
}

} // namespace miroir::ctl
