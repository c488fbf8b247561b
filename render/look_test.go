package render

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestLook(t *testing.T) {
	dir := os.Getenv("LOOK")
	if dir == "" {
		t.Skip("LOOK is not set")
	}
	for _, s := range samples {
		for theme, name := range map[Theme]string{Light: "light", Dark: "dark"} {
			dot, err := DOT(s.make(), Options{Title: s.name, Subtitle: "infra/terraform", Theme: theme})
			if err != nil {
				t.Fatal(err)
			}
			base := filepath.Join(dir, s.name+"-"+name)
			os.WriteFile(base+".dot", dot, 0o644)
			l := Layouter{LookPath: exec.LookPath}
			svg, err := SVG(context.Background(), dot, l)
			if err != nil {
				t.Error(err)
				continue
			}
			os.WriteFile(base+".svg", svg, 0o644)
			png, err := PNG(context.Background(), dot, l)
			if err != nil {
				t.Error(err)
				continue
			}
			os.WriteFile(base+".png", png, 0o644)
		}
	}
	pages, err := Pages(large(200), Options{Title: "large"})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range pages[:min(len(pages), 3)] {
		svg, err := SVG(context.Background(), p.DOT, Layouter{LookPath: exec.LookPath})
		if err != nil {
			t.Error(err)
		}
		os.WriteFile(filepath.Join(dir, "large-"+string(rune('0'+i))+".svg"), svg, 0o644)
	}
}
