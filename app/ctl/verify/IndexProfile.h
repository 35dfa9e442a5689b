// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "json/Json.h"
#include "verify/Explain.h"

#include <map>
#include <string>
#include <vector>

namespace miroir::ctl {

/// What random requests to an index are made of: its settings, and values and words of some of its documents. Pure.
struct IndexProfile {
    struct Embedder {
        std::string name;
        std::uint64_t dimensions = 0;
    };
    struct Point {
        double latitude = 0;
        double longitude = 0;
    };

    std::string uid;
    std::string primaryKey;
    std::vector<std::string> fields; ///< dotted paths seen in documents, in byte order
    std::vector<std::string> searchable; ///< of those that the settings allow; all when they name none
    std::vector<std::string> filterable;
    std::vector<std::string> sortable;
    std::vector<Embedder> embedders; ///< whose vectors come with the documents
    std::map<std::string, std::vector<std::string>> values; ///< path -> scalars as JSON
    std::vector<std::string> words; ///< as they stand in texts
    std::vector<std::string> ids; ///< as JSON
    std::vector<Point> points; ///< of _geo
    bool geoFilter = false;
    bool geoSort = false;
    IndexTraits traits;

    /// settings: answer of GET /indexes/{uid}/settings. documents: array of documents.
    static IndexProfile make(const std::string &uid, const std::string &primaryKey, const json::Value &settings,
        const json::Value &documents);
};

} // namespace miroir::ctl
