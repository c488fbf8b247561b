package terraform

import "testing"

func TestUnify(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{"a/b", "a/b", true},
		{"a/b", "a/c", false},
		{anything, "a", true},
		{anything, "", false},
		{anything + "/vpc", "prod/vpc", true},
		{anything + "/vpc", "/vpc", false},
		{anything + "/vpc", "prod/db", false},
		{"prod/" + anything, anything + "/vpc", true},
		{"prod/" + anything, "test/" + anything, false},
		{"a" + anything + "c", "a" + anything + "bc", true},
	} {
		if got := unify(tc.a, tc.b); got != tc.want {
			t.Errorf("unify(%q, %q) = %v", tc.a, tc.b, got)
		}
		if got := unify(tc.b, tc.a); got != tc.want {
			t.Errorf("unify(%q, %q) = %v", tc.b, tc.a, got)
		}
	}
}

func TestTelling(t *testing.T) {
	for key, want := range map[string]bool{
		anything + "/infra-vpc.tfstate": true,
		anything + "/terraform.tfstate": false,
		anything:                        false,
		"env/" + anything + "/main":     false,
	} {
		if got := telling(key); got != want {
			t.Errorf("telling(%q) = %v", key, got)
		}
	}
}

func TestCommonSteps(t *testing.T) {
	for _, tc := range []struct {
		key, dir string
		want     int
	}{
		{"network/terraform.tfstate", "live/network", 1},
		{"live/network.tfstate", "live/network", 2},
		{"prod/network/terraform.tfstate", "live/network", 1},
		{"terraform.tfstate", "terraform", 0},
		{"vpc/terraform.tfstate", "network", 0},
	} {
		if got := commonSteps(tc.key, tc.dir); got != tc.want {
			t.Errorf("commonSteps(%q, %q) = %d", tc.key, tc.dir, got)
		}
	}
}
