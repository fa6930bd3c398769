package config

import "strings"

// didYouMean ends the message about an unknown key with the key that was
// probably meant, or with nothing if no key is near.
func didYouMean(prefix, name string) string {
	want := plain(name)
	best, bestCost := "", max(2, len(want)/3)+1
	consider := func(candidate string, cost int) {
		if cost < bestCost {
			best, bestCost = candidate, cost
		}
	}
	for i := range keys {
		k := &keys[i]
		cost := distance(want, plain(k.last()))
		if prefix+k.last() != k.name {
			cost = 1 + min(cost, distance(plain(prefix+name), plain(k.name))) // it stands in another table
		}
		consider(k.name, cost)
		if table, _, ok := strings.Cut(k.name, "."); ok && prefix == "" {
			consider(table, distance(want, table))
		}
	}
	if best == "" {
		best = onlyKeyWithWord(want)
	}
	if best == "" {
		return "; `config` lists them all"
	}
	return "; did you mean " + best + "?"
}

// didYouMeanVariable is didYouMean for the name of an environment variable: the
// nearest one, or that of the key which the rest of the name would be.
func didYouMeanVariable(name string) string {
	rest := strings.ToLower(strings.TrimPrefix(name, "REACTOR_"))
	best, bestCost := "", max(2, len(rest)/4)+1
	for i := range keys {
		k := &keys[i]
		if plain(rest) == plain(k.name) || k.name == onlyKeyWithWord(rest) {
			best, bestCost = k.env, 0
			if k.env == "" {
				return "; " + k.name + " is set in the file only"
			}
		}
		if cost := distance(name, k.env); k.env != "" && cost < bestCost {
			best, bestCost = k.env, cost
		}
	}
	if best == "" {
		return "; `help` lists them"
	}
	return "; did you mean " + best + "?"
}

// onlyKeyWithWord finds "bind_port" for "port", and any other key by its last
// word if no second one ends in it.
func onlyKeyWithWord(word string) (found string) {
	if lookup("bind_"+word) != nil {
		return "bind_" + word
	}
	for i := range keys {
		if !strings.HasSuffix(keys[i].name, "_"+word) {
			continue
		}
		if found != "" {
			return ""
		}
		found = keys[i].name
	}
	return found
}

// didYouMeanNested is for a name with a dot inside quotes.
func didYouMeanNested(name string) string {
	table, rest, _ := strings.Cut(name, ".")
	if lookup(name) == nil {
		return "; `config` lists them all"
	}
	return "; write " + rest + " into the table " + table
}

// plain is a name without what people spell differently.
func plain(name string) string {
	return strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(strings.ToLower(name))
}

// shownKey is a key from a file as a message names it: as it is if it looks
// like a key, else quoted and cut.
func shownKey(name string) string {
	for _, r := range name {
		ok := r == '_' || r == '-' || r == '.' || r == '[' || r == ']' ||
			'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		if !ok {
			return quote(name)
		}
	}
	if name == "" || len(name) > 60 {
		return quote(name)
	}
	return name
}

// distance is the number of inserted, left out, changed or swapped
// neighbouring letters that make b of a (optimal string alignment).
func distance(a, b string) int {
	if len(a) > 60 {
		return len(a)
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(change, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
