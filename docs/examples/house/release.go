package house

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Release tags version in the repository at root, lowest module first, and
// pushes nothing. It makes three commits:
//
//  1. every go.mod requires its siblings at version, and the changelog gets
//     the heading; all modules but the installable ones are tagged here;
//  2. installable modules lose their replace lines and are tagged here;
//  3. the replace lines come back, for those who work on the tree.
//
// It returns the tags in the order in which they were made.
func Release(root, version string, now time.Time) ([]string, error) {
	if err := checkVersion(version); err != nil {
		return nil, err
	}
	if out, err := git(root, "status", "--porcelain"); err != nil {
		return nil, err
	} else if out != "" {
		return nil, errors.New("house: the work tree has changes, commit them first:\n" + out)
	}
	if err := prepare(root, version, now); err != nil {
		return nil, err
	}
	var libraries, commands []Module
	for _, m := range Published() {
		if m.Installable {
			commands = append(commands, m)
		} else {
			libraries = append(libraries, m)
		}
	}
	tags, err := commitAndTag(root, "house: release "+version, version, libraries)
	if err != nil {
		return tags, err
	}
	more, err := releaseCommands(root, version, commands)
	return append(tags, more...), err
}

// prepare writes version into the go.mod files and the changelog.
func prepare(root, version string, now time.Time) error {
	for _, m := range Modules() {
		f, err := m.goMod(root)
		if err != nil {
			return err
		}
		if err := setSiblings(f, version); err != nil {
			return err
		}
		b, err := f.Format()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(root, m.Dir, "go.mod"), b, 0o644); err != nil {
			return err
		}
	}
	return rewrite(filepath.Join(root, "CHANGELOG.md"), func(b []byte) ([]byte, error) {
		const open = "## [Unreleased]\n"
		heading := fmt.Sprintf("%s\n## [%s] - %s\n", open, version[1:], now.Format(time.DateOnly))
		return []byte(strings.Replace(string(b), open, heading, 1)), nil
	})
}

// releaseCommands tags the installable modules at a commit without replace
// lines, and restores the lines in the commit after it.
func releaseCommands(root, version string, commands []Module) ([]string, error) {
	restore := make(map[string][]byte)
	for _, m := range commands {
		name := filepath.Join(root, m.Dir, "go.mod")
		before, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		restore[name] = before
		after, err := publishedGoMod(root, version, m)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(name, after, 0o644); err != nil {
			return nil, err
		}
	}
	tags, err := commitAndTag(root, "house: release the commands of "+version+" without replace lines", version, commands)
	if err != nil {
		return tags, err
	}
	for name, b := range restore {
		if err := os.WriteFile(name, b, 0o644); err != nil {
			return tags, err
		}
	}
	return tags, commit(root, "house: restore the replace lines")
}

func commitAndTag(root, subject, version string, modules []Module) ([]string, error) {
	if err := commit(root, subject); err != nil {
		return nil, err
	}
	var tags []string
	for _, m := range modules {
		tag := m.Dir + "/" + version
		if _, err := git(root, "tag", "-a", "-m", tag, tag); err != nil {
			return tags, err
		}
		tags = append(tags, tag)
	}
	return tags, nil
}

// commit records all changes of tracked files. It may be empty, for example
// when the versions were right already.
func commit(root, subject string) error {
	_, err := git(root, "commit", "-q", "--allow-empty", "-a", "-m", subject)
	return err
}
