package house

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	modzip "golang.org/x/mod/zip"
)

// Pack writes every published module of the tree below root into dist, as a
// proxy that GOPROXY=file://dist understands, in place of what dist had of
// them. All get version, and require their siblings at that version, as
// Release would tag them.
func Pack(root, dist, version string) error {
	if err := checkVersion(version); err != nil {
		return err
	}
	files, err := Files(root)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(dist, filepath.FromSlash(Prefix))); err != nil {
		return err
	}
	for _, m := range Published() {
		if err := packModule(root, dist, version, m, moduleFiles(files, m.Dir)); err != nil {
			return fmt.Errorf("pack %s: %w", m.Dir, err)
		}
	}
	return nil
}

// checkVersion refuses what cannot be the version of a module without a major
// version at the end of its path.
func checkVersion(version string) error {
	major := semver.Major(version)
	if semver.Canonical(version) != version || major != "v0" && major != "v1" {
		return fmt.Errorf("house: %q is not a version like v0.1.0", version)
	}
	return nil
}

// packModule writes the four files of one version: list, info, mod and zip.
func packModule(root, dist, version string, m Module, files []string) error {
	goMod, err := publishedGoMod(root, version, m)
	if err != nil {
		return err
	}
	dir := filepath.Join(dist, filepath.FromSlash(m.Path()), "@v")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	info, err := json.Marshal(struct {
		Version string
		Time    time.Time
	}{version, commitTime(root)})
	if err != nil {
		return err
	}
	archive, err := moduleZip(root, version, m, files, goMod)
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"list":            []byte(version + "\n"),
		version + ".info": info,
		version + ".mod":  goMod,
		version + ".zip":  archive,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// publishedGoMod returns the go.mod of m as it is published: siblings at
// version, and no replace lines where go install would refuse them.
func publishedGoMod(root, version string, m Module) ([]byte, error) {
	f, err := m.goMod(root)
	if err != nil {
		return nil, err
	}
	if err := setSiblings(f, version); err != nil {
		return nil, err
	}
	if m.Installable {
		if err := dropReplaces(f); err != nil {
			return nil, err
		}
	}
	return f.Format()
}

// moduleZip packs the files of m. The licence of the tree comes along, as it
// does when the go command packs a module that lies in a folder.
func moduleZip(root, version string, m Module, files []string, goMod []byte) ([]byte, error) {
	entries := []modzip.File{diskFile{"LICENSE", filepath.Join(root, "LICENSE")}}
	for _, name := range files {
		inside := strings.TrimPrefix(name, m.Dir+"/")
		if inside == "go.mod" {
			entries = append(entries, goModFile{diskFile{inside, filepath.Join(root, name)}, goMod})
			continue
		}
		entries = append(entries, diskFile{inside, filepath.Join(root, name)})
	}
	var b bytes.Buffer
	err := modzip.Create(&b, module.Version{Path: m.Path(), Version: version}, entries)
	return b.Bytes(), err
}

// commitTime returns the time of the last commit, so that packing twice gives
// the same bytes; without one, the zero time.
func commitTime(root string) time.Time {
	out, err := git(root, "log", "-1", "--format=%cI")
	if err != nil {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, strings.TrimSpace(out))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// A diskFile is a file of a module as it lies in the tree.
type diskFile struct{ path, source string }

func (f diskFile) Path() string                 { return f.path }
func (f diskFile) Lstat() (os.FileInfo, error)  { return os.Lstat(f.source) }
func (f diskFile) Open() (io.ReadCloser, error) { return os.Open(f.source) }

// A goModFile is a go.mod whose content differs from the file in the tree.
type goModFile struct {
	diskFile
	content []byte
}

// Lstat returns the size of the content, which is what the archive will hold.
func (f goModFile) Lstat() (os.FileInfo, error) {
	info, err := f.diskFile.Lstat()
	return sized{info, int64(len(f.content))}, err
}

func (f goModFile) Open() (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(f.content)), nil
}

type sized struct {
	os.FileInfo
	n int64
}

func (s sized) Size() int64 { return s.n }
