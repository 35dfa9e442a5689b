// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "VerifyOptions.h"

#include "AdminConnection.h"

#include "base/Bytes.h"

#include <QFile>

#include <map>
#include <optional>

namespace miroir::ctl {

namespace {

constexpr qint64 keyFileBytes = 65536;
constexpr std::uint64_t countMax = 1'000'000;

/// Values of the options that take one, by name.
using Values = std::map<QString, QString>;

const QStringList &valueOptions()
{
    static const QStringList all {QStringLiteral("--against"), QStringLiteral("--url"), QStringLiteral("--data-dir"),
        QStringLiteral("--key"), QStringLiteral("--key-file"), QStringLiteral("--against-key"),
        QStringLiteral("--against-key-file"), QStringLiteral("--requests"), QStringLiteral("--index"),
        QStringLiteral("--seed"), QStringLiteral("--count")};
    return all;
}

Result<Values> split(const QStringList &words, VerifyOptions &options)
{
    Values values;
    for (qsizetype i = 0; i < words.size(); ++i) {
        const QString &word = words[i];
        if (word == QStringLiteral("--json"))
            options.json = true;
        else if (word == QStringLiteral("--verbose"))
            options.verbose = true;
        else if (word == QStringLiteral("--load"))
            options.load = true;
        else if (!valueOptions().contains(word))
            return fail("unknown argument '" + toStd(word) + "'");
        else if (i + 1 >= words.size())
            return fail(toStd(word) + " needs a value");
        else if (word == QStringLiteral("--index"))
            options.indexes.append(words[++i].split(u',', Qt::SkipEmptyParts));
        else
            values[word] = words[++i];
    }
    return values;
}

Result<QUrl> address(const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    const bool known = url.scheme() == QStringLiteral("http") || url.scheme() == QStringLiteral("https");
    if (!known || url.host().isEmpty())
        return fail("'" + toStd(text) + "' is no http or https address");
    return url;
}

/// The key of a flag, of a file, or of the environment, in this order.
Result<QByteArray> keyOf(const Values &values, const QString &flag, const char *variable)
{
    const auto given = values.find(flag);
    if (given != values.end())
        return given->second.toUtf8();
    const auto path = values.find(flag + QStringLiteral("-file"));
    if (path == values.end())
        return qgetenv(variable);
    QFile file(path->second);
    const QByteArray key = file.open(QIODevice::ReadOnly) ? file.read(keyFileBytes).trimmed() : QByteArray();
    if (key.isEmpty())
        return fail("no key can be read from " + toStd(path->second));
    return key;
}

Result<std::uint64_t> number(const Values &values, const QString &name, std::uint64_t otherwise, std::uint64_t most)
{
    const auto given = values.find(name);
    if (given == values.end())
        return otherwise;
    bool ok = false;
    const qulonglong value = given->second.toULongLong(&ok);
    if (!ok || value > most)
        return fail(toStd(name) + " takes a number from 0 to " + std::to_string(most));
    return std::uint64_t {value};
}

std::string otherNumbers(const Values &values, VerifyOptions &options)
{
    const auto seed = number(values, QStringLiteral("--seed"), options.seed, UINT64_MAX);
    const auto count = number(values, QStringLiteral("--count"), options.count, countMax);
    if (!seed || !count)
        return seed ? count.error().message : seed.error().message;
    options.seed = *seed;
    options.count = *count;
    return {};
}

} // namespace

Result<VerifyOptions> VerifyOptions::parse(const QStringList &words)
{
    VerifyOptions options;
    const Result<Values> split = ctl::split(words, options);
    if (!split)
        return split.err();
    const Values &values = *split;
    const auto text = [&values](const QString &name) {
        const auto found = values.find(name);
        return found == values.end() ? QString() : found->second;
    };
    if (text(QStringLiteral("--against")).isEmpty())
        return fail("--against URL is needed: the server to compare with");
    const Result<QUrl> reference = address(text(QStringLiteral("--against")));
    if (!reference)
        return reference.err();
    options.reference = *reference;
    const auto endpoint = Endpoint::find(text(QStringLiteral("--url")), {}, text(QStringLiteral("--data-dir")));
    if (!endpoint)
        return fail(endpoint.error().message);
    options.cluster = endpoint->url;
    const auto clusterKey = keyOf(values, QStringLiteral("--key"), "MIROIR_MASTER_KEY");
    const auto referenceKey = keyOf(values, QStringLiteral("--against-key"), "MIROIR_REFERENCE_KEY");
    if (!clusterKey || !referenceKey)
        return clusterKey ? referenceKey.err() : clusterKey.err();
    options.clusterKey = *clusterKey;
    options.referenceKey = *referenceKey;
    options.requests = text(QStringLiteral("--requests"));
    if (const std::string problem = otherNumbers(values, options); !problem.empty())
        return fail(problem);
    return options;
}

std::string VerifyOptions::help()
{
    return "Usage: miroir-ctl verify --against URL [options]\n\n"
           "Sends the same searches to the cluster and to one Meilisearch server and reports every difference.\n\n"
           "  --against URL            the server to compare with\n"
           "  --url URL                the cluster (or MIROIR_URL, or the endpoint.json in --data-dir)\n"
           "  --key KEY                key of the cluster's search API (or --key-file FILE, or MIROIR_MASTER_KEY)\n"
           "  --against-key KEY        key of the server (or --against-key-file FILE, or MIROIR_REFERENCE_KEY)\n"
           "  --requests FILE          recorded requests, one a line; - for the standard input\n"
           "  --index UID              only this index; may be repeated\n"
           "  --count N, --seed N      without --requests: N random requests (200), the same for the same seed (1)\n"
           "  --load                   first copy settings and documents to the server, which must not have the index\n"
           "  --json                   the report as JSON\n"
           "  --verbose                documented differences one by one as well\n\n"
           "Exit codes: 0 equal but for documented differences, 1 unexplained differences, 2 wrong usage or a server\n"
           "that cannot be asked. More in docs/verify.md.\n";
}

} // namespace miroir::ctl
