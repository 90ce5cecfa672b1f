#!/usr/bin/env bash
# Call 2, on the same machine.  Goes on from before the decay of call 1, or, where call 1 was killed, from its last
# checkpoint; the last 26 % of the time of both calls is the decay.
from=before-decay
[ -f "${GPU_WORK:-/tmp/mote}/run/$from.pt" ] || from=checkpoint
exec "$(dirname "$0")/train.sh" 2 "${LIMIT:-570}" --resume "$from" --decay 0.26 --long-from 0.74
