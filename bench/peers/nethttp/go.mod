module reactor.example/bench/peers/nethttp

go 1.26.0
