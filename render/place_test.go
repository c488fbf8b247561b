package render

import "testing"

// A flow along the edge of a picture: beside it on one side there is no room for its label.
func TestLabelStaysInPicture(t *testing.T) {
	for _, x := range []float64{8, 392} {
		var line []point
		for y := 20.0; y <= 380; y += 4 {
			line = append(line, point{x, y})
		}
		f := &flowShape{line: line, label: newElement("g"), size: rect{x - 40, 195, x + 40, 205}}
		p := newPlane([]*flowShape{f})
		p.room = rect{0, 0, 400, 400}
		placeLabels([]*flowShape{f}, p)
		shift := coordinates(f.label.attr("transform")[len("translate(") : len(f.label.attr("transform"))-1])[0]
		if x0, x1 := f.size.x0+shift.x, f.size.x1+shift.x; x0 < 0 || x1 > 400 {
			t.Errorf("the label of a flow at %v stands from %v to %v", x, x0, x1)
		}
	}
}
