module reactor.example/cli

go 1.26

require (
	github.com/pelletier/go-toml/v2 v2.4.3
	go.uber.org/zap v1.28.0
	reactor.example/server v0.1.0
)

require go.uber.org/multierr v1.10.0 // indirect

replace (
	reactor.example/httpone => ../httpone
	reactor.example/reactor => ../reactor
	reactor.example/router => ../router
	reactor.example/server => ../server
)
