package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"drawbridge/extract"
	"drawbridge/graph"
	"drawbridge/render"

	"github.com/spf13/cobra"
)

// scanFlags are the flags of scan as they were typed.
type scanFlags struct {
	input   inputFlags
	exclude []string
	format  string
	output  string
	failOn  string
	theme   string
	show    []string
	view    string
	focus   []string
	numbers bool
	// What the HTML report tells of earlier models.
	baseline, history string
	icons             string
	// What Helm charts are rendered with.
	helmValues []string
	helmSet    []string
}

func scanCommand(p Process) *cobra.Command {
	var f scanFlags
	cmd := &cobra.Command{
		Use:   "scan [flags] [PATH]...",
		Short: "Derive the data-flow diagram and the threats of infrastructure code",
		Long: `Scan reads the Terraform and Kubernetes files in each PATH (the working directory if
there is none) and prints a summary, or the model in another format.

With -o DIR (a directory that exists, or any name that ends in a slash) it writes
` + listFiles(directoryFormats()) + ` there, and a page for each boundary
where one picture would hold too much. With -o FILE it writes that file, in the format
that its extension says.

Exit status: 0; 1 if there are findings at or above --fail-on, or without it at or above
what the policy of .drawbridge.yaml says; 2 if it could not run.`,
		Example: `  drawbridge scan .
  drawbridge scan -o threat-model/ terraform/ k8s/
  drawbridge scan -o diagram.svg --theme dark .
  drawbridge scan --format json --fail-on high . > model.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := f.parse(p, args)
			if err != nil {
				return err
			}
			s.failOnSet = cmd.Flags().Changed("fail-on")
			return s.run(cmd.Context(), p)
		},
	}
	f.input.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "", "output `FORMAT`: "+strings.Join(formatNames(), ", ")+" (default text, or what -o says)")
	flags.StringVarP(&f.output, "output", "o", "", "write to this `FILE`, or all formats to this directory")
	flags.StringVar(&f.failOn, "fail-on", "", "exit with status 1 if there are findings of this `SEVERITY` or above: "+strings.Join(severityNames(), ", "))
	flags.StringVar(&f.theme, "theme", "light", "`COLOURS` of diagrams: light, dark, print")
	flags.StringArrayVar(&f.exclude, "exclude", nil, "leave out what this `GLOB` matches, from the scanned directory (\"**/test/**\"); repeatable")
	flags.StringArrayVar(&f.helmValues, "helm-values", nil, "`FILE` of values for the Helm charts in PATH; repeatable, later ones win")
	flags.StringArrayVar(&f.helmSet, "set", nil, "value for the Helm charts, as `KEY=VALUE` of helm's --set; repeatable")
	flags.StringSliceVar(&f.show, "show", nil, "draw `MORE`: permitted (flows that policy allows and nothing uses), identities (users, roles)")
	flags.StringVar(&f.view, "view", "", "draw only one `VIEW`: internet (what it reaches), data (stores and who uses them), identity (who may do what), path:N (attack path N)")
	flags.StringArrayVar(&f.focus, "focus", nil, "draw only this `COMPONENT` (address, ID or name) and its neighbours; repeatable")
	flags.BoolVar(&f.numbers, "numbers", false, "put numbers onto the flows of diagrams, which the reports' tables tell, in place of words")
	f.registerEarlier(cmd)
	flags.StringVar(&f.icons, "icon-dir", "", "draw the icons in this `FOLDER` into SVG pictures: SVG or PNG files named by technology (sql.svg, queue.png)")
	completeWith(cmd, "format", formatNames()...)
	completeWith(cmd, "fail-on", severityNames()...)
	completeWith(cmd, "theme", "light", "dark", "print")
	completeWith(cmd, "show", "permitted", "identities")
	completeWith(cmd, "view", render.ViewInternet, render.ViewData, render.ViewIdentity)
	return cmd
}

// scan is a scan that can run: its flags made sense.
type scan struct {
	paths   []string // absolute
	focus   []string // components, as they were typed
	extract extract.Options
	input   inputFlags
	render  render.Options
	// formats are what to make. Files go to dir, or the one format to file, or to
	// standard output where both are empty.
	formats   []format
	dir, file string
	failOn    graph.Severity // "" for never
	failOnSet bool           // by a flag: what the configuration says does not count
	since     *graph.Graph   // an earlier model, nil for none
	below     string         // where the names of files begin in the repository
}

// parse checks all flags before anything is read, so that a typing mistake costs
// no waiting.
func (f *scanFlags) parse(p Process, args []string) (*scan, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	s := &scan{failOn: graph.Severity(f.failOn), input: f.input, focus: f.focus}
	if f.failOn != "" && s.failOn.Rank() < 0 {
		return nil, fmt.Errorf("--fail-on %q is none of %s", f.failOn, strings.Join(severityNames(), ", "))
	}
	if err := f.renderOptions(&s.render); err != nil {
		return nil, err
	}
	if f.icons != "" {
		icons, err := render.ReadIcons(os.DirFS(p.path(f.icons)))
		if err != nil {
			return nil, fmt.Errorf("--icon-dir %s: %w", f.icons, err)
		}
		s.render.Icons = icons
	}
	if err := f.target(p, s); err != nil {
		return nil, err
	}
	if err := f.earlier(p, s); err != nil {
		return nil, err
	}
	s.extract = extract.Options{Exclude: f.exclude}
	s.extract.Terraform.Eval.Env = p.environ()
	s.extract.Terraform.Eval.Workspace = f.input.workspace
	var names []string
	for _, arg := range args {
		path := p.path(arg)
		if _, err := os.Stat(path); err != nil {
			return nil, cannotRead("path", arg, err)
		}
		s.paths = append(s.paths, path)
		names = append(names, filepath.Base(path))
	}
	s.render.Title = strings.Join(names, ", ")
	top, err := scannedTop(s.paths)
	if err != nil {
		return nil, err
	}
	s.below = extract.InRepository(top)
	if f.input.modules != "" {
		folders, err := filesInTree(p, s.paths, "modules folder", []string{f.input.modules})
		if err != nil {
			return nil, err
		}
		s.extract.Terraform.Eval.Modules = folders[0]
	}
	varFiles, err := filesInTree(p, s.paths, "variable file", f.input.files())
	if err != nil {
		return nil, err
	}
	if s.extract.Terraform.Eval.Args, err = f.input.evalArgs(varFiles); err != nil {
		return nil, err
	}
	s.extract.Kubernetes.Helm.Set = f.helmSet
	s.extract.Kubernetes.Helm.Files, err = filesInTree(p, s.paths, "values file", nearRepository(p, s.paths, f.helmValues))
	return s, err
}

// nearRepository looks for files that are not where the working directory says, in
// the scanned tree and the directories above it up to the top of the repository:
// values are mostly named as a repository's own instructions name them, from there.
func nearRepository(p Process, paths, args []string) []string {
	top, err := scannedTop(paths)
	if err != nil {
		return args // which filesInTree will say
	}
	var files []string
	for _, arg := range args {
		if _, err := os.Stat(p.path(arg)); err != nil && !filepath.IsAbs(arg) {
			for dir := top; ; dir = filepath.Dir(dir) {
				if file := filepath.Join(dir, arg); isFile(file) {
					arg = file
					break
				}
				_, err := os.Lstat(filepath.Join(dir, ".git"))
				if err == nil || dir == filepath.Dir(dir) {
					break
				}
			}
		}
		files = append(files, arg)
	}
	return files
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

// filesInTree returns files by their names in the scanned tree, which is all that a
// scan can read.
func filesInTree(p Process, paths []string, what string, args []string) ([]string, error) {
	top, err := scannedTop(paths)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, arg := range args {
		file, err := filepath.EvalSymlinks(p.path(arg))
		if err != nil {
			return nil, cannotRead(what, arg, err)
		}
		if !within(top, file) {
			return nil, fmt.Errorf("%s %s lies outside of %s; scan the directory that holds both", what, arg, p.shown(top))
		}
		name, err := slashBelow(top, file)
		if err != nil {
			return nil, err
		}
		files = append(files, name)
	}
	return files, nil
}

// scannedTop is the directory that names in a scan of the paths are told from: see
// [extract.Scan].
func scannedTop(paths []string) (string, error) {
	top := ""
	for _, path := range paths {
		path, err := filepath.EvalSymlinks(path)
		if err != nil {
			return "", err
		}
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			path = filepath.Dir(path)
		}
		if top == "" {
			top = path
		}
		for !within(top, path) && top != filepath.Dir(top) {
			top = filepath.Dir(top)
		}
	}
	return top, nil
}

func (f *scanFlags) renderOptions(opt *render.Options) error {
	switch f.theme {
	case "light":
	case "dark":
		opt.Theme = render.Dark
	case "print":
		opt.Theme = render.Print
	default:
		return fmt.Errorf("--theme %q is none of light, dark, print", f.theme)
	}
	if f.view != "" && len(f.focus) > 0 {
		return errors.New("--view and --focus select different parts of the model: give one of them")
	}
	opt.View, opt.Numbers = f.view, f.numbers
	for _, what := range f.show {
		switch what {
		case "permitted":
			opt.ShowPermitted = true
		case "identities":
			opt.ShowIdentities = true
		default:
			return fmt.Errorf("--show %q is none of permitted, identities", what)
		}
	}
	return nil
}

// target settles which formats go where.
func (f *scanFlags) target(p Process, s *scan) error {
	var asked format
	if f.format != "" {
		var ok bool
		if asked, ok = formatNamed(f.format); !ok {
			return fmt.Errorf("--format %q is none of %s", f.format, strings.Join(formatNames(), ", "))
		}
	}
	switch {
	case f.output == "" && f.format == "":
		asked, _ = formatNamed("text")
		s.formats = []format{asked}
	case f.output == "":
		s.formats = []format{asked}
	case isDirectory(p, f.output):
		s.dir = p.path(f.output)
		s.formats = directoryFormats()
		if f.format != "" {
			s.formats = []format{asked}
		}
	default:
		s.file = p.path(f.output)
		if f.format == "" {
			var ok bool
			if asked, ok = formatOf(f.output); !ok {
				return fmt.Errorf("-o %s: its extension names no format; add --format, or a slash at the end for a directory", f.output)
			}
		}
		s.formats = []format{asked}
	}
	if f.icons != "" && !slices.ContainsFunc(s.formats, func(x format) bool { return x.name == "svg" || x.name == "dot" }) {
		return fmt.Errorf("--icon-dir draws icons into SVG pictures only: --format %s has none", s.formats[0].name)
	}
	return nil
}

// isDirectory reports whether a -o names a directory: by a separator at its end,
// or because there is one.
func isDirectory(p Process, output string) bool {
	if os.IsPathSeparator(output[len(output)-1]) {
		return true
	}
	info, err := os.Stat(p.path(output))
	return err == nil && info.IsDir()
}

func (s *scan) run(ctx context.Context, p Process) error {
	g, err := s.read(p)
	if err != nil {
		return err
	}
	if s.render.Focus, err = componentsNamed(g, "--focus", s.focus); err != nil {
		return err
	}
	if err := render.CheckView(g, s.render); err != nil {
		return err
	}
	closeInput, err := s.openInput(&s.render)
	if err != nil {
		return err
	}
	defer closeInput()
	s.render.Since = s.sinceSaved(g)
	m := &model{graph: g, options: s.render, layouter: p.layouter(), below: s.below}
	if err := s.write(ctx, p, m); err != nil {
		return err
	}
	if s.fails(g) {
		return errFindings
	}
	return nil
}

func (s *scan) read(p Process) (*graph.Graph, error) {
	defer progress(p.Stderr, "reading "+s.render.Title)()
	top, err := scannedTop(s.paths)
	if err != nil {
		return nil, err
	}
	tree, err := extract.Open(top)
	if err != nil {
		return nil, err
	}
	defer tree.Close() // opened for reading
	opt := s.extract   // what the configuration adds is read anew each time
	settings, err := s.input.configure(p, tree, &opt)
	if err != nil {
		return nil, err
	}
	g, err := extract.Scan(s.paths, opt)
	if err != nil {
		return nil, err
	}
	if err := settings.complete(g); err != nil {
		return nil, err
	}
	settings.analyze(g)
	settings.name(&s.render)
	if policy := settings.config.Policy; policy != nil && !s.failOnSet {
		s.failOn = graph.Severity(policy.Scan)
	}
	return g, nil
}

// fails reports whether the findings reach the threshold. What is mitigated or
// accepted does not count.
func (s *scan) fails(g *graph.Graph) bool {
	return s.failOn != "" && slices.ContainsFunc(g.Findings, func(f *graph.Finding) bool {
		return f.Status == graph.Open && f.Severity.Rank() >= s.failOn.Rank()
	})
}

func severityNames() []string {
	names := make([]string, len(graph.Severities))
	for i, s := range graph.Severities {
		names[i] = string(s)
	}
	return names
}
