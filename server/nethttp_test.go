package server_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"reactor.example/server"
	"reactor.example/server/servertest"
)

// A comparison is a request that net/http and FromHTTP have to answer alike.
type comparison struct {
	name    string
	handler http.HandlerFunc
	request string // lines end with \n here
	// framed leaves out the fields that say how the body is framed: we hold
	// back more than net/http before we send a response in chunks.
	framed bool
	// framed2 does so by HTTP/2 alone: we give no length if trailers follow.
	framed2 bool
	// only1 leaves out HTTP/2, for which the request cannot be sent or the
	// answer of net/http is none that a client could use.
	only1 bool
}

func get(path string, lines ...string) string {
	return "GET " + path + " HTTP/1.1\nHost: example.test\nConnection: close\n" + strings.Join(append(lines, "", ""), "\n")
}

func post(body string, lines ...string) string {
	lines = append([]string{"POST /p HTTP/1.1", "Host: example.test", "Connection: close"}, lines...)
	return strings.Join(lines, "\n") + "\n\n" + body
}

// dump answers with everything that a handler can see of its request.
func dump(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	remote, _, splitErr := net.SplitHostPort(r.RemoteAddr)
	local, _ := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	std, _ := r.Context().Value(http.ServerContextKey).(*http.Server)
	fmt.Fprintf(w, "%s %#v %q\n%s %d.%d\n", r.Method, r.URL, r.RequestURI, r.Proto, r.ProtoMajor, r.ProtoMinor)
	fmt.Fprintf(w, "%q %d %q %q %v\n", r.Host, r.ContentLength, r.TransferEncoding, r.Trailer, r.Close)
	// By HTTP/2 net/http never has that one.
	fmt.Fprintf(w, "%q\n%q %v %v\n", r.Header, b, err, r.Body == http.NoBody && r.ProtoMajor == 1)
	fmt.Fprintf(w, "%s %v %v %v %v\n", remote, splitErr, local.IP, std != nil, r.TLS == nil)
	fmt.Fprintf(w, "%v %v\n", r.Context().Err(), r.GetBody == nil)
}

