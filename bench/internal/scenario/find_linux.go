package scenario

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Find returns the scenarios of a comma-separated list of names and patterns
// in the order of the list; "all" is every one. A pattern has * for any run of
// characters and ? for any one, as in "ws-*", and stands for all that it fits,
// in the order of tables.
func Find(names string) ([]*Scenario, error) {
	all := List()
	if names == "all" {
		return all, nil
	}
	var found []*Scenario
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		fits := false
		for _, s := range all {
			ok, err := path.Match(name, s.Name)
			if err != nil {
				return nil, fmt.Errorf("scenario %q: %w", name, err)
			}
			if ok && !slices.Contains(found, s) {
				found = append(found, s)
			}
			fits = fits || ok
		}
		if !fits {
			var known []string
			for _, s := range all {
				known = append(known, s.Name)
			}
			return nil, fmt.Errorf("no scenario %q; there are %s", name, strings.Join(known, ", "))
		}
	}
	return found, nil
}
