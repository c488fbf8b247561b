package eval

import (
	"errors"
	"fmt"
	"math/big"
	"net"
	"regexp"

	"github.com/apparentlymart/go-cidr/cidr"
	ctycidr "github.com/hashicorp/go-cty-funcs/cidr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/gocty"
)

// leadingZeros match the zeros of "010.0.0.8", which terraform reads as decimal and
// Go's library refuses since version 1.17.
var leadingZeros = regexp.MustCompile(`\b0+([0-9]+\.|[0-9]+/|[0-9]+$)`)

// decimalCIDR has a function of prefixes read numbers with leading zeros.
func decimalCIDR(f function.Function) function.Function {
	return function.New(&function.Spec{
		Params:   f.Params(),
		VarParam: f.VarParam(),
		Type:     f.ReturnTypeForValues,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if p := args[0].AsString(); leadingZeros.MatchString(p) {
				args[0] = cty.StringVal(leadingZeros.ReplaceAllString(p, "$1"))
			}
			return f.Call(args)
		},
	})
}

// netmaskFunc is for IPv4 only: masks of IPv6 are not written so.
var netmaskFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "prefix", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if ip, _, err := net.ParseCIDR(args[0].AsString()); err == nil && ip.To4() == nil {
			return cty.NilVal, errors.New("IPv6 addresses cannot have a netmask")
		}
		return ctycidr.NetmaskFunc.Call(args)
	},
})

// subnetFunc numbers subnets beyond 64 bits.
var subnetFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "prefix", Type: cty.String}, {Name: "newbits", Type: cty.Number}, {Name: "netnum", Type: cty.Number}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		_, network, err := net.ParseCIDR(args[0].AsString())
		if err != nil {
			return cty.NilVal, fmt.Errorf("invalid CIDR expression: %w", err)
		}
		var bits int
		if err := gocty.FromCtyValue(args[1], &bits); err != nil {
			return cty.NilVal, err
		}
		number := &big.Int{}
		if err := gocty.FromCtyValue(args[2], number); err != nil {
			return cty.NilVal, err
		}
		subnet, err := cidr.SubnetBig(network, bits, number)
		if err != nil {
			return cty.NilVal, err
		}
		return cty.StringVal(subnet.String()), nil
	},
})