var comparisons = []comparison{
	{name: "request", handler: dump, request: get("/a%2fb/c;d?x=1&y=%20", "Accept: a", "Accept: b", "X-Odd-name: v", "Cookie: a=1; b=2")},
	{name: "absolute form", handler: dump, request: "GET http://other.test:81/p?q HTTP/1.1\nHost: other.test:81\nConnection: close\n\n"},
	{name: "old version", only1: true, handler: dump, request: "GET / HTTP/1.0\n\n"},
	{name: "old version with keep-alive", only1: true, handler: func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Close)
	}, request: "GET / HTTP/1.0\nConnection: keep-alive\n\n"},
	{name: "no-cache", handler: dump, request: get("/", "Pragma: no-cache")},
	{name: "length", handler: dump, request: post("hello", "Content-Length: 5", "Content-Type: text/plain")},
	{name: "chunks and trailers", handler: dump, request: post("5\nhello\n0\nX-Sum: 1\nX-Other: 2\n\n", "Transfer-Encoding: chunked", "Trailer: X-Sum, X-None")},
	{name: "nothing", handler: func(http.ResponseWriter, *http.Request) {}, request: get("/")},
	{name: "plain", handler: func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }, request: get("/")},
	{name: "sniffed over several writes", handler: func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "<ht")
		io.WriteString(w, "ml>")
	}, request: get("/")},
	{name: "sniffed binary", handler: func(w http.ResponseWriter, _ *http.Request) {
		w.Write(append([]byte("\x89PNG\x0D\x0A\x1A\x0A"), make([]byte, 700)...))
	}, request: get("/")},
	{name: "not sniffed", handler: func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		io.WriteString(w, "<html>")
	}, request: get("/")},
	{name: "encoded", handler: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		io.WriteString(w, "<html>")
	}, request: get("/")},
	{name: "status and fields", handler: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("X-B", "2")
		w.Header().Add("X-B", "3")
		w.Header()["Bad Name"] = []string{"x"}
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		w.WriteHeader(418)
		w.Header().Set("X-Late", "no")
		w.WriteHeader(500)
		io.WriteString(w, "teapot")
	}, request: get("/")},
	{name: "values that cannot be sent", only1: true, handler: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-B", "3\r\nEvil: yes")
		w.Header().Set("X-A", " 1 ")
	}, request: get("/")},
	{name: "date of its own", handler: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", "yesterday")
	}, request: get("/")},
	{name: "no date", handler: func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
	}, request: get("/")},
	{name: "declared length", only1: true, handler: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "5")
		_, err := io.WriteString(w, "hello, too long")
		io.WriteString(w, "hello")
		w.Header().Set("X", fmt.Sprint(err))
		if !errors.Is(err, http.ErrContentLength) {
			panic(err)
		}
	}, request: "HEAD / HTTP/1.1\nHost: x\nConnection: close\n\n"},
	{name: "length that is none", framed: true, handler: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "many")
		io.WriteString(w, "hello")
	}, request: get("/")},
	{name: "head", handler: func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }, request: "HEAD / HTTP/1.1\nHost: x\nConnection: close\n\n"},
	{name: "head without a word", handler: func(http.ResponseWriter, *http.Request) {}, request: "HEAD / HTTP/1.1\nHost: x\nConnection: close\n\n"},
	{name: "head that is flushed", framed: true, handler: func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "hello")
		w.(http.Flusher).Flush()
		io.WriteString(w, "hello")
	}, request: "HEAD / HTTP/1.1\nHost: x\nConnection: close\n\n"},
	{name: "head with a length", handler: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000000")
		w.WriteHeader(200)
	}, request: "HEAD / HTTP/1.1\nHost: x\nConnection: close\n\n"},
	{name: "not modified", only1: true, handler: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		w.Header().Set("Content-Length", "7")
		w.Header().Set("Etag", `"x"`)
		w.WriteHeader(304)
		if _, err := io.WriteString(w, "x"); err != http.ErrBodyNotAllowed {
			panic(err)
		}
	}, request: get("/")},
	{name: "no content", handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, request: get("/")},
	{name: "interim", handler: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</a.css>; rel=preload")
		w.WriteHeader(103)
		w.Header().Set("X-Final", "1")
		io.WriteString(w, "done")
	}, request: get("/")},
	{name: "announced trailers", framed2: true, handler: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Trailer", "X-Sum, X-Unset")
		io.WriteString(w, "hello")
		w.Header().Set("X-Sum", "5")
	}, request: get("/")},
	{name: "unannounced trailers", framed: true, handler: func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "hello")
		w.(http.Flusher).Flush()
		w.Header().Set(http.TrailerPrefix+"X-Sum", "5")
		w.Header().Set(http.TrailerPrefix+"X-Also", "6")
	}, request: get("/")},
	{name: "flushed", framed: true, handler: func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "one")
		w.(http.Flusher).Flush()
		io.WriteString(w, "two")
	}, request: get("/")},
	{name: "flushed empty", framed: true, handler: func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		io.WriteString(w, "<html>")
	}, request: get("/")},
	{name: "flushed to an old client", only1: true, framed: true, handler: func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "one")
		w.(http.Flusher).Flush()
		io.WriteString(w, "two")
	}, request: "GET / HTTP/1.0\n\n"},
	{name: "large", framed: true, handler: func(w http.ResponseWriter, _ *http.Request) {
		for range 1000 {
			io.WriteString(w, strings.Repeat("x", 999))
		}
	}, request: get("/")},
	{name: "from a reader", only1: true, framed: true, handler: func(w http.ResponseWriter, _ *http.Request) {
		n, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader(strings.Repeat("<p>", 30000)))
		if n != 90000 || err != nil {
			panic(err)
		}
	}, request: get("/")},
	{name: "body beyond a limit", handler: func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 3))
		var tooLarge *http.MaxBytesError
		http.Error(w, fmt.Sprintf("%q %v %v", b, err, errors.As(err, &tooLarge)), http.StatusRequestEntityTooLarge)
	}, request: post("hello", "Content-Length: 5")},
	{name: "body closed", handler: func(w http.ResponseWriter, r *http.Request) {
		r.Body.Close()
		n, err := r.Body.Read(make([]byte, 1))
		fmt.Fprint(w, n, err == http.ErrBodyReadAfterClose || err != nil && r.ProtoMajor == 2)
	}, request: post("hello", "Content-Length: 5")},
	{name: "form", handler: func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.FormValue("a"), r.PostForm, r.ParseForm())
	}, request: post("a=1&b=2", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 7")},
	{name: "mux", handler: func() http.HandlerFunc {
		mux := http.NewServeMux()
		mux.HandleFunc("POST /{name}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.PathValue("name"), r.Pattern) })
		return mux.ServeHTTP
	}(), request: post("", "Content-Length: 0")},
	{name: "mux redirect", handler: func() http.HandlerFunc {
		mux := http.NewServeMux()
		mux.Handle("/dir/", http.NotFoundHandler())
		return mux.ServeHTTP
	}(), request: get("/dir")},
	{name: "timeout handler", handler: http.TimeoutHandler(http.HandlerFunc(untilTimeout), time.Millisecond, "too late").ServeHTTP, request: get("/")},
	{name: "file", handler: http.FileServer(http.Dir("testdata/files")).ServeHTTP, request: get("/page.html")},
	{name: "directory", handler: http.FileServer(http.Dir("testdata/files")).ServeHTTP, request: get("/")},
	{name: "range", handler: http.FileServer(http.Dir("testdata/files")).ServeHTTP, request: get("/page.html", "Range: bytes=2-5")},
	{name: "range beyond", handler: http.FileServer(http.Dir("testdata/files")).ServeHTTP, request: get("/page.html", "Range: bytes=9000-")},
	{name: "no file", handler: http.FileServer(http.Dir("testdata/files")).ServeHTTP, request: get("/../nethttp.go")},
	{name: "several ranges", handler: func(w http.ResponseWriter, r *http.Request) {
		// The boundary is random: show the shape only.
		rec := httptest.NewRecorder()
		http.FileServer(http.Dir("testdata/files")).ServeHTTP(rec, r)
		kind, _, _ := strings.Cut(rec.Header().Get("Content-Type"), ";")
		fmt.Fprint(w, rec.Code, kind, rec.Body.Len())
	}, request: get("/page.html", "Range: bytes=0-1,4-5")},
	{name: "head of a file", handler: http.FileServer(http.Dir("testdata/files")).ServeHTTP, request: "HEAD /page.html HTTP/1.1\nHost: x\nConnection: close\n\n"},
	{name: "redirect", handler: http.RedirectHandler("/elsewhere?a=b", http.StatusFound).ServeHTTP, request: get("/x")},
	{name: "cookie and error", handler: func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b c", Path: "/"})
		http.Error(w, fmt.Sprint(user, password, ok, r.UserAgent(), r.Referer()), http.StatusForbidden)
	}, request: get("/", "Authorization: Basic YTpi", "User-Agent: me", "Referer: you")},
	{name: "handler that limits", handler: http.MaxBytesHandler(http.HandlerFunc(dump), 3).ServeHTTP, request: post("hello", "Content-Length: 5")},
	{name: "multipart form", handler: func(w http.ResponseWriter, r *http.Request) {
		err := r.ParseMultipartForm(1 << 20)
		fmt.Fprint(w, err, r.MultipartForm.Value)
	}, request: post("--b\nContent-Disposition: form-data; name=\"k\"\n\nv\n--b--\n", "Content-Type: multipart/form-data; boundary=b", "Content-Length: 59")},
	{name: "close by the handler", handler: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		io.WriteString(w, "bye")
	}, request: "GET / HTTP/1.1\nHost: x\n\n"},
	{name: "body not read", handler: func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "no thanks") }, request: "POST / HTTP/1.1\nHost: x\nContent-Length: 5\n\nhello"},
	{name: "expectation not met", handler: func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(413) }, request: "POST / HTTP/1.1\nHost: x\nContent-Length: 5\nExpect: 100-continue\n\n"},
	{name: "expectation met", only1: true, handler: func(w http.ResponseWriter, r *http.Request) {
		r.Body.Read(nil)
		w.Header().Set("X", "1")
		w.WriteHeader(204)
	}, request: "POST / HTTP/1.1\nHost: x\nContent-Length: 0\nExpect: 100-continue\nConnection: close\n\n"},
	{name: "prefix stripped", handler: http.StripPrefix("/a%2f", http.HandlerFunc(dump)).ServeHTTP, request: get("/a%2fb")},
	{name: "content not modified", handler: func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "a.css", time.Unix(1e9, 0), strings.NewReader("a{}"))
	}, request: get("/", "If-Modified-Since: "+time.Unix(1e9, 0).UTC().Format(http.TimeFormat))},
}

