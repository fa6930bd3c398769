module reactor.example/cli

go 1.26
