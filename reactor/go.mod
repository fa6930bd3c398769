module reactor.example/reactor

go 1.26
