// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "NodeArguments.h"

#include "base/Bytes.h"

namespace miroir::localnode {
namespace {

Status<> readAddress(NodeArguments &into, const QString &text)
{
    // HOST:PORT, [IPV6]:PORT or :PORT
    const qsizetype colon = text.lastIndexOf(QLatin1Char(':'));
    bool isNumber = false;
    const uint port = colon < 0 ? 0 : QStringView(text).mid(colon + 1).toUInt(&isNumber);
    if (!isNumber || port > 65535)
        return fail("--http-addr wants HOST:PORT, found " + toStd(text));
    QString host = text.left(colon);
    if (host.startsWith(QLatin1Char('[')) && host.endsWith(QLatin1Char(']')))
        host = host.mid(1, host.size() - 2);
    into.host = host.isEmpty() ? QStringLiteral("0.0.0.0") : host;
    into.port = static_cast<quint16>(port);
    return Done {};
}

Status<> readEnvironmentKind(NodeArguments &into, const QString &text)
{
    if (text != QStringLiteral("development") && text != QStringLiteral("production"))
        return fail("--env wants development or production, found " + toStd(text));
    into.production = text == QStringLiteral("production");
    return Done {};
}

Status<> apply(NodeArguments &into, const QString &flag, const QString &value)
{
    if (flag == QStringLiteral("--http-addr"))
        return readAddress(into, value);
    if (flag == QStringLiteral("--env"))
        return readEnvironmentKind(into, value);
    if (flag == QStringLiteral("--db-path")) {
        if (value.isEmpty())
            return fail("--db-path wants a folder");
        into.dbPath = value;
        return Done {};
    }
    into.masterKey = value;
    return Done {};
}

bool isKnown(const QString &flag)
{
    static const QStringList known {QStringLiteral("--http-addr"), QStringLiteral("--env"), QStringLiteral("--db-path"),
                                    QStringLiteral("--master-key")};
    return known.contains(flag);
}

} // namespace

Result<NodeArguments> NodeArguments::parse(const QStringList &arguments, const QProcessEnvironment &environment)
{
    NodeArguments result;
    const std::pair<const char *, const char *> variables[] = {{"MEILI_HTTP_ADDR", "--http-addr"},
                                                               {"MEILI_DB_PATH", "--db-path"},
                                                               {"MEILI_MASTER_KEY", "--master-key"},
                                                               {"MEILI_ENV", "--env"}};
    for (const auto &[variable, flag] : variables) {
        const QString name = QString::fromLatin1(variable);
        if (!environment.contains(name))
            continue;
        if (auto done = apply(result, QString::fromLatin1(flag), environment.value(name)); !done)
            return done.err();
    }
    for (qsizetype i = 0; i < arguments.size(); ++i) {
        QString flag = arguments[i];
        if (flag == QStringLiteral("--help") || flag == QStringLiteral("-h")) {
            result.help = true;
            continue;
        }
        if (flag == QStringLiteral("--version") || flag == QStringLiteral("-V")) {
            result.version = true;
            continue;
        }
        if (!flag.startsWith(QStringLiteral("--")))
            return fail("unexpected argument " + toStd(flag));
        QString value;
        const qsizetype equals = flag.indexOf(QLatin1Char('='));
        const bool hasOwnValue = equals > 0;
        if (hasOwnValue) {
            value = flag.mid(equals + 1);
            flag.truncate(equals);
        }
        const bool nextIsValue = i + 1 < arguments.size() && !arguments[i + 1].startsWith(QStringLiteral("--"));
        if (!isKnown(flag)) {
            // A word behind an unknown flag can only be its value, for this program takes no free arguments.
            if (!hasOwnValue && nextIsValue)
                ++i;
            if (flag != QStringLiteral("--no-analytics"))
                result.notes.append(QStringLiteral("%1 has no effect on miroir-node").arg(flag));
            continue;
        }
        if (!hasOwnValue) {
            if (!nextIsValue)
                return fail(toStd(flag) + " wants a value");
            value = arguments[++i];
        }
        if (auto done = apply(result, flag, value); !done)
            return done.err();
    }
    return result;
}

QString NodeArguments::helpText()
{
    return QStringLiteral(R"(miroir-node: a small Meilisearch-compatible server for evaluation, part of Miroir

Usage: miroir-node [OPTIONS]

Options:
  --http-addr HOST:PORT    Address to listen on; port 0 takes a free one and prints it [env: MEILI_HTTP_ADDR]
                           [default: localhost:7700]
  --db-path FOLDER         Folder of the database, made when missing [env: MEILI_DB_PATH] [default: ./data.ms]
  --master-key KEY         Protects all routes; at least 16 bytes in production [env: MEILI_MASTER_KEY]
  --env ENV                development or production [env: MEILI_ENV] [default: development]
  --no-analytics           Accepted; nothing is ever sent anywhere
  -h, --help               Prints this
  -V, --version            Prints the version

Other flags of meilisearch are accepted, noted on standard error and ignored.

Exit status: 0 after SIGTERM or SIGINT, 1 when the node cannot start, 2 for a wrong command line.
)");
}

} // namespace miroir::localnode
