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

func TestCompare(t *testing.T) {
	at := func(args ...string) location {
		l := location{typ: backendNamed("s3"), args: map[string]string{}}
		for i := 0; i < len(args); i += 2 {
			l.args[args[i]] = args[i+1]
		}
		return l
	}
	partial := func(l location) location { l.partial = true; return l }
	for _, tc := range []struct {
		about      string
		read, kept location
		want       fit
	}{
		{"all is the same", at("bucket", "b", "key", "k"), at("bucket", "b", "key", "k"), exact},
		{"another bucket", at("bucket", "b", "key", "k"), at("bucket", "c", "key", "k"), unlike},
		{"a bucket that is not known", at("bucket", anything, "key", "network.tfstate"), at("bucket", "c", "key", "network.tfstate"), byPart},
		{"a key that all roots have", at("bucket", anything, "key", "terraform.tfstate"), at("bucket", "c", "key", "terraform.tfstate"), unlike},
		{"another region", at("bucket", anything, "key", "vpc", "region", "x"), at("bucket", "c", "key", "vpc", "region", "y"), unlike},
		{"a key by its directory", at("bucket", "b", "key", "live/network.tfstate"), partial(at()), byName},
		{"another key", at("bucket", "b", "key", "live/vpc.tfstate"), partial(at()), unlike},
	} {
		if got, _, _ := compare(tc.read, tc.kept, "envs/network"); got != tc.want {
			t.Errorf("%s: fit %d, want %d", tc.about, got, tc.want)
		}
	}
}
