#!/bin/sh
# Makes the demonstration bundle of the page (www/bundle) from nothing: draws synthetic photographs,
# trains two folds of a small network on them, measures, and exports. Run again, it goes on where it
# stopped; the page's bundle and samples are replaced only at the end, when the new ones are whole.
#
#   scripts/train_demo.sh [WORK]     WORK keeps pictures and run, default runs/demo
#   GENODERM=path/to/genoderm        use a program that is built already
set -eu

cd "$(dirname "$0")/.."
work=${1:-runs/demo}
mkdir -p "$work"

# The program in the place of this shell, so that the process in the background can be ended by its id.
become_genoderm() {
    if [ -n "${GENODERM:-}" ]; then
        exec "$GENODERM" "$@"
    else
        exec cargo run --quiet --release --package genoderm-trainer -- "$@"
    fi
}

genoderm() {
    (become_genoderm "$@")
}

# Puts a whole folder in the place of another one: two renames, nothing half-copied in between.
replace() {
    rm -rf "$2.new" "$2.old"
    cp -R "$1" "$2.new"
    if [ -e "$2" ]; then mv "$2" "$2.old"; fi
    mv "$2.new" "$2"
    rm -rf "$2.old"
}

# 1. Drawings: 150 photographs of each of the seven labels, about one in six for testing.
[ -e "$work/photos" ] || genoderm synth --out "$work/photos" --seed 2026 --per-label 150 --size 256

# 2. Training: EfficientNet-B0 at 96 px from random weights, folds 0 and 1 of five. Each fold has its
#    own lock and seed, so two processes share the run, and the weights are those of `--fold 0,1`.
become_genoderm train --preset demo --data "$work/photos" --out "$work/focused" --fold 0 --resume &
first=$!
# When this script ends early, the other training must not go on by itself.
trap 'kill "$first" 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
genoderm train --preset demo --data "$work/photos" --out "$work/focused" --fold 1 --resume
wait "$first"
trap - EXIT INT TERM

# 3. Measuring: pictures that neither fold has learnt from.
genoderm evaluate --run "$work/focused" --data "$work/photos" --json "$work/evaluation.json"

# 4. Export: 8-bit weights, so that two networks stay below 10 MB; measured again as they are stored.
rm -rf "$work/bundle"
genoderm export --run "$work/focused" --folds 0,1 --out "$work/bundle" --encoding int8 \
    --data "$work/photos" \
    --name "Synthetic demonstration" \
    --description "EfficientNet-B0 at 96 px, two folds, trained from random weights on procedural drawings of skin." \
    --notice "Trained on synthetic drawings. Useless for diagnosis: it shows how the page works and nothing else. Not a medical device." \
    --licence "MIT OR Apache-2.0" \
    --data-description "Drawn by \`genoderm synth\`; no photograph of a person was used." \
    --made-with "genoderm synth --out photos --seed 2026 --per-label 150 --size 256" \
    --made-with "genoderm train --preset demo --data photos --out focused --fold 0,1" \
    --made-with "genoderm export --run focused --folds 0,1 --out bundle --encoding int8 --data photos"

# 5. Samples for the page: the second test picture of each label; the model has never seen them.
rm -rf "$work/samples"
mkdir "$work/samples"
awk -F, '$2 == "focused" && $5 == "test" && ++seen[$3] == 2 { print $1 "," $3 }' "$work/photos/manifest.csv" |
    while IFS=, read -r image label; do
        cp "$work/photos/$image" "$work/samples/$label.jpg"
        printf '%s{ "file": "%s.jpg", "label": "%s" }' "${separator:-}" "$label" "$label"
        separator=',
  '
    done | { printf '[\n  '; cat; printf '\n]\n'; } > "$work/samples/samples.json"

# 6. Both go to the page.
replace "$work/bundle" www/bundle
replace "$work/samples" www/samples
