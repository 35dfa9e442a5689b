// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Assert.h"

#include <string>
#include <utility>
#include <variant>

namespace miroir {

/// What went wrong, as a sentence for a person: lower case, no full stop, no secret in it.
struct Failure {
    std::string message;
};

/// Wraps an error so that Result<T, E> can be built when T and E are alike.
template <typename E>
struct Err {
    E error;
};
template <typename E>
Err(E) -> Err<E>;

inline Err<Failure> fail(std::string message)
{
    return Err<Failure> {Failure {std::move(message)}};
}

/// A value or the reason why there is none; for everything that can fail because of the world outside.
template <typename T, typename E = Failure>
class [[nodiscard]] Result
{
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) { }
    template <typename F>
    Result(Err<F> e) : m_state(std::in_place_index<1>, std::move(e.error)) { }

    [[nodiscard]] bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    [[nodiscard]] const T &value() const &
    {
        MIROIR_ASSERT(ok());
        return std::get<0>(m_state);
    }
    [[nodiscard]] T &value() &
    {
        MIROIR_ASSERT(ok());
        return std::get<0>(m_state);
    }
    [[nodiscard]] T &&value() &&
    {
        MIROIR_ASSERT(ok());
        return std::get<0>(std::move(m_state));
    }
    const T &operator*() const & { return value(); }
    T &operator*() & { return value(); }
    const T *operator->() const { return &value(); }
    T *operator->() { return &value(); }

    [[nodiscard]] const E &error() const &
    {
        MIROIR_ASSERT(!ok());
        return std::get<1>(m_state);
    }
    /// The error, ready to be returned from a function with another value type.
    [[nodiscard]] Err<E> err() const { return Err<E> {error()}; }

private:
    std::variant<T, E> m_state;
};

struct Done { };

/// Result of something that gives nothing but may fail.
template <typename E = Failure>
using Status = Result<Done, E>;

} // namespace miroir
