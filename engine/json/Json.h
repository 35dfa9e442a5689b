// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Limits.h"
#include "base/Result.h"

#include <QByteArray>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// JSON as bytes: a document is parsed into a table of slices of its text, so that any part can be passed on byte for
/// byte. Strings are decoded and numbers converted only when asked. Texts, order and positions of errors are
/// those of serde_json, because Meilisearch shows them to its clients. Pure; values may be used from any thread.
namespace miroir::json {

enum class Kind : std::uint8_t { Null, Bool, PositiveInteger, NegativeInteger, Float, String, Array, Object };

struct ParseError {
    std::string reason; ///< without the position, e.g. "expected value"
    std::size_t line = 0; ///< from 1
    std::size_t column = 0;
    std::size_t offset = 0; ///< bytes from the start
    bool eof = false; ///< the text ended too early
    /// "expected value at line 1 column 2"
    [[nodiscard]] std::string message() const;
};

class Document;

/// One value inside a Document; cheap to copy, valid as long as the document lives.
class Value
{
public:
    Value() = default; ///< the absent value: every question is answered with no
    [[nodiscard]] bool exists() const { return m_doc != nullptr; }
    explicit operator bool() const { return exists(); }
    [[nodiscard]] Kind kind() const; ///< Null for the absent value

    [[nodiscard]] bool isNull() const { return exists() && kind() == Kind::Null; }
    [[nodiscard]] bool isBool() const { return exists() && kind() == Kind::Bool; }
    [[nodiscard]] bool isString() const { return exists() && kind() == Kind::String; }
    [[nodiscard]] bool isArray() const { return exists() && kind() == Kind::Array; }
    [[nodiscard]] bool isObject() const { return exists() && kind() == Kind::Object; }
    [[nodiscard]] bool isInteger() const; ///< fits u64 or i64, written without fraction and exponent
    [[nodiscard]] bool isNumber() const;

    [[nodiscard]] std::string_view raw() const; ///< the bytes of the value, without space around
    [[nodiscard]] std::size_t offset() const; ///< of raw() in the document's text

    [[nodiscard]] bool toBool() const; ///< false when it is none
    [[nodiscard]] double toDouble() const; ///< 0 when it is no number
    [[nodiscard]] std::optional<std::uint64_t> toU64() const;
    [[nodiscard]] std::optional<std::int64_t> toI64() const;
    [[nodiscard]] std::string toString() const; ///< decoded UTF-8; empty when it is no string

