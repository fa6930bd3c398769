//go:build linux

package peer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"reactor.example/bench/internal/load"
)

// ErrUnavailable reports a server that this machine does not have.
var ErrUnavailable = errors.New("not available here")

// A Catalog knows how to build and start each server. It belongs to one
// goroutine. Close removes what it built.
type Catalog struct {
	// Reactor is the file of our own binary.
	Reactor string
	// Sources is the folder with the peers' sources, bench/peers.
	Sources string
	// StreamBytes is the largest body that will be asked for, in bytes; servers of
	// files send it from a sparse one.
	StreamBytes int64

	work  string
	built map[string]string
	cert  certificate
}

// Options are about one start.
type Options struct {
	Stream bool // the load will send a body that does not fit into memory
	Mode   load.Mode
	Config string // of our own server: a configuration in TOML; others ignore it
}

// Close removes everything that the catalog built.
func (c *Catalog) Close() error {
	if c.work == "" {
		return nil
	}
	return os.RemoveAll(c.work)
}

// Prepare builds what sp needs, or returns an error that wraps ErrUnavailable
// if the machine lacks it.
func (c *Catalog) Prepare(ctx context.Context, sp Spec) error {
	_, err := c.binary(ctx, sp)
	return err
}

// binary returns the file to execute, and builds it the first time.
func (c *Catalog) binary(ctx context.Context, sp Spec) (string, error) {
	if sp.Name == Own {
		file := c.Reactor
		if sp.Binary != "" {
			file = sp.Binary
		}
		if _, err := os.Stat(file); err != nil {
			return "", fmt.Errorf("peer: %s: %w: %w", sp, ErrUnavailable, err)
		}
		return filepath.Abs(file)
	}
	if file := c.built[sp.Name]; file != "" {
		return file, nil
	}
	if err := c.makeWork(); err != nil {
		return "", err
	}
	file := filepath.Join(c.work, sp.Name)
	var err error
	switch sp.Name {
	case "nginx", "h2o", "nghttpd":
		file, err = exec.LookPath(sp.Name)
	case "floor":
		err = c.compile(ctx, file)
	default:
		err = c.goBuild(ctx, sp.Name, file)
	}
	if errors.Is(err, exec.ErrNotFound) {
		err = fmt.Errorf("peer: %s: %w: %w", sp, ErrUnavailable, err)
	}
	if err != nil {
		return "", err
	}
	c.built[sp.Name] = file
	return file, nil
}

func (c *Catalog) makeWork() (err error) {
	if c.work == "" {
		c.built = make(map[string]string)
		c.work, err = os.MkdirTemp("", "reactor-bench-")
	}
	return err
}

// compile makes the C floor with whatever C compiler there is.
func (c *Catalog) compile(ctx context.Context, out string) error {
	cc, err := exec.LookPath("cc")
	if err != nil {
		return err
	}
	src := filepath.Join(c.Sources, "floor", "floor.c")
	return build(exec.CommandContext(ctx, cc, "-O2", "-pthread", "-o", out, src))
}

// goBuild makes a peer that is a Go module of its own.
func (c *Catalog) goBuild(ctx context.Context, name, out string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", out, ".")
	cmd.Dir = filepath.Join(c.Sources, name)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	return build(cmd)
}

// build runs a compiler and puts what it said into the error.
func build(cmd *exec.Cmd) error {
	said, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("peer: %s: %w\n%s", cmd, err, said)
	}
	return nil
}

// command returns the command that serves sp, and its address if it is known
// before the server says it.
func (c *Catalog) command(ctx context.Context, sp Spec, o Options) (cmd *exec.Cmd, addr string, err error) {
	file, err := c.binary(ctx, sp)
	if err != nil {
		return nil, "", err
	}
	if o.Mode.TLS {
		if err := c.makeCertificate(); err != nil {
			return nil, "", err
		}
	}
	var args []string
	env := os.Environ()
	switch sp.Name {
	case Own:
		args, err = c.own(o)
		if o.Mode.TLS {
			env = append(env, "REACTOR_TLS_ENABLED=true", "REACTOR_TLS_CERT="+c.cert.cert, "REACTOR_TLS_KEY="+c.cert.key)
		}
	case "nginx":
		addr, args, err = c.nginx(o.Mode)
	case "h2o":
		addr, args, err = c.h2o(o.Mode)
	case "nghttpd":
		addr, args, err = c.nghttpd(o.Mode)
	default:
		args = c.flags(sp, o)
	}
	if err != nil {
		return nil, "", err
	}
	cmd = exec.Command(file, args...)
	cmd.Env = env
	if sp.Procs > 0 {
		cmd.Env = append(cmd.Env, fmt.Sprintf("GOMAXPROCS=%d", sp.Procs))
	}
	return cmd, addr, nil
}

// own returns the arguments of our own server.
func (c *Catalog) own(o Options) ([]string, error) {
	args := []string{"start", "-p", "0", "-H", "127.0.0.1", "--examples"}
	if o.Config == "" {
		return args, nil
	}
	if err := c.makeWork(); err != nil {
		return nil, err
	}
	file := filepath.Join(c.work, "server.toml")
	return append(args, "-c", file), os.WriteFile(file, []byte(o.Config), 0o600)
}

// flags returns the arguments of the peers that are ours to write.
func (c *Catalog) flags(sp Spec, o Options) []string {
	args := []string{"-addr", "127.0.0.1:0"}
	if o.Mode.TLS {
		args = append(args, "-cert", c.cert.cert, "-key", c.cert.key)
	} else if o.Mode.Proto == load.HTTP2 {
		args = append(args, "-h2c")
	}
	if sp.Name == "fasthttp" && o.Stream {
		args = append(args, "-stream")
	}
	return args
}
