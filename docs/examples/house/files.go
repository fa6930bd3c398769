package house

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Files returns the files that make up the tree below root, relative to it,
// slash-separated and sorted: what git tracks and what it would track, as it
// lies in the work tree now.
func Files(root string) ([]string, error) {
	out, err := git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return nil, err
	}
	var files []string
	for name := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
		info, err := os.Lstat(filepath.Join(root, name))
		if err == nil && info.Mode().IsRegular() {
			files = append(files, name) // else deleted, but not yet in the index
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// Copy copies the files of the tree below root to dst and makes dst a git
// repository with one commit, as a fresh clone would be.
func Copy(root, dst string) error {
	files, err := Files(root)
	if err != nil {
		return err
	}
	for _, name := range files {
		if err := copyFile(filepath.Join(root, name), filepath.Join(dst, name)); err != nil {
			return err
		}
	}
	for _, args := range [][]string{
		{"init", "-q", "-b", "main"},
		{"add", "-A"},
		{"commit", "-q", "-m", "house: a copy of the tree"},
	} {
		if _, err := git(dst, args...); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, b, info.Mode().Perm())
}

// moduleFiles picks from files those that belong to the module in dir, and not
// to a module nested in it.
func moduleFiles(files []string, dir string) []string {
	var nested []string
	for _, name := range files {
		if path, ok := strings.CutSuffix(name, "/go.mod"); ok && strings.HasPrefix(path, dir+"/") {
			nested = append(nested, path+"/")
		}
	}
	var own []string
	for _, name := range files {
		isNested := slices.ContainsFunc(nested, func(n string) bool { return strings.HasPrefix(name, n) })
		if strings.HasPrefix(name, dir+"/") && !isNested {
			own = append(own, name)
		}
	}
	return own
}

// git runs git in dir and returns what it printed. The tree may belong to
// another user, as in a container.
func git(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-c", "safe.directory=*", "-C", dir}, args...)...)
	var out, fault bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &fault
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, fault.Bytes())
	}
	return out.String(), nil
}

// rewrite replaces the file by what edit makes of it, if that differs, and
// keeps its permissions.
func rewrite(name string, edit func([]byte) ([]byte, error)) error {
	before, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	after, err := edit(before)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if bytes.Equal(before, after) {
		return nil
	}
	return os.WriteFile(name, after, fs.FileMode(0o644)) // the mode of an existing file stays
}
