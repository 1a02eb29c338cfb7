#!/bin/sh
# Makes the demonstration bundle of the page (www/bundle), its samples (www/samples) and MODEL_CARD.md from nothing: draws
# synthetic photographs, trains five folds on close-ups and five on whole photographs, calibrates, measures and exports.
# Run again, it goes on where it stopped; what the page has is replaced only at the end, when the new is whole.
#
#   scripts/train_demo.sh [WORK]     WORK keeps pictures and runs, default runs/demo
#   GENODERM=path/to/genoderm        use a program that is built already
#   DEVICE=cuda                      train on a GPU
#
# On two cores of a shared server it takes about two hours, nearly all of it training.
set -eu

cd "$(dirname "$0")/.."
work=${1:-runs/demo}
device=${DEVICE:-cpu}
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

# 1. Drawings: 120 photographs of each of the seven labels, 20 of them for testing, and 60 pictures without skin. Other ones to
#    calibrate on, and many more to measure on than the 20, which say little of skin tones.
[ -e "$work/photos" ] || genoderm synth --out "$work/photos" --seed 2027 --per-label 120 --size 256 --not-skin 60
[ -e "$work/held-out" ] || genoderm synth --out "$work/held-out" --seed 2028 --per-label 40 --size 256
[ -e "$work/large-test" ] || genoderm synth --out "$work/large-test" --seed 2029 --per-label 100 --size 256

# 2. Training: EfficientNet-B0 from random weights. Networks meet the close-ups at 64 px first, where a pass is quick, and then
#    at 128 px; those for whole photographs start from the close-ups' network of the same fold, which has not seen the same
#    people either. Two processes with a thread each waste less of a processor than one that shares every small product.
pair() {
    run=$1
    shift
    RAYON_NUM_THREADS=1 become_genoderm train --preset demo --data "$work/photos" --out "$work/$run" --resume \
        --device "$device" --fold 0,1 "$@" &
    other=$!
    # When this script ends early, the other training must not go on by itself.
    trap 'kill "$other" 2>/dev/null || true' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    RAYON_NUM_THREADS=1 genoderm train --preset demo --data "$work/photos" --out "$work/$run" --resume \
        --device "$device" --fold 2,3 "$@"
    wait "$other"
    trap - EXIT INT TERM
    genoderm train --preset demo --data "$work/photos" --out "$work/$run" --resume --device "$device" --fold 4 "$@"
}
pair focused-64 --set focused --size 64 --epochs 25
pair focused --set focused --size 128 --epochs 20 --lr 1e-4 \
    --pretrained "$work/focused-64/fold-{fold}/best.safetensors"
pair panoramic --set panoramic --size 128 --epochs 32 --lr 1e-4 \
    --pretrained "$work/focused/fold-{fold}/best.safetensors"

# 3. Calibration: temperature and prediction sets of the ensemble on drawings of their own, the guard against pictures without
#    skin on out-of-fold ones.
for set in focused panoramic; do
    genoderm calibrate --run "$work/$set" --data "$work/photos" --not-skin "$work/photos/not-skin" \
        --held-out "$work/held-out" --test
done

# 4. Export: 8-bit weights, measured as they are stored on pictures that no network has learnt from.
rm -rf "$work/bundle"
genoderm export --run "$work/focused" --run "$work/panoramic" --out "$work/bundle" --encoding int8 \
    --data "$work/photos" \
    --name "Synthetic demonstration" \
    --description "EfficientNet-B0 at 128 px, five folds for close-ups and five for whole photographs, trained from random weights on procedural drawings of skin." \
    --notice "Trained on drawings made by a program. It has never seen a person, says nothing about real patients and is no medical device." \
    --licence "MIT OR Apache-2.0" \
    --data-description "Drawn by \`genoderm synth\` (docs/synth.md): 100 photographs of each label, of which each network learnt from 80; no photograph of a person was used." \
    --made-with "genoderm synth --out photos --seed 2027 --per-label 120 --size 256 --not-skin 60" \
    --made-with "genoderm synth --out held-out --seed 2028 --per-label 40 --size 256" \
    --made-with "genoderm train --preset demo --set focused --size 64 --epochs 25 --data photos --out focused-64" \
    --made-with "genoderm train --preset demo --set focused --size 128 --epochs 20 --lr 1e-4 --pretrained focused-64/fold-{fold}/best.safetensors --data photos --out focused" \
    --made-with "genoderm train --preset demo --set panoramic --size 128 --epochs 32 --lr 1e-4 --pretrained focused/fold-{fold}/best.safetensors --data photos --out panoramic" \
    --made-with "genoderm calibrate --run focused --data photos --not-skin photos/not-skin --held-out held-out" \
    --made-with "genoderm calibrate --run panoramic --data photos --not-skin photos/not-skin --held-out held-out" \
    --made-with "genoderm export --run focused --run panoramic --out bundle --encoding int8 --data photos"

# 5. The bundle as the page will have it: on the test drawings with maps as the page draws them and as the paper does, and on
#    many more drawings.
genoderm evaluate --model "$work/bundle" --set focused --data "$work/photos" \
    --attribution --attribution-pictures 70 --map-baseline blurred --html "$work/focused.html"
genoderm evaluate --model "$work/bundle" --set panoramic --data "$work/photos" \
    --attribution --attribution-pictures 35 --map-baseline blurred --html "$work/panoramic.html"
for set in focused panoramic; do
    genoderm evaluate --model "$work/bundle" --set "$set" --data "$work/photos" \
        --attribution --attribution-pictures 21 --json "$work/$set-zero.json"
    genoderm evaluate --model "$work/bundle" --set "$set" --data "$work/large-test" --split all --json "$work/$set-large.json"
done

# 6. Samples for the page and the model card; the pictures without skin among them are some that both sets' guards refuse.
for set in focused panoramic; do
    genoderm predict --model "$work/bundle" --set "$set" --json "$work"/photos/not-skin/*.jpg > "$work/$set-not-skin.json"
done
rm -rf "$work/samples"
node scripts/demo_samples.mjs "$work" "$work/samples"

# 7. All of it goes to the page.
replace "$work/bundle" www/bundle
replace "$work/samples" www/samples
node scripts/demo_card.mjs "$work" > "$work/MODEL_CARD.md"
mv "$work/MODEL_CARD.md" MODEL_CARD.md
