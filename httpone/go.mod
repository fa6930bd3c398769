module reactor.example/httpone

go 1.26.0
