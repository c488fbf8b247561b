package cli

import "testing"

func TestRelativeSlash(t *testing.T) {
	for _, test := range []struct{ dir, name, want string }{
		{".", "main.tf", "main.tf"},
		{"", "main.tf", "main.tf"},
		{"envs/prod", "envs/prod/main.tf", "main.tf"},
		{"envs/prod", "envs/production/main.tf", "../production/main.tf"},
		{"envs/prod", "modules/a/main.tf", "../../modules/a/main.tf"},
		{"envs/prod", "", ""},
	} {
		if got := relativeSlash(test.dir, test.name); got != test.want {
			t.Errorf("relativeSlash(%q, %q) = %q, want %q", test.dir, test.name, got, test.want)
		}
	}
}
