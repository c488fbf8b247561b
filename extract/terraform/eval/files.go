package eval

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
)

// path turns a path of the configuration (relative to the root module's directory)
// into one of the file system. Whether it may lead out of the scanned tree is the
// file system's to say.
func (ev *evaluator) path(p string) (string, error) {
	if full, ok := ev.below(p); ok {
		return full, nil
	}
	if path.IsAbs(p) || strings.HasPrefix(p, "~") || strings.Contains(p, tokenOpen) {
		return "", fmt.Errorf("%q lies outside of the scanned files", p)
	}
	return path.Join(ev.root, p), nil
}

func (ev *evaluator) readText(p string) ([]byte, error) {
	full, err := ev.path(p)
	if err != nil {
		return nil, err
	}
	b, err := readFile(ev.loader.fsys, full)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			ev.absent = full
		}
		return nil, fmt.Errorf("%s: %s", p, reason(err))
	}
	return b, nil
}

// File returns the text of a file of at most so many bytes that the configuration
// names by a path, "" where it can't be read, and the path within the scanned files,
// "" for one that leads out of them.
func (r *Result) File(p string, most int64) (text, full string) {
	if r.files == nil {
		return "", ""
	}
	full, err := r.files.path(p)
	if err != nil {
		return "", ""
	}
	info, err := fs.Stat(r.files.loader.fsys, full)
	if err != nil || info.Size() > most {
		return "", full
	}
	b, err := readFile(r.files.loader.fsys, full)
	if err != nil || !utf8.Valid(b) {
		return "", full
	}
	return string(b), full
}

// absentFile leads the address in the mark of a value that derives from a file that is
// not there.
const absentFile = "file."

// AbsentFile returns the path of a file that is not there, from which a value derives
// whose mark has this address; false for any other address.
func AbsentFile(address string) (string, bool) { return strings.CutPrefix(address, absentFile) }

func (ev *evaluator) fileFunctions() map[string]function.Function {
	content := func(f func([]byte) (string, error)) function.Function {
		return textFunc(func(args ...string) (string, error) {
			b, err := ev.readText(args[0])
			if err != nil {
				return "", err
			}
			return f(b)
		}, "path")
	}
	hexSum := func(sum func([]byte) []byte) function.Function {
		return content(func(b []byte) (string, error) { return hex.EncodeToString(sum(b)), nil })
	}
	baseSum := func(sum func([]byte) []byte) function.Function {
		return content(func(b []byte) (string, error) { return base64.StdEncoding.EncodeToString(sum(b)), nil })
	}
	sum256 := func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }
	sum512 := func(b []byte) []byte { s := sha512.Sum512(b); return s[:] }
	return map[string]function.Function{
		"file": content(func(b []byte) (string, error) {
			if !utf8.Valid(b) {
				return "", errors.New("contents are not valid UTF-8")
			}
			return string(b), nil
		}),
		"filebase64":       content(func(b []byte) (string, error) { return base64.StdEncoding.EncodeToString(b), nil }),
		"filemd5":          hexSum(func(b []byte) []byte { s := md5.Sum(b); return s[:] }),
		"filesha1":         hexSum(func(b []byte) []byte { s := sha1.Sum(b); return s[:] }),
		"filesha256":       hexSum(sum256),
		"filesha512":       hexSum(sum512),
		"filebase64sha256": baseSum(sum256),
		"filebase64sha512": baseSum(sum512),
		"fileexists":       ev.fileExists(),
		"fileset":          ev.fileSet(),
		"templatefile":     ev.templateFile(),
		"templatestring":   ev.templateString(),
	}
}

func (ev *evaluator) fileExists() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			full, err := ev.path(args[0].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			info, err := fs.Stat(ev.loader.fsys, full)
			if err != nil {
				return cty.False, nil
			}
			if !info.Mode().IsRegular() {
				return cty.NilVal, fmt.Errorf("%s is no regular file", args[0].AsString())
			}
			return cty.True, nil
		},
	})
}

