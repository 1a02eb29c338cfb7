//! Things that belong together because a chain of pairs joins them.

/// Disjoint groups of the numbers `0..n` (union-find with path halving).
#[derive(Clone, Debug)]
pub(super) struct Groups {
    parent: Vec<usize>,
}

impl Groups {
    /// Every number alone.
    pub fn new(count: usize) -> Self {
        Self {
            parent: (0..count).collect(),
        }
    }

    /// The smallest member of a number's group.
    pub fn find(&mut self, mut member: usize) -> usize {
        while self.parent[member] != member {
            self.parent[member] = self.parent[self.parent[member]];
            member = self.parent[member];
        }
        member
    }

    /// Joins two groups; `false` when they were one already.
    pub fn join(&mut self, first: usize, second: usize) -> bool {
        let (first, second) = (self.find(first), self.find(second));
        self.parent[first.max(second)] = first.min(second);
        first != second
    }

    /// Joins everything with the same key; `None` joins nothing.
    pub fn join_by<K: Ord>(&mut self, keys: impl Iterator<Item = Option<K>>) {
        let mut first = std::collections::BTreeMap::new();
        for (member, key) in keys.enumerate() {
            if let Some(key) = key {
                let earlier = *first.entry(key).or_insert(member);
                self.join(earlier, member);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_and_keys_join() {
        let mut groups = Groups::new(7);
        assert!(groups.join(5, 4));
        assert!(groups.join(4, 2));
        assert!(!groups.join(2, 5));
        groups.join_by([Some("a"), None, None, Some("a"), None, None, Some("b")].into_iter());
        let roots: Vec<usize> = (0..7).map(|member| groups.find(member)).collect();
        assert_eq!(roots, [0, 1, 2, 0, 2, 2, 6]);
    }
}
