package extract

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func TestViewHidesFromEveryWayOfReading(t *testing.T) {
	files := fstest.MapFS{"a/x.tf": {}, "a/y.tf": {}, "b/z.tf": {}}
	v := view{files, func(name string) bool { return name == "a/y.tf" || name == "b" || strings.HasPrefix(name, "b/") }}
	if err := fstest.TestFS(v, "a/x.tf"); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"a/y.tf", "b", "b/z.tf"} {
		_, open := v.Open(name)
		_, stat := fs.Stat(v, name)
		_, file := fs.ReadFile(v, name)
		for _, err := range []error{open, stat, file} {
			if !os.IsNotExist(err) {
				t.Errorf("%s: error %v, want that it does not exist", name, err)
			}
		}
	}
}
