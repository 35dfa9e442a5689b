// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/DocumentsPayload.h"

#include "base/Bytes.h"
#include "json/Json.h"
#include "protocol/Csv.h"
#include "protocol/FilterCheck.h"
#include "protocol/FilterText.h"
#include "protocol/MediaType.h"
#include "protocol/RawJson.h"

#include <QUtf8StringView>

#include <charconv>
#include <cmath>
#include <unordered_map>
#include <vector>

namespace miroir::protocol {

namespace {

constexpr std::string_view accepted =
    "Accepted values for the Content-Type header are: `application/json`, `application/x-ndjson`, `text/csv`";

std::string_view formatName(PayloadFormat::Kind kind)
{
    switch (kind) {
    case PayloadFormat::Kind::Json:
        return "json";
    case PayloadFormat::Kind::NdJson:
        return "ndjson";
    case PayloadFormat::Kind::Csv:
        return "csv";
    }
    return {};
}

Err<ApiError> malformedJson(PayloadFormat::Kind kind, std::string_view reason)
{
    return refuse("malformed_payload",
                  "The `" + std::string(formatName(kind))
                      + "` payload provided is malformed. `Couldn't serialize document value: "
                      + std::string(reason) + "`.");
}

Err<ApiError> malformedCsv(std::string_view reason)
{
    return refuse("malformed_payload", "The `csv` payload provided is malformed: `" + std::string(reason) + "`.");
}

bool isUtf8(std::string_view text)
{
    return QUtf8StringView(text.data(), static_cast<qsizetype>(text.size())).isValidUtf8();
}

/// What serde calls a value where a map should stand; empty for a number out of range.
std::string valueName(std::string_view value)
{
    if (value.starts_with('['))
        return "sequence";
    const auto doc = json::Document::parse(value);
    if (!doc)
        return {};
    switch (doc->root().kind()) {
    case json::Kind::Null:
        return "null";
    case json::Kind::Bool:
        return "boolean `" + std::string(value) + "`";
    case json::Kind::PositiveInteger:
    case json::Kind::NegativeInteger:
        return "integer `" + std::string(value) + "`";
    case json::Kind::Float:
        return "floating point `" + json::formatDouble(doc->root().toDouble()) + "`";
    default:
        return "string " + debugQuoted(doc->root().toString());
    }
}

/// A document has to be an object with readable keys. The positions are those inside the document.
ApiStatus checkDocument(std::string_view document, PayloadFormat::Kind kind)
{
    if (!document.starts_with('{')) {
        const std::string name = valueName(document);
        if (name.empty())
            return malformedJson(kind, "number out of range at line 1 column " + std::to_string(document.size()));
        const std::size_t column = name == "sequence" ? 0 : document.size();
        return refuse("internal",
                      "invalid type: " + name + ", expected a map at line 1 column " + std::to_string(column));
    }
    // only an escape can make a key unreadable; most documents have none
    if (document.find("\\u") == std::string_view::npos)
        return Done {};
    for (const RawMember &member : rawMembers(document)) {
        if (member.key.find("\\u") == std::string_view::npos)
            continue;
        if (const auto error = json::validate(member.key)) {
            const auto begin = static_cast<std::size_t>(member.key.data() - document.data());
            const auto placed = errorAt(document, begin + error->offset, error->reason.c_str(), error->eof);
            return malformedJson(kind, placed.message());
        }
    }
    return Done {};
}

class DocumentWalk
{
public:
    DocumentWalk(std::string_view payload, PayloadFormat::Kind kind, const DocumentVisitor &visit)
        : m_scanner(payload), m_payload(payload), m_kind(kind), m_visit(visit)
    {
    }

    ApiResult<std::uint64_t> json()
    {
        m_scanner.skipSpace();
        if (m_scanner.atEnd()) {
            m_scanner.failPeek("EOF while parsing a value", true);
            return malformed();
        }
        if (m_scanner.peek() != '[')
            return single();
        m_scanner.advance();
        for (bool first = true;; first = false) {
            bool ended = false;
            if (!nextItem(first, ended))
                return malformed();
            // what stands behind the array is not looked at
            if (ended)
                return m_count;
            if (auto s = one(); !s)
                return s.err();
            if (m_stopped)
                return m_count;
        }
    }

