// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>

namespace {

constexpr qsizetype lineCharactersMax = 120;
constexpr qsizetype fileLinesMax = 800;
constexpr qsizetype fileLinesAim = 500;
constexpr qsizetype functionLinesMax = 70;
constexpr qsizetype licenceWithinLines = 3;

/// From top to bottom: a module may include itself and what stands behind it.
const QStringList moduleOrder {QStringLiteral("admin"), QStringLiteral("api"), QStringLiteral("jobs"),
    QStringLiteral("cluster"), QStringLiteral("write"), QStringLiteral("read"), QStringLiteral("localnode"),
    QStringLiteral("store"), QStringLiteral("node"), QStringLiteral("http"), QStringLiteral("merge"),
    QStringLiteral("placement"), QStringLiteral("protocol"), QStringLiteral("json"), QStringLiteral("base")};

struct Source {
    QString path; ///< from the root of the checkout
    QStringList lines;
    [[nodiscard]] bool isCode() const { return path.endsWith(u".cpp") || path.endsWith(u".h"); }
};

QString readText(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QStringList linesOf(const QString &text)
{
    QStringList lines = text.split(u'\n');
    if (!lines.isEmpty() && lines.last().isEmpty())
        lines.removeLast(); // the end of the last line begins no further one
    return lines;
}

bool isSource(const QString &path)
{
    return path.endsWith(u".cpp") || path.endsWith(u".h") || path.endsWith(u".sh") || path.endsWith(u".cmake")
        || path.endsWith(u"CMakeLists.txt");
}

/// What is between the quotes or angle brackets of an include, with the bracket that opened it.
struct Include {
    QString name;
    bool quoted = false;
};

QList<Include> includesOf(const Source &source)
{
    static const QRegularExpression pattern(QStringLiteral("^\\s*#\\s*include\\s*([\"<])([^\">]+)[\">]"));
    QList<Include> includes;
    for (const QString &line : source.lines) {
        const QRegularExpressionMatch match = pattern.match(line);
        if (match.hasMatch())
            includes.append({match.captured(2), match.captured(1) == u"\""});
    }
    return includes;
}

struct Function {
    qsizetype line = 0; ///< of its opening brace, from 1
    qsizetype lines = 0; ///< both braces included
    bool table = false; ///< rows of a test, which are data
};

/// The style puts both braces of a function alone on a line, equally far in; those of a class end with a semicolon.
QList<Function> functionsOf(const Source &source)
{
    QList<Function> functions;
    for (qsizetype at = 0; at < source.lines.size(); ++at) {
        const QString &line = source.lines[at];
        if (line.trimmed() != u"{")
            continue;
        const QString indent = line.left(line.indexOf(u'{'));
        for (qsizetype end = at + 1; end < source.lines.size(); ++end) {
            const QString &last = source.lines[end];
            if (last == indent + u'}')
                functions.append({at + 1, end - at + 1, at > 0 && source.lines[at - 1].endsWith(u"_data()")});
            if (last.startsWith(indent + u'}'))
                break;
        }
    }
    return functions;
}

QString withoutFences(const QString &markdown)
{
    QString text;
    bool fenced = false;
    for (const QString &line : linesOf(markdown)) {
        if (line.startsWith(u"```"))
            fenced = !fenced;
        else if (!fenced)
            text += line + u'\n';
    }
    return text;
}

/// Targets of links and pictures that name files of the checkout.
QStringList relativeLinks(const QString &markdown)
{
    static const QRegularExpression pattern(
        QStringLiteral("\\]\\(([^)\\s]+)[^)]*\\)|(?:src|srcset|href)=\"([^\"]+)\""));
    QStringList links;
    QRegularExpressionMatchIterator matches = pattern.globalMatch(withoutFences(markdown));
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        const QString target = match.captured(1) + match.captured(2);
        const QString file = target.section(u'#', 0, 0);
        if (!file.isEmpty() && !target.contains(u"://") && !target.startsWith(u"mailto:"))
            links.append(file);
    }
    return links;
}

} // namespace

