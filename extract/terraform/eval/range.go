package eval

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// mostOfRange is where terraform's own range ends.
const mostOfRange = 1024

var (
	zero     = cty.Zero.AsBigFloat()
	one      = cty.NumberIntVal(1).AsBigFloat()
	minusOne = cty.NumberIntVal(-1).AsBigFloat()
)

// rangeFunc makes what the library's does, with the same errors. That one makes a
// number of its own for each element and compares fractions by their digits: a range
// within a for-expression took seconds, and the memory of a million numbers.
var rangeFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "params", Type: cty.Number},
	Type:     function.StaticReturnType(cty.List(cty.Number)),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		start, step := zero, one
		var end *big.Float
		switch len(args) {
		case 1:
			end = args[0].AsBigFloat()
		case 2, 3:
			start, end = args[0].AsBigFloat(), args[1].AsBigFloat()
		default:
			return cty.NilVal, errors.New("must have one, two, or three arguments")
		}
		if len(args) == 3 {
			// The library takes no zero but its own for one, and counts on to its bound.
			if step = args[2].AsBigFloat(); args[2] == cty.Zero {
				return cty.NilVal, function.NewArgErrorf(2, "step must not be zero")
			}
		}
		if step.Sign() != 0 {
			n := new(big.Float).Quo(new(big.Float).Sub(end, start), step)
			if n.Cmp(big.NewFloat(maxElements)) > 0 {
				return cty.NilVal, overLimit("more than %d elements", maxElements)
			}
		}
		if len(args) < 3 && end.Cmp(start) < 0 {
			step = minusOne
		}
		switch way := end.Cmp(start); {
		case step.Sign() < 0 && way > 0:
			return cty.NilVal, function.NewArgErrorf(1, "end must be less than start when step is negative")
		case step.Sign() >= 0 && way < 0:
			return cty.NilVal, function.NewArgErrorf(1, "end must be greater than start when step is positive")
		}
		vals, ok := numbersBetween(start, end, step)
		switch {
		case !ok:
			return cty.NilVal, fmt.Errorf("more than %d values were generated; either decrease the difference between start and end or use a smaller step", mostOfRange)
		case len(vals) == 0:
			return cty.ListValEmpty(cty.Number), nil
		}
		return cty.ListVal(vals), nil
	},
})

// numbersBetween makes the elements of a range; false tells that there are too many.
func numbersBetween(start, end, step *big.Float) ([]cty.Value, bool) {
	if vals, ok, whole := wholeBetween(start, end, step); whole {
		return vals, ok
	}
	way := 1
	if step.Sign() < 0 {
		way = -1
	}
	var vals []cty.Value
	for num := start; !reached(num, end, way); num = new(big.Float).Add(num, step) {
		if len(vals) == mostOfRange {
			return nil, false
		}
		vals = append(vals, cty.NumberVal(num))
	}
	return vals, true
}

// reached reports whether counting in a direction is at the end or past it. Fractions
// are equal where they are written the same in decimal digits, whatever their bits are.
// Writing them is dear, so only those that are close to each other are compared.
func reached(num, end *big.Float, way int) bool {
	switch c := end.Cmp(num); {
	case c == -way:
		return true
	case num.IsInt() || end.IsInt():
		return c == 0
	}
	gap := new(big.Float).Sub(num, end)
	if gap.Sign() != 0 && gap.MantExp(nil) > end.MantExp(nil)-32 {
		return false
	}
	return cty.NumberVal(num).Equals(cty.NumberVal(end)).True()
}

// smallNumbers are the elements of nearly all ranges. Numbers are never written to, so
// that all ranges can share them.
var smallNumbers = func() (all [mostOfRange]cty.Value) {
	for i := range all {
		all[i] = cty.NumberIntVal(int64(i))
	}
	return all
}()

// wholeBetween is numbersBetween for whole numbers that floating point holds exactly.
func wholeBetween(start, end, step *big.Float) (vals []cty.Value, ok, whole bool) {
	const exact = 1 << 52
	var n [3]int64
	for i, f := range []*big.Float{start, end, step} {
		v, accuracy := f.Int64()
		if accuracy != big.Exact || v > exact || v < -exact || f.Prec() < 53 || v == 0 && f.Signbit() {
			return nil, false, false
		}
		n[i] = v
	}
	first, last, by := n[0], n[1], n[2]
	if first == last {
		return nil, true, true
	}
	if by == 0 {
		return nil, false, true
	}
	length := (last - first + by) / by
	if (last-first)%by == 0 {
		length = (last - first) / by
	}
	if length > mostOfRange {
		return nil, false, true
	}
	precision := max(start.Prec(), step.Prec())
	vals = make([]cty.Value, length)
	for i := range vals {
		switch at := first + int64(i)*by; {
		case i == 0:
			vals[i] = cty.NumberVal(start)
		case at >= 0 && at < mostOfRange && precision == one.Prec():
			vals[i] = smallNumbers[at]
		default:
			vals[i] = cty.NumberVal(new(big.Float).SetPrec(precision).SetInt64(at))
		}
	}
	return vals, true, true
}
