// SPDX-FileCopyrightText: 2026 The Miroir authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "Servers.h"
#include "verify/IndexProfile.h"

#include <QStringList>

namespace miroir::ctl {

/// Settings and some documents of the indexes of that names, or of all when there is none. Fails when one is missing.
Result<std::vector<IndexProfile>> readProfiles(Servers &servers, const Server &cluster, const QStringList &uids);

/// Makes the index on the reference with the settings of the cluster and all its documents, in their order. Fails when
/// the reference has it already.
Status<> copyIndex(Servers &servers, const Server &cluster, const Server &reference, const IndexProfile &profile);

} // namespace miroir::ctl
