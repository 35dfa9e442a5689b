// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/SettingsPatch.h"

#include <array>

/// What members an embedder may have, depending on its source. For this module only.
namespace miroir::protocol::embedders {

// Members in the order in which a node checks and names them.
enum Member : unsigned {
    Source,
    Model,
    Revision,
    Pooling,
    ApiKey,
    Dimensions,
    DocumentTemplate,
    DocumentTemplateMaxBytes,
    Url,
    IndexingFragments,
    SearchFragments,
    Request,
    Response,
    Headers,
    SearchEmbedder,
    IndexingEmbedder,
    Distribution,
    BinaryQuantized,
};
inline constexpr std::array<const char *, 18> Names {"source", "model", "revision", "pooling", "apiKey", "dimensions",
    "documentTemplate", "documentTemplateMaxBytes", "url", "indexingFragments", "searchFragments", "request",
    "response", "headers", "searchEmbedder", "indexingEmbedder", "distribution", "binaryQuantized"};
enum class SourceKind : std::uint8_t { OpenAi, HuggingFace, Ollama, UserProvided, Rest, Composite };
inline constexpr std::array<const char *, 6> SourceNames {
    "openAi", "huggingFace", "ollama", "userProvided", "rest", "composite"};
inline constexpr std::string_view Code = "invalid_settings_embedders";

std::optional<std::string> stringOf(const Embedder &embedder, Member member);
std::optional<std::uint64_t> numberOf(const Embedder &embedder, Member member);
bool isSet(const Embedder &embedder, Member member); ///< there and not null
SourceKind sourceByName(std::string_view name);
/// An embedder inside another one; nothing when it is absent or null.
std::optional<Embedder> nested(const Embedder &embedder, Member member);
/// Fragments that are not null.
std::size_t fragmentCount(const Embedder &embedder, Member member);
/// "`.embedders.name.member`: "
std::string place(const std::string &name, std::string_view member = {});
/// `whole` for the settings after a change, otherwise for what a request mentions.
ApiStatus validate(const std::string &name, const Embedder &embedder, bool whole);

} // namespace miroir::protocol::embedders
