package examples

import (
	"regexp"
	"strings"
	"testing"
)

func TestTheWelcomePageListsWhatIsServed(t *testing.T) {
	t.Parallel()
	content := Content{Product: "reactor_server", Version: "1.2.3", Health: true, Stats: true, Examples: true}
	base := serve(t, content)
	got := get200(t, base+"/")
	if !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") || !strings.Contains(got.body, "reactor_server is running") || !strings.Contains(got.body, "Version 1.2.3,") {
		t.Errorf("page of type %q: %.300s", got.Header.Get("Content-Type"), got.body)
	}
	for _, r := range routes() {
		if !strings.Contains(got.body, r.says) {
			t.Errorf("%s is not listed", r.pattern)
		}
	}
	links := regexp.MustCompile(`href="(/[^"]*)"`).FindAllStringSubmatch(got.body, -1)
	if len(links) < 9 {
		t.Errorf("%d links", len(links))
	}
	for _, link := range links {
		get200(t, base+link[1])
	}
	if host := strings.TrimPrefix(base, "http://"); !strings.Contains(got.body, "curl http://"+host+"/echo -d hello") {
		t.Errorf("commands do not name the server")
	}
}

func TestTheWelcomePageTakesNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	page := Content{Health: true, Stats: true, Examples: true}.page()
	for _, no := range []string{"<script", "<img", "@import", "url(", "https://", "{{list", "{{hint", "{{product", "{{version"} {
		if strings.Contains(page, no) {
			t.Errorf("page has %s", no)
		}
	}
	if len(page) > 6000 {
		t.Errorf("page has %d bytes", len(page))
	}
}

func TestTheWelcomePageWithoutExamplesSaysHowToGetThem(t *testing.T) {
	t.Parallel()
	page := Content{Health: false, Stats: false}.page()
	if !strings.Contains(page, "--examples") || strings.Contains(page, "/plaintext") || strings.Contains(page, "/health") || strings.Contains(page, "/stats") {
		t.Errorf("page = %s", page)
	}
}