    ApiResult<std::uint64_t> lines()
    {
        for (;;) {
            m_scanner.skipSpace();
            if (m_scanner.atEnd() || m_stopped)
                return m_count;
            const char first = m_scanner.peek();
            const bool delimited = first == '[' || first == '{' || first == '"';
            if (auto s = one(!delimited); !s)
                return s.err();
        }
    }

private:
    Err<ApiError> malformed() const { return malformedJson(m_kind, m_scanner.error().message()); }

    /// False on a malformed place; ended when the array is closed.
    bool nextItem(bool first, bool &ended)
    {
        m_scanner.skipSpace();
        if (m_scanner.atEnd())
            return m_scanner.failPeek("EOF while parsing a list", true);
        ended = m_scanner.peek() == ']';
        if (ended || first)
            return true;
        if (m_scanner.peek() != ',')
            return m_scanner.failPeek("expected `,` or `]`");
        m_scanner.advance();
        m_scanner.skipSpace();
        if (m_scanner.atEnd())
            return m_scanner.failPeek("EOF while parsing a value", true);
        return m_scanner.peek() != ']' || m_scanner.failPeek("trailing comma");
    }

    ApiStatus one(bool needsEnd = false)
    {
        m_scanner.skipSpace();
        const std::size_t begin = m_scanner.at();
        if (!m_scanner.skipValue())
            return malformed();
        const std::string_view document = m_payload.substr(begin, m_scanner.at() - begin);
        if (!isUtf8(document)) {
            m_scanner.fail("invalid unicode code point");
            return malformed();
        }
        if (needsEnd && !m_scanner.atEnd()
            && std::string_view(" \n\t\r\"[]{},:").find(m_scanner.peek()) == std::string_view::npos) {
            m_scanner.failPeek("trailing characters");
            return malformed();
        }
        if (auto s = checkDocument(document, m_kind); !s)
            return s;
        ++m_count;
        m_stopped = !m_visit(document);
        return Done {};
    }

    /// No array: one object and nothing else.
    ApiResult<std::uint64_t> single()
    {
        if (m_scanner.peek() == '{') {
            if (const auto error = json::validate(m_payload))
                return malformedJson(m_kind, error->message());
            if (auto s = one(); !s)
                return s.err();
            return m_count;
        }
        const auto end = json::skipValue(m_payload, m_scanner.at());
        if (!end)
            return malformedJson(m_kind, end.error().message());
        return malformedJson(m_kind, "data are neither an object nor a list of objects");
    }

