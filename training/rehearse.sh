#!/usr/bin/env bash
# The whole chain at toy size, in a few minutes: checks of what decides, download of a handful of packages, corpus, tokenizer and its
# check, packing, a run of a minute and a half that is stopped once and resumed, reads text that arrives meanwhile and has its end
# moved, one that begins with its weights; export, the NumPy check, evaluation, the curve; then a GPU session from the shards to the
# pieces put together again (gpu/rehearse.sh); the import of either model into an int4 ONNX model, and a completion by each.  The
# last two need the command line: `npm run train:rehearse` builds it first.
#
# usage: rehearse.sh WORK_DIR [SECONDS_OF_TRAINING]        FUSED_PYTHON: see gpu/rehearse.sh
set -euo pipefail
work=${1:?usage: rehearse.sh WORK_DIR [SECONDS_OF_TRAINING]} seconds=${2:-90}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/env.sh"
step() { echo "== $*"; }
fail() { echo "$*" >&2; exit 1; }
logged() { grep -q "$1" "$work/run/metrics.jsonl" || fail "the log has no $1"; }

step "checks"
"$PYTHON" "$here/corpus/check.py"
"$PYTHON" "$here/train/check_run.py"
"$PYTHON" "$here/gpu/check_shards.py"

step "lists: a few packages that every later step can use"
mkdir -p "$work/lists"
printf '%s\n' immer superjson nanostores ts-pattern comlink reselect express koa commander debug ramda minimatch >"$work/lists/npm.txt"
printf '%s\n' python3-flask python3-click python3-jinja2 python3-werkzeug python3-h11 python3-attr python3-requests python3-rich \
    librust-itertools-dev golang-github-spf13-cobra-dev >"$work/lists/debian-binary.txt"
printf '%s\n' jansson tinyxml2 >"$work/lists/debian-source.txt"

step "download";            "$here/corpus/download.sh" "$work" "$work/lists"
step "corpus";              nice -n 10 "$PYTHON" "$here/corpus/build.py" "$work" >/dev/null && cut -f4 "$work/corpus/ATTRIBUTION.tsv" | sort | uniq -c
step "corpus again";        "$PYTHON" "$here/corpus/build.py" "$work" | grep read_before
step "tools";               "$here/build.sh" "$work"
step "tokenizer";           "$here/tokenizer/tokenizer.sh" "$work"
step "tokenizer check";     env -u LD_PRELOAD "$here/tokenizer/check.sh" "$work"
step "pack";                rm -rf "$work/data"; "$here/pack/pack.sh" "$work" 128 256
step "check the rows";      env -u LD_PRELOAD "$PYTHON" "$here/pack/check.py" "$work" 128 256
step "train"
rm -rf "$work/run"
end=$(date -d "+$seconds seconds" +%s)
train=(nice -n 10 "$PYTHON" "$here/train/train.py" --config toy --work "$work" --short 128 --long 256 --step-tokens 2048
       --validation-rows 8 --validate-every $((seconds / 4)))
"${train[@]}" --until "$seconds" >>"$work/train.log" 2>&1 & pid=$!
sleep $((seconds / 3)); kill "$pid"; wait "$pid"           # stopped: it saves a checkpoint and ends well
mv "$work/data/train-long-1.u16" "$work/long.u16"          # not packed yet when its time comes
"${train[@]}" --until 900 --resume --long-from 0.01 >>"$work/train.log" 2>&1 & pid=$!
sleep $((seconds / 6))
mv "$work/long.u16" "$work/data/train-long-1.u16"
sleep $((seconds / 6))
echo "$end" >"$work/until"                                 # sooner than it was told
wait "$pid"
tail -n 1 "$work/train.log"
for what in '"waitingFor": "long"' '"stage": "long"' '"until"' '"int4": true'; do logged "$what"; done
step "export";              "$PYTHON" "$here/export/export.py" "$work/run/checkpoint.pt" "$work/tokenizer.json" "$work/export"
step "check the export";    "$PYTHON" "$here/export/check.py" "$work/export"
step "train from its weights, the middles weighted"
mkdir -p "$work/second"
ln -sfn ../data "$work/second/data"
cp "$work/tokenizer.merges" "$work/second/"
(train=("${train[@]//"$work"/"$work/second"}"); "${train[@]}" --until 20 --weights "$work/export" --warmup-steps 20 --middle-weight 3 --log-every 5 >"$work/second.log")
grep -m 1 '"loss"' "$work/second.log"
step "evaluate";            nice -n 10 "$PYTHON" "$here/evaluate/evaluate.py" "$work/export" "$work" --int4 --rows 8
step "plot";                "$PYTHON" "$here/evaluate/plot.py" "$work/run/metrics.jsonl" "$work/loss.svg"
step "GPU session";         "$here/gpu/rehearse.sh" "$work" "$work/gpu-export"
step "check its export";    "$PYTHON" "$here/export/check.py" "$work/gpu-export"
mote() { env -u LD_PRELOAD node "$here/../dist/cli.js" "$@"; }
# The filters refuse most of what a toy says; at one of these places it is let through.
"$PYTHON" "$here/evaluate/places.py" "$work" 100 >"$work/places.jsonl"
for model in export gpu-export; do
    step "import $model"
    rm -rf "$work/model-$model"
    mote import "$work/$model" "$work/model-$model"
    step "complete"
    mote complete --serve --gate 0 --model "$work/model-$model" <"$work/places.jsonl" >"$work/completions.txt"
    grep '"completion":"[^"]' "$work/completions.txt" || fail "no request got a completion"
done
step "done"
