module reactor.example/bench/peers/gofloor

go 1.26.0
