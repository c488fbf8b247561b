package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

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
			text, err := firstConfig(filepath.Base(s.paths[0]), g, p.today())
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
func firstConfig(name string, g *graph.Graph, today string) ([]byte, error) {
	system, err := yaml.Marshal(config.Config{System: &config.System{Name: name}})
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("# What the code does not tell about this system's threat model. A line becomes true once\n# the # before it is gone; 'drawbridge scan' tells what it does not understand, with its line.\n")
	b.Write(system)
	b.WriteString(`#  description: What it is for, in a sentence.
#  owner: The team that owns it.

# What another team owns is drawn as one external entity.
#scopes:
#- {name: another team, folders: [some/folder]}

# Parts that have a model of their own: drawbridge scan --model NAME.
#models:
#- {name: orders, tags: {team: orders}}
#- {each: namespace}

`)
	writeQuestions(&b, g)
	writeDecisions(&b, g, nextYear(today))
	return []byte(b.String()), nil
}

// writeQuestions writes what the code leaves open, and below each question the statement
// that answers it. What it says is the good answer.
func writeQuestions(b *strings.Builder, g *graph.Graph) {
	x := graph.NewIndex(g)
	facts := map[string][]*graph.Question{} // by the section that answers them
	for _, q := range g.Questions {
		section := "components"
		switch {
		case strings.HasPrefix(q.Asks, "flow."):
			section = "flows"
		case x.Boundary[q.Subject] != nil:
			section = "boundaries"
		}
		facts[section] = append(facts[section], q)
	}
	write := func(section, text string, examples ...string) {
		if len(examples)+len(facts[section]) == 0 {
			return
		}
		fmt.Fprintf(b, "# %s\n#%s:\n", text, section)
		for _, e := range examples {
			b.WriteString("#- " + e + "\n")
		}
		for _, q := range facts[section] {
			fmt.Fprintf(b, "# %s? %s\n", q.Severity, oneLine(q.Text))
			b.WriteString("#- " + answer(q) + "\n")
		}
		b.WriteByte('\n')
	}
	write("components", "What the code does not show of components, or shows otherwise. Questions show the severity of what is found if not.",
		"{add: crm, kind: external, technology: saas, name: CRM}",
		"{match: ADDRESS, classification: pii}",
		"{merge: [ADDRESS, ADDRESS], name: Web tier}")
	write("boundaries", "The same of trust boundaries.")
	write("flows", "The same of flows.", "{from: ADDRESS, to: crm, protocol: https, port: 443, encrypted: true, carries: customer data}")
}

// answer is the statement that gives a question its good answer.
func answer(q *graph.Question) string {
	match := quoted(q.Address)
	switch q.Asks {
	case graph.AsksEncrypted:
		return fmt.Sprintf("{from: \"*\", to: %s, encrypted: true}", match)
	case graph.AsksAuthenticated:
		return fmt.Sprintf("{from: \"*\", to: %s, authenticated: true}", match)
	case graph.AsksPeers:
		return fmt.Sprintf("{from: internet, to: %s, peers: [10.0.0.0/8]}", match)
	}
	safe := graph.Property(q.Asks).Safe() != graph.No
	return fmt.Sprintf("{match: %s, properties: {%s: %t}}", match, q.Asks, safe)
}

// writeDecisions writes a decision for each open finding that is worth one. What one
// decision is about stands together.
func writeDecisions(b *strings.Builder, g *graph.Graph, until string) {
	type subject struct{ rule, address string }
	var order []subject
	titles := map[subject][]string{}
	open := 0
	for _, f := range g.Findings {
		if f.Settled() || f.Severity.Rank() < graph.Low.Rank() {
			continue
		}
		s := subject{f.Rule, f.Address}
		if titles[s] == nil {
			order = append(order, s)
		}
		titles[s] = append(titles[s], fmt.Sprintf("%s: %s", f.Severity, oneLine(f.Title)))
		open++
	}
	if open == 0 {
		return
	}
	b.WriteString("# Decisions: accept, mitigate (elsewhere), transfer or false-positive, each with a reason. Those below are about all\n# that stands above them; an address may be that of one component alone.\n#decisions:\n")
	for i, s := range order {
		if i == mostDecisions {
			break
		}
		for _, title := range titles[s] {
			open--
			fmt.Fprintf(b, "# %s\n", title)
		}
		fmt.Fprintf(b, "#- rule: %s\n#  address: %s\n#  decision: accept\n#  reason: %q\n#  owner: %q\n#  until: %q\n", s.rule, quoted(s.address), config.Blank, config.Blank, until)
	}
	if open > 0 {
		fmt.Fprintf(b, "# and %d more, see 'drawbridge scan'\n", open)
	}
}

// nextYear is the same day of the next year, roughly.
func nextYear(today string) string {
	day, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return today
	}
	return day.AddDate(1, 0, 0).Format(time.DateOnly)
}

// quoted writes a text as YAML does within braces.
func quoted(s string) string {
	if plainScalar.MatchString(s) {
		return s
	}
	return strconv.Quote(s)
}

// plainScalar is what needs no quotes anywhere in YAML.
var plainScalar = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_./-]*$`)

// oneLine keeps a text within a comment.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
