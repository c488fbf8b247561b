// Drawbridge derives data-flow diagrams with trust boundaries, and the threats
// on them, from infrastructure code. See package cli for the application.
package main

import (
	"os"

	"drawbridge/cmd/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], cli.OS())) }
