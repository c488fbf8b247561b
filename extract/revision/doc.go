// Package revision reads a revision of a git repository as a file system, from the
// repository's objects: no file of the working tree is touched, and no checkout is made.
//
// It runs the git program and no other: ls-tree for the names, one cat-file for the
// contents. Nothing is fetched over the network, and no hook, filter or text
// conversion of the repository runs. What is in the files is for package extract.
//
// Start reading at [Open] and [Repository.Tree].
package revision
