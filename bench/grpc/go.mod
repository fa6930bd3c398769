module reactor.example/bench/grpc

go 1.26.0

require (
	google.golang.org/grpc v1.85.0
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
	golang.org/x/text v0.43.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20260817212433-ac3dfec99bb1 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
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
