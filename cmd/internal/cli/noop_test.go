package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"drawbridge/analyze"
	"drawbridge/extract"
	"drawbridge/extract/terraform"
	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// A noop rewrites the files of a tree so that they mean what they meant. It gets the
// contents of all Terraform files and manifests by name, and changes the map in place.
type noop struct {
	name   string
	change func(files map[string][]byte)
}

var noops = []noop{
	{"reformat", eachFile(reformat)},
	{"reorder blocks", eachFile(reorderBlocks)},
	{"reorder arguments", eachFile(reorderArguments)},
	{"move blocks between files", moveBlocks},
	{"rename locals", renameLocals},
	{"reorder and comment documents", eachFile(reorderDocuments)},
}

// TestNoopsChangeNothing rewrites the roots below the folders that DRAWBRIDGE_NOOP_ROOTS
// names, and the repository's own examples and generated roots where it names none, in
// each way that means the same: no difference may come of it. It logs how many there were.
func TestNoopsChangeNothing(t *testing.T) {
	folders := filepath.SplitList(os.Getenv("DRAWBRIDGE_NOOP_ROOTS"))
	if len(folders) == 0 {
		folders = []string{generate(t, 60, 3), generateInstances(t, 5), noopRoot(t), copyExample(t, "three-tier"), copyExample(t, "shop")}
	}
	empty, all := map[string]int{}, 0
	for _, folder := range folders {
		files := readSources(t, folder)
		before := readParts(t, folder)
		all += len(before)
		for _, n := range noops {
			changed := maps.Clone(files)
			n.change(changed)
			after := readParts(t, rewritten(t, folder, files, changed))
			for _, part := range slices.Sorted(maps.Keys(before)) {
				c := graph.Diff(before[part].Clone(), cmp.Or(after[part], &graph.Graph{}).Clone())
				if len(c.Deltas)+len(c.Renames) == 0 {
					empty[n.name]++
					continue
				}
				var b strings.Builder
				for i, d := range c.Deltas {
					if i == 4 {
						break
					}
					fmt.Fprintf(&b, "\n\t%s %s %s %v", d.Kind, d.Change, d.ID, d.Fields)
				}
				for _, r := range c.Renames[:min(3, len(c.Renames))] {
					fmt.Fprintf(&b, "\n\trename %v", r)
				}
				t.Errorf("%s: %s of %s: %s%s", n.name, part, folder, c.Verdict(), b.String())
			}
		}
	}
	for _, n := range noops {
		t.Logf("%s: %d of %d roots and sets of manifests without a difference", n.name, empty[n.name], all)
	}
}

// noopRoot is a root with what the generated ones lack: heredocs, dynamic blocks, modules.
func noopRoot(t *testing.T) string {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "main.tf"), `locals {
  ports = { web = 80, admin = 8080 }
  rules = [for name, port in local.ports : { name = name, port = port }]
}

module "vpc" {
  source = "./net"
  cidr   = local.cidr
}

resource "aws_security_group" "sg" {
  vpc_id = module.vpc.id
  dynamic "ingress" {
    for_each = local.rules
    content {
      from_port   = ingress.value.port
      to_port     = ingress.value.port
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}

resource "aws_instance" "web" {
  ami                    = "ami-1"
  vpc_security_group_ids = [aws_security_group.sg.id]
  subnet_id              = module.vpc.subnet
  associate_public_ip_address = true
  user_data              = <<-EOT
    #!/bin/sh
    curl https://${aws_s3_bucket.b.bucket_domain_name}/${local.ports.web}
  EOT
}
`)
	writeFile(t, filepath.Join(dir, "other.tf"), `locals { cidr = "10.0.0.0/16" }
resource "aws_s3_bucket" "b" { bucket = "b" }
`)
	writeFile(t, filepath.Join(dir, "net/main.tf"), `variable "cidr" {}
locals { name = "net-${var.cidr}" }
resource "aws_vpc" "v" {
  cidr_block = var.cidr
  tags = { Name = local.name }
}
resource "aws_subnet" "s" {
  vpc_id                  = aws_vpc.v.id
  cidr_block              = cidrsubnet(var.cidr, 8, 1)
  map_public_ip_on_launch = true
}
output "id" { value = aws_vpc.v.id }
output "subnet" { value = aws_subnet.s.id }
`)
	return dir
}