func (ev *evaluator) fileSet() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "path", Type: cty.String}, {Name: "pattern", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Set(cty.String)),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			full, err := ev.path(args[0].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			if _, err := fs.Stat(ev.loader.fsys, full); errors.Is(err, fs.ErrInvalid) {
				return cty.NilVal, fmt.Errorf("%s: %s", args[0].AsString(), reason(err))
			} // a folder that is not there has no files, as in terraform
			names, err := doublestar.Glob(ev.loader.fsys, path.Join(full, args[1].AsString()), doublestar.WithFilesOnly(), doublestar.WithNoFollow())
			if err != nil {
				return cty.NilVal, err
			}
			if len(names) == 0 {
				return cty.SetValEmpty(cty.String), nil
			}
			values := make([]cty.Value, len(names))
			for i, n := range names {
				values[i] = cty.StringVal(relative(full, n))
			}
			return cty.SetVal(values), nil
		},
	})
}

// template evaluates a template with variables and the functions of the root. Its
// own calls of template functions are refused, as terraform does.
func (ev *evaluator) template(e *expr, vars cty.Value) (cty.Value, error) {
	u, marks := vars.Unmark()
	t := u.Type()
	if !u.IsKnown() {
		return cty.UnknownVal(cty.String).WithMarks(marks), nil
	}
	if u.IsNull() || !(t.IsObjectType() || t.IsMapType()) {
		return cty.NilVal, errors.New("the variables must be a map")
	}
	ctx := &hcl.EvalContext{Variables: map[string]cty.Value{}, Functions: map[string]function.Function{}}
	for name, f := range ev.base.Functions {
		if !strings.Contains(name, "template") {
			ctx.Functions[name] = f
		}
	}
	for it := u.ElementIterator(); it.Next(); {
		k, v := it.Element()
		if !hclsyntax.ValidIdentifier(k.AsString()) {
			return cty.NilVal, fmt.Errorf("%q is no name for a template's variable", k.AsString())
		}
		ctx.Variables[k.AsString()] = v
	}
	v, diags := e.Value(ctx)
	if diags.HasErrors() {
		return cty.NilVal, errors.New(diagText(firstError(diags)))
	}
	return v.WithMarks(marks), nil
}

// compile parses a template. The module it is prepared in takes the names that it
// reads, nothing else.
func (l *loader) compile(src []byte, name string) (*expr, error) {
	if nesting(src) > maxNesting {
		return nil, errors.New("expressions are nested too deep")
	}
	e, diags := hclsyntax.ParseTemplate(src, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, errors.New(diagText(firstError(diags)))
	}
	scratch := &module{budget: l.budget, reads: map[string][]string{}, whole: map[string]bool{}, loose: map[string]bool{}, after: map[string]map[string]bool{}}
	return scratch.prepare(e), nil
}

func (ev *evaluator) templateFile() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "path", Type: cty.String},
			{Name: "vars", Type: cty.DynamicPseudoType, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true},
		},
		Type: function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			p := args[0].AsString()
			e := ev.templates[p]
			if e == nil {
				src, err := ev.readText(p)
				if err != nil {
					return cty.NilVal, err
				}
				if e, err = ev.loader.compile(src, path.Join(ev.root, p)); err != nil {
					return cty.NilVal, err
				}
				ev.templates[p] = e
			}
			return ev.template(e, args[1])
		},
	})
}

func (ev *evaluator) templateString() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "template", Type: cty.String},
			{Name: "vars", Type: cty.DynamicPseudoType, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true},
		},
		Type: function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			e, err := ev.loader.compile([]byte(args[0].AsString()), "<template>")
			if err != nil {
				return cty.NilVal, err
			}
			v, err := ev.template(e, args[1])
			if err != nil {
				return cty.NilVal, err
			}
			return convert.Convert(v, cty.String)
		},
	})
}
