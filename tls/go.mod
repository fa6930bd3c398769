module reactor.example/tls

go 1.26.0
