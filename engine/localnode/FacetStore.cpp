// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/FacetStore.h"

#include "localnode/Normalizer.h"

#include <algorithm>

namespace miroir::localnode {

namespace {

void append(DocList &list, std::uint32_t doc, std::vector<DocList *> &touched)
{
    if (!list.empty() && list.back() == doc)
        return;
    if (!list.empty() && list.back() > doc)
        touched.push_back(&list);
    list.push_back(doc);
}

template <typename Map>
void dropDocuments(Map &values, const IndexSet &documents)
{
    for (auto it = values.begin(); it != values.end();) {
        std::erase_if(it->second, [&documents](std::uint32_t doc) { return documents.contains(doc); });
        it = it->second.empty() ? values.erase(it) : std::next(it);
    }
}

} // namespace

const FacetColumn *FacetStore::column(FieldId field) const
{
    const auto it = m_columns.find(field);
    return it == m_columns.end() ? nullptr : &it->second;
}

FacetColumn &FacetStore::columnFor(FieldId field)
{
    return m_columns[field];
}

const std::vector<FacetValue> &FacetStore::valuesOf(std::uint32_t doc) const
{
    static const std::vector<FacetValue> nothing;
    return doc < m_values.size() ? m_values[doc] : nothing;
}

void FacetStore::addNumber(std::uint32_t doc, FieldId field, double number)
{
    if (m_values.size() <= doc)
        m_values.resize(doc + 1);
    for (const FacetValue &value : m_values[doc]) {
        if (value.field == field && value.isNumber && value.number == number)
            return;
    }
    append(m_columns[field].numbers[number == 0 ? 0.0 : number], doc, m_touched);
    m_values[doc].push_back({field, true, number, nullptr, {}});
}

void FacetStore::addString(std::uint32_t doc, FieldId field, std::string normalised, std::string_view original)
{
    if (m_values.size() <= doc)
        m_values.resize(doc + 1);
    const auto it = m_columns[field].strings.try_emplace(std::move(normalised)).first;
    for (FacetValue &value : m_values[doc]) {
        if (value.field == field && value.key == &it->first) {
            value.original = original; // of several spellings the last one is shown
            return;
        }
    }
    append(it->second, doc, m_touched);
    m_values[doc].push_back({field, false, 0, &it->first, std::string(original)});
}

void FacetStore::removeDocuments(const IndexSet &documents)
{
    finish();
    std::vector<std::uint32_t> docs = documents.toVector();
    constexpr std::size_t few = 64;
    if (docs.size() > few) {
        for (auto &[field, column] : m_columns) {
            dropDocuments(column.numbers, documents);
            dropDocuments(column.strings, documents);
        }
    }
    for (const std::uint32_t doc : docs) {
        if (doc >= m_values.size())
            continue;
        for (const FacetValue &value : m_values[doc]) {
            if (docs.size() > few)
                break;
            FacetColumn &column = m_columns[value.field];
            if (value.isNumber) {
                const auto it = column.numbers.find(value.number);
                if (it != column.numbers.end() && std::erase(it->second, doc) > 0 && it->second.empty())
                    column.numbers.erase(it);
            } else {
                const auto it = column.strings.find(*value.key);
                if (it != column.strings.end() && std::erase(it->second, doc) > 0 && it->second.empty())
                    column.strings.erase(it);
            }
        }
        m_values[doc].clear();
    }
    for (auto &[field, column] : m_columns) {
        column.exists -= documents;
        column.nulls -= documents;
        column.empties -= documents;
    }
}

void FacetStore::clear()
{
    m_columns.clear();
    m_values.clear();
    m_touched.clear();
    finish();
}

void FacetStore::finish()
{
    for (DocList *list : m_touched)
        std::sort(list->begin(), list->end());
    m_touched.clear();
    m_sortColumns.clear();
    m_folded.clear();
}

const SortColumn &FacetStore::sortColumn(FieldId field) const
{
    std::unique_ptr<SortColumn> &slot = m_sortColumns[field];
    if (slot)
        return *slot;
    slot = std::make_unique<SortColumn>();
    const FacetColumn *from = column(field);
    if (from == nullptr)
        return *slot;
    SortColumn &out = *slot;
    out.lowest.assign(m_values.size(), SortColumn::none);
    out.highest.assign(m_values.size(), SortColumn::none);
    const auto place = [&out](const DocList &docs, bool numbersOnly) {
        const auto index = static_cast<std::uint32_t>(out.keys.size() - 1);
        for (const std::uint32_t doc : docs) {
            if (out.lowest[doc] == SortColumn::none)
                out.lowest[doc] = index;
            // A document with numbers is sorted by them in both directions, whatever texts it has besides.
            const bool hasNumber = out.highest[doc] != SortColumn::none && out.keys[out.highest[doc]].isNumber;
            if (numbersOnly || !hasNumber)
                out.highest[doc] = index;
        }
    };
    for (const auto &[number, docs] : from->numbers) {
        out.keys.push_back({true, number, nullptr});
        place(docs, true);
    }
    out.numberCount = static_cast<std::uint32_t>(out.keys.size());
    for (const auto &[text, docs] : from->strings) {
        out.keys.push_back({false, 0, &text});
        place(docs, false);
    }
    return out;
}

const std::map<std::string, std::vector<const std::string *>> &FacetStore::foldedTexts(FieldId field) const
{
    const auto found = m_folded.find(field);
    if (found != m_folded.end())
        return found->second;
    auto &out = m_folded[field];
    if (const FacetColumn *from = column(field)) {
        for (const auto &entry : from->strings)
            out[foldedFacet(entry.first)].push_back(&entry.first);
    }
    return out;
}

} // namespace miroir::localnode
