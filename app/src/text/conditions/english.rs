//! The conditions in English. The names and the lines that describe them are those of `model/src/labels`.

use super::{Condition, Conditions};

/// The conditions in English.
pub const ENGLISH: Conditions = Conditions {
    hmi: Condition {
        name: "Hypomelanosis of Ito",
        description: "Pale whorls and streaks along the lines of Blaschko; mosaic changes of various genes or chromosomes.",
        synonyms: &[
            "pigmentary mosaicism of the Ito type",
            "incontinentia pigmenti achromians",
        ],
        inheritance: "As a rule not inherited: the change arises after fertilisation and is found in a part of the cells only (mosaic). The causes differ: many chromosome changes and several genes.",
        skin: &[
            "Pale streaks, whorls or patches along the lines of Blaschko, on one side of the body or on both; at birth or within the first two years of life.",
            "No blisters and no warty lines before them.",
            "On light skin often seen under a Wood's lamp only.",
        ],
        similar: &[
            "Incontinentia pigmenti, fourth stage",
            "Tuberous sclerosis complex (pale spots)",
            "Naevus depigmentosus, naevus anaemicus",
            "Segmental vitiligo",
            "Lichen striatus that has healed with pale streaks",
        ],
    },
    ip: Condition {
        name: "Incontinentia pigmenti",
        description: "X-linked condition whose skin passes from blisters through warty lines to brown swirls and pale streaks.",
        synonyms: &["Bloch-Sulzberger syndrome"],
        inheritance: "X-linked dominant. Nearly all who have it are female: most affected male embryos do not survive. Boys who have it mostly carry the change in a part of their cells (mosaic) or have a second X chromosome (47,XXY).",
        skin: &[
            "First stage: blisters on reddened skin, in lines along the limbs and around the trunk; from birth to about four months.",
            "Second stage: warty lines, for several months.",
            "Third stage: brown to slate-grey swirls along the lines of Blaschko; from about six months into adulthood.",
            "Fourth stage: pale, hairless, slightly sunken streaks, mostly on the legs.",
            "Stages can overlap or be missing.",
        ],
        similar: &[
            "In the newborn: herpes simplex, impetigo, epidermolysis bullosa, Langerhans cell histiocytosis, mastocytosis with blisters",
            "Warty lines: linear epidermal naevus",
            "Brown swirls: linear and whorled naevoid hypermelanosis",
            "Pale streaks: hypomelanosis of Ito, focal dermal hypoplasia (Goltz syndrome)",
        ],
    },
    ma: Condition {
        name: "McCune-Albright syndrome",
        description: "Mosaic condition with large, jagged café-au-lait patches, fibrous dysplasia of bone and overactive glands.",
        synonyms: &["fibrous dysplasia / McCune-Albright syndrome (FD/MAS)"],
        inheritance: "Not inherited: an activating change of GNAS arises after fertilisation and is found in a part of the cells only (mosaic).",
        skin: &[
            "Café-au-lait patches, at birth or shortly after, and often the first sign.",
            "Few and large, with jagged borders (“coast of Maine”).",
            "Often on one side of the body, ending at the midline; typically on the nape and between the buttocks.",
        ],
        similar: &[
            "Neurofibromatosis type 1 (more patches, with smooth borders)",
            "Legius syndrome",
            "Segmental pigmentation disorder, linear and whorled naevoid hypermelanosis",
            "Café-au-lait patches without a syndrome",
            "Becker's naevus, speckled lentiginous naevus",
        ],
    },
    ml: Condition {
        name: "Noonan syndrome with multiple lentigines",
        description: "Many small, dark, flat spots with heart, growth and hearing findings; formerly LEOPARD syndrome.",
        synonyms: &["LEOPARD syndrome", "multiple lentigines syndrome"],
        inheritance: "Autosomal dominant; often a new change.",
        skin: &[
            "Lentigines: flat, black-brown spots of a few millimetres, mostly on the face, the neck and the upper trunk, not on mucous membranes.",
            "As a rule they come at four to five years of age only, and number thousands by puberty; in some people they never come.",
            "Café-au-lait patches can come years before them.",
        ],
        similar: &[
            "Neurofibromatosis type 1, Legius syndrome",
            "Noonan syndrome",
            "Carney complex and Peutz-Jeghers syndrome (spots on the lips and mucous membranes too)",
            "Freckles, lentigines without a syndrome",
        ],
    },
    nf1: Condition {
        name: "Neurofibromatosis type 1",
        description: "Café-au-lait spots, freckling of the skin folds and soft nodules along nerves (neurofibromas).",
        synonyms: &["von Recklinghausen disease"],
        inheritance: "Autosomal dominant; in about half of the people a new change. Mosaic forms are limited to a part of the body.",
        skin: &[
            "Six or more café-au-lait spots with smooth borders, larger than 5 mm before puberty and 15 mm after it; at birth or within the first years of life.",
            "Freckling in the armpits and groins, in childhood.",
            "Plexiform neurofibromas, mostly from birth on: a swelling, sometimes darker or with hair.",
            "Neurofibromas of the skin: soft nodules, mostly from adolescence on.",
        ],
        similar: &[
            "Legius syndrome (no neurofibromas)",
            "McCune-Albright syndrome (jagged borders)",
            "Noonan syndrome with multiple lentigines",
            "Constitutional mismatch repair deficiency",
            "Café-au-lait spots without a syndrome",
        ],
    },
    tsc: Condition {
        name: "Tuberous sclerosis complex",
        description: "Pale, leaf-shaped spots, facial angiofibromas and shagreen patches with benign growths in several organs.",
        synonyms: &["tuberous sclerosis", "Bourneville's disease"],
        inheritance: "Autosomal dominant; in about two thirds of the people a new change.",
        skin: &[
            "Three or more pale spots of at least 5 mm, often leaf-shaped; at birth or within the first years of life, on light skin easier to see under a Wood's lamp.",
            "Fibrous plaque on the forehead or scalp; sometimes from birth on.",
            "Angiofibromas: small red papules on nose and cheeks; mostly from two to six years of age on.",
            "Shagreen patch: a firm, uneven plaque, mostly on the lower back; in childhood.",
            "Fibromas at the nails; mostly from adolescence on.",
        ],
        similar: &[
            "Pale spots: vitiligo, naevus depigmentosus, naevus anaemicus, hypomelanosis of Ito; one or two are found in healthy people too",
            "Papules of the face: acne, rosacea",
            "Angiofibromas that begin in adulthood: multiple endocrine neoplasia type 1, Birt-Hogg-Dubé syndrome",
        ],
    },
};