func TestFromHTTPAnswersLikeNetHTTP(t *testing.T) {
	t.Parallel()
	for _, c := range comparisons {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			std := httptest.NewUnstartedServer(c.handler)
			std.Config.ErrorLog = discard
			std.Config.Protocols = new(http.Protocols)
			std.Config.Protocols.SetHTTP1(true)
			std.Config.Protocols.SetUnencryptedHTTP2(true)
			std.Start()
			t.Cleanup(std.Close)
			ours := servertest.Start(t, func(s *server.Server) {
				s.Handle("/*path", server.FromHTTP(c.handler))
				s.NotFound(server.FromHTTP(c.handler))
			})
			compare := func(version string, ask func(*testing.T, string) string) {
				want := ask(t, std.Listener.Addr().String())
				if got := ask(t, ours.Addr().String()); got != want {
					t.Errorf("by %s FromHTTP answers\n%s\nnet/http answers\n%s", version, got, want)
				}
			}
			compare("HTTP/1", c.ask)
			if !c.only1 {
				compare("HTTP/2", c.ask2)
			}
		})
	}
}

var masks = regexp.MustCompile(`(?m)^(Date: \w{3}, |Last-Modified: ).*$`)

// ask sends the request as it stands, and returns every response to it as
// text.
func (c *comparison) ask(t *testing.T, addr string) string {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(30 * time.Second))
	io.WriteString(nc, strings.ReplaceAll(c.request, "\n", "\r\n"))
	method, _, _ := strings.Cut(c.request, " ")
	var text strings.Builder
	br := bufio.NewReader(nc)
	for final := false; !final; {
		res, err := http.ReadResponse(br, &http.Request{Method: method})
		if err != nil {
			t.Fatalf("reading the response: %v", err)
		}
		final = res.StatusCode >= 200
		c.describe(&text, res)
	}
	return masks.ReplaceAllString(text.String(), "$1...")
}

