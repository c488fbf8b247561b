// Package cli is the drawbridge command line: flags, files and streams around
// the packages that do the work. One file is one command.
//
// It holds no knowledge of infrastructure code, threats or diagrams: what a
// command needs of these belongs into extract, analyze or render.
//
// Start reading at [Main], then scan.go. Nothing in the package touches the
// process it runs in but for the collector's settings (tuning.go): arguments,
// streams, environment and working directory come in with [Process], so that
// tests run commands in process.
package cli
