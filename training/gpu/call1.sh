#!/usr/bin/env bash
# Call 1.  Trains at the full rate, then decays in the last 14 % so that what comes back is a model whatever follows; call 2
# goes on from before that decay.  `call1.sh --last`, when no second call is certain: the decay is 28 %.
here=$(dirname "$0")
if [ "${1:-}" = --last ]; then
    exec "$here/train.sh" 1 "${LIMIT:-570}" --decay 0.28 --long-from 0.72
fi
exec "$here/train.sh" 1 "${LIMIT:-570}" --decay 0.14 --long-from 0.86
