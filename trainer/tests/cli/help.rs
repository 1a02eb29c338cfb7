//! Every command explains itself; the texts are kept in `snapshots/`.

use crate::support::succeed;

#[test]
fn help_of_every_command() {
    for command in [
        "",
        "synth",
        "data",
        "data check",
        "data import-authors",
        "data import-isic",
        "data labels",
        "data preview",
        "data split",
        "train",
        "calibrate",
        "evaluate",
        "export",
        "predict",
        "explain",
        "study",
        "study make",
        "study score",
        "study report",
        "study simulate",
    ] {
        let arguments: Vec<&str> = command.split_whitespace().chain(["--help"]).collect();
        let name = format!("help-{}", command.replace(' ', "-"));
        insta::assert_snapshot!(name, succeed(&arguments));
    }
}
