package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
)

// The manual has a row for each key, which begins with its name and holds its
// default, its variable and its option.
func TestTheManualHasEveryKey(t *testing.T) {
	t.Parallel()
	manual, err := os.ReadFile("../../../docs/configuration.md")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the module is used without the rest of the tree, which holds the manual")
	}
	if err != nil {
		t.Fatal(err)
	}
	defaults := Default()
	for i := range keys {
		k := &keys[i]
		_, row, found := strings.Cut(string(manual), "\n| `"+k.name+"` |")
		if !found {
			t.Errorf("the manual has no row for %s", k.name)
			continue
		}
		row, _, _ = strings.Cut(row, "\n")
		wanted := []string{k.env, k.flag}
		switch value := k.printed(&defaults).(type) {
		case string:
			wanted = append(wanted, fmt.Sprintf("%q", value))
		case int64, bool:
			wanted = append(wanted, fmt.Sprint(value))
		}
		for _, want := range wanted {
			if want != "" && !strings.Contains(row, "`"+want+"`") {
				t.Errorf("the row of %s lacks `%s`: %s", k.name, want, row)
			}
		}
	}
}
