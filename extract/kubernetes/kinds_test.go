package kubernetes

import "testing"

func TestTheTableOfKindsIsSound(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range allKinds() {
		id := k.group + "/" + k.kind
		if seen[id] {
			t.Errorf("%s has two rows", id)
		}
		seen[id] = true
		if k.ignored() != (k.why != "") {
			t.Errorf("%s: a kind that is left out needs a reason, and no other has one", id)
		}
	}
}
