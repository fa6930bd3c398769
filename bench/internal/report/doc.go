// Package report turns what was measured into tables for people, for a README
// and for programs.
package report
