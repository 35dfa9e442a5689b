// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "localnode/LocalNodeRules.h"

#include "protocol/Settings.h"

#include <limits>
#include <utility>

namespace miroir::localnode {

Status<> LocalNodeRules::load(NodeStoreThread &store, const LocalNodeIndexes &indexes)
{
    const auto entry = indexes.find(protocol::searchRuleIndexUid);
    if (!entry)
        return Done {};
    std::vector<StoredChange> rules;
    auto read = store.call([&](NodeStore &s) {
        return s.documents(
            entry->id, [&](DocId docid, QByteArray body) { rules.push_back({docid, false, std::move(body)}); });
    });
    if (!read)
        return read.err();
    return change(rules);
}

std::shared_ptr<const SearchRules> LocalNodeRules::current() const
{
    const std::lock_guard lock(m_mutex);
    return m_rules;
}

Status<> LocalNodeRules::change(const std::vector<StoredChange> &changes)
{
    auto changed = std::make_shared<SearchRules>(*current());
    for (const StoredChange &change : changes) {
        if (change.removed) {
            changed->remove(change.docid);
            continue;
        }
        auto rule = protocol::searchRuleFromText(change.document);
        if (!rule)
            return rule.err();
        changed->put(change.docid, std::move(*rule), m_tokenizer);
    }
    const std::lock_guard lock(m_mutex);
    m_rules = std::move(changed);
    return Done {};
}

void LocalNodeRules::clear()
{
    const std::lock_guard lock(m_mutex);
    m_rules = std::make_shared<const SearchRules>();
}

protocol::Settings LocalNodeRules::settings()
{
    protocol::Settings settings;
    settings.searchableAttributes = {"conditions.query.words", "description"};
    settings.filterableAttributes.push_back({false, {"active"}});
    settings.proximityByAttribute = true;
    settings.typoTolerance.enabled = false;
    settings.typoTolerance.disableOnNumbers = true;
    settings.prefixSearch = false;
    settings.facetSearch = false;
    settings.maxTotalHits = std::numeric_limits<std::uint32_t>::max(); // a list has no last page
    return settings;
}

} // namespace miroir::localnode