// ask2 is ask by HTTP/2, with the same request as far as it has one.
func (c comparison) ask2(t *testing.T, addr string) string {
	t.Helper()
	req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(c.request, "\n", "\r\n"))))
	if err != nil {
		t.Fatal(err)
	}
	req.RequestURI, req.URL.Scheme, req.URL.Host = "", "http", addr
	req.Header.Del("Connection")
	if len(req.TransferEncoding) > 0 {
		content, err := io.ReadAll(req.Body) // and the trailers
		if err != nil {
			t.Fatal(err)
		}
		req.Body = io.NopCloser(bytes.NewReader(content))
	}
	c.framed = c.framed || c.framed2
	var text strings.Builder
	trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
		c.describe(&text, &http.Response{StatusCode: code, Header: http.Header(header), Body: http.NoBody})
		return nil
	}}
	client := client2(t)
	res, err := client.Do(req.WithContext(httptrace.WithClientTrace(t.Context(), trace)))
	if err != nil {
		t.Fatalf("%s: %v", addr, err)
	}
	defer res.Body.Close()
	c.describe(&text, res)
	return masks.ReplaceAllString(text.String(), "$1...")
}

// client2 speaks HTTP/2 without encryption. It waits for the answer to an
// expectation.
func client2(t *testing.T) *http.Client {
	t.Helper()
	tr := &http.Transport{DisableCompression: true, Protocols: new(http.Protocols), ExpectContinueTimeout: 30 * time.Second}
	tr.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{
		Transport:     tr,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       30 * time.Second,
	}
}

// describe appends a response as text: fields sorted, a large body by its sum.
func (c *comparison) describe(text *strings.Builder, res *http.Response) {
	body, err := io.ReadAll(res.Body)
	if len(body) > 1000 {
		body = fmt.Appendf(nil, "%d bytes, sum %x", len(body), sha256.Sum256(body))
	}
	fmt.Fprintf(text, "%d\n", res.StatusCode)
	if !c.framed {
		fmt.Fprintf(text, "length %d %q\n", res.ContentLength, res.TransferEncoding)
		fmt.Fprintf(text, "close %v\n", res.Close)
	}
	var lines []string
	for name, values := range res.Header {
		if c.framed && name == "Content-Length" {
			continue
		}
		for _, v := range values {
			lines = append(lines, name+": "+v)
		}
	}
	slices.Sort(lines)
	fmt.Fprintf(text, "%s\n%q\n%v %q\n", strings.Join(lines, "\n"), body, err, res.Trailer)
}