/// The rules of the house that a compiler does not know: docs/architecture.md names them.
class TidyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void functionsAreFound();
    void licenceStandsInEverySource();
    void linesAreShort();
    void filesAreShort();
    void functionsAreShort();
    void headersAreGuarded();
    void engineModulesIncludeOnlyDownwards();
    void engineKnowsNoWindow();
    void windowKnowsOnlyBaseAndJson();
    void noMarkersForLaterWork();
    void noMachinePaths();
    void testsDoNotSleep();
    void documentsHaveTitles();
    void linksPointToFiles();
    void sourcesNameExistingDocuments();
    void programLinksNoWindow();

private:
    void addTree(const QString &folder);
    void addFile(const QString &path);
    void verifyNone(const QRegularExpression &pattern, const QString &under, const QString &what) const;
    [[nodiscard]] QStringList documents() const;
    [[nodiscard]] QString layeringProblem(const Source &source, const Include &include) const;
    [[nodiscard]] static QString absolute(const QString &path) { return QStringLiteral(MIROIR_SOURCE_DIR "/") + path; }

    QList<Source> m_sources;
};

/// QVERIFY2 cuts long texts, so each problem is told by itself.
#define VERIFY_NONE(problems)                                                                                          \
    do {                                                                                                               \
        for (const QString &problem : problems)                                                                        \
            qWarning("%s", qPrintable(problem));                                                                       \
        QVERIFY2((problems).isEmpty(), qPrintable(QStringLiteral("%1 problems").arg((problems).size())));              \
    } while (false)

void TidyTest::initTestCase()
{
    for (const char *folder : {"engine", "app", "ui", "tests", "tools", "cmake"})
        addTree(QString::fromLatin1(folder));
    for (const QString &name : QDir(absolute({})).entryList(QDir::Files))
        addFile(name);
    QVERIFY2(m_sources.size() > 100, "the sources were not found");
}

void TidyTest::addTree(const QString &folder)
{
    QDirIterator files(absolute(folder), QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString path = files.next().mid(absolute({}).size());
        if (!path.contains(u"/build"))
            addFile(path);
    }
}

void TidyTest::addFile(const QString &path)
{
    if (isSource(path))
        m_sources.append({path, linesOf(readText(absolute(path)))});
}

QStringList TidyTest::documents() const
{
    QStringList paths {QStringLiteral("README.md")};
    for (const QString &name : QDir(absolute(QStringLiteral("docs"))).entryList({QStringLiteral("*.md")}, QDir::Files))
        paths.append(QStringLiteral("docs/") + name);
    return paths;
}

void TidyTest::functionsAreFound()
{
    // the rule about lengths is worth what its reader of functions is worth
    const Source source {QStringLiteral("x.cpp"),
        linesOf(QStringLiteral("class A\n{\n    int f()\n    {\n        return 1;\n    }\n};\n\nint g()\n{\n}\n"))};
    const QList<Function> functions = functionsOf(source);
    QCOMPARE(functions.size(), 2);
    QCOMPARE(functions[0].line, 4);
    QCOMPARE(functions[0].lines, 3);
    QCOMPARE(functions[1].line, 10);
    QCOMPARE(functions[1].lines, 2);
}

void TidyTest::licenceStandsInEverySource()
{
    QStringList problems;
    for (const Source &source : m_sources) {
        const QString head = source.lines.mid(0, licenceWithinLines).join(u'\n');
        if (!head.contains(u"SPDX-License-Identifier: GPL-3.0-or-later"))
            problems.append(source.path + QStringLiteral(": no SPDX-License-Identifier in its first lines"));
    }
    VERIFY_NONE(problems);
}

void TidyTest::linesAreShort()
{
    QStringList problems;
    for (const Source &source : m_sources) {
        for (qsizetype at = 0; at < source.lines.size(); ++at) {
            const qsizetype length = source.lines[at].size();
            if (length > lineCharactersMax)
                problems.append(QStringLiteral("%1:%2: %3 characters").arg(source.path).arg(at + 1).arg(length));
        }
    }
    VERIFY_NONE(problems);
}

