// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/LocalNodeIndexes.h"
#include "localnode/SearchRules.h"

#include <memory>
#include <mutex>

namespace miroir::localnode {

/// The dynamic search rules of the node. They are stored as the documents of an index that no client can name, so that
/// they are numbered, searched and kept as those are; searches look at them in the form that is kept here. Thread-safe;
/// only the worker changes it.
class LocalNodeRules
{
public:
    /// Reads the rules of the store; once, after the indexes.
    Status<> load(NodeStoreThread &store, const LocalNodeIndexes &indexes);
    [[nodiscard]] std::shared_ptr<const SearchRules> current() const;
    /// What was stored in the index of the rules.
    Status<> change(const std::vector<StoredChange> &changes);
    void clear();

    /// Of the index, whose documents are named by `uid`.
    static protocol::Settings settings();

private:
    mutable std::mutex m_mutex;
    std::shared_ptr<const SearchRules> m_rules = std::make_shared<const SearchRules>();
    Tokenizer m_tokenizer;
};

} // namespace miroir::localnode