    [[nodiscard]] std::size_t size() const; ///< items or members (duplicate keys counted each)
    class Iterator;
    struct Range;
    [[nodiscard]] Range items() const; ///< of an array; empty range otherwise
    class MemberIterator;
    struct Members;
    [[nodiscard]] Members members() const; ///< of an object in written order; empty otherwise
    /// The member with that (decoded) name; of duplicate names the last one, as serde_json keeps it.
    [[nodiscard]] Value find(std::string_view name) const;
    Value operator[](std::string_view name) const { return find(name); }
    [[nodiscard]] Value at(std::size_t index) const; ///< item of an array; absent when out of range

private:
    friend class Document;
    friend class MemberIterator;
    Value(const Document *doc, std::uint32_t node) : m_doc(doc), m_node(node) { }
    const Document *m_doc = nullptr;
    std::uint32_t m_node = 0;
};

class Value::Iterator
{
public:
    Iterator(const Document *doc, std::uint32_t node, std::size_t left) : m_doc(doc), m_node(node), m_left(left) { }
    Value operator*() const { return {m_doc, m_node}; }
    Iterator &operator++();
    bool operator!=(const Iterator &other) const { return m_left != other.m_left; }

private:
    const Document *m_doc;
    std::uint32_t m_node;
    std::size_t m_left;
};
struct Value::Range {
    Iterator first, last;
    [[nodiscard]] Iterator begin() const { return first; }
    [[nodiscard]] Iterator end() const { return last; }
};

struct Member {
    Value name; ///< the key as a string value: name.toString(), name.raw()
    Value value;
    [[nodiscard]] std::string key() const { return name.toString(); }
};
class Value::MemberIterator
{
public:
    MemberIterator(const Document *doc, std::uint32_t node, std::size_t left)
        : m_doc(doc), m_node(node), m_left(left)
    {
    }
    Member operator*() const { return {Value(m_doc, m_node), Value(m_doc, m_node + 1)}; }
    MemberIterator &operator++();
    bool operator!=(const MemberIterator &other) const { return m_left != other.m_left; }

private:
    const Document *m_doc;
    std::uint32_t m_node;
    std::size_t m_left;
};
struct Value::Members {
    MemberIterator first, last;
    [[nodiscard]] MemberIterator begin() const { return first; }
    [[nodiscard]] MemberIterator end() const { return last; }
};

/// A parsed text. Owns (shares) the bytes. Movable; Values point to the Document, so keep it where it is
/// while they are used (for example in a shared_ptr).
class Document
{
public:
    Document() = default;
    /// The whole text must be one JSON value with nothing but space around it. Up to 4 GB; depth as serde_json.
    static Result<Document, ParseError> parse(QByteArray text);
    static Result<Document, ParseError> parse(std::string_view text);
    [[nodiscard]] Value root() const { return {this, 0}; }
    [[nodiscard]] const QByteArray &text() const { return m_text; }

private:
    friend class Value;
    friend class Value::Iterator;
    friend class Value::MemberIterator;
    friend struct TableSink;
    struct Node {
        std::uint32_t begin = 0, end = 0; // slice of the text
        std::uint32_t next = 0; // node after this subtree
        std::uint32_t count = 0; // items or members
        Kind kind = Kind::Null;
        bool escaped = false; // a string with backslashes
    };
    QByteArray m_text;
    std::vector<Node> m_nodes;
};

inline Kind Value::kind() const
{
    return m_doc == nullptr ? Kind::Null : m_doc->m_nodes[m_node].kind;
}

inline std::string_view Value::raw() const
{
    if (m_doc == nullptr)
        return {};
    const Document::Node &node = m_doc->m_nodes[m_node];
    return {m_doc->m_text.constData() + node.begin, node.end - node.begin};
}

inline Value::Iterator &Value::Iterator::operator++()
{
    m_node = m_doc->m_nodes[m_node].next;
    --m_left;
    return *this;
}

inline Value::MemberIterator &Value::MemberIterator::operator++()
{
    m_node = m_doc->m_nodes[m_node + 1].next;
    --m_left;
    return *this;
}

/// Validates one JSON value that starts at text[from] after optional space; gives the offset behind it.
Result<std::size_t, ParseError> skipValue(std::string_view text, std::size_t from = 0);
/// Validates a whole text without building a table.
std::optional<ParseError> validate(std::string_view text);
/// Splits a JSON array into its items without building a table (for large payloads); visit gets each item's bytes.
/// Returning false from visit ends the walk early. Error if the text is no array or malformed anywhere before
/// the end.
std::optional<ParseError> splitArray(std::string_view text, const std::function<bool(std::string_view)> &visit);

/// Writes a value the way serde_json's compact form does: no space, members in order, of duplicates the last
/// value at the first place, numbers normalised (1e3 -> 1000.0, 1.10 -> 1.1; integers beyond 64 bits become
/// floats).
std::string compact(const Value &value);
/// Shortest form that reads back equal, as serde_json 1.0.150 prints it: 1.0, 0.5, 1e+16, 1e-7.
std::string formatDouble(double number);
/// Quoted and escaped as serde_json does it (control characters as \u00XX or short forms, nothing else).
std::string quoted(std::string_view utf8);
void appendQuoted(QByteArray &out, std::string_view utf8);

/// Builds compact JSON. Commas are set by the writer.
class Writer
{
public:
    Writer &beginObject();
    Writer &endObject();
    Writer &beginArray();
    Writer &endArray();
    Writer &key(std::string_view name);
    Writer &string(std::string_view utf8);
    Writer &raw(std::string_view json); ///< a value that is JSON already
    Writer &number(std::uint64_t n);
    Writer &number(std::int64_t n);
    Writer &number(int n) { return number(static_cast<std::int64_t>(n)); }
    Writer &number(unsigned n) { return number(static_cast<std::uint64_t>(n)); }
    Writer &number(double n);
    Writer &boolean(bool b);
    Writer &null();
    [[nodiscard]] const QByteArray &bytes() const { return m_out; }
    [[nodiscard]] QByteArray take() { return std::move(m_out); }

private:
    void separate();
    QByteArray m_out;
    bool m_first = true;
};

} // namespace miroir::json
