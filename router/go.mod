module reactor.example/router

go 1.26.0
