// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/Bytes.h"
#include "store/SqliteStore.h"
#include "support/Sure.h"
#include "write/DocumentIds.h"
#include "write/Progress.h"
#include "write/Sequencer.h"

#include <QTemporaryDir>

#include <memory>

namespace miroir::test {

/// A clock that moves by a microsecond each time somebody looks.
class TickingClock final : public Clock
{
public:
    [[nodiscard]] std::int64_t utcNs() const override { return 1'700'000'000'000'000'000 + 1000 * ++m_ticks; }
    [[nodiscard]] std::int64_t monotonicMs() const override { return ++m_ticks; }

private:
    mutable std::int64_t m_ticks = 0;
};

/// A store in a folder of its own and a sequencer over it.
struct WriteFixture {
    QTemporaryDir folder;
    TickingClock clock;
    std::unique_ptr<store::SqliteStore> store;
    std::unique_ptr<write::Sequencer> sequencer;

    WriteFixture() { open(); }
    void open()
    {
        sequencer.reset();
        store.reset();
        store = sure(store::SqliteStore::open(folder.path()));
        sequencer = std::make_unique<write::Sequencer>(*store, clock);
        sure(sequencer->load({}));
    }

    static write::WriteRequest request(write::WriteRequest::Kind kind, const std::string &uid)
    {
        write::WriteRequest made;
        made.kind = kind;
        made.uid = uid;
        return made;
    }
    static write::WriteRequest documents(const std::string &uid, const QByteArray &payload, bool partial = false)
    {
        write::WriteRequest made = request(write::WriteRequest::Kind::Documents, uid);
        made.partial = partial;
        made.batch = std::make_shared<write::DocumentBatch>(sure(write::readBatch(uid, payload, {}, {}, {})));
        return made;
    }
    static write::WriteRequest deletion(const std::string &uid, std::vector<std::string> ids)
    {
        write::WriteRequest made = request(write::WriteRequest::Kind::DeleteDocuments, uid);
        made.providedIds = ids.size();
        made.ids = std::move(ids);
        return made;
    }
    static write::WriteRequest settings(const std::string &uid, const protocol::SettingsPatch &patch)
    {
        write::WriteRequest made = request(write::WriteRequest::Kind::Settings, uid);
        made.patch = patch;
        return made;
    }

    using Records = std::vector<std::pair<store::LogRecord, write::Operation>>;
    /// Accepts in a transaction of its own; gives the records that were made.
    Records accept(write::WriteRequest made)
    {
        sure(store->begin());
        protocol::TaskRecord task = sure(sequencer->enqueue(made));
        sure(sequencer->place(made, task));
        sure(store->commit());
        lastTask = task.uid;
        return sequencer->takeNew();
    }
    std::uint32_t lastTask = 0;
    [[nodiscard]] std::vector<bool> exist(const std::string &physical, const std::vector<std::string> &ids) const
    {
        std::vector<bool> there;
        for (const auto &entry : sure(store->lookUp(physical, ids)))
            there.push_back(entry.has_value());
        return there;
    }
};

} // namespace miroir::test
