package tls_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	stdtls "crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/netip"
	"time"

	"reactor.example/tls"
)

// One connection, with a net.Pipe for a network. A real server would do the
// same on its event loop, without blocking in Read.
func Example() {
	acceptor, err := tls.NewAcceptor(tls.Config{
		Certificates: []tls.Pair{{Certificate: selfSigned()}}, // or CertFile and KeyFile
		NextProtos:   []string{"http/1.1"},
	})
	if err != nil {
		log.Fatal(err)
	}
	ours, theirs := net.Pipe()
	go client(theirs)

	woken := make(chan struct{}, 1) // an event loop would post to itself
	session := acceptor.NewSession(netip.MustParseAddr("192.0.2.1"), func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	})
	received := make(chan []byte, 16) // a pipe holds nothing, a network does
	go func() {
		defer close(received)
		for {
			b := make([]byte, 4096)
			n, err := ours.Read(b)
			if err != nil {
				return
			}
			received <- b[:n]
		}
	}()

	var request []byte
	for !bytes.HasSuffix(request, []byte("\r\n\r\n")) {
		var in []byte
		select {
		case in = <-received:
		case <-woken:
		}
		if session.Phase() < tls.PhaseOpen {
			if _, err := session.Feed(in); err != nil {
				log.Fatal(err)
			}
		} else if request, err = session.Open(request, in); err != nil {
			log.Fatal(err)
		}
		if out := session.AppendOutput(nil); len(out) > 0 {
			ours.Write(out)
		}
	}
	fmt.Printf("server: %q by %s\n", request, session.Protocol())

	reply, err := session.Seal(nil, []byte("HTTP/1.1 204 No Content\r\n\r\n"))
	if err != nil {
		log.Fatal(err)
	}
	ours.Write(session.AppendClose(reply))
	for range received { // until the client has read it and closed
	}
	// Output:
	// server: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" by http/1.1
	// client: "HTTP/1.1 204 No Content\r\n\r\n"
}

func client(conn net.Conn) {
	defer conn.Close()
	c := stdtls.Client(conn, &stdtls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	reply, err := io.ReadAll(c)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("client: %q\n", reply)
}

func selfSigned() *stdtls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"},
		NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		log.Fatal(err)
	}
	return &stdtls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// The first octet tells plain HTTP apart, so that the client can be answered
// in a language that it understands.
func ExampleNotTLSError() {
	acceptor, err := tls.NewAcceptor(tls.Config{Certificates: []tls.Pair{{Certificate: selfSigned()}}})
	if err != nil {
		log.Fatal(err)
	}
	session := acceptor.NewSession(netip.Addr{}, func() {})
	n, err := session.Feed([]byte("GET / HTTP/1.1\r\n\r\n"))
	if fault, ok := err.(*tls.NotTLSError); ok {
		fmt.Println(n, fault.HTTP, session.Phase(), err)
	}
	// Output:
	// 0 true closed tls: the client speaks plain HTTP
}

func ExampleConfig_Validate() {
	cfg := tls.Config{MinVersion: "1.1", CipherSuites: []string{"TLS_RSA_WITH_RC4_128_SHA"}, ClientAuth: "require"}
	fmt.Println(cfg.Validate())
	// Output:
	// tls: Certificates is empty; give at least one CertFile with its KeyFile
	// tls: MinVersion is "1.1"; it can be 1.2 or 1.3
	// tls: CipherSuites has TLS_RSA_WITH_RC4_128_SHA, which is not secure; leave it out
	// tls: ClientAuth is require, which needs a ClientCAFile
}
