package chart

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
	"time"
)

// functions are those of Helm's functions that give other results in each run, or
// at another time or place, with results that are always the same; and those that
// can make much of little, with a limit. The names are of Helm's documentation,
// https://helm.sh/docs/chart_template_guide/function_list/.
func functions() template.FuncMap {
	f := template.FuncMap{}
	for _, group := range []template.FuncMap{randomFunctions(), certificateFunctions(), dateFunctions(), mapFunctions(), limitedFunctions()} {
		maps.Copy(f, group)
	}
	return f
}

func randomFunctions() template.FuncMap {
	letters := func(n int) (string, error) { return repeat(n, "x") }
	return template.FuncMap{
		"randAlphaNum": letters,
		"randAlpha":    letters,
		"randAscii":    letters,
		"randNumeric":  func(n int) (string, error) { return repeat(n, "0") },
		"randBytes": func(n int) (string, error) {
			zeros, err := repeat(n, "\x00")
			return base64.StdEncoding.EncodeToString([]byte(zeros)), err
		},
		"randInt": func(low, _ int) int { return low },
		"shuffle": func(s string) string { return s },
		"uuidv4":  func() string { return "00000000-0000-4000-8000-000000000000" },
	}
}

// certificate has the fields that templates read from Helm's own.
type certificate struct{ Cert, Key string }

// Secrets are told by the names of their fields, not by what they hold: what
// stands here need not be a key.
func certificateFunctions() template.FuncMap {
	const key = "generated-key"
	cert := certificate{Cert: "generated-certificate", Key: key}
	days := func(string, int) certificate { return cert }
	daysWithKey := func(string, int, string) certificate { return cert }
	return template.FuncMap{
		"genPrivateKey":            func(string) string { return key },
		"genCA":                    days,
		"genCAWithKey":             daysWithKey,
		"genSelfSignedCert":        func(string, []any, []any, int) certificate { return cert },
		"genSelfSignedCertWithKey": func(string, []any, []any, int, string) certificate { return cert },
		"genSignedCert":            func(string, []any, []any, int, certificate) certificate { return cert },
		"genSignedCertWithKey":     func(string, []any, []any, int, certificate, string) certificate { return cert },
		"buildCustomCert":          func(string, string) certificate { return cert },
		"bcrypt":                   func(string) string { return "generated-hash" },
		"htpasswd":                 func(user, _ string) string { return user + ":generated-hash" },
		"encryptAES":               func(_, plain string) string { return base64.StdEncoding.EncodeToString([]byte(plain)) },
		"decryptAES": func(_, text string) (string, error) {
			plain, err := base64.StdEncoding.DecodeString(text)
			return string(plain), err
		},
	}
}

// now is the time of every rendering.
var now = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)

func dateFunctions() template.FuncMap {
	inZone := func(layout string, date any, zone string) string {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			loc = time.UTC
		}
		return timeOf(date).In(loc).Format(layout)
	}
	inUTC := func(layout string, date any) string { return timeOf(date).UTC().Format(layout) }
	day := func(date any) string { return timeOf(date).UTC().Format(time.DateOnly) }
	mustToDate := func(layout, text string) (time.Time, error) { return time.ParseInLocation(layout, text, time.UTC) }
	return template.FuncMap{
		"now":            func() time.Time { return now },
		"ago":            func(date any) string { return now.Sub(timeOf(date)).Round(time.Second).String() },
		"date":           inUTC,
		"dateInZone":     inZone,
		"date_in_zone":   inZone,
		"htmlDate":       day,
		"htmlDateInZone": func(date any, zone string) string { return inZone(time.DateOnly, date, zone) },
		"toDate":         func(layout, text string) time.Time { t, _ := mustToDate(layout, text); return t },
		"mustToDate":     mustToDate,
	}
}

