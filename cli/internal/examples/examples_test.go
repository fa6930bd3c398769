package examples

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"reactor.example/server"
)

// serve runs a server with the examples and returns its base URL.
func serve(t *testing.T, content Content) string {
	t.Helper()
	srv, err := server.New(server.Config{BindPort: server.Ephemeral, WorkerThreads: 2, HealthEndpoint: true, StatsEndpoint: true})
	if err != nil {
		t.Fatal(err)
	}
	Register(srv, Welcome(content))
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.ListenAndServe(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("server: %v", err)
		}
	})
	select {
	case <-srv.Ready():
		return "http://" + srv.Addr().String()
	case err := <-done:
		done <- err
		t.Fatalf("server did not start: %v", err)
		return ""
	}
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

func do(t *testing.T, method, url string, body io.Reader) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s %s: body: %v", method, url, err)
	}
	return answer{response, string(text)}
}

// client keeps no connections, so that servers can end at once, and does not
// tire of waiting for a 100 (Continue).
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, ExpectContinueTimeout: time.Minute}}

func get200(t *testing.T, url string) answer {
	t.Helper()
	got := do(t, "GET", url, nil)
	if got.StatusCode != 200 {
		t.Errorf("GET %s: %s, want 200", url, got.Status)
	}
	return got
}

func TestPlaintextIsThirteenBytesOfText(t *testing.T) {
	t.Parallel()
	got := get200(t, serve(t, Content{})+"/plaintext")
	if got.body != "Hello, World!" || got.ContentLength != 13 || got.Header.Get("Content-Type") != "text/plain" {
		t.Errorf("answer %q, length %d, type %q", got.body, got.ContentLength, got.Header.Get("Content-Type"))
	}
}

func TestJSONIsAnObject(t *testing.T) {
	t.Parallel()
	got := get200(t, serve(t, Content{})+"/json")
	var m message
	if err := json.Unmarshal([]byte(got.body), &m); err != nil || m.Message != "Hello, World!" || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("answer %q of type %q, %v", got.body, got.Header.Get("Content-Type"), err)
	}
}

func TestBytesHasTheLengthThatIsAskedFor(t *testing.T) {
	t.Parallel()
	base := serve(t, Content{})
	for _, n := range []int64{0, 1, 1000, 64 << 10, 64<<10 + 1, 3 << 20} {
		got := get200(t, fmt.Sprintf("%s/bytes/%d", base, n))
		if int64(len(got.body)) != n || got.ContentLength != n {
			t.Errorf("/bytes/%d: %d bytes, Content-Length %d", n, len(got.body), got.ContentLength)
		}
		if head := do(t, "HEAD", fmt.Sprintf("%s/bytes/%d", base, n), nil); head.ContentLength != n || head.body != "" {
			t.Errorf("HEAD /bytes/%d: Content-Length %d, body of %d", n, head.ContentLength, len(head.body))
		}
	}
	if head := do(t, "HEAD", base+"/bytes/4294967296", nil); head.StatusCode != 200 || head.ContentLength != maxBytes {
		t.Errorf("HEAD of 4 GiB: %s, Content-Length %d", head.Status, head.ContentLength)
	}
}

func TestArgumentsAreBounded(t *testing.T) {
	t.Parallel()
	base := serve(t, Content{})
	for path, want := range map[string]string{
		"/bytes/4294967297": "n must be a number from 0 to 4294967296\n", "/bytes/-1": "n must be", "/bytes/99999999999999999999": "n must be", "/bytes/x": "n must be",
		"/sleep/60001": "ms must be a number from 0 to 60000\n", "/sleep/1.5": "ms must be",
		"/spin/10001": "ms must be a number from 0 to 10000\n", "/drip/6001": "n must be a number from 0 to 6000\n",
	} {
		if got := do(t, "GET", base+path, nil); got.StatusCode != 400 || !strings.HasPrefix(got.body, want) {
			t.Errorf("%s: %s %q, want 400 %q", path, got.Status, got.body, want)
		}
	}
}

