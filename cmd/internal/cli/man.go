package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func manCommand(p Process) *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write a manual page for each command",
		Long: `Man writes the manual pages of all commands into DIR, made of the same text that --help
prints: drawbridge.1, drawbridge-scan.1 and so on. man reads them where DIR ends in
man1 and its parent is in MANPATH, or as 'man ./drawbridge-scan.1'.`,
		Example: `  drawbridge man ~/.local/share/man/man1`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := p.path(args[0])
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return fmt.Errorf("the pages cannot be written: %w", err)
			}
			for _, c := range manCommands(cmd.Root()) {
				name := filepath.Join(dir, manName(c)+".1")
				if err := toFile(name, func(w io.Writer) error { return writeMan(w, c) }); err != nil {
					return fmt.Errorf("the pages cannot be written: %w", err)
				}
			}
			return nil
		},
	}
}

// manCommands are a command and all below it that help names.
func manCommands(c *cobra.Command) []*cobra.Command {
	out := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "completion" {
			out = append(out, manCommands(sub)...)
		}
	}
	return out
}

func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// writeMan writes a command's page in the man macros of roff. It names no date and no
// version, so that the same help gives the same page.
func writeMan(w io.Writer, c *cobra.Command) error {
	var b strings.Builder
	section := func(name string) { fmt.Fprintf(&b, ".SH %s\n", name) }
	fmt.Fprintf(&b, ".TH %s 1\n", roffWord(strings.ToUpper(manName(c))))
	section("NAME")
	fmt.Fprintf(&b, "%s \\- %s\n", roff(manName(c)), roff(c.Short))
	section("SYNOPSIS")
	if c.Runnable() {
		fmt.Fprintf(&b, ".B %s\n", roffWord(c.UseLine()))
	} else {
		fmt.Fprintf(&b, ".B %s\n", roffWord(c.CommandPath()+" COMMAND"))
	}
	section("DESCRIPTION")
	for i, paragraph := range strings.Split(strings.TrimSpace(cmp.Or(c.Long, c.Short+".")), "\n\n") {
		if i > 0 {
			b.WriteString(".PP\n")
		}
		roffText(&b, paragraph)
	}
	if subs := slices.DeleteFunc(slices.Clone(c.Commands()), func(s *cobra.Command) bool { return !s.IsAvailableCommand() }); len(subs) > 0 {
		section("COMMANDS")
		for _, sub := range subs {
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roffWord(sub.Name()), roff(sub.Short))
		}
	}
	roffFlags(&b, "OPTIONS", c.NonInheritedFlags())
	roffFlags(&b, "GLOBAL OPTIONS", c.InheritedFlags())
	if c.Example != "" {
		section("EXAMPLES")
		roffText(&b, c.Example)
	}
	section("SEE ALSO")
	see := manCommands(c)[1:]
	if c.HasParent() {
		see = append([]*cobra.Command{c.Parent()}, see...)
	}
	var names []string
	for _, other := range see {
		names = append(names, roff(manName(other))+"(1)")
	}
	fmt.Fprintf(&b, "%s\n", strings.Join(names, ", "))
	_, err := io.WriteString(w, b.String())
	return err
}

func roffFlags(b *strings.Builder, name string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", name)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		spelled := "--" + f.Name
		if f.Shorthand != "" {
			spelled = "-" + f.Shorthand + ", " + spelled
		}
		if value != "" {
			spelled += " " + value
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" && f.DefValue != "0" {
			usage += fmt.Sprintf(" (default %s)", f.DefValue)
		}
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roffWord(spelled), roff(usage))
	})
}

// roffText writes a paragraph; lines that are indented stand as they are.
func roffText(b *strings.Builder, text string) {
	kept := false
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		line = strings.TrimSuffix(line, "\n")
		if indented := strings.HasPrefix(line, "  "); indented != kept {
			b.WriteString(map[bool]string{true: ".PP\n.nf\n", false: ".fi\n.PP\n"}[indented])
			kept = indented
		}
		b.WriteString(roff(line) + "\n")
	}
	if kept {
		b.WriteString(".fi\n")
	}
}

// roff writes a line of text, in which nothing is a request or an escape.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ", "~", `\(ti`, "^", `\(ha`, "`", `\(ga`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

// roffWord is a text as one argument of a request.
func roffWord(s string) string { return `"` + strings.ReplaceAll(roff(s), `"`, `\(dq`) + `"` }