// timeOf takes a date as Helm's functions do: a time or seconds of Unix.
func timeOf(date any) time.Time {
	switch d := date.(type) {
	case time.Time:
		return d
	case *time.Time:
		if d != nil {
			return *d
		}
	case int64:
		return time.Unix(d, 0)
	case int:
		return time.Unix(int64(d), 0)
	case int32:
		return time.Unix(int64(d), 0)
	}
	return now
}

// mapFunctions give the entries of maps in the order of their keys.
func mapFunctions() template.FuncMap {
	return template.FuncMap{
		"keys": func(dicts ...map[string]any) []string {
			keys := []string{}
			for _, d := range dicts {
				keys = append(keys, slices.Sorted(maps.Keys(d))...)
			}
			return keys
		},
		"values": func(dict map[string]any) []any {
			values := []any{}
			for _, k := range slices.Sorted(maps.Keys(dict)) {
				values = append(values, dict[k])
			}
			return values
		},
	}
}

var errText = fmt.Errorf("a value of more than %d bytes", maxText)

func repeat(n int, s string) (string, error) {
	if n < 0 {
		return "", errors.New("a negative number of repetitions")
	}
	if len(s) > 0 && n > maxText/len(s) {
		return "", errText
	}
	return strings.Repeat(s, n), nil
}

// limited passes a text that is not too long. Texts grow by being put together
// again and again; that each is limited limits the next.
func limited(s string) (string, error) {
	if len(s) > maxText {
		return "", errText
	}
	return s, nil
}

func limitedFunctions() template.FuncMap {
	indent := func(n int, s string) (string, error) {
		lines := strings.Count(s, "\n") + 1
		pad, err := repeat(n, " ")
		if err != nil || len(pad) > maxText/lines {
			return "", errors.Join(err, errText)
		}
		return pad + strings.ReplaceAll(s, "\n", "\n"+pad), nil
	}
	return template.FuncMap{
		"repeat": repeat,
		"indent": indent,
		"nindent": func(n int, s string) (string, error) {
			s, err := indent(n, s)
			return "\n" + s, err
		},
		"replace": func(old, new, s string) (string, error) {
			if n := strings.Count(s, old); len(new) > 0 && n > maxText/len(new) {
				return "", errText
			}
			return strings.ReplaceAll(s, old, new), nil
		},
		"print":   func(v ...any) (string, error) { return limited(fmt.Sprint(v...)) },
		"println": func(v ...any) (string, error) { return limited(fmt.Sprintln(v...)) },
		"printf":  func(format string, v ...any) (string, error) { return limited(fmt.Sprintf(format, v...)) },
		"until": func(n int) ([]int, error) {
			if n < 0 {
				return sequence(0, n, -1)
			}
			return sequence(0, n, 1)
		},
		"untilStep": sequence,
		"seq":       inclusiveSequence,
	}
}

// sequence counts from start, in steps, to before stop.
func sequence(start, stop, step int) ([]int, error) {
	out := []int{}
	if step == 0 || start == stop || (stop > start) != (step > 0) {
		return out, nil
	}
	if n := (stop - start) / step; n < 0 || n > maxSteps {
		return nil, fmt.Errorf("more than %d numbers", maxSteps)
	}
	for i := start; (step > 0 && i < stop) || (step < 0 && i > stop); i += step {
		out = append(out, i)
	}
	return out, nil
}

// inclusiveSequence counts as seq(1) does: to LAST, from FIRST to LAST, or from
// FIRST by a step to LAST.
func inclusiveSequence(params ...int) (string, error) {
	first, step := 1, 1
	switch len(params) {
	case 1, 2, 3:
	default:
		return "", nil
	}
	last := params[len(params)-1]
	if len(params) > 1 {
		first = params[0]
	}
	if last < first {
		step = -1
	}
	if len(params) == 3 {
		step = params[1]
	}
	if step == 0 || (step > 0) != (last >= first) {
		return "", nil
	}
	beyond := last + 1
	if step < 0 {
		beyond = last - 1
	}
	numbers, err := sequence(first, beyond, step)
	return strings.Trim(fmt.Sprint(numbers), "[]"), err
}
