package config

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
)

// What start would refuse in the files of TLS, said at the key that names the
// file. A file that this user may not read is not judged: the server may run
// as another one.

// checkContents judges the certificate and the key in two files, whose keys
// stand in the table of that name: each by itself, then whether they belong
// together.
func (l *loader) checkContents(table, certFile, keyFile string) {
	certKey, keyKey := table+".cert_file", table+".key_file"
	l.refuse(certKey, contentFault(certFile, chainFault))
	l.refuse(keyKey, contentFault(keyFile, privateFault))
	if l.faults.has(certKey) || l.faults.has(keyKey) {
		return
	}
	chain, err := os.ReadFile(certFile)
	if err != nil {
		return
	}
	private, err := os.ReadFile(keyFile)
	if err != nil {
		return
	}
	if _, err := tls.X509KeyPair(chain, private); err != nil {
		l.refuse(keyKey, pairFault(certFile, keyFile, err))
	}
}

// pairFault puts into words why a key cannot serve a certificate that was
// found to be in order.
func pairFault(certFile, keyFile string, err error) string {
	reason := strings.TrimPrefix(err.Error(), "tls: ")
	if strings.Contains(reason, "does not match") {
		return quotePath(keyFile) + " belongs to another certificate than " + quotePath(certFile)
	}
	return quotePath(keyFile) + " cannot be used: " + reason
}

// contentFault hands what is in a file to judge, and puts the name of the file
// in front of what that says. A file that cannot be read has no fault here.
func contentFault(path string, judge func([]byte) string) string {
	if path == "" {
		return ""
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	if reason := judge(content); reason != "" {
		return quotePath(path) + " " + reason
	}
	return ""
}

// chainFault judges a certificate chain, of which the first certificate is the
// one that counts.
func chainFault(content []byte) string {
	block := findPEM(content, "CERTIFICATE")
	if block == nil {
		return "holds no certificate in PEM; give the file with the chain"
	}
	if _, err := x509.ParseCertificate(block.Bytes); err != nil {
		return "holds a certificate that cannot be used: " + strings.TrimPrefix(err.Error(), "x509: ")
	}
	return ""
}

// privateFault judges a key. Whether it can be used, its certificate says.
func privateFault(content []byte) string {
	block := findPEM(content, "PRIVATE KEY")
	if block == nil {
		return "holds no private key in PEM; give the file with the key of the certificate"
	}
	if strings.HasPrefix(block.Type, "ENCRYPTED") || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
		return "holds a key that is encrypted; store it without a passphrase"
	}
	return ""
}

// authorityFault judges the certificates of those who vouch for clients.
func authorityFault(content []byte) string {
	if !x509.NewCertPool().AppendCertsFromPEM(content) {
		return "holds no certificate in PEM"
	}
	return ""
}

// stapleFault judges an OCSP response: it must be a successful one (RFC 6960,
// section 4.2.1).
func stapleFault(content []byte) string {
	var response struct {
		Status asn1.Enumerated
		Bytes  asn1.RawValue `asn1:"optional,explicit,tag:0"`
	}
	if rest, err := asn1.Unmarshal(content, &response); err != nil || len(rest) > 0 {
		return "is no OCSP response in DER"
	}
	if response.Status != 0 {
		return fmt.Sprintf("is an OCSP response with error status %d; fetch it again", response.Status)
	}
	return ""
}

// findPEM returns the first block whose type ends with kind, or nil.
func findPEM(content []byte, kind string) *pem.Block {
	for {
		var block *pem.Block
		if block, content = pem.Decode(content); block == nil || strings.HasSuffix(block.Type, kind) {
			return block
		}
	}
}
