// Package config loads what server_runner is told: built-in defaults, then a
// file, then the environment, then the flags, each over the one before.
//
// Everything rests on one table, keys (keys.go), which names every setting
// once with its type, its range, its environment variable and its flag. A
// file in JSON or TOML becomes a small tree of nodes that remember their
// lines (json.go, toml.go); the tree is held against the table (apply.go);
// and what comes out is checked as a whole (check.go). No step stops at the
// first fault: Load reports all of them, each with the place it stands in.
//
// Values are kept in the terms of the file, where 0 means "off", "unlimited"
// or "any free port". Config.Server translates them into a server.Config,
// where zero means "the default" and a negative constant says the other.
package config