    RawScanner m_scanner;
    std::string_view m_payload;
    PayloadFormat::Kind m_kind;
    const DocumentVisitor &m_visit;
    std::uint64_t m_count = 0;
    bool m_stopped = false;
};

struct Column {
    enum class Type : std::uint8_t { Text, Number, Boolean };
    std::string name;
    Type type = Type::Text;
    std::size_t last = 0; ///< of columns with one name the last one gives the value
    bool repeated = false; ///< an earlier column has this name
};

std::vector<Column> readHeader(const std::vector<std::string> &fields)
{
    std::vector<Column> out;
    for (const std::string &field : fields) {
        Column column;
        column.name = field;
        const std::size_t colon = field.rfind(':');
        const std::string_view type =
            colon == std::string::npos ? std::string_view {} : std::string_view(field).substr(colon + 1);
        if (type == "number")
            column.type = Column::Type::Number;
        else if (type == "boolean")
            column.type = Column::Type::Boolean;
        if (type == "number" || type == "boolean" || type == "string")
            column.name = field.substr(0, colon);
        out.push_back(std::move(column));
    }
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto [place, isNew] = places.try_emplace(out[i].name, i);
        out[i].repeated = !isNew;
        out[place->second].last = i;
    }
    return out;
}

/// As Rust's parse::<i64>().
std::optional<std::int64_t> parseSigned(std::string_view text)
{
    if (text.starts_with('+') && text.size() > 1 && text[1] != '-')
        text.remove_prefix(1);
    std::int64_t n = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (code != std::errc {} || end != text.data() + text.size())
        return std::nullopt;
    return n;
}

/// The JSON of one cell, or what is wrong with it.
Result<std::string, std::string> cellJson(std::string_view cell, Column::Type type)
{
    if (type == Column::Type::Text)
        return cell.empty() ? std::string("null") : json::quoted(cell);
    const std::string_view text = trimmed(cell);
    if (text.empty())
        return std::string("null");
    if (type == Column::Type::Boolean) {
        if (text == "true" || text == "false")
            return std::string(text);
        return Err<std::string> {"provided string was not `true` or `false`"};
    }
    if (const auto integer = parseSigned(text))
        return std::to_string(*integer);
    const auto number = parseRustDouble(text);
    if (!number)
        return Err<std::string> {"invalid float literal"};
    // infinite and undefined numbers have no JSON
    return std::isfinite(*number) ? json::formatDouble(*number) : std::string("null");
}

ApiResult<std::uint64_t> visitCsv(std::string_view payload, char delimiter, const DocumentVisitor &visit)
{
    CsvReader reader(payload, delimiter);
    auto next = reader.next();
    if (next == CsvReader::Next::BadUtf8)
        return malformedCsv(reader.problem());
    const std::vector<Column> columns =
        next == CsvReader::Next::End ? std::vector<Column> {} : readHeader(reader.fields());
    std::uint64_t line = 0;
    std::vector<std::string> cells(columns.size());
    while ((next = reader.next()) == CsvReader::Next::Record) {
        ++line;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            auto cell = cellJson(reader.fields()[i], columns[i].type);
            if (!cell) {
                const char *kind = columns[i].type == Column::Type::Boolean ? "boolean" : "number";
                return malformedCsv("Error parsing " + std::string(kind) + " " + debugQuoted(reader.fields()[i])
                                    + " at line " + std::to_string(line) + ": " + cell.error());
            }
            cells[i] = std::move(cell).value();
        }
        json::Writer row;
        row.beginObject();
        for (const Column &column : columns) {
            if (!column.repeated)
                row.key(column.name).raw(cells[column.last]);
        }
        row.endObject();
        if (!visit(sv(row.bytes())))
            return line;
    }
    if (next != CsvReader::Next::End)
        return malformedCsv(reader.problem());
    return line;
}

} // namespace

ApiResult<PayloadFormat> payloadFormat(std::optional<std::string_view> contentType,
                                       std::optional<char> csvDelimiter)
{
    if (!contentType)
        return refuse("missing_content_type", "A Content-Type header is missing. " + std::string(accepted));
    const auto invalid = [](std::string_view shown) {
        return refuse("invalid_content_type",
                      "The Content-Type `" + std::string(shown) + "` is invalid. " + std::string(accepted));
    };
    const auto media = parseMediaType(*contentType);
    if (!media)
        return invalid(*contentType);
    const std::string name = media->type + "/" + media->subtype;
    if (name == "text/csv")
        return PayloadFormat {PayloadFormat::Kind::Csv, csvDelimiter.value_or(',')};
    if (name != "application/json" && name != "application/x-ndjson")
        return invalid(name);
    if (csvDelimiter) {
        return refuse("invalid_content_type",
                      "The Content-Type `" + name
                          + "` does not support the use of a csv delimiter. The csv delimiter can only be "
                            "used with the Content-Type `text/csv`.");
    }
    return PayloadFormat {name == "application/json" ? PayloadFormat::Kind::Json : PayloadFormat::Kind::NdJson,
                          ','};
}

ApiResult<std::uint64_t> visitDocuments(std::string_view payload, PayloadFormat format,
                                        const DocumentVisitor &visit)
{
    if (payload.empty())
        return refuse("missing_payload", "A " + std::string(formatName(format.kind)) + " payload is missing.");
    if (format.kind == PayloadFormat::Kind::Csv)
        return visitCsv(payload, format.delimiter, visit);
    DocumentWalk walk(payload, format.kind, visit);
    return format.kind == PayloadFormat::Kind::Json ? walk.json() : walk.lines();
}

} // namespace miroir::protocol
