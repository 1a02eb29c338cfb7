//! What no language changes about the conditions of the study: MIM numbers with their genes, and where to read more.
//!
//! Sources of these and of the words in `text/conditions`:
//!
//! - GeneReviews (University of Washington): Neurofibromatosis 1 (NBK1109), Tuberous Sclerosis Complex (NBK1220), Fibrous
//!   Dysplasia / McCune-Albright Syndrome (NBK274564, 2024), Noonan Syndrome with Multiple Lentigines (NBK1383, 2022),
//!   Incontinentia Pigmenti (NBK1472, 2017).
//! - OMIM phenotypes 162200, 191100, 613254, 174800, 151100, 611554, 613707, 308300, 300337.
//! - MedGen 5920 and NORD (2017) on hypomelanosis of Ito, which has no chapter in GeneReviews.
//! - Criteria for NF1: Legius et al. 2021 (Genet Med 23:1506); for TSC: Northrup et al. 2021 (Pediatr Neurol 123:50).

/// The facts on one condition.
pub struct Facts {
    /// MIM numbers of the phenotype, each with its gene; no gene where there is no single one.
    pub phenotypes: &'static [(u32, Option<&'static str>)],
    /// A chapter or entry to read, besides the OMIM entries: its name and its address.
    pub reading: (&'static str, &'static str),
}

impl Facts {
    /// The genes, each once.
    pub fn genes(&self) -> Vec<&'static str> {
        let mut genes: Vec<_> = self
            .phenotypes
            .iter()
            .filter_map(|(_, gene)| *gene)
            .collect();
        genes.dedup();
        genes
    }

    /// The MIM numbers.
    pub fn mim(&self) -> Vec<u32> {
        self.phenotypes.iter().map(|(mim, _)| *mim).collect()
    }
}

/// The facts on the label of this key; `None` for other labels.
pub fn facts(key: &str) -> Option<&'static Facts> {
    match key {
        "HMI" => Some(&HMI),
        "IP" => Some(&IP),
        "MA" => Some(&MA),
        "ML" => Some(&ML),
        "NF1" => Some(&NF1),
        "TSC" => Some(&TSC),
        _ => None,
    }
}

/// The address of an entry in Online Mendelian Inheritance in Man.
pub fn omim(mim: u32) -> String {
    format!("https://omim.org/entry/{mim}")
}

const HMI: Facts = Facts {
    phenotypes: &[(300_337, None)],
    reading: ("MedGen", "https://www.ncbi.nlm.nih.gov/medgen/5920"),
};

const IP: Facts = Facts {
    phenotypes: &[(308_300, Some("IKBKG"))],
    reading: ("GeneReviews", "https://www.ncbi.nlm.nih.gov/books/NBK1472/"),
};

const MA: Facts = Facts {
    phenotypes: &[(174_800, Some("GNAS"))],
    reading: (
        "GeneReviews",
        "https://www.ncbi.nlm.nih.gov/books/NBK274564/",
    ),
};

const ML: Facts = Facts {
    phenotypes: &[
        (151_100, Some("PTPN11")),
        (611_554, Some("RAF1")),
        (613_707, Some("BRAF")),
    ],
    reading: ("GeneReviews", "https://www.ncbi.nlm.nih.gov/books/NBK1383/"),
};

const NF1: Facts = Facts {
    phenotypes: &[(162_200, Some("NF1"))],
    reading: ("GeneReviews", "https://www.ncbi.nlm.nih.gov/books/NBK1109/"),
};

const TSC: Facts = Facts {
    phenotypes: &[(191_100, Some("TSC1")), (613_254, Some("TSC2"))],
    reading: ("GeneReviews", "https://www.ncbi.nlm.nih.gov/books/NBK1220/"),
};
