// Package build tells what this program was built from.
//
// It also answers "drawbridge version" before anything else is set up: the
// libraries that render charts fill tables when the program starts, which takes
// longer than the whole answer. Go initializes packages in the order of their
// import paths, as soon as what they import is there; this one imports next to
// nothing, so it comes before them. Everything else is package cli's.
package build

import (
	"io"
	"os"
	"runtime"
	"runtime/debug"
)

// answered does the work when the package is initialized.
var _ = answered(os.Args)

func answered(args []string) bool {
	if len(args) != 2 || args[1] != "version" {
		return false
	}
	if _, err := io.WriteString(os.Stdout, Version()); err != nil {
		os.Exit(2)
	}
	os.Exit(0)
	return true
}

// Version is one line: the program, what it was built from, by which Go and for
// which platform.
func Version() string {
	return "drawbridge " + source() + " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH + "\n"
}

// source is what the go command recorded: the module's version where the
// program was installed by one, else the commit it was built from.
func source() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	v := info.Main.Version
	if v != "" && v != "(devel)" {
		return v
	}
	setting := map[string]string{}
	for _, s := range info.Settings {
		setting[s.Key] = s.Value
	}
	commit := setting["vcs.revision"]
	if commit == "" {
		return "(devel)"
	}
	v = "(devel) " + commit[:min(12, len(commit))]
	if setting["vcs.modified"] == "true" {
		v += " with changes"
	}
	return v
}
