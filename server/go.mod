module reactor.example/server

go 1.26