// readSources reads what the rewriting is about.
func readSources(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || !slices.Contains([]string{".tf", ".yaml", ".yml"}, path.Ext(name)) {
			return err
		}
		files[name], err = os.ReadFile(filepath.Join(folder, name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// rewritten copies a folder and gives files their new contents.
func rewritten(t *testing.T, folder string, before, after map[string][]byte) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), filepath.Base(folder))
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, e fs.DirEntry, err error) error {
		switch to := filepath.Join(dir, name); {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == ".git":
			return fs.SkipDir
		case e.IsDir():
			return os.MkdirAll(to, 0o777)
		case e.Type() == fs.ModeSymlink:
			target, err := os.Readlink(filepath.Join(folder, name))
			if err != nil {
				return err
			}
			return os.Symlink(target, to)
		case before[name] == nil:
			return os.Link(filepath.Join(folder, name), to)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range after {
		writeFile(t, filepath.Join(dir, name), string(content))
	}
	return dir
}

// readParts reads each Terraform root of a folder on its own, and all manifests together.
func readParts(t *testing.T, folder string) map[string]*graph.Graph {
	t.Helper()
	tree, err := extract.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close() // opened for reading
	var files, others []string
	for name := range readSources(t, folder) {
		if path.Ext(name) == ".tf" {
			files = append(files, name)
			others = append(others, escapeGlob(name))
		}
	}
	slices.Sort(files)
	parts := map[string]*graph.Graph{}
	for _, root := range terraform.Roots(tree, files) {
		parts["root "+root] = terraform.Read(tree, root, terraform.Options{Eval: eval.Options{}})
	}
	if parts["manifests"], err = extract.Read(tree, []string{"."}, extract.Options{Exclude: others}); err != nil {
		t.Fatal(err)
	}
	for _, g := range parts {
		analyze.Run(g)
	}
	return parts
}

func eachFile(change func(name string, content []byte) []byte) func(map[string][]byte) {
	return func(files map[string][]byte) {
		for name, content := range files {
			files[name] = change(name, content)
		}
	}
}

// body parses a file of configuration that is written as terraform does, else nil.
func body(name string, content []byte) *hclsyntax.Body {
	if path.Ext(name) != ".tf" || bytes.Contains(content, []byte("\r")) {
		return nil
	}
	f, diags := hclsyntax.ParseConfig(content, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil
	}
	return f.Body.(*hclsyntax.Body)
}

// reformat aligns a file as terraform fmt does, after comments moved all lines.
func reformat(name string, content []byte) []byte {
	b := body(name, content)
	if b == nil {
		return content
	}
	var out []byte
	at := 0
	for _, block := range b.Blocks {
		start := lineStart(content, block.Range().Start.Byte)
		out = append(append(out, content[at:start]...), "\n/* a comment\n   of two lines */\n\n\n"...)
		at = start
	}
	return hclwrite.Format(append(out, content[at:]...))
}

func lineStart(content []byte, at int) int { return bytes.LastIndexByte(content[:at], '\n') + 1 }

func lineEnd(content []byte, at int) int {
	if i := bytes.IndexByte(content[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(content)
}

// cut returns the text of ranges as whole lines, and nil where two share a line.
func cut(content []byte, ranges []hcl.Range) (segments [][]byte, starts []int) {
	end := 0
	slices.SortFunc(ranges, func(a, b hcl.Range) int { return cmp.Compare(a.Start.Byte, b.Start.Byte) })
	for _, r := range ranges {
		from, to := lineStart(content, r.Start.Byte), r.End.Byte
		if to == 0 || content[to-1] != '\n' { // a heredoc ends with its line
			to = lineEnd(content, to)
		}
		if from < end {
			return nil, nil
		}
		text := bytes.TrimRight(content[from:to], "\n")
		segments, starts, end = append(segments, append(bytes.Clone(text), '\n')), append(starts, from), to
	}
	return segments, starts
}

// blocksOf are the blocks and arguments at the top of a file.
func blocksOf(name string, content []byte) [][]byte {
	b := body(name, content)
	if b == nil {
		return nil
	}
	var ranges []hcl.Range
	for _, block := range b.Blocks {
		ranges = append(ranges, block.Range())
	}
	for i, block := range b.Blocks {
		ranges[i].End = block.CloseBraceRange.End
	}
	for _, a := range b.Attributes {
		ranges = append(ranges, a.SrcRange)
	}
	segments, _ := cut(content, ranges)
	return segments
}

func reorderBlocks(name string, content []byte) []byte {
	segments := blocksOf(name, content)
	if segments == nil {
		return content
	}
	slices.Reverse(segments)
	return bytes.Join(segments, []byte("\n"))
}

// reorderArguments turns the arguments of each block around, between its nested blocks,
// which keep their order.
func reorderArguments(name string, content []byte) []byte {
	b := body(name, content)
	if b == nil {
		return content
	}
	for _, block := range slices.Backward(b.Blocks) { // from the end, so that ranges stay true
		content = turned(content, block.Body)
	}
	return content
}

func turned(content []byte, b *hclsyntax.Body) []byte {
	if b.SrcRange.Start.Line == b.SrcRange.End.Line || len(b.Blocks) > 0 {
		return content // a nested block's place among arguments would move
	}
	var ranges []hcl.Range
	for _, a := range b.Attributes {
		if a.SrcRange.Start.Line == b.SrcRange.Start.Line || a.SrcRange.End.Line == b.SrcRange.End.Line && content[a.SrcRange.End.Byte-1] != '\n' {
			return content
		}
		ranges = append(ranges, a.SrcRange)
	}
	segments, starts := cut(content, ranges)
	if len(segments) < 2 {
		return content
	}
	from, to := starts[0], b.SrcRange.End.Byte-1
	to = lineStart(content, to)
	slices.Reverse(segments)
	return slices.Concat(content[:from], bytes.Join(segments, nil), content[to:])
}

// moveBlocks puts all blocks of a module, the last first, into two new files.
func moveBlocks(files map[string][]byte) {
	byDir := map[string][]string{}
	for name, content := range files {
		base := path.Base(name)
		if path.Ext(name) != ".tf" || base == "override.tf" || strings.HasSuffix(base, "_override.tf") || len(bytes.TrimSpace(content)) == 0 {
			continue
		}
		byDir[path.Dir(name)] = append(byDir[path.Dir(name)], name)
	}
	for dir, names := range byDir {
		slices.Sort(names)
		var all [][]byte
		whole, seen := true, map[string]bool{}
		for _, name := range names {
			segments := blocksOf(name, files[name])
			whole = whole && segments != nil && !declaredTwice(name, files[name], seen)
			all = append(all, segments...)
		}
		if !whole {
			continue
		}
		for _, name := range names {
			delete(files, name)
		}
		slices.Reverse(all)
		half := len(all) / 2
		files[path.Join(dir, "zz_first.tf")] = bytes.Join(all[:half], []byte("\n"))
		files[path.Join(dir, "aa_second.tf")] = bytes.Join(all[half:], []byte("\n"))
	}
}

// declaredTwice reports whether a file declares what was seen before: terraform refuses
// that, and which one counts hangs on the order.
func declaredTwice(name string, content []byte, seen map[string]bool) bool {
	twice := false
	for _, block := range body(name, content).Blocks {
		id := block.Type + " " + strings.Join(block.Labels, " ")
		if len(block.Labels) > 0 && block.Type != "provider" {
			twice = twice || seen[id]
			seen[id] = true
		}
	}
	return twice
}

// renameLocals gives the locals of each module other names, which say nothing.
func renameLocals(files map[string][]byte) {
	byDir := map[string][]string{}
	for name := range files {
		if path.Ext(name) == ".tf" {
			byDir[path.Dir(name)] = append(byDir[path.Dir(name)], name)
		}
	}
	for _, names := range byDir {
		edits := map[string][]localUse{}
		whole := true
		for _, name := range names {
			b := body(name, files[name])
			if whole = whole && b != nil; !whole {
				break
			}
			edits[name] = localUses(b)
			whole = edits[name] != nil
		}
		if !whole {
			continue
		}
		declared := map[string]bool{} // the others are written as JSON
		for _, name := range names {
			for _, u := range edits[name] {
				declared[u.name] = declared[u.name] || u.declares
			}
		}
		for _, name := range names {
			content := files[name]
			var ranges []hcl.Range
			for _, u := range edits[name] {
				if declared[u.name] {
					ranges = append(ranges, u.at)
				}
			}
			slices.SortFunc(ranges, func(a, b hcl.Range) int { return cmp.Compare(b.Start.Byte, a.Start.Byte) })
			for _, r := range ranges {
				content = slices.Concat(content[:r.Start.Byte], []byte("renamed_"), content[r.Start.Byte:])
			}
			files[name] = content
		}
	}
}

// localUse is a place where the name of a local stands.
type localUse struct {
	name     string
	at       hcl.Range
	declares bool
}

// localUses returns where the names of locals stand, and nil where one is used in a way
// that has no name.
func localUses(b *hclsyntax.Body) []localUse {
	uses := []localUse{}
	for _, block := range b.Blocks {
		if block.Type == "locals" {
			for _, a := range block.Body.Attributes {
				uses = append(uses, localUse{a.Name, a.NameRange, true})
			}
		}
	}
	plain := true
	hclsyntax.VisitAll(b, func(n hclsyntax.Node) hcl.Diagnostics {
		e, ok := n.(*hclsyntax.ScopeTraversalExpr)
		if !ok || e.Traversal.RootName() != "local" {
			return nil
		}
		step, ok := hcl.TraverseAttr{}, false
		if len(e.Traversal) > 1 {
			step, ok = e.Traversal[1].(hcl.TraverseAttr)
		}
		plain = plain && ok
		r := step.SrcRange
		r.Start.Byte++ // behind the point
		uses = append(uses, localUse{step.Name, r, false})
		return nil
	})
	if !plain {
		return nil
	}
	return uses
}

var documentEnd = regexp.MustCompile(`(?m)^---[ \t]*\n`)

// reorderDocuments turns the documents of a manifest around and puts comments before
// them. Templates and files that say more than documents stay.
func reorderDocuments(name string, content []byte) []byte {
	if path.Ext(name) == ".tf" || bytes.Contains(content, []byte("{{")) || bytes.Contains(content, []byte("\n...")) ||
		bytes.Contains(content, []byte("%")) || !bytes.Contains(content, []byte("apiVersion")) || bytes.Contains(content, []byte("\r")) {
		return content
	}
	var documents []string
	for _, d := range documentEnd.Split(string(content), -1) {
		if strings.TrimSpace(d) != "" {
			documents = append(documents, "# a comment\n\n"+strings.TrimRight(d, "\n")+"\n")
		}
	}
	slices.Reverse(documents)
	return []byte(strings.Join(documents, "---\n"))
}
