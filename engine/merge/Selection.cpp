// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge/Selection.h"
#include "base/Bytes.h"

#include <algorithm>

namespace miroir::merge {

namespace {

using Names = std::vector<std::string_view>;

/// The rests of the paths that lead through `key`: {"b", "c.d"} for {"a.b", "a.c.d"} and "a".
Names below(const Names &names, std::string_view key)
{
    Names rest;
    for (const std::string_view name : names) {
        if (name.size() > key.size() + 1 && name[key.size()] == '.' && name.starts_with(key))
            rest.push_back(name.substr(key.size() + 1));
    }
    return rest;
}

bool contains(const Names &names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool appendObject(QByteArray &out, const json::Value &object, const Names &names);

void appendArray(QByteArray &out, const json::Value &array, const Names &names)
{
    out += '[';
    bool first = true;
    for (const json::Value item : array.items()) {
        if (!item.isArray() && !item.isObject())
            continue;
        const qsizetype before = out.size();
        if (!first)
            out += ',';
        if (item.isArray())
            appendArray(out, item, names);
        else if (!appendObject(out, item, names)) {
            out.truncate(before); // objects with nothing selected leave no trace in an array
            continue;
        }
        first = false;
    }
    out += ']';
}

/// False when nothing of it is selected.
bool appendNamed(SliceObject &writer, QByteArray &out, const json::Member &member, std::string_view key,
    const Names &names)
{
    const bool named = contains(names, key);
    const bool simple = key.find('.') == std::string_view::npos;
    const Names rest = named && simple ? Names() : below(names, key);
    if (rest.empty()) {
        if (named)
            writer.member(member);
        return named;
    }
    if (!member.value.isArray() && !member.value.isObject())
        return false;
    writer.name(member.name.raw());
    if (member.value.isArray())
        appendArray(out, member.value, rest);
    else
        appendObject(out, member.value, rest);
    return true;
}

/// False when nothing of it was selected.
bool appendObject(QByteArray &out, const json::Value &object, const Names &names)
{
    TextStore texts;
    SliceObject writer(out);
    bool any = false;
    for (const json::Member member : object.members())
        any = appendNamed(writer, out, member, texts.text(member.name), names) || any;
    writer.close();
    return any;
}

} // namespace

bool isHidden(std::string_view name)
{
    return name.starts_with("_miroir_");
}

void SliceObject::name(std::string_view rawName)
{
    if (!m_first)
        m_out += ',';
    m_first = false;
    append(m_out, rawName);
    m_out += ':';
}

void SliceObject::member(const json::Member &member)
{
    name(member.name.raw());
    append(m_out, member.value.raw());
}

Selection Selection::of(const std::optional<std::vector<std::string>> &list)
{
    if (!list || std::find(list->begin(), list->end(), "*") != list->end())
        return {};
    return Selection(*list);
}

Selection Selection::both(const Selection &a, const Selection &b)
{
    if (a.everything())
        return b;
    if (b.everything())
        return a;
    std::vector<std::string> names;
    for (const std::string &name : *a.m_names) {
        if (b.has(name))
            names.push_back(name);
    }
    return Selection(std::move(names));
}

Selection Selection::either(const Selection &a, const Selection &b)
{
    if (a.everything() || b.everything())
        return {};
    std::vector<std::string> names = *a.m_names;
    names.insert(names.end(), b.m_names->begin(), b.m_names->end());
    return Selection(std::move(names));
}

bool Selection::has(std::string_view name) const
{
    return !m_names || std::find(m_names->begin(), m_names->end(), name) != m_names->end();
}

bool Selection::hasLeaf(std::string_view path) const
{
    return !m_names || std::any_of(m_names->begin(), m_names->end(), [path](const std::string &name) {
        return path.starts_with(name) && (path.size() == name.size() || path[name.size()] == '.');
    });
}

void Selection::appendMember(
    SliceObject &writer, QByteArray &out, const json::Member &member, std::string_view name) const
{
    if (isHidden(name))
        return;
    if (!m_names)
        writer.member(member);
    else
        appendNamed(writer, out, member, name, Names(m_names->begin(), m_names->end()));
}

void Selection::append(QByteArray &out, const json::Value &object) const
{
    TextStore texts;
    SliceObject writer(out);
    for (const json::Member member : object.members())
        appendMember(writer, out, member, texts.text(member.name));
    writer.close();
}

void visitLeaves(const json::Value &object, std::string_view path,
    const std::function<void(const json::Value &)> &visit)
{
    if (const json::Value direct = object.find(path); direct.exists())
        visit(direct);
    for (std::size_t dot = path.rfind('.'); dot != std::string_view::npos && dot > 0; dot = path.rfind('.', dot - 1)) {
        const json::Value inner = object.find(path.substr(0, dot));
        const std::string_view rest = path.substr(dot + 1);
        if (inner.isObject()) {
            visitLeaves(inner, rest, visit);
        } else if (inner.isArray()) {
            for (const json::Value item : inner.items()) {
                if (item.isObject())
                    visitLeaves(item, rest, visit);
            }
        }
    }
}

} // namespace miroir::merge
