package terraform

import "testing"

func TestShortSource(t *testing.T) {
	for source, want := range map[string]string{
		"terraform-google-modules/kubernetes-engine/google":              "kubernetes-engine",
		"terraform-google-modules/kubernetes-engine/google//modules/asm": "kubernetes-engine//asm",
		"git::https://gitlab.example.com/infra/queue.git":                "queue",
		"git::https://gitlab.example.com/infra/modules.git//aws/queue":   "modules//queue",
		"../modules/queue": "queue",
		"s3::https://s3.example.com/modules/queue.zip": "queue.zip",
	} {
		if got := shortSource(source); got != want {
			t.Errorf("shortSource(%q) = %q, want %q", source, got, want)
		}
	}
}
