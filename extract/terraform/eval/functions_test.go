package eval

import (
	"slices"
	"testing"
)

// terraformFunctions are the names that terraform 1.11 tells with "terraform
// metadata functions".
var terraformFunctions = []string{
	"abs", "abspath", "alltrue", "anytrue", "base64decode", "base64encode", "base64gzip", "base64sha256", "base64sha512",
	"basename", "bcrypt", "can", "ceil", "chomp", "chunklist", "cidrhost", "cidrnetmask", "cidrsubnet", "cidrsubnets",
	"coalesce", "coalescelist", "compact", "concat", "contains", "csvdecode", "dirname", "distinct", "element", "endswith",
	"ephemeralasnull", "file", "filebase64", "filebase64sha256", "filebase64sha512", "fileexists", "filemd5", "fileset",
	"filesha1", "filesha256", "filesha512", "flatten", "floor", "format", "formatdate", "formatlist", "indent", "index",
	"issensitive", "join", "jsondecode", "jsonencode", "keys", "length", "log", "lookup", "lower", "matchkeys", "max", "md5",
	"merge", "min", "nonsensitive", "one", "parseint", "pathexpand", "plantimestamp", "pow", "range", "regex", "regexall",
	"replace", "reverse", "rsadecrypt", "sensitive", "setintersection", "setproduct", "setsubtract", "setunion", "sha1",
	"sha256", "sha512", "signum", "slice", "sort", "split", "startswith", "strcontains", "strrev", "substr", "sum",
	"templatefile", "templatestring", "textdecodebase64", "textencodebase64", "timeadd", "timecmp", "timestamp", "title",
	"tobool", "tolist", "tomap", "tonumber", "toset", "tostring", "transpose", "trim", "trimprefix", "trimspace", "trimsuffix",
	"try", "upper", "urlencode", "uuid", "uuidv5", "values", "yamldecode", "yamlencode", "zipmap",
}

// legacy are functions of old versions that configurations still call.
var legacy = []string{"list", "map"}

func TestEveryFunctionIsThere(t *testing.T) {
	got := (&evaluator{}).functions()
	for _, name := range append(slices.Clone(terraformFunctions), legacy...) {
		for _, n := range []string{name, "core::" + name} {
			if _, ok := got[n]; !ok {
				t.Errorf("no function %s", n)
			}
			delete(got, n)
		}
	}
	for name := range ownProvider {
		delete(got, name)
	}
	for name := range got {
		t.Errorf("%s is no function of terraform", name)
	}
}
