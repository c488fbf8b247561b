package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"drawbridge/cmd/internal/config"
	"drawbridge/graph"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"
)

func initCommand(p Process) *cobra.Command {
	f := scanFlags{format: "text", theme: "light"}
	cmd := &cobra.Command{
		Use:   "init [flags] [PATH]",
		Short: "Write a first " + config.FileName + " from what is found",
		Long: `Init scans PATH (the working directory if there is none) and writes ` + config.FileName + ` there: the
system's name, and as comments the questions that the code leaves open and the findings
on which something may be decided. It changes no file that is there.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := f.parse(p, args)
			if err != nil {
				return err
			}
			info, err := os.Stat(s.paths[0])
			if err != nil {
				return err
			}
			if !info.IsDir() {
				return fmt.Errorf("%s is a file; name the directory that %s is for", args[0], config.FileName)
			}
			file := filepath.Join(s.paths[0], config.FileName)
			if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s is there already; edit it, or move it away", p.shown(file))
			}
			g, err := s.read(p)
			if err != nil {
				return err
			}
			text, err := firstConfig(filepath.Base(s.paths[0]), g)
			if err != nil {
				return err
			}
			if err := os.WriteFile(file, text, 0o666); err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.Stdout, "Wrote %s\n", p.shown(file))
			return err
		},
	}
	f.input.register(cmd)
	return cmd
}

// mostDecisions bounds the findings that a first file lists.
const mostDecisions = 20

// firstConfig is a file that says what is known, with the rest as comments that become
// true once their sign is taken away.
func firstConfig(name string, g *graph.Graph) ([]byte, error) {
	system, err := yaml.Marshal(config.Config{System: &config.System{Name: name}})
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("# What the code does not tell about this system's threat model.\n")
	b.Write(system)
	b.WriteString(`#  description: What it is for, in a sentence.
#  owner: The team that owns it.

# What another team owns is drawn as one external entity.
#scopes:
#- name: another team
#  folders: [some/folder]

# What the code does not show.
#components:
#- {add: crm, kind: external, technology: saas, name: CRM}
#flows:
#- {from: ADDRESS, to: crm, protocol: https, port: 443, encrypted: true, carries: customer data}
`)
	if len(g.Questions) > 0 {
		b.WriteString("\n# Questions whose answers decide findings:\n")
		for _, q := range g.Questions {
			fmt.Fprintf(&b, "# - %s (%s)\n", oneLine(q.Text), oneLine(q.Address))
		}
	}
	var open []*graph.Finding
	for _, f := range g.Findings {
		if !f.Settled() && f.Severity.Rank() >= graph.Low.Rank() {
			open = append(open, f)
		}
	}
	if len(open) == 0 {
		return []byte(b.String()), nil
	}
	b.WriteString("\n# Decisions: accept, mitigate (elsewhere), transfer or false-positive, each with a reason.\n#decisions:\n")
	for i, f := range open {
		if i == mostDecisions {
			fmt.Fprintf(&b, "# and %d more, see 'drawbridge scan'\n", len(open)-mostDecisions)
			break
		}
		entry, err := yaml.Marshal([]config.Decision{{Rule: f.Rule, Address: f.Address, Decision: "accept", Reason: "..."}})
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "# %s: %s\n", f.Severity, oneLine(f.Title))
		for line := range strings.Lines(string(entry)) {
			b.WriteString("#" + line)
		}
	}
	return []byte(b.String()), nil
}

// oneLine keeps a text within a comment.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