void TidyTest::filesAreShort()
{
    QStringList problems;
    for (const Source &source : m_sources) {
        const QString line = QStringLiteral("%1: %2 lines").arg(source.path).arg(source.lines.size());
        if (source.lines.size() > fileLinesMax)
            problems.append(line);
        else if (source.lines.size() > fileLinesAim)
            qInfo("longer than aimed at: %s", qPrintable(line));
    }
    VERIFY_NONE(problems);
}

void TidyTest::functionsAreShort()
{
    QStringList problems;
    for (const Source &source : m_sources) {
        if (!source.isCode())
            continue;
        for (const Function &function : functionsOf(source)) {
            if (function.lines > functionLinesMax && !function.table)
                problems.append(QStringLiteral("%1:%2: a function of %3 lines")
                                    .arg(source.path)
                                    .arg(function.line)
                                    .arg(function.lines));
        }
    }
    VERIFY_NONE(problems);
}

void TidyTest::headersAreGuarded()
{
    QStringList problems;
    for (const Source &source : m_sources) {
        if (source.path.endsWith(u".h") && !source.lines.contains(QStringLiteral("#pragma once")))
            problems.append(source.path + QStringLiteral(": no #pragma once"));
    }
    VERIFY_NONE(problems);
}

QString TidyTest::layeringProblem(const Source &source, const Include &include) const
{
    const QString module = source.path.count(u'/') > 1 ? source.path.section(u'/', 1, 1) : QString();
    if (module.isEmpty() || !include.quoted || include.name.endsWith(u".moc"))
        return {}; // the files beside the modules stand above all of them
    const qsizetype own = moduleOrder.indexOf(module);
    const QString from = source.path + QStringLiteral(" includes ") + include.name;
    if (own < 0)
        return source.path + QStringLiteral(": its module has no place in the order");
    if (!include.name.contains(u'/'))
        return from + QStringLiteral(": write \"module/File.h\", of modules below");
    const qsizetype other = moduleOrder.indexOf(include.name.section(u'/', 0, 0));
    if (other < 0)
        return from + QStringLiteral(", which is no module");
    return other < own ? from + QStringLiteral(", which stands above it") : QString();
}

void TidyTest::engineModulesIncludeOnlyDownwards()
{
    QStringList problems;
    for (const Source &source : m_sources) {
        if (!source.isCode() || !source.path.startsWith(u"engine/"))
            continue;
        for (const Include &include : includesOf(source)) {
            const QString problem = layeringProblem(source, include);
            if (!problem.isEmpty())
                problems.append(problem);
        }
    }
    VERIFY_NONE(problems);
}

void TidyTest::engineKnowsNoWindow()
{
    static const QRegularExpression window(QStringLiteral(
        "(^|/)ui/|^Qt(Gui|Widgets|Svg)(/|$)|^Q(Gui)?Application$|^Q(Widget|Window|Image|Pixmap|Painter|Color|Icon)$"));
    QStringList problems;
    for (const Source &source : m_sources) {
        if (!source.isCode() || !source.path.startsWith(u"engine/"))
            continue;
        for (const Include &include : includesOf(source)) {
            if (window.match(include.name).hasMatch())
                problems.append(source.path + QStringLiteral(" includes ") + include.name);
        }
    }
    VERIFY_NONE(problems);
}

void TidyTest::windowKnowsOnlyBaseAndJson()
{
    QStringList problems;
    for (const Source &source : m_sources) {
        if (!source.isCode() || !source.path.startsWith(u"ui/"))
            continue;
        for (const Include &include : includesOf(source)) {
            if (!include.quoted || include.name.endsWith(u".moc"))
                continue;
            const bool shared = include.name.startsWith(u"base/") || include.name.startsWith(u"json/");
            const bool own = QFileInfo::exists(absolute(QStringLiteral("ui/") + include.name))
                || QFileInfo::exists(QFileInfo(absolute(source.path)).path() + u'/' + include.name);
            if (!shared && !own)
                problems.append(source.path + QStringLiteral(" includes ") + include.name);
        }
    }
    VERIFY_NONE(problems);
}

