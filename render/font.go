package render

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fontFamily is asked for everywhere. The three have the same widths for
// Latin text, and so has Liberation Sans, which stands in for them on Linux.
const fontFamily = "Helvetica,Arial,sans-serif"

// Advance widths in thousandths of the font size, for U+0020 to U+007E. Layout
// programs measure text with whatever font they find, or guess; a cell as wide as
// its text in these fonts keeps a box from being too small for what a browser
// writes into it. Source: the horizontal metrics of Liberation Sans 2, which are
// Arial's and Helvetica's.
var (
	regularWidths = [95]uint16{
		278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
		556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
		1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
		667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
		333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
		556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
	}
	boldWidths = [95]uint16{
		278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
		556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
		975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
		667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
		333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
		611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
	}
)

// textWidth returns the width of a text in points.
func textWidth(s string, size float64, bold bool) float64 {
	table := &regularWidths
	if bold {
		table = &boldWidths
	}
	sum := 0
	for _, r := range s {
		switch {
		case r >= ' ' && r <= '~':
			sum += int(table[r-' '])
		case r == '·':
			sum += 333
		case r == '–', r == '×':
			sum += 584
		case unicode.Is(unicode.Mn, r):
		case r < 0x2000:
			sum += 722 // accented Latin, Greek, Cyrillic: none of the usual letters is wider
		default:
			sum += 1000
		}
	}
	return float64(sum) * size / 1000
}

// cellWidth is the width to ask for: the text's, and a little for hinting.
func cellWidth(s string, size float64, bold bool) int {
	return int(math.Ceil(textWidth(s, size, bold) * 1.02))
}

const ellipsis = "…"

// middle shortens a text to at most width points by leaving out its middle: names
// differ at their ends.
func middle(s string, width, size float64, bold bool) string {
	if textWidth(s, size, bold) <= width {
		return s
	}
	room := width - textWidth(ellipsis, size, bold)
	head, tail := 0, len(s)
	for head < tail {
		_, n := utf8.DecodeRuneInString(s[head:])
		if textWidth(s[:head+n]+s[tail:], size, bold) > room {
			break
		}
		head += n
		if head >= tail {
			break
		}
		_, n = utf8.DecodeLastRuneInString(s[head:tail])
		if textWidth(s[:head]+s[tail-n:], size, bold) > room {
			break
		}
		tail -= n
	}
	return s[:head] + ellipsis + s[tail:]
}

// shortPath shortens a slash-separated path to at most width points by leaving
// out leading folders: the file's own name tells most.
func shortPath(s string, width, size float64) string {
	for rest := s; ; {
		short := rest
		if rest != s {
			short = ellipsis + "/" + rest
		}
		if textWidth(short, size, false) <= width {
			return short
		}
		_, after, found := strings.Cut(rest, "/")
		if !found {
			return shorten(short, width, size, false)
		}
		rest = after
	}
}

// printable makes one line of plain text out of anything: white space becomes a
// space, and what does not show (control and format characters, broken UTF-8)
// becomes a box, so that a name can neither break a format nor hide in it.
func printable(s string) string { return strings.Map(printableRune, s) }

func printableRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case r == utf8.RuneError, !unicode.IsPrint(r):
		return '□'
	}
	return r
}
