package cli

import "log/slog"

// quietLibraries drops what libraries log: Helm's does where a value does not fit,
// on standard error and without the file. What matters of it is a note.
func quietLibraries() {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // package log goes the same way
}