void TidyTest::verifyNone(const QRegularExpression &pattern, const QString &under, const QString &what) const
{
    QStringList problems;
    const auto look = [&](const QString &path, const QStringList &lines) {
        for (qsizetype at = 0; at < lines.size(); ++at) {
            const QRegularExpressionMatch match = pattern.match(lines[at]);
            if (match.hasMatch())
                problems.append(QStringLiteral("%1:%2: %3: %4").arg(path).arg(at + 1).arg(what, match.captured()));
        }
    };
    for (const Source &source : m_sources) {
        if (source.path.startsWith(under))
            look(source.path, source.lines);
    }
    if (under.isEmpty()) {
        for (const QString &path : documents())
            look(path, linesOf(readText(absolute(path))));
    }
    VERIFY_NONE(problems);
}

// The words are put together from parts, so that this file passes its own rules.
void TidyTest::noMarkersForLaterWork()
{
    verifyNone(QRegularExpression(QStringLiteral("\\b(TO" "DO|FIX" "ME|XX" "X|HA" "CK)\\b")), {},
        QStringLiteral("a marker for later work"));
}

void TidyTest::noMachinePaths()
{
    verifyNone(QRegularExpression(QStringLiteral("(?<![\\w.}])/(wo" "rk|ro" "ot)/|/tmp/ba" "sh")), {},
        QStringLiteral("a path of one machine"));
}

void TidyTest::testsDoNotSleep()
{
    verifyNone(QRegularExpression(QStringLiteral("\\bsleep"
                                                 "_(for|until)\\b|\\bQThread::"
                                                 "[mu]?sleep\\b|\\bq"
                                                 "Sleep\\b")),
        QStringLiteral("tests/"), QStringLiteral("a test that sleeps"));
}

void TidyTest::documentsHaveTitles()
{
    QStringList problems;
    for (const QString &path : documents()) {
        if (!readText(absolute(path)).startsWith(u"# "))
            problems.append(path + QStringLiteral(": does not begin with a title"));
    }
    VERIFY_NONE(problems);
}

void TidyTest::linksPointToFiles()
{
    QStringList problems;
    for (const QString &path : documents()) {
        const QDir folder = QFileInfo(absolute(path)).dir();
        for (const QString &link : relativeLinks(readText(absolute(path)))) {
            if (!folder.exists(link))
                problems.append(path + QStringLiteral(" points to ") + link + QStringLiteral(", which is not there"));
        }
    }
    VERIFY_NONE(problems);
}

void TidyTest::sourcesNameExistingDocuments()
{
    static const QRegularExpression pattern(QStringLiteral("\\bdocs/[\\w-]+\\.md\\b"));
    QStringList problems;
    for (const Source &source : m_sources) {
        for (const QString &line : source.lines) {
            const QRegularExpressionMatch match = pattern.match(line);
            if (match.hasMatch() && !QFileInfo::exists(absolute(match.captured())))
                problems.append(source.path + QStringLiteral(" names ") + match.captured());
        }
    }
    VERIFY_NONE(problems);
}

void TidyTest::programLinksNoWindow()
{
    const QString program = QStringLiteral(MIROIR_BIN_DIR "/miroir");
    if (!QFileInfo::exists(program))
        QSKIP("the program is not built in this build folder");
    QProcess reader;
    reader.start(QStringLiteral("readelf"), {QStringLiteral("-d"), program});
    QVERIFY2(reader.waitForFinished() && reader.exitCode() == 0, "readelf (package binutils) is needed");
    const QByteArray needed = reader.readAllStandardOutput();
    QVERIFY(needed.contains("libQt6Core"));
    for (const char *library : {"libQt6Gui", "libQt6Widgets", "libQt6Svg", "libQt6DBus"})
        QVERIFY2(!needed.contains(library), library);
}

QTEST_GUILESS_MAIN(TidyTest)
#include "tst_tidy.moc"
