package examples

import (
	_ "embed"
	"fmt"
	"html"
	"strings"

	"reactor.example/server"
)

//go:embed welcome.html
var welcomeHTML string

// Content is what the welcome page tells.
type Content struct {
	Product, Version        string
	Health, Stats, Examples bool
}

// Welcome returns the handler of the welcome page. All of the page is made
// here but the address of the server in its commands, which is the one that
// the reader has used. The page needs nothing from elsewhere: no script, no font,
// no image.
func Welcome(c Content) server.Handler {
	page := c.page()
	return func(w *server.Response, r *server.Request) {
		host := r.Host()
		if host == "" {
			host = "localhost"
		}
		w.Header().Set("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
		w.Header().Set("cache-control", "no-store")
		w.HTML(200, strings.ReplaceAll(page, baseMark, r.Scheme()+"://"+html.EscapeString(host)))
	}
}

// baseMark stands in the page for scheme and name of the server.
const baseMark = "{{base}}"

func (c Content) page() string {
	var list strings.Builder
	if c.Health {
		row(&list, "/health", "whether it is well, and for how long")
	}
	if c.Stats {
		row(&list, "/stats", "connections, requests, and what each loop does")
	}
	hint := "Start it with <code>--examples</code> for routes to play with."
	if c.Examples {
		for _, r := range routes() {
			row(&list, r.try, r.says)
		}
		row(&list, "/chat", "a chat and an echo over WebSockets, in the browser; the echo alone is at /ws")
		hint = "A request to this page that has a body gets it back: <code>curl " + baseMark + "/ -d hello</code>"
	}
	return strings.NewReplacer(
		"{{product}}", html.EscapeString(c.Product),
		"{{version}}", html.EscapeString(c.Version),
		"{{list}}", list.String(),
		"{{hint}}", hint,
	).Replace(welcomeHTML)
}

// row adds one thing to try: a link, or a command with the address of the
// server to be filled in.
func row(list *strings.Builder, try, says string) {
	shown := fmt.Sprintf(`<a href="%s">%[1]s</a>`, html.EscapeString(try))
	if strings.Contains(try, "%s") {
		shown = "<code>" + html.EscapeString(fmt.Sprintf(try, baseMark)) + "</code>"
	}
	fmt.Fprintf(list, "<dt>%s</dt><dd>%s</dd>\n", shown, html.EscapeString(says))
}
