// Command cmd does for the Makefile what needs more than a line of shell.
//
//	cmd modules -version v0.1.0 -o dist/proxy
//	cmd rehome host/owner/repo
//	cmd release v0.1.0
//	cmd suite basic
//	cmd certs build/certs
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"reactor.example/docs/examples/house"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	root, err := house.Root()
	if err != nil {
		return err
	}
	if len(args) < 2 {
		return errors.New("usage: modules|rehome|release|suite|certs, then its argument")
	}
	switch verb, args := args[0], args[1:]; verb {
	case "modules":
		return modules(root, args)
	case "rehome":
		return house.Rehome(root, args[0])
	case "release":
		return release(root, args[0])
	case "suite":
		return house.RunSuite(root, args[0], os.Stdout)
	case "certs":
		return certs(root, args[0])
	default:
		return fmt.Errorf("unknown verb %q", verb)
	}
}

func modules(root string, args []string) error {
	flags := flag.NewFlagSet("modules", flag.ContinueOnError)
	version := flags.String("version", "", "version of all modules")
	out := flags.String("o", "", "folder of the proxy, relative to the root; it is replaced")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dist := *out
	if !filepath.IsAbs(dist) {
		dist = filepath.Join(root, dist)
	}
	if err := house.Pack(root, dist, *version); err != nil {
		return err
	}
	for _, m := range house.Published() {
		fmt.Printf("%s@%s\n", m.Path(), *version)
	}
	fmt.Printf("use them with GOPROXY=file://%s,$(go env GOPROXY) GONOSUMDB=%s\n", dist, house.Prefix)
	return nil
}

func certs(root, dir string) error {
	if err := house.WriteCerts(filepath.Join(root, dir), time.Now()); err != nil {
		return err
	}
	fmt.Printf("wrote %[1]s/cert.pem and %[1]s/key.pem, for localhost, 127.0.0.1 and ::1, good for 90 days\n", dir)
	fmt.Printf("tls.enabled, tls.cert_file and tls.key_file take them, for example:\n")
	fmt.Printf("REACTOR_TLS_ENABLED=1 REACTOR_TLS_CERT=%[1]s/cert.pem REACTOR_TLS_KEY=%[1]s/key.pem ./server_runner start\n", dir)
	return nil
}

func release(root, version string) error {
	tags, err := house.Release(root, version, time.Now())
	if err != nil {
		return err
	}
	for _, tag := range tags {
		fmt.Println("tagged", tag)
	}
	fmt.Println("nothing was pushed: git push --follow-tags does it")
	return nil
}
