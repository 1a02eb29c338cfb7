//! What a language is made of.
//!
//! The English table says which sentences there are: [`sentences`] makes the struct [`Text`](super::Text) of it. Every
//! other language is a plain value of that struct, so that one with a sentence missing does not compile.

/// A sentence whose words depend on a number: the plural categories that English and German have, by the names of the
/// Unicode project (CLDR). A language with more of them adds its categories here, and to [`Plural::form`].
pub struct Plural {
    /// For exactly one.
    pub one: &'static str,
    /// For none and for several.
    pub other: &'static str,
}

impl Plural {
    /// The words for a number.
    pub fn form(&self, count: u64) -> &'static str {
        if count == 1 { self.one } else { self.other }
    }
}

/// Makes the struct of all sentences and the English value of it.
macro_rules! sentences {
    (
        $($key:ident: $english:literal,)*
        @plurals
        $($plural:ident: $one:literal | $other:literal,)*
    ) => {
        /// The page's sentences in one language.
        pub struct Text {
            $(pub $key: &'static str,)*
            $(pub $plural: super::Plural,)*
            /// What is said about the conditions.
            pub conditions: conditions::Conditions,
        }

        /// English, the language that the others are translated from.
        pub const ENGLISH: Text = Text {
            $($key: $english,)*
            $($plural: super::Plural { one: $one, other: $other },)*
            conditions: conditions::ENGLISH,
        };

        #[cfg(test)]
        impl Text {
            /// Every sentence with its name, both forms of those with a plural.
            pub fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![
                    $((stringify!($key), self.$key),)*
                    $(
                        (stringify!($plural), self.$plural.one),
                        (stringify!($plural), self.$plural.other),
                    )*
                ]
            }
        }
    };
}

pub(super) use sentences;
