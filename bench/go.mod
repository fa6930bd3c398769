module reactor.example/bench

go 1.26.0
