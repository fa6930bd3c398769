module reactor.example/docs/examples

go 1.26.0

require (
	golang.org/x/mod v0.38.0
	golang.org/x/net v0.62.0
	reactor.example/server v0.1.0
)

require (
	github.com/gobwas/httphead v0.1.0 // indirect
	github.com/gobwas/ws v1.5.0 // indirect
	github.com/klauspost/compress v1.20.4 // indirect
	go.uber.org/multierr v1.10.0 // indirect
	go.uber.org/zap v1.28.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	reactor.example/httpone v0.1.0 // indirect
	reactor.example/httptwo v0.1.0 // indirect
	reactor.example/reactor v0.1.0 // indirect
	reactor.example/router v0.1.0 // indirect
	reactor.example/tls v0.1.0 // indirect
	reactor.example/websocket v0.1.0 // indirect
)

replace (
	reactor.example/httpone => ../../httpone
	reactor.example/httptwo => ../../httptwo
	reactor.example/reactor => ../../reactor
	reactor.example/router => ../../router
	reactor.example/server => ../../server
	reactor.example/tls => ../../tls
	reactor.example/websocket => ../../websocket
)
