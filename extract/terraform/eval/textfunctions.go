package eval

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
)

// textFunc makes a function from strings to a string.
func textFunc(f func(args ...string) (string, error), params ...string) function.Function {
	spec := &function.Spec{
		Type: function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			texts := make([]string, len(args))
			for i, a := range args {
				texts[i] = a.AsString()
			}
			s, err := f(texts...)
			if err != nil {
				return cty.NilVal, err
			}
			return cty.StringVal(s), nil
		},
	}
	for _, p := range params {
		spec.Params = append(spec.Params, function.Parameter{Name: p, Type: cty.String})
	}
	return function.New(spec)
}

var base64sha256Func = textFunc(func(args ...string) (string, error) {
	sum := sha256.Sum256([]byte(args[0]))
	return base64.StdEncoding.EncodeToString(sum[:]), nil
}, "str")

var base64sha512Func = textFunc(func(args ...string) (string, error) {
	sum := sha512.Sum512([]byte(args[0]))
	return base64.StdEncoding.EncodeToString(sum[:]), nil
}, "str")

// base64decodeFunc is ours because the one of go-cty-funcs logs what it refuses.
var base64decodeFunc = textFunc(func(args ...string) (string, error) {
	b, err := base64.StdEncoding.DecodeString(args[0])
	if err != nil {
		return "", err
	}
	if !utf8.Valid(b) {
		return "", errors.New("the decoded bytes are not valid UTF-8")
	}
	return string(b), nil
}, "str")

var base64gzipFunc = textFunc(func(args ...string) (string, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(args[0])); err != nil {
		return "", err
	}
	if err := w.Flush(); err != nil { // terraform flushes, which shows in the bytes
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}, "str")

func textEncoding(name string) (encoding.Encoding, error) {
	e, err := ianaindex.IANA.Encoding(name)
	if err != nil || e == nil {
		return nil, fmt.Errorf("%q is no supported IANA encoding name or alias", name)
	}
	return e, nil
}

var textEncodeFunc = textFunc(func(args ...string) (string, error) {
	e, err := textEncoding(args[1])
	if err != nil {
		return "", err
	}
	b, err := e.NewEncoder().Bytes([]byte(args[0]))
	if err != nil {
		return "", fmt.Errorf("the text has characters that %s lacks", args[1])
	}
	return base64.StdEncoding.EncodeToString(b), nil
}, "string", "encoding")

var textDecodeFunc = textFunc(func(args ...string) (string, error) {
	e, err := textEncoding(args[1])
	if err != nil {
		return "", err
	}
	raw, err := base64.StdEncoding.DecodeString(args[0])
	if err != nil {
		return "", err
	}
	b, err := e.NewDecoder().Bytes(raw)
	if err != nil || bytes.ContainsRune(b, utf8.RuneError) {
		return "", fmt.Errorf("the text has bytes that %s lacks", args[1])
	}
	return string(b), nil
}, "source", "encoding")

var timecmpFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "timestamp_a", Type: cty.String}, {Name: "timestamp_b", Type: cty.String}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		a, err := time.Parse(time.RFC3339, args[0].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		b, err := time.Parse(time.RFC3339, args[1].AsString())
		if err != nil {
			return cty.NilVal, err
		}
		return cty.NumberIntVal(int64(a.Compare(b))), nil
	},
})
