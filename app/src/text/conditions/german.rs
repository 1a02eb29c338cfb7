//! The conditions in German.

use super::{Condition, Conditions};

/// The conditions in German.
pub const GERMAN: Conditions = Conditions {
    hmi: Condition {
        name: "Hypomelanosis Ito",
        description: "Helle Wirbel und Streifen entlang der Blaschko-Linien; Mosaike verschiedener Gene oder Chromosomen.",
        synonyms: &[
            "Pigmentmosaik vom Ito-Typ",
            "Incontinentia pigmenti achromians",
        ],
        inheritance: "In der Regel nicht vererbt: Die Veränderung entsteht nach der Befruchtung und findet sich nur in einem Teil der Zellen (Mosaik). Die Ursachen sind verschieden: viele Chromosomenveränderungen und mehrere Gene.",
        skin: &[
            "Helle Streifen, Wirbel oder Flecken entlang der Blaschko-Linien, auf einer oder beiden Körperseiten; bei der Geburt oder in den ersten zwei Lebensjahren.",
            "Davor keine Blasen und keine warzigen Streifen.",
            "Auf heller Haut oft nur im Wood-Licht zu sehen.",
        ],
        similar: &[
            "Incontinentia pigmenti, viertes Stadium",
            "Tuberöse Sklerose (helle Flecken)",
            "Naevus depigmentosus, Naevus anaemicus",
            "Segmentale Vitiligo",
            "Lichen striatus, der mit hellen Streifen abgeheilt ist",
        ],
    },
    ip: Condition {
        name: "Incontinentia pigmenti",
        description: "X-chromosomale Erkrankung, bei der die Haut von Blasen über warzige Streifen zu braunen Wirbeln und hellen Streifen übergeht.",
        synonyms: &["Bloch-Sulzberger-Syndrom"],
        inheritance: "X-chromosomal dominant. Fast alle Betroffenen sind weiblich: Die meisten betroffenen männlichen Embryonen überleben nicht. Betroffene Jungen tragen die Veränderung meist nur in einem Teil ihrer Zellen (Mosaik) oder haben ein zweites X-Chromosom (47,XXY).",
        skin: &[
            "Erstes Stadium: Blasen auf geröteter Haut, streifig an Armen und Beinen und um den Rumpf; von der Geburt bis etwa zum vierten Lebensmonat.",
            "Zweites Stadium: warzige Streifen, für mehrere Monate.",
            "Drittes Stadium: braune bis schiefergraue Wirbel entlang der Blaschko-Linien; etwa vom sechsten Lebensmonat bis ins Erwachsenenalter.",
            "Viertes Stadium: helle, haarlose, leicht eingesunkene Streifen, meist an den Beinen.",
            "Stadien können sich überschneiden oder fehlen.",
        ],
        similar: &[
            "Bei Neugeborenen: Herpes simplex, Impetigo, Epidermolysis bullosa, Langerhans-Zell-Histiozytose, Mastozytose mit Blasen",
            "Warzige Streifen: linearer epidermaler Nävus",
            "Braune Wirbel: lineare und wirbelförmige nävoide Hypermelanose",
            "Helle Streifen: Hypomelanosis Ito, fokale dermale Hypoplasie (Goltz-Syndrom)",
        ],
    },
    ma: Condition {
        name: "McCune-Albright-Syndrom",
        description: "Mosaikerkrankung mit großen, zackig begrenzten Café-au-lait-Flecken, fibröser Dysplasie der Knochen und überaktiven Hormondrüsen.",
        synonyms: &["Fibröse Dysplasie/McCune-Albright-Syndrom (FD/MAS)"],
        inheritance: "Nicht vererbt: Eine aktivierende Veränderung von GNAS entsteht nach der Befruchtung und findet sich nur in einem Teil der Zellen (Mosaik).",
        skin: &[
            "Café-au-lait-Flecken, bei der Geburt oder kurz danach und oft als erstes Zeichen.",
            "Wenige und große, mit zackigem Rand („Küste von Maine“).",
            "Oft auf einer Körperseite und an der Mittellinie endend; typisch sind Nacken und Gesäßfalte.",
        ],
        similar: &[
            "Neurofibromatose Typ 1 (mehr Flecken, mit glattem Rand)",
            "Legius-Syndrom",
            "Segmentale Pigmentierungsstörung, lineare und wirbelförmige nävoide Hypermelanose",
            "Café-au-lait-Flecken ohne Syndrom",
            "Becker-Nävus, Naevus spilus",
        ],
    },
    ml: Condition {
        name: "Noonan-Syndrom mit multiplen Lentigines",
        description: "Viele kleine, dunkle, flache Flecken mit Befunden an Herz, Wachstum und Gehör; früher LEOPARD-Syndrom.",
        synonyms: &["LEOPARD-Syndrom", "Syndrom der multiplen Lentigines"],
        inheritance: "Autosomal-dominant; oft eine Neumutation.",
        skin: &[
            "Lentigines: flache, schwarzbraune Flecken von wenigen Millimetern, meist in Gesicht, Nacken und am oberen Rumpf, nicht an Schleimhäuten.",
            "Sie kommen in der Regel erst mit vier bis fünf Jahren und sind bis zur Pubertät Tausende; bei manchen bleiben sie aus.",
            "Café-au-lait-Flecken können Jahre vorher da sein.",
        ],
        similar: &[
            "Neurofibromatose Typ 1, Legius-Syndrom",
            "Noonan-Syndrom",
            "Carney-Komplex und Peutz-Jeghers-Syndrom (Flecken auch an Lippen und Schleimhäuten)",
            "Sommersprossen, Lentigines ohne Syndrom",
        ],
    },
    nf1: Condition {
        name: "Neurofibromatose Typ 1",
        description: "Café-au-lait-Flecken, sommersprossenartige Flecken in Hautfalten und weiche Knoten an Nerven (Neurofibrome).",
        synonyms: &["Morbus Recklinghausen"],
        inheritance: "Autosomal-dominant; bei etwa der Hälfte eine Neumutation. Mosaikformen sind auf einen Teil des Körpers begrenzt.",
        skin: &[
            "Sechs oder mehr Café-au-lait-Flecken mit glattem Rand, größer als 5\u{a0}mm vor und als 15\u{a0}mm nach der Pubertät; bei der Geburt oder in den ersten Lebensjahren.",
            "Sommersprossenartige Flecken in Achseln und Leisten, im Kindesalter.",
            "Plexiforme Neurofibrome, meist angeboren: eine Schwellung, manchmal dunkler oder behaart.",
            "Neurofibrome der Haut: weiche Knoten, meist ab dem Jugendalter.",
        ],
        similar: &[
            "Legius-Syndrom (keine Neurofibrome)",
            "McCune-Albright-Syndrom (zackiger Rand)",
            "Noonan-Syndrom mit multiplen Lentigines",
            "Konstitutionelle Mismatch-Reparatur-Defizienz",
            "Café-au-lait-Flecken ohne Syndrom",
        ],
    },
    tsc: Condition {
        name: "Tuberöse Sklerose",
        description: "Helle, blattförmige Flecken, Angiofibrome im Gesicht und Chagrinflecken, mit gutartigen Geschwülsten in mehreren Organen.",
        synonyms: &["Tuberöse-Sklerose-Komplex", "Morbus Bourneville-Pringle"],
        inheritance: "Autosomal-dominant; bei etwa zwei Dritteln eine Neumutation.",
        skin: &[
            "Drei oder mehr helle Flecken von mindestens 5\u{a0}mm, oft blattförmig; bei der Geburt oder in den ersten Lebensjahren, auf heller Haut leichter im Wood-Licht zu sehen.",
            "Fibröse Plaque an Stirn oder Kopfhaut; manchmal angeboren.",
            "Angiofibrome: kleine rote Papeln an Nase und Wangen; meist ab dem Alter von zwei bis sechs Jahren.",
            "Chagrinfleck: eine derbe, unebene Plaque, meist am unteren Rücken; im Kindesalter.",
            "Fibrome an den Nägeln; meist ab dem Jugendalter.",
        ],
        similar: &[
            "Helle Flecken: Vitiligo, Naevus depigmentosus, Naevus anaemicus, Hypomelanosis Ito; ein oder zwei kommen auch bei Gesunden vor",
            "Papeln im Gesicht: Akne, Rosazea",
            "Angiofibrome, die im Erwachsenenalter beginnen: multiple endokrine Neoplasie Typ 1, Birt-Hogg-Dubé-Syndrom",
        ],
    },
};
