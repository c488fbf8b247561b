// Command drawbridge-layout reads a diagram in DOT from standard input and writes
// it, laid out, as SVG to standard output.
//
// It is Graphviz as WebAssembly, so that drawbridge draws where no Graphviz is
// installed. It is a program of its own because compiling that costs a moment at
// each start, because one process can lay out only one diagram at a time, and
// because a layout that does not end can then be ended from outside. drawbridge
// starts it when there is need; nobody has to call it by hand.
//
// Exit status: 0 when the SVG was written, 1 when the diagram could not be laid
// out, 2 when it was called wrongly or could not read or write.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
