module reactor.example/docs/examples

go 1.26
