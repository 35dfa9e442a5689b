// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/Limited.h"

#include <memory>

namespace miroir::read {

namespace {

struct Run : std::enable_shared_from_this<Run> {
    std::size_t count = 0, atOnce = 1;
    std::function<void(std::size_t, std::function<void()>)> job;
    std::function<void()> done;
    std::size_t next = 0, running = 0;
    bool starting = false;

    /// A job that ends at once comes back here through finished(): the loop of the first call goes on then, so that
    /// many such jobs need no stack.
    void go()
    {
        if (starting)
            return;
        starting = true;
        while (running < atOnce && next < count) {
            ++running;
            job(next++, [self = shared_from_this()] { self->finished(); });
        }
        starting = false;
        if (running == 0 && next == count && done) {
            const std::function<void()> last = std::move(done);
            done = nullptr;
            last();
        }
    }
    void finished()
    {
        --running;
        go();
    }
};

} // namespace

void runLimited(std::size_t count, std::size_t atOnce,
    std::function<void(std::size_t number, std::function<void()> finished)> job, std::function<void()> done)
{
    auto run = std::make_shared<Run>();
    run->count = count;
    run->atOnce = atOnce;
    run->job = std::move(job);
    run->done = std::move(done);
    run->go();
}

} // namespace miroir::read
