// Command nethttp serves the routes of bench with the standard library's
// net/http, as its documentation would have one write it.
//
//	nethttp -addr 127.0.0.1:0                          HTTP/1.1
//	nethttp -addr 127.0.0.1:0 -h2c                     and HTTP/2 from the first octet
//	nethttp -addr 127.0.0.1:0 -cert FILE -key FILE     both over TLS
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// maxPause bounds /sleep and /spin.
const maxPause = 10 * time.Second

// fill is what bodies of /bytes consist of.
var fill = make([]byte, 64<<10)

// requests counts those to /mixed.
var requests atomic.Uint64

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	cert := flag.String("cert", "", "certificate `file`; makes the server speak TLS")
	key := flag.String("key", "", "`file` with its key")
	h2c := flag.Bool("h2c", false, "take HTTP/2 without TLS too")
	flag.Parse()
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on %s\n", ln.Addr())
	srv := http.Server{Handler: routes()}
	if *h2c {
		srv.Protocols = new(http.Protocols)
		srv.Protocols.SetHTTP1(true)
		srv.Protocols.SetUnencryptedHTTP2(true)
	}
	if *cert != "" {
		log.Fatal(srv.ServeTLS(ln, *cert, *key))
	}
	log.Fatal(srv.Serve(ln))
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /plaintext", plaintext)
	mux.HandleFunc("GET /json", sendJSON)
	mux.HandleFunc("GET /bytes/{n}", sendBytes)
	mux.HandleFunc("GET /sleep/{ms}", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(pause(r))
		plaintext(w, r)
	})
	mux.HandleFunc("GET /spin/{ms}", func(w http.ResponseWriter, r *http.Request) {
		for end := time.Now().Add(pause(r)); time.Now().Before(end); {
		}
		plaintext(w, r)
	})
	mux.HandleFunc("GET /mixed", func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1)%100 == 0 {
			time.Sleep(50 * time.Millisecond)
		}
		plaintext(w, r)
	})
	mux.HandleFunc("POST /echo", echo)
	mux.HandleFunc("POST /upload", func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, strconv.FormatInt(n, 10))
	})
	return mux
}

func plaintext(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(w, "Hello, World!")
}

func sendJSON(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	b, _ := json.Marshal(struct {
		Message string `json:"message"`
	}{"Hello, World!"})
	_, _ = w.Write(b)
}

func sendBytes(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil || n < 0 {
		http.Error(w, "not a number of bytes", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(n, 10))
	for n > 0 {
		k, err := w.Write(fill[:min(n, int64(len(fill)))])
		if err != nil {
			return
		}
		n -= int64(k)
	}
}

func echo(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(b)
}

// pause reads the milliseconds in the path.
func pause(r *http.Request) time.Duration {
	ms, _ := strconv.Atoi(r.PathValue("ms"))
	return min(max(time.Duration(ms)*time.Millisecond, 0), maxPause)
}
