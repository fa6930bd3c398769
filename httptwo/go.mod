module reactor.example/httptwo

go 1.26.0
