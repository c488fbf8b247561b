package extract

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"drawbridge/graph"
)

// Scan reads directories and files of the operating system. Places in the result
// are told from the path if it is one directory, else from the innermost directory
// that holds all paths; Exclude goes by the same. Terraform modules may lie
// anywhere in the repository around it, see [Tree].
func Scan(paths []string, opt Options) (*graph.Graph, error) {
	base, starts, err := commonBase(paths)
	if err != nil {
		return nil, err
	}
	tree, err := Open(base)
	if err != nil {
		return nil, err
	}
	defer tree.Close() // opened for reading
	return Read(tree, starts, opt)
}

// commonBase returns the directory to open for paths, and the slash-separated
// names of the paths in it, sorted.
func commonBase(paths []string) (base string, starts []string, err error) {
	if len(paths) == 0 {
		return "", nil, errors.New("no path to read")
	}
	var absolute []string
	for _, p := range paths {
		a, dir, err := locate(p)
		if err != nil {
			return "", nil, fmt.Errorf("read %s: %w", p, err)
		}
		absolute = append(absolute, a)
		if base == "" {
			base = dir
		}
		for !holds(base, dir) {
			base = filepath.Dir(base)
		}
		if base == filepath.Dir(base) && filepath.VolumeName(base) != filepath.VolumeName(dir) {
			return "", nil, fmt.Errorf("%s and %s lie on different volumes: scan them on their own", paths[0], p)
		}
	}
	for _, a := range absolute {
		name, err := filepath.Rel(base, a)
		if err != nil {
			return "", nil, err
		}
		starts = append(starts, filepath.ToSlash(name))
	}
	return base, sortedOnce(starts), nil
}

// locate returns the absolute path without links, and the directory: itself or
// the one around a file.
func locate(p string) (absolute, dir string, err error) {
	if absolute, err = filepath.Abs(p); err != nil {
		return "", "", err
	}
	if absolute, err = filepath.EvalSymlinks(absolute); err != nil {
		return "", "", err
	}
	info, err := os.Stat(absolute)
	if err != nil {
		return "", "", err
	}
	if info.IsDir() {
		return absolute, absolute, nil
	}
	return absolute, filepath.Dir(absolute), nil
}

// holds reports whether dir is base or lies below it; the root of a volume holds
// everything, for there is nothing above it to try.
func holds(base, dir string) bool {
	name, err := filepath.Rel(base, dir)
	return err == nil && filepath.IsLocal(name) || base == filepath.Dir(base)
}
