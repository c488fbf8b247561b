package eval

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// range makes the numbers of the library's, to the bit, and fails as it does.
func TestRangeIsTheLibrarys(t *testing.T) {
	parsed := func(s string) cty.Value { return cty.MustParseNumberVal(s) }
	var numbers []cty.Value
	for _, s := range []string{
		"0", "1", "-1", "2", "-3", "7", "1024", "1025", "-1025", "4503599627370497", "18446744073709551617",
		"0.1", "0.3", "-0.1", "10.25",
	} {
		numbers = append(numbers, parsed(s))
	}
	numbers = append(numbers, cty.Zero, cty.NumberIntVal(0), cty.NumberIntVal(5), cty.NumberFloatVal(0.1), cty.NumberFloatVal(0.3),
		cty.NumberVal(new(big.Float).Neg(new(big.Float))), cty.NumberVal(big.NewFloat(100).SetPrec(24)))
	steps := []cty.Value{cty.Zero, cty.NumberIntVal(0), cty.NumberIntVal(2), parsed("7"), parsed("-3")}
	cases := [][]cty.Value{
		{},
		{parsed("0"), parsed("1"), parsed("1e-30")},
		{parsed("1e-30"), parsed("1")},
		{parsed("0"), parsed("1"), parsed("0.1")},
		{parsed("0"), parsed("0.3"), parsed("0.1")},
		{parsed("1.5"), parsed("-0.1"), parsed("-0.1")},
		{parsed("0"), cty.NumberFloatVal(0.3), parsed("0.1")},
		{parsed("0"), parsed("0.3"), cty.NumberFloatVal(0.1)},
		{parsed("0"), cty.NumberFloatVal(0.3), cty.NumberFloatVal(0.3)},
		{parsed("0"), cty.NumberFloatVal(0.3), parsed("0.3")},
		{parsed("0.1"), parsed("1000"), parsed("0.5")},
		{parsed("1"), parsed("1"), parsed("1"), parsed("1")},
	}
	for _, a := range numbers {
		cases = append(cases, []cty.Value{a})
		for _, b := range numbers {
			cases = append(cases, []cty.Value{a, b})
			for _, c := range steps {
				cases = append(cases, []cty.Value{a, b, c})
			}
		}
	}
	made, failed, bounded := 0, 0, 0
	for _, args := range cases {
		got, err := rangeFunc.Call(args)
		if err != nil && limitText(err) != err.Error() { // beyond what either makes
			bounded++
			continue
		}
		want, wantErr := stdlib.RangeFunc.Call(args)
		if fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Errorf("range(%s): error %v, want %v", show(args), err, wantErr)
			continue
		}
		if err != nil {
			failed++
			continue
		}
		made++
		if a, b := bits(got), bits(want); a != b {
			t.Errorf("range(%s):\n%s\nwant\n%s", show(args), a, b)
		}
	}
	t.Logf("%d ranges, %d errors, %d over the limit", made, failed, bounded)
	if made == 0 || failed == 0 || bounded == 0 {
		t.Error("not all kinds were met")
	}
}

func show(args []cty.Value) (s string) {
	for _, a := range args {
		s += a.AsBigFloat().Text('g', -1) + " "
	}
	return s
}

// bits writes a list of numbers with all that a later operation may see of them.
func bits(v cty.Value) string {
	s := v.Type().FriendlyName()
	for it := v.ElementIterator(); it.Next(); {
		_, x := it.Element()
		f := x.AsBigFloat()
		s += fmt.Sprintf(" %s/%d", f.Text('p', 0), f.Prec())
	}
	return s
}
