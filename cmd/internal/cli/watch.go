package cli

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"drawbridge/cmd/internal/config"
)

// unwatched are the folders whose content no scan reads, and in which much goes on.
var unwatched = map[string]bool{".git": true, "node_modules": true}

// state tells how all files stand that the model may rest on: their names, sizes and
// times. It is a look at each rather than a subscription with the system, so that it is
// the same everywhere, however editors write: a file that is renamed over another, and
// a folder that a network holds.
func (s *server) state() string {
	sum := sha256.New()
	see := func(name string, info fs.FileInfo, err error) {
		if err != nil {
			fmt.Fprintf(sum, "%s\x00gone\x00", name)
			return
		}
		fmt.Fprintf(sum, "%s\x00%d\x00%d\x00%d\x00", name, info.Size(), info.ModTime().UnixNano(), info.Mode())
	}
	for _, path := range s.scan.paths {
		_ = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error { // what can't be read is seen as gone
			switch {
			case err != nil:
				see(name, nil, err)
				return nil
			case d.IsDir() && unwatched[d.Name()]:
				return filepath.SkipDir
			case d.IsDir():
				return nil
			}
			info, err := os.Stat(name) // of what a link leads to
			see(name, info, err)
			return nil
		})
	}
	top, err := scannedTop(s.scan.paths)
	if err != nil {
		return string(sum.Sum(nil))
	}
	// Modules may lie beside what is scanned, the configuration above it.
	var beside []string
	if s.model != nil {
		beside = namedFiles(s.model)
	}
	for dir, up := top, "../"; dir != filepath.Dir(dir); dir, up = filepath.Dir(dir), up+"../" {
		beside = append(beside, up+config.FileName)
	}
	for _, name := range beside {
		if name = filepath.Join(top, filepath.FromSlash(name)); !within(top, name) {
			info, err := os.Stat(name)
			see(name, info, err)
		}
	}
	return string(sum.Sum(nil))
}
