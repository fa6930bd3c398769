// Command fasthttp serves the routes of bench with github.com/valyala/fasthttp,
// as its documentation would have one write it.
//
//	fasthttp -addr 127.0.0.1:0 [-cert FILE -key FILE]
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// maxPause bounds /sleep and /spin.
const maxPause = 10 * time.Second

// fill is what bodies of /bytes consist of.
var fill = make([]byte, 1<<20)

// requests counts those to /mixed.
var requests atomic.Uint64

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "address to listen on; port 0 takes a free one")
	stream := flag.Bool("stream", false, "hand large request bodies to handlers as a stream")
	cert := flag.String("cert", "", "certificate `file`; makes the server speak TLS")
	key := flag.String("key", "", "`file` with its key")
	flag.Parse()
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on %s\n", ln.Addr())
	srv := fasthttp.Server{Handler: handle, StreamRequestBody: *stream, MaxRequestBodySize: 64 << 20}
	if *cert != "" {
		log.Fatal(srv.ServeTLS(ln, *cert, *key))
	}
	log.Fatal(srv.Serve(ln))
}

func handle(ctx *fasthttp.RequestCtx) {
	switch path := string(ctx.Path()); {
	case path == "/plaintext":
		plaintext(ctx)
	case path == "/json":
		ctx.SetContentType("application/json")
		b, _ := json.Marshal(struct {
			Message string `json:"message"`
		}{"Hello, World!"})
		ctx.SetBody(b)
	case strings.HasPrefix(path, "/bytes/"):
		sendBytes(ctx, path[len("/bytes/"):])
	case strings.HasPrefix(path, "/sleep/"):
		time.Sleep(pause(path[len("/sleep/"):]))
		plaintext(ctx)
	case strings.HasPrefix(path, "/spin/"):
		for end := time.Now().Add(pause(path[len("/spin/"):])); time.Now().Before(end); {
		}
		plaintext(ctx)
	case path == "/mixed":
		if requests.Add(1)%100 == 0 {
			time.Sleep(50 * time.Millisecond)
		}
		plaintext(ctx)
	case path == "/echo" && ctx.IsPost():
		ctx.SetContentType("application/octet-stream")
		ctx.SetBody(ctx.PostBody())
	case path == "/upload" && ctx.IsPost():
		upload(ctx)
	default:
		ctx.Error("not found", fasthttp.StatusNotFound)
	}
}

func plaintext(ctx *fasthttp.RequestCtx) {
	ctx.SetContentType("text/plain")
	ctx.SetBodyString("Hello, World!")
}

// sendBytes sends small bodies without a copy and large ones as a stream.
func sendBytes(ctx *fasthttp.RequestCtx, arg string) {
	n, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || n < 0 {
		ctx.Error("not a number of bytes", fasthttp.StatusBadRequest)
		return
	}
	ctx.SetContentType("application/octet-stream")
	if n <= int64(len(fill)) {
		ctx.Response.SetBodyRaw(fill[:n])
		return
	}
	ctx.SetBodyStream(io.LimitReader(endless{}, n), int(n))
}

// endless reads from fill for ever.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return copy(b, fill), nil }

func upload(ctx *fasthttp.RequestCtx) {
	body := ctx.RequestBodyStream()
	if body == nil {
		ctx.SetBodyString(strconv.Itoa(len(ctx.PostBody())))
		return
	}
	n, err := io.Copy(io.Discard, body)
	if err != nil {
		ctx.SetConnectionClose()
		ctx.Error("upload cut off", fasthttp.StatusBadRequest)
		return
	}
	ctx.SetBodyString(strconv.FormatInt(n, 10))
}

// pause reads milliseconds.
func pause(arg string) time.Duration {
	ms, _ := strconv.Atoi(arg)
	return min(max(time.Duration(ms)*time.Millisecond, 0), maxPause)
}
