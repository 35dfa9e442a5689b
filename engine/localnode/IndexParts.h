// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localnode/IndexData.h"

namespace miroir::localnode {

struct LocalIndex::Parts {
    IndexData data;
    bool unfinished = false; ///< documents were restored since the lists were last put in order
    std::uint64_t rawBytes = 0; ///< of all documents
    std::map<std::string, std::uint64_t> fieldCounts; ///< documents by top-level field

    void finish();
    /// Puts the text of a document in its place, without indexing it.
    void store(DocId docid, std::string id, QByteArray document, const json::Value &parsed);
    /// Takes a document out of everything but the search lists.
    void drop(DocId docid);
    void count(const json::Value &document, bool added);
    /// All documents indexed again by the settings of now.
    void rebuild();
};

} // namespace miroir::localnode