func TestSleepAndSpinAnswerWhenTheyAreDone(t *testing.T) {
	t.Parallel()
	base := serve(t, Content{})
	if got := get200(t, base+"/sleep/20"); got.body != "slept 20 ms\n" {
		t.Errorf("sleep: %q", got.body)
	}
	if got := get200(t, base+"/spin/20"); !strings.HasPrefix(got.body, "computed 20 ms: ") {
		t.Errorf("spin: %q", got.body)
	}
}

func TestMixedAnswersLikePlaintext(t *testing.T) {
	t.Parallel()
	base := serve(t, Content{})
	for range 101 {
		if got := get200(t, base+"/mixed"); got.body != "Hello, World!" {
			t.Fatalf("mixed: %q", got.body)
		}
	}
}

func TestDripSendsEachLineAtOnce(t *testing.T) {
	t.Parallel()
	base := serve(t, Content{})
	request, err := http.NewRequestWithContext(t.Context(), "GET", base+"/drip/3", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for i := 1; i <= 3; i++ {
		if want := fmt.Sprintf("line %d of 3", i); !lines.Scan() || lines.Text() != want {
			t.Errorf("line %d = %q, %v, want %q", i, lines.Text(), lines.Err(), want)
		}
	}
	if lines.Scan() || lines.Err() != nil {
		t.Errorf("after the last line: %q, %v", lines.Text(), lines.Err())
	}
}

func TestEchoSendsBackWhatCame(t *testing.T) {
	t.Parallel()
	base := serve(t, Content{})
	for _, path := range []string{"/", "/echo"} {
		for _, n := range []int{1, 512, 16 << 10, 300 << 10} {
			sent := strings.Repeat("x", n-1) + "y"
			got := do(t, "POST", base+path, strings.NewReader(sent))
			if got.StatusCode != 200 || got.body != sent || got.ContentLength != int64(n) || got.Header.Get("Content-Type") != "application/octet-stream" {
				t.Errorf("POST %s of %d: %s, %d bytes, Content-Length %d", path, n, got.Status, len(got.body), got.ContentLength)
			}
		}
		if got := do(t, "PUT", base+path, io.MultiReader(strings.NewReader("in "), strings.NewReader("chunks"))); got.body != "in chunks" {
			t.Errorf("PUT %s in chunks: %q", path, got.body)
		}
	}
}

func TestEchoAnswersWhileTheBodyIsStillComing(t *testing.T) {
	t.Parallel()
	base := serve(t, Content{})
	body, pen := io.Pipe()
	request, err := http.NewRequestWithContext(t.Context(), "POST", base+"/echo", body)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(pen, filler) }()
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	back := make([]byte, 1000)
	for i := range 3 { // each round is sent only after the one before came back
		if _, err := io.ReadFull(response.Body, back); err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		go func() { _, _ = io.WriteString(pen, filler) }()
	}
	go func() { _, _ = io.Copy(io.Discard, response.Body) }()
	_ = pen.Close()
}

func TestUploadCountsABodyLargerThanTheLimit(t *testing.T) {
	t.Parallel()
	base := serve(t, Content{})
	const n = 5 << 20 // max_body_size is 1 MiB
	got := do(t, "PUT", base+"/upload", io.LimitReader(endless{}, n))
	var c count
	if err := json.Unmarshal([]byte(got.body), &c); err != nil || c.Bytes != n {
		t.Errorf("upload: %s %q, %v, want %d bytes", got.Status, got.body, err, n)
	}
}

func TestABodyAboveTheLimitIsRefusedAndNotEchoedInPart(t *testing.T) {
	t.Parallel()
	base := serve(t, Content{})
	// In chunks it is a little above the limit, so that the server takes in
	// what is on its way when it refuses (linger_bytes).
	if got := do(t, "POST", base+"/", io.LimitReader(endless{}, 1<<20+64<<10)); got.StatusCode != 413 {
		t.Errorf("in chunks: %s, want 413", got.Status)
	}
	// With its length it is refused before it is sent.
	request, err := http.NewRequestWithContext(t.Context(), "POST", base+"/", strings.NewReader(strings.Repeat("x", 2<<20)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Expect", "100-continue")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != 413 {
		t.Errorf("with its length: %s, want 413", response.Status)
	}
}

// endless is a reader without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
