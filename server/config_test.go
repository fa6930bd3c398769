package server

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// A program sets fields, so its faults are named by fields that exist.
func TestFaultsNameTheFieldsOfConfig(t *testing.T) {
	t.Parallel()
	const bad = -7
	c := Config{
		BindPort: bad, BindHost: "127.0.0", WorkerThreads: bad,
		MaxConnections: bad, MaxConnectionsPerAddress: bad, MaxRequestsInFlight: bad,
		IdleTimeout: bad, RequestTimeout: bad, ShutdownDrainTimeout: bad, MinRate: bad, MinRateGrace: bad,
		MaxHeaderSize: 1, MaxTargetSize: bad, MaxHeaderFields: bad, MaxBodySize: bad, MaxWSMessageSize: bad,
		InlineBody: bad, BodyBuffer: bad, OutputHighWater: bad, LingerBytes: bad, LingerTimeout: bad,
		Listeners: []Listener{{Host: "127.0.0", Protocols: []string{"h3"}, RedirectHTTPS: 1, TLS: &TLSConfig{}}},
		HTTP2:     HTTP2Config{InitialWindowSize: 1 << 31, MaxFrameSize: 1, MaxWindowSize: 1 << 31},
		TLS: TLSConfig{
			Enabled: true, MinVersion: "1", ClientAuth: "x", MaxHandshakes: bad, MaxHandshakesPerAddress: bad,
			HandshakeTimeout: bad, ReloadInterval: bad, TrustedAddresses: []string{"x"}, Certificates: make([]Certificate, 1),
		},
		WebSocket: WebSocketConfig{PingInterval: bad, PongTimeout: bad, CloseTimeout: bad, MaxBacklog: bad, SlowReader: "x", ShutdownSpread: bad},
	}
	var faults ConfigError
	if err := c.Validate(); !errors.As(err, &faults) || len(faults) < 40 {
		t.Fatalf("%d faults: %v", len(faults), err)
	}
	for _, f := range faults {
		at := reflect.TypeFor[Config]()
		for part := range strings.SplitSeq(fieldName(f.Key), ".") {
			if at.Kind() == reflect.Slice {
				at = at.Elem()
			}
			field, ok := at.FieldByName(part)
			if !ok {
				t.Errorf("%s: there is no field %s in %s", f, part, at)
				break
			}
			at = field.Type
		}
	}
	const want = "IdleTimeout (idle_timeout_sec): must be 0 (off) or more"
	if got := c.Validate().Error(); !strings.Contains(got, want) {
		t.Errorf("error %q, want in it %q", got, want)
	}
	if got := fieldName("tls.client_ca_file"); got != "TLS.ClientCAFile" {
		t.Errorf("fieldName = %s", got)
	}
}
